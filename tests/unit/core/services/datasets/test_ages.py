from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from core.domain.data.ages import FEMALE, MALE, AgeLabel
from core.domain.data.imports import LeftOut, LeftOutReason
from core.services.datasets.ages import AGES, AgeLabels, read_ages, write_ages
from core.services.datasets.folder_files import FolderFiles


def found(folder: Path, **texts: str) -> AgeLabels:
    """Write tables called like the arguments into the folder, and read its ages."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    files = FolderFiles(folder)
    return read_ages(files, files.paths())


def label(labels: AgeLabels, path: str) -> AgeLabel | tuple[str, dict[str, object]]:
    result = labels.find(PurePosixPath(path))
    return result if isinstance(result, AgeLabel) else (str(result.reason), dict(result.details))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in ("34_1_a.jpg", "7__b.jpg", "200_0_c.jpg", "anna.jpg", "sub/1.jpg", "other/1.jpg", "sub/Two.JPG"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    return tmp_path


def test_without_a_table_names_say_ages(folder: Path) -> None:
    labels = found(folder, notes="a,b\n1,2\n")
    assert labels.tables == frozenset()
    assert label(labels, "34_1_a.jpg") == AgeLabel(34, FEMALE)
    assert label(labels, "7__b.jpg") == AgeLabel(7)
    assert label(labels, "200_0_c.jpg") == ("bad-age", {"age": "200"})
    assert label(labels, "anna.jpg") == ("no-age", {})


def test_where_there_is_a_table_names_say_nothing(folder: Path) -> None:
    labels = found(folder, ages="file,age,gender\nanna.jpg,28.5,f\n200_0_c.jpg,20,male\n")
    assert labels.tables == {PurePosixPath("ages.csv")}
    assert (label(labels, "anna.jpg"), label(labels, "200_0_c.jpg")) == (AgeLabel(28.5, FEMALE), AgeLabel(20, MALE))
    assert label(labels, "34_1_a.jpg") == ("no-age", {})


def test_files_are_found_from_the_table_from_the_root_or_by_a_name_that_is_the_only_one(folder: Path) -> None:
    labels = found(
        folder,
        sub__ages="file,age\n1.jpg,1\n",
        ages="file,age\nother\\1.jpg,2\n./anna.jpg,3\nC:\\faces\\two.jpg,4\n",
    )
    paths = ("sub/1.jpg", "other/1.jpg", "anna.jpg", "sub/Two.JPG")
    assert [label(labels, path) for path in paths] == [AgeLabel(1), AgeLabel(2), AgeLabel(3), AgeLabel(4)]
    assert labels.left_out == ()


def test_what_is_wrong_with_a_row_is_told_with_its_line(folder: Path) -> None:
    labels = found(folder, ages="file,age\ngone.jpg,3\n1.jpg,4\n,5\nanna.jpg,old\n")
    assert labels.left_out == (
        LeftOut("ages.csv", LeftOutReason.NO_SUCH_PICTURE, {"line": 2, "picture": "gone.jpg"}),
        LeftOut("ages.csv", LeftOutReason.NO_SUCH_PICTURE, {"line": 3, "picture": "1.jpg"}),  # there are two
        LeftOut("ages.csv", LeftOutReason.BAD_ROW, {"line": 4}),
    )
    assert label(labels, "anna.jpg") == ("bad-age", {"age": "old", "table": "ages.csv", "line": 5})


def test_a_picture_of_which_rows_disagree_has_no_age(folder: Path) -> None:
    labels = found(folder, ages="file,age\nanna.jpg,30\nanna.jpg,30\nsub/1.jpg,4\nsub/1.jpg,5\n")
    assert label(labels, "anna.jpg") == AgeLabel(30)
    assert label(labels, "sub/1.jpg") == ("ages-differ", {"table": "ages.csv", "line": 5})


def test_a_table_that_was_written_is_read_as_it_was(folder: Path) -> None:
    labels = {"anna.jpg": AgeLabel(28.25, FEMALE), "sub/1.jpg": AgeLabel(0, MALE), "sub/Two.JPG": AgeLabel(116)}
    write_ages(folder / AGES, labels.items())
    files = FolderFiles(folder)
    again = read_ages(files, files.paths())
    assert {name: label(again, name) for name in labels} == labels
