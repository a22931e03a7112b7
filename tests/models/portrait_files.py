"""Builders of folders with drawn portraits, one for each person, to be imported."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from PIL import Image

from portraits import default_people, portrait

PEOPLE, PICTURES = 3, 4


@cache
def picture(person: int, number: int, size: int = 160, quality: int = 95) -> bytes:
    """Return a portrait of one of the default people as a JPEG; always the same."""
    out = io.BytesIO()
    Image.fromarray(portrait(default_people()[person], 300 + number, size).image).save(out, "JPEG", quality=quality)
    return out.getvalue()


def name(person: int) -> str:
    return default_people()[person].name


def write_people(root: Path, people: int = PEOPLE, pictures: int = PICTURES) -> Path:
    """`root`/NAME/0.jpg and so on."""
    for person in range(people):
        folder = root / name(person)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(pictures):
            (folder / f"{number}.jpg").write_bytes(picture(person, number))
    return root
