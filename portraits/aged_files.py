"""A folder of random people at several ages, with the age and the gender in each file's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from portraits.aged_people import random_ages, random_person_at
from portraits.random_people import draw_random_person

if TYPE_CHECKING:
    from pathlib import Path

MALE, FEMALE = 0, 1  # in the names, as collections of aged faces have them (UTKFace: `<age>_<gender>_...`)
_QUALITY = 95  # with full colour resolution: no visible loss
_SEEDS_PER_SET = 1_000_000  # seeds of people for each seed of a folder, so that no two folders show the same people


def write_aged_people(folder: Path, people: int, ages: int = 5, seed: int = 0) -> list[Path]:
    """Draw people at several ages each, as `<age>_<gender>_<person>.jpg` of 256x256; returns the files.

    Args:
        folder: made if missing. Files that are there already are kept, so that a call that was cut short goes on.
        people: how many; 70 ms of a processor for each picture.
        ages: of each, from 3 to 90.
        seed: of who they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(people):
        who = seed * _SEEDS_PER_SET + number
        for age in random_ages(who, ages):
            person = random_person_at(who, round(age))
            file = folder / f"{round(age)}_{FEMALE if person.woman else MALE}_{number:05d}.jpg"
            if not file.exists():
                picture = Image.fromarray(draw_random_person(person))
                part = file.with_suffix(".part")
                picture.save(part, "JPEG", quality=_QUALITY, subsampling=0)
                part.replace(file)
            files.append(file)
    return files
