"""`omokage data curate` with the product's own networks and drawn people."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image, ImageFilter

from cli.data import data
from tests.models.drawn import name, picture


def run(tmp_path: Path, *arguments: str | Path) -> Result:
    environment = {"OMOKAGE_DATA": str(tmp_path / "data"), "OMOKAGE_DATABASE_URL": "", "OMOKAGE_BLOBS": ""}
    return CliRunner().invoke(data, [str(one) for one in arguments], env=environment)


def done(tmp_path: Path, *arguments: str | Path) -> str:
    result = run(tmp_path, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "photos"
    (place / name(0)).mkdir(parents=True)
    (place / name(0) / "0.jpg").write_bytes(picture(0, 0, 300))
    (place / "1.jpg").write_bytes(picture(1, 0, 300))
    (place / "again.jpg").write_bytes(picture(1, 0, 240, quality=70))
    (place / "broken.jpg").write_bytes(picture(0, 0)[:700])
    Image.new("RGB", (200, 200), (120, 140, 120)).save(place / "wall.png")
    blurred = Image.open(io.BytesIO(picture(2, 0, 300))).filter(ImageFilter.GaussianBlur(8))
    blurred.save(place / "blurred.jpg")
    return place


def test_faces_are_cut_out_and_the_rest_is_explained(tmp_path: Path, folder: Path) -> None:
    said = done(tmp_path, "curate", folder, "--out", tmp_path / "out", "--name", "faces").splitlines()
    assert said[0] == "photos: 6 pictures, 2 kept, 4 left out"
    assert [line.split()[:2] for line in said[3:7]] == [
        ["unreadable", "1"],
        ["no-subject", "1"],
        ["blurred", "1"],
        ["copy", "1"],
    ]
    assert said[8].startswith(f"In {tmp_path / 'out'}: kept/ has what is kept")
    assert said[10] == "faces v1: 2 pictures, without names: to learn to draw from"
    kept = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out" / "kept").rglob("*.jpg"))
    assert kept == ["kept/1.jpg", f"kept/{name(0)}/0.jpg"]
    square = Image.open(io.BytesIO((tmp_path / "out" / "kept" / "1.jpg").read_bytes()))
    assert square.width == square.height > 100


def test_a_report_is_json_and_a_hand_is_followed(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "keep.txt").write_text("blurred.jpg\n", "utf-8")
    report: dict[str, Any] = json.loads(done(tmp_path, "curate", folder, "--keep", tmp_path / "keep.txt", "--json"))
    found = {one["source"]: one for one in report["pictures"]}
    assert (report["kept"], report["dataset"], report["subject"]) == (3, None, "face")
    assert (found["again.jpg"]["reason"], found["again.jpg"]["copy_of"]) == ("copy", "1.jpg")
    assert (found["blurred.jpg"]["kept"], found["blurred.jpg"]["by_hand"]) == (True, True)
    assert found["blurred.jpg"]["measures"]["detail"] < 0.1
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("out", ["photos/inside", "photos"])
def test_pictures_are_never_written_beside_those_that_came(tmp_path: Path, folder: Path, out: str) -> None:
    result = run(tmp_path, "curate", folder, "--out", tmp_path / out)
    assert result.exit_code == 2
    assert "out cannot be" in result.output


def test_a_picture_that_is_not_there_cannot_be_kept(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "keep.txt").write_text("nobody.jpg\n", "utf-8")
    result = run(tmp_path, "curate", folder, "--keep", tmp_path / "keep.txt", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "keep or drop cannot be 'nobody.jpg'" in result.output
    assert not (tmp_path / "out").exists()
