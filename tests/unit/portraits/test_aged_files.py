from __future__ import annotations

from pathlib import Path

from PIL import Image

from portraits.aged_files import write_aged_people
from portraits.aged_people import random_person_at
from portraits.random_people import SIDE


def test_each_file_says_how_old_who_is_and_of_which_gender(tmp_path: Path) -> None:
    files = write_aged_people(tmp_path / "new", people=2, ages=3)
    assert len(set(files)) == 6
    assert sorted((tmp_path / "new").iterdir()) == sorted(files)
    for file in files:
        age, gender, person = file.stem.split("_")
        assert 3 <= int(age) <= 90
        assert bool(int(gender)) == random_person_at(int(person), int(age)).woman
        with Image.open(file) as picture:
            assert picture.size == (SIDE, SIDE)


def test_what_has_been_drawn_is_kept(tmp_path: Path) -> None:
    first = write_aged_people(tmp_path, people=1, ages=2)
    first[0].write_bytes(b"kept")
    assert write_aged_people(tmp_path, people=1, ages=2) == first
    assert first[0].read_bytes() == b"kept"


def test_another_seed_shows_other_people(tmp_path: Path) -> None:
    one, other = (write_aged_people(tmp_path / str(seed), people=1, ages=1, seed=seed)[0] for seed in (1, 2))
    assert one.read_bytes() != other.read_bytes()
