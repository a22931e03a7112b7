"""A folder of drawn portraits with the labels of each: what the starter models are trained on.

Portraits in which the product's detector finds no face are left out: it decides later, too, where a photo's face is.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cache
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from core.domain.faces import Box, DetectedFace
from portraits.random_people import draw_random_person, random_person

if TYPE_CHECKING:
    from core.vision.detection.detect import Detector

# Raise it whenever the drawings change: pictures of an older version are then drawn anew.
VERSION = 1
MAX_SEED = 1000
_SEEDS_PER_FOLDER = 1_000_000  # seeds of people for each seed of a folder, so that no two folders show the same people
_QUALITY = 95  # with full colour resolution: no visible loss
_AHEAD = 16  # pictures that are asked for at once
Progress = Callable[[int, int], None]  # pictures done, pictures in all


@dataclass(frozen=True, slots=True)
class LabelledPortrait:
    """A picture in the folder.

    `labels` says of each of `random_people.TRAITS` whether it shows, `woman` which traits go together; `face` is what
    the detector found.
    """

    file: str
    labels: Mapping[str, bool]
    woman: bool
    face: DetectedFace


def write_portrait_set(
    folder: Path, pictures: int, seed: int, progress: Progress = lambda _done, _all: None
) -> list[LabelledPortrait]:
    """Draw the missing pictures on all cores; the same seed gives the same pictures, a smaller number the first ones.

    Args:
        folder: made if missing; of this seed alone.
        pictures: how many.
        seed: 0 to `MAX_SEED` - 1.
        progress: called after each picture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / f"index-{VERSION}-{seed}.jsonl"
    looks = _read_index(index)
    with ExitStack() as stack:
        file = stack.enter_context(index.open("a", encoding="utf-8"))
        pool = stack.enter_context(ProcessPoolExecutor(_cores(), get_context("spawn"), initializer=_use_one_thread))
        found = [look for look in looks if look is not None]
        numbers = count(len(looks))
        while len(found) < pictures:
            seeds = [seed * _SEEDS_PER_FOLDER + number for number in islice(numbers, _AHEAD)]
            for one, look in zip(seeds, pool.map(_draw_and_detect, seeds), strict=True):
                found += _store(folder, file, one, look)
            progress(min(len(found), pictures), pictures)
    return found[:pictures]


def _read_index(index: Path) -> list[LabelledPortrait | None]:
    """Return the pictures drawn before, in order, None without a face; remove a last line that was cut off."""
    text = index.read_text("utf-8") if index.exists() else ""
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        index.write_text(whole, "utf-8")
    entries = [json.loads(line) for line in whole.splitlines()]
    return [_parse(entry) if entry["file"] else None for entry in entries]


def _store(folder: Path, file: Any, seed: int, look: tuple[bytes, DetectedFace | None]) -> list[LabelledPortrait]:
    jpeg, face = look
    who, name = random_person(seed), f"{seed:09d}.jpg"
    entry: dict[str, Any] = {"file": None}
    if face is not None:
        (folder / name).write_bytes(jpeg)
        entry = {"file": name, "labels": dict(who.labels), "woman": who.woman, "face": asdict(face)}
    file.write(json.dumps(entry) + "\n")
    file.flush()
    return [_parse(entry)] if face is not None else []


def _parse(entry: Mapping[str, Any]) -> LabelledPortrait:
    face = entry["face"]
    points: Any = tuple((float(x), float(y)) for x, y in face["landmarks"])
    return LabelledPortrait(
        entry["file"], entry["labels"], bool(entry["woman"]), DetectedFace(Box(**face["box"]), face["score"], points)
    )


def _draw_and_detect(seed: int) -> tuple[bytes, DetectedFace | None]:
    """Draw one picture in a process of its own; return it as a file, with the face that is detected in that file."""
    from core.vision.datasets.main_face import find_face  # onnxruntime

    out = io.BytesIO()
    Image.fromarray(draw_random_person(random_person(seed))).save(out, "JPEG", quality=_QUALITY, subsampling=0)
    picture = np.asarray(Image.open(out).convert("RGB"))
    face = find_face(_detector(), picture)
    # To plain numbers, for JSON.
    return out.getvalue(), face and _plain(face)


def _plain(face: DetectedFace) -> DetectedFace:
    box = Box(*(float(value) for value in (face.box.x, face.box.y, face.box.w, face.box.h)))
    points: Any = tuple((float(x), float(y)) for x, y in face.landmarks)
    return DetectedFace(box, float(face.score), points)


@cache
def _detector() -> Detector:
    from core.vision.detection.detect import load_detector

    return load_detector(threads=1)


def _use_one_thread() -> None:
    """Use one thread a process: there are as many processes as cores."""
    os.environ["OMP_NUM_THREADS"] = "1"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
