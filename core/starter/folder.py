"""The ready-made attachments that `omokage up` offers in its web chat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.starter.portraits import StarterPicture, group, portrait
from core.starter.twelve import CAST

INDEX = "index.json"
_STAMP = "version.txt"
# Raise it whenever the drawings change: folders that an older version filled are then filled anew.
VERSION = "1"
_QUALITY = 92  # no visible loss, a sixth of a PNG
_GROUPS = ((3, "Three friends"), (4, "Four friends"), (5, "A family of friends"), (8, "A class photo"))
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, slots=True)
class _Shot:
    filename: str
    description: str
    seed: int
    count: int = 1
    person: int = 0


def write_pictures(folder: Path, *, portraits: int = 2, groups: bool = True, size: int = 512) -> Path:
    """Fill `folder` with JPEGs and an index, unless this version has done so before; returns the index's path.

    Args:
        folder: made if missing. Files of other names in it are left alone.
        portraits: pictures of each of the twelve, 1 to 5. Two: one to enrol and one to recognise.
        groups: add four group photos of 1024x768.
        size: pixels of a portrait's side.

    The index is a JSON list of {"filename", "description", "people": [name, ...]}, people from left to right. It is
    written last, so a run that was cut short leaves no index and is repeated.
    """
    index, stamp = folder / INDEX, folder / _STAMP
    version = f"{VERSION} {portraits} {groups} {size}"
    if _complete(folder, index, stamp, version):
        return index
    folder.mkdir(parents=True, exist_ok=True)
    index.unlink(missing_ok=True)
    entries = [_written(folder, shot, size) for shot in _shots(portraits, groups)]
    stamp.write_text(version, "utf-8")
    draft = index.with_suffix(".part")
    draft.write_text(json.dumps(entries, ensure_ascii=False, indent=1), "utf-8")
    draft.replace(index)
    return index


def _complete(folder: Path, index: Path, stamp: Path, version: str) -> bool:
    try:
        entries = json.loads(index.read_text("utf-8"))
        known = stamp.read_text("utf-8") == version
    except (OSError, ValueError):
        return False
    return known and all((folder / entry["filename"]).is_file() for entry in entries)


def _shots(portraits: int, groups: bool) -> Iterator[_Shot]:
    for n in range(portraits):
        for person in CAST:
            description = f"{person.name}, {_ORDINALS[n]} picture"
            yield _Shot(f"{person.name.lower()}-{n + 1}.jpg", description, seed=11 + n, person=person.id)
    if groups:
        for n, (count, description) in enumerate(_GROUPS, 1):
            yield _Shot(f"group-{n}.jpg", description, seed=40 + n, count=count)


def _written(folder: Path, shot: _Shot, size: int) -> dict[str, str | list[str]]:
    picture = _taken(shot, size)
    Image.fromarray(picture.image).save(folder / shot.filename, "JPEG", quality=_QUALITY)
    ordered = sorted(zip(picture.boxes, picture.people, strict=True), key=lambda pair: pair[0].x)
    return {
        "filename": shot.filename,
        "description": shot.description,
        "people": [person.name for _, person in ordered],
    }


def _taken(shot: _Shot, size: int) -> StarterPicture:
    if shot.count == 1:
        return portrait(CAST[shot.person - 1], shot.seed, size)
    order = np.random.Generator(np.random.PCG64((shot.seed, 5))).permutation(len(CAST))
    return group([CAST[int(i)] for i in order[: shot.count]], shot.seed)
