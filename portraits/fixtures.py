"""The ready-made attachments that `omokage up` offers in its web chat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from portraits.people.default_people import DEFAULT_PEOPLE
from portraits.portraits import StarterPicture, group, portrait

INDEX = "index.json"
STAMP = "version.txt"  # beside our index, and beside nobody else's
# Raise it whenever the drawings change: folders that an older version filled are then filled anew.
VERSION = "1"
_QUALITY = 92  # no visible loss, a sixth of a PNG
# Description, seed (for a pleasant arrangement), people: the first three groups hold everyone once.
_GROUPS: tuple[tuple[str, int, tuple[int, ...]], ...] = (
    ("Three friends", 43, (3, 8, 7)),
    ("Four friends", 42, (1, 6, 4, 10)),
    ("Five friends", 53, (2, 12, 9, 11, 5)),
    ("Eight friends", 50, (5, 3, 11, 7, 8, 6, 1, 4)),
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True, slots=True)
class _Shot:
    filename: str
    description: str
    seed: int
    people: tuple[int, ...]


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
    index, stamp = folder / INDEX, folder / STAMP
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
        for person in DEFAULT_PEOPLE:
            description = f"{person.name}, {_ORDINALS[n]} picture"
            yield _Shot(f"{person.name.lower()}-{n + 1}.jpg", description, 11 + n, (person.id,))
    if groups:
        for n, (description, seed, people) in enumerate(_GROUPS, 1):
            yield _Shot(f"group-{n}.jpg", description, seed, people)


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
    people = [DEFAULT_PEOPLE[number - 1] for number in shot.people]
    return portrait(people[0], shot.seed, size) if len(people) == 1 else group(people, shot.seed)
