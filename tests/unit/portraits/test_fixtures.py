from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from portraits import default_people, write_pictures
from portraits.fixtures import VERSION


def small(folder: Path) -> list[dict]:
    return json.loads(write_pictures(folder, portraits=1, groups=False, size=96).read_text("utf-8"))


def test_every_entry_of_the_index_is_a_jpeg_with_its_people(tmp_path: Path) -> None:
    entries = small(tmp_path / "pictures")
    assert [entry["people"] for entry in entries] == [[person.name] for person in default_people()]
    for entry in entries:
        with Image.open(tmp_path / "pictures" / entry["filename"]) as image:
            assert (image.format, image.size) == ("JPEG", (96, 96))
        assert entry["people"][0] in entry["description"]


def test_a_full_folder_is_left_as_it_is(tmp_path: Path) -> None:
    small(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    small(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_folder_with_a_missing_picture_is_filled_again(tmp_path: Path) -> None:
    (tmp_path / small(tmp_path)[3]["filename"]).unlink()
    assert all((tmp_path / entry["filename"]).is_file() for entry in small(tmp_path))


def test_a_folder_of_an_older_version_is_filled_again(tmp_path: Path) -> None:
    picture = tmp_path / small(tmp_path)[0]["filename"]
    picture.write_bytes(b"old")
    (tmp_path / "version.txt").write_text((tmp_path / "version.txt").read_text().replace(VERSION, "0", 1))
    small(tmp_path)
    assert picture.stat().st_size > 1000


def test_files_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    small(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"
