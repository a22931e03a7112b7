"""Tasks of Label Studio: photos with a rectangle and a name for each face, written and read as its JSON.

Rectangles are in percent of the upright photo. Only annotations are read: a prediction is a guess of a model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import quoteattr

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box
from core.domain.people import is_reserved, person_name
from core.services.moving.manifest import read_json

TASKS = "tasks.json"
CONFIG = "label_config.xml"
MAX_JSON_BYTES = 64 * 1024**2  # a task with ten faces has about 4,000 bytes
_MAX_TASKS = 100_000  # as many files as an archive may have
_IMAGE, _PERSON = "image", "person"  # names of the two tags in the labelling interface
_HASH = re.compile(r"[0-9a-f]{64}")
_TURNS = (0, 90, 180, 270)
_FULL_TURN = 360.0
_PERCENT = 100.0
_REACH = 1000.0  # percent: a rectangle may reach beyond the photo, but not by ten of them


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in percent of the photo, turned clockwise by `rotation` degrees about its top left, with a name."""

    x: float
    y: float
    width: float
    height: float
    rotation: float
    person: str

    def box(self, width: int, height: int) -> Box:
        """Return what encloses the rectangle in a photo of this size, in pixels."""
        angle = math.radians(self.rotation)
        across, down = self.width * width / _PERCENT, self.height * height / _PERCENT
        corners = [
            (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))
            for x in (0.0, across)
            for y in (0.0, down)
        ]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        x, y = self.x * width / _PERCENT, self.y * height / _PERCENT
        return Box(x + left, y + top, right - left, bottom - top)


@dataclass(frozen=True, slots=True)
class Task:
    """A photo with the regions of its newest annotation.

    Args:
        number: of the task in its file, from 1.
        image: where Label Studio has the photo; never fetched.
        sha256: of the photo's bytes, where an export of ours has written it.
        turned: clockwise degrees by which the photo was turned when its faces were detected, as the export wrote it.
        regions: rectangles with names.
        whole: the name that was chosen for the whole photo; "" where none was.
    """

    number: int
    image: str
    sha256: str | None
    turned: int
    regions: tuple[Region, ...]
    whole: str = ""

    @property
    def paths(self) -> tuple[PurePosixPath, ...]:
        """What the photo's file may be called: Label Studio writes eight letters before the name of an upload."""
        parts = urlsplit(self.image)
        path = PurePosixPath(parse_qs(parts.query).get("d", [unquote(parts.path)])[0].replace("\\", "/"))
        return tuple(dict.fromkeys((path, path.parent / re.sub(r"^[0-9a-f]{8}-", "", path.name))))


def rotate_box(box: Box, width: float, height: float, degrees: int) -> Box:
    """Return a box of a photo of this size as it lies in the photo turned clockwise by a multiple of 90 degrees."""
    if degrees == 90:
        return Box(height - box.y - box.h, box.x, box.h, box.w)
    if degrees == 180:
        return Box(width - box.x - box.w, height - box.y - box.h, box.w, box.h)
    if degrees == 270:
        return Box(box.y, width - box.x - box.w, box.h, box.w)
    return box


def make_task(image: str, sha256: str, turned: int, size: tuple[int, int], faces: Iterable[tuple[Box, str]]) -> Any:
    """Return a task as Label Studio imports it.

    Args:
        image: where Label Studio finds the photo.
        sha256: of the photo's bytes.
        turned: as of `Task`.
        size: width and height of the photo as its file has it.
        faces: boxes in pixels of the photo as it was turned, and names.
    """
    width, height = size
    turned_size = (height, width) if turned in {90, 270} else size
    results = []
    for number, (box, person) in enumerate(faces, 1):
        upright = rotate_box(box, *turned_size, (360 - turned) % 360)
        value = {
            "x": upright.x * _PERCENT / width,
            "y": upright.y * _PERCENT / height,
            "width": upright.w * _PERCENT / width,
            "height": upright.h * _PERCENT / height,
            "rotation": 0,
            "rectanglelabels": [person],
        }
        results.append(
            {
                "id": f"face-{number}",
                "type": "rectanglelabels",
                "from_name": _PERSON,
                "to_name": _IMAGE,
                "original_width": width,
                "original_height": height,
                "image_rotation": 0,
                "value": value,
            }
        )
    return {"data": {"image": image, "sha256": sha256, "turned": turned}, "annotations": [{"result": results}]}


def label_config(names: Iterable[str]) -> str:
    """Return the labelling interface of a project, which has each person as a label."""
    labels = "".join(f"    <Label value={quoteattr(name)}/>\n" for name in names)
    return (
        f'<View>\n  <Image name="{_IMAGE}" value="$image"/>\n'
        f'  <RectangleLabels name="{_PERSON}" toName="{_IMAGE}">\n{labels}  </RectangleLabels>\n</View>\n'
    )


def read_tasks(data: bytes, file: str = TASKS) -> list[Task]:
    """Return the tasks of a project, as Label Studio exports it as JSON.

    Rectangles without a name, and such as answers use for nobody ("unknown"), are passed over.

    Raises:
        OmokageError: BAD_EXPORT, with a `reason`: json; tasks (it is no list of tasks); task, or task-name, and `task`,
            its number.
    """
    tasks = read_json(data, file)
    if not isinstance(tasks, list) or len(tasks) > _MAX_TASKS:
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="tasks", file=file)
    return [_read_task(task, number, file) for number, task in enumerate(tasks, 1)]


def _read_task(task: Any, number: int, file: str) -> Task:
    try:
        image, sha256, turned = _read_data(task["data"])
        regions, whole = _read_results(_annotation(task["annotations"]))
    except OmokageError as error:  # a name
        why = str(error.details["reason"])
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="task-name", why=why, file=file, task=number) from error
    except (TypeError, KeyError, ValueError, AttributeError, StopIteration, OverflowError) as error:
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="task", file=file, task=number) from error
    return Task(number, image, sha256, turned, tuple(regions), whole)


def _read_data(data: Mapping[str, Any]) -> tuple[str, str | None, int]:
    """Return where the photo is, its sha256, and its turn; a project may call the photo something else than `image`."""
    image = data["image"] if "image" in data else next(value for value in data.values() if isinstance(value, str))
    sha256, turned = data.get("sha256"), data.get("turned", 0)
    if not isinstance(image, str) or turned not in _TURNS:
        raise TypeError
    return image, sha256 if isinstance(sha256, str) and _HASH.fullmatch(sha256) else None, int(turned)


def _annotation(annotations: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the results of the annotation that counts: the ground truth, or else the last that was not skipped."""
    done = [annotation for annotation in annotations if not annotation.get("was_cancelled")]
    best = [annotation for annotation in done if annotation.get("ground_truth")] or done
    results: Sequence[Mapping[str, Any]] = best[-1]["result"] if best else ()
    return results


def _read_results(results: Sequence[Mapping[str, Any]]) -> tuple[list[Region], str]:
    """Return the regions, and the name for the whole photo. A choice of the same id as a rectangle is its name."""
    rectangles: dict[str, Mapping[str, Any]] = {}
    names: dict[str, str] = {}
    whole = ""
    for position, result in enumerate(results):
        value, kind = result["value"], result.get("type")
        key = str(result.get("id", f"number {position}"))
        if kind in {"rectanglelabels", "rectangle"}:
            rectangles[key] = value
        name = _name(value.get(str(kind)) or []) if kind in {"rectanglelabels", "choices"} else ""
        if name and kind == "choices" and "x" not in value and key not in rectangles:
            whole = name
        elif name:
            names[key] = name
    return [_region(value, names[key]) for key, value in rectangles.items() if key in names], whole


def _name(labels: Sequence[str]) -> str:
    """Return the name, normalised; "" where there is none, or there are several, or it is one for nobody."""
    if len(labels) != 1 or is_reserved(labels[0]):
        return ""
    return person_name(labels[0])


def _region(value: Mapping[str, Any], person: str) -> Region:
    x, y, width, height = (float(value[key]) for key in ("x", "y", "width", "height"))
    rotation = float(value.get("rotation") or 0)
    is_near = all(abs(number) <= _REACH for number in (x, y, width, height))
    if not is_near or width <= 0 or height <= 0 or abs(rotation) > _FULL_TURN:
        raise ValueError
    return Region(x, y, width, height, rotation, person)
