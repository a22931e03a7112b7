"""`omokage data curate` with the product's own networks and drawn people."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image, ImageFilter

from cli.data.command import data
from tests.models.portrait_files import name, picture
from tests.unit.core.services.datasets.zip_builder import raw_zip


def run(tmp_path: Path, *arguments: str | Path) -> Result:
    environment = {"OMOKAGE_DATA": str(tmp_path / "data"), "OMOKAGE_DATABASE_URL": "", "OMOKAGE_BLOBS": ""}
    return CliRunner().invoke(data, [str(argument) for argument in arguments], env=environment)


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
    lines = done(tmp_path, "curate", folder, "--out", tmp_path / "out", "--name", "faces").splitlines()
    assert lines[0] == "photos: 6 pictures, 2 kept, 4 left out"
    assert [line.split()[:2] for line in lines[3:7]] == [
        ["unreadable", "1"],
        ["no-subject", "1"],
        ["blurred", "1"],
        ["copy", "1"],
    ]
    assert lines[8].startswith(f"In {tmp_path / 'out'}: kept/ has what is kept")
    assert lines[10] == "faces v1: 2 pictures, without names: to learn to draw from"
    kept = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out" / "kept").rglob("*.jpg"))
    assert kept == ["kept/1.jpg", f"kept/{name(0)}/0.jpg"]
    square = Image.open(io.BytesIO((tmp_path / "out" / "kept" / "1.jpg").read_bytes()))
    assert square.width == square.height > 100


def test_a_report_is_json_and_a_hand_is_followed(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "keep.txt").write_text("blurred.jpg\n", "utf-8")
    report: dict[str, Any] = json.loads(done(tmp_path, "curate", folder, "--keep", tmp_path / "keep.txt", "--json"))
    result = {one["source"]: one for one in report["pictures"]}
    assert (report["kept"], report["dataset"], report["subject"]) == (3, None, "face")
    assert (result["again.jpg"]["reason"], result["again.jpg"]["copy_of"]) == ("copy", "1.jpg")
    assert (result["blurred.jpg"]["kept"], result["blurred.jpg"]["by_hand"]) == (True, True)
    assert result["blurred.jpg"]["measures"]["detail"] < 0.1
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


def test_an_import_says_what_it_made_of_an_archive_and_what_it_left_out(tmp_path: Path) -> None:
    # Given an archive as a Japanese Windows and a hostile member would pack it together
    names = [f"セット/{name(0)}/{number}.jpg" for number in range(3)] + [f"セット/{name(1)}/ソ.jpg"]
    pictures = [picture(0, 0), picture(0, 1), picture(0, 2), picture(1, 0)]
    texts = {"セット/@everyone/1.jpg": picture(2, 0), f"セット/{name(0)}/\x1b]0;owned\x07.txt": b"text"}
    files = {**dict(zip(names, pictures, strict=True)), **texts, f"セット/{name(1)}/cut.jpg": picture(1, 1)[:900]}
    archive = raw_zip(tmp_path / "a.zip", [path.encode("cp932") for path in files], contents=[*files.values()])
    # When it is imported
    text = done(tmp_path, "import", archive, "--name", "family")
    shown = json.loads(done(tmp_path, "import", archive, "--name", "family", "--json"))
    # Then the text says so, without a character that a terminal would obey
    assert text.splitlines()[:2] == [
        "The names in the archive were read as cp932; --encoding takes another.",
        "セット lies around the people's folders, and is nobody's name.",
    ]
    assert "\x1b" not in text
    assert f"セット/{name(0)}/\\x1b]0;owned\\x07.txt" in text
    assert "family v1: 4 pictures of 2 people, 1 to 3 each" in text
    # And the JSON, too
    report = shown["import"]
    assert (report["encoding"], report["wrapper"], report["merged"]) == ("cp932", "セット", [])
    assert {one["reason"]: one["files"] for one in report["left_out"]} == {
        "bad-name": [{"file": "セット/@everyone"}],
        "cut-off": [{"file": f"セット/{name(1)}/cut.jpg"}],
        "not-an-image": [{"file": f"セット/{name(0)}/\x1b]0;owned\x07.txt"}],
    }
    # And an encoding that cannot be right is refused in a sentence
    refused = run(tmp_path, "import", archive, "--name", "family", "--encoding", "utf-8")
    assert (refused.exit_code, "encoding cannot be 'utf-8'" in refused.stderr) == (2, True)


def test_where_nothing_is_imported_it_is_said_what_was_left_out(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / os.fsdecode(b"caf\xe9.jpg")).write_bytes(picture(0, 0))
    result = run(tmp_path, "import", tmp_path / "photos", "--name", "family")
    assert result.exit_code == 1
    assert "it lies beside the people's folders  caf" in result.stderr


def test_what_is_kept_keeps_its_age(tmp_path: Path, folder: Path) -> None:
    (folder / "ages.csv").write_text(f"file,age,gender\n1.jpg,34,f\nagain.jpg,35,f\nwall.png,3,m\n{name(0)}/0.jpg,7,\n")
    out = tmp_path / "out"
    lines = done(tmp_path, "curate", folder, "--out", out, "--name", "faces", "--ages").splitlines()
    assert lines[0] == "photos: 6 pictures, 2 kept, 4 left out"
    assert "faces v1: 2 pictures, with ages: to learn ageing from" in lines
    assert (out / "kept" / "ages.csv").read_text().splitlines() == [
        "file,age,gender",
        "1.jpg,34,1",
        f"{name(0)}/0.jpg,7,",
    ]
    shown = json.loads(done(tmp_path, "show", "faces", "--json"))
    assert [group["pictures"] for group in shown["ages"]] == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0]


def test_what_is_kept_without_an_age_is_named(tmp_path: Path, folder: Path) -> None:
    (folder / "ages.csv").write_text("file,age\n1.jpg,34\n")
    output = done(tmp_path, "curate", folder, "--name", "faces", "--ages")
    assert f"no-age    1      its age is not known  {name(0)}/0.jpg" in output


def test_pictures_without_ages_are_refused_before_they_are_looked_at(tmp_path: Path, folder: Path) -> None:
    result = run(tmp_path, "curate", folder, "--name", "faces", "--ages")
    assert (result.exit_code, "no picture has an age" in result.output) == (1, True)
