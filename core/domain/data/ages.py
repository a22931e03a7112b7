"""Ages and genders of a data set's pictures, as file names and tables have them."""

from __future__ import annotations

import re
from dataclasses import dataclass

MALE, FEMALE = 0, 1  # as UTKFace's file names have them
MAX_RECORDED_AGE = 120  # nobody is known to have lived much longer; what is greater is a mistake, or a year
_NUMBER = re.compile(r"\d{1,3}([.,]\d+)?")
# `34_1_...`, as UTKFace calls its files; of some the gender is missing (`61_3_...`, `53__0_...`).
_NAME = re.compile(r"(?P<age>\d{1,3})_(?P<gender>[^_.]*)")
_GENDERS = {
    **dict.fromkeys(("0", "m", "male", "man", "boy", "男", "男性"), MALE),
    **dict.fromkeys(("1", "f", "female", "woman", "girl", "女", "女性"), FEMALE),
}


@dataclass(frozen=True, slots=True)
class AgeLabel:
    """The age of a picture's face in years, 0 to `MAX_RECORDED_AGE`, and its gender, `MALE`, `FEMALE` or None."""

    age: float
    gender: int | None = None


def parse_age(text: str) -> float | None:
    """Return an age in years, with two decimals at most, or None where the text is no number from 0 to 120."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    age = round(float(text.replace(",", ".")), 2)
    return age if age <= MAX_RECORDED_AGE else None


def parse_gender(text: str) -> int | None:
    """Return `MALE` or `FEMALE`; None for any other text, since a picture of unknown gender still has its age."""
    return _GENDERS.get(text.strip().casefold())


def split_name(name: str) -> tuple[str, str] | None:
    """Return the texts of age and gender in a file name `<age>_<gender>_...`; None for other names."""
    match = _NAME.match(name)
    return None if match is None else (match["age"], match["gender"])
