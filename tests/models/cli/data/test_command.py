from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.data.command import data
from tests.models.portrait_files import PEOPLE, PICTURES, name, picture, write_people


def run(tmp_path: Path, *arguments: str | Path) -> Result:
    environment = {"OMOKAGE_DATA": str(tmp_path / "data"), "OMOKAGE_DATABASE_URL": "", "OMOKAGE_BLOBS": ""}
    return CliRunner().invoke(data, [str(argument) for argument in arguments], env=environment)


def done(tmp_path: Path, *arguments: str | Path) -> str:
    result = run(tmp_path, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the data set "family", and the pictures that it was made of."""
    place = tmp_path_factory.mktemp("kept")
    done(place, "import", write_people(place / "people"), "--name", "family", "--json")
    return place


def test_an_import_says_what_it_found(tmp_path: Path, kept: Path) -> None:
    shutil.copytree(kept / "data", tmp_path / "data")
    source = write_people(tmp_path / "more", people=2)
    (source / name(0) / "broken.jpg").write_bytes(picture(0, 0)[:500])
    lines = done(tmp_path, "import", source, "--name", "family").splitlines()
    assert lines[:2] == [
        "LEFT OUT  COUNT  WHY                                                     WHICH",
        f"cut-off   1      the picture is cut off: the end of the file is missing  {name(0)}/broken.jpg",
    ]
    assert lines[2] == f"family v2: {2 * PICTURES} pictures of 2 people, {PICTURES} each"
    assert "note   Could not be read and left out: 1 picture." in lines
    assert lines[-1] == "It can be trained on."
    shown: list[dict[str, Any]] = json.loads(done(tmp_path, "list", "--json"))
    assert [(one["name"], one["version"]) for one in shown] == [("family", 2), ("family", 1)]


def test_list_and_show_name_versions_and_people(kept: Path) -> None:
    heading, row = done(kept, "list").splitlines()
    assert heading.split() == ["NAME", "VERSION", "PICTURES", "PEOPLE", "MADE"]
    assert row.split()[:4] == ["family", "1", str(PEOPLE * PICTURES), str(PEOPLE)]
    assert name(0) in done(kept, "show", "family", "--version", "1")
    shown = json.loads(done(kept, "show", "family", "--json"))
    assert sorted(one["name"] for one in shown["people"]) == sorted(map(name, range(PEOPLE)))
    assert done(kept, "list", "--guild", "5").startswith("There is no data set yet.")


def test_export_and_import_give_the_same_content(kept: Path, tmp_path: Path) -> None:
    assert f"{PEOPLE * PICTURES} pictures are in" in done(kept, "export", "family", tmp_path / "out")
    before = json.loads(done(kept, "show", "family", "--json"))
    again = json.loads(done(kept, "import", tmp_path / "out", "--name", "family", "--json"))
    assert again.pop("import") == {"encoding": None, "wrapper": None, "merged": [], "left_out": []}
    assert again == before
    again = run(kept, "export", "family", tmp_path / "out")
    assert (again.exit_code, "new or empty" in again.output) == (2, True)


def test_what_is_not_there_or_not_allowed_is_said_in_a_sentence(kept: Path, tmp_path: Path) -> None:
    unknown = run(kept, "show", "friends")
    assert (unknown.exit_code, "no such data set" in unknown.output) == (1, True)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../Anna/1.jpg", b"")
    tricky = run(kept, "import", tmp_path / "a.zip", "--name", "x")
    assert (tricky.exit_code, "'../Anna/1.jpg' points out of the archive" in tricky.output) == (2, True)
    (tmp_path / "folder" / "@everyone").mkdir(parents=True)
    (tmp_path / "folder" / "@everyone" / "1.jpg").write_bytes(b"")
    named = run(kept, "import", tmp_path / "folder", "--name", "x")
    assert (named.exit_code, "the name must not contain a mention" in named.output) == (1, True)
    assert "@everyone" in named.output
    (tmp_path / "empty").mkdir()
    empty = run(kept, "import", tmp_path / "empty", "--name", "x")
    assert (empty.exit_code, "no picture of anybody" in empty.output) == (1, True)
    snapshot = run(kept, "snapshot", "--guild", "5")
    assert (snapshot.exit_code, "no picture of anybody" in snapshot.output) == (1, True)


def test_pictures_without_names_are_said_to_be_there_to_draw_from(tmp_path: Path) -> None:
    source = write_people(tmp_path / "people", people=1, pictures=2)
    lines = done(tmp_path, "import", source, "--name", "faces", "--unlabelled").splitlines()
    assert lines == [
        "faces v1: 2 pictures, without names: to learn to draw from",
        "FAULT  At least 100 pictures are needed to learn to draw; there are 2.",
        "It cannot be trained on.",
    ]
    assert done(tmp_path, "show", "faces").splitlines() == lines  # no table of people
    assert json.loads(done(tmp_path, "show", "faces", "--json"))["people"] == []
    assert done(tmp_path, "list").splitlines()[1].split()[:4] == ["faces", "1", "2", "0"]


@pytest.fixture
def aged(tmp_path: Path) -> Path:
    """Pictures with ages in their names, and one without."""
    folder = tmp_path / "faces"
    folder.mkdir()
    for number, file in enumerate(["34_1_a.jpg", "7_0_b.jpg", "anna.jpg"]):
        (folder / file).write_bytes(picture(number, 0))
    return folder


def test_an_import_with_ages_says_how_many_there_are_of_each(tmp_path: Path, aged: Path) -> None:
    lines = done(tmp_path, "import", aged, "--name", "faces", "--ages").splitlines()
    assert lines[:2] == [
        "LEFT OUT  COUNT  WHY                   WHICH",
        "no-age    1      its age is not known  anna.jpg",
    ]
    assert lines[2] == "faces v1: 2 pictures, with ages: to learn ageing from"
    assert lines[3].split() == [
        "AGE",
        "0-5",
        "6-10",
        "11-15",
        "16-20",
        "21-30",
        "31-40",
        "41-50",
        "51-60",
        "61-70",
        "71+",
    ]
    assert lines[4].split() == ["PICTURES", *["0", "1", "0", "0", "0", "1", "0", "0", "0", "0"]]
    assert lines[5].startswith("FAULT  At least 20 pictures of any two neighbouring age groups are needed")
    assert lines[-1] == "It cannot be trained on."
    shown = json.loads(done(tmp_path, "show", "faces", "--json"))
    assert shown["ages"][1] == {"from": 6, "to": 10, "pictures": 1}
    assert shown["ages"][-1] == {"from": 71, "to": None, "pictures": 0}


def test_a_folder_without_ages_is_refused_with_a_sentence(tmp_path: Path, aged: Path) -> None:
    for file in ("34_1_a.jpg", "7_0_b.jpg"):
        (aged / file).unlink()
    result = run(tmp_path, "import", aged, "--name", "faces", "--ages")
    assert (result.exit_code, "no picture has an age: neither names such as 34_1_a.jpg" in result.output) == (1, True)
    assert "anna.jpg" in result.output


def test_bad_lines_of_a_table_are_told_with_file_and_line(tmp_path: Path, aged: Path) -> None:
    (aged / "list.csv").write_text("file;age\nanna.jpg;28\n34_1_a.jpg;old\ngone.jpg;3\n;4\n")
    output = done(tmp_path, "import", aged, "--name", "faces", "--ages")
    assert "34_1_a.jpg: 'old' in list.csv, line 3" in output
    assert "list.csv, line 4: gone.jpg" in output
    assert "list.csv, line 5" in output
    assert "7_0_b.jpg" in output  # the table does not name it
