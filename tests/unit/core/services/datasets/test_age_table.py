from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.services.datasets.age_table import AgeRow, read_age_table


def rows(data: bytes) -> list[tuple[str, str, str]]:
    table = read_age_table(data)
    assert table is not None
    return [(row.file, row.age, row.gender) for row in table]


EXPECTED = [("a.jpg", "34", "f"), ("b, c.jpg", "7", "")]


@pytest.mark.parametrize(
    "data",
    [
        b'file,age,gender\na.jpg,34,f\n"b, c.jpg",7,\n',
        b'\xef\xbb\xbffile;age;gender\r\na.jpg;34;f\r\n"b, c.jpg";7;\r\n',
        b'id\tGender\tAge (years)\tFile name\r1\tf\t34\ta.jpg\r2\t\t7\t"b, c.jpg"',
        b'\n\n"Image_Path", "Real age", "Sex"\n"a.jpg", "34", "f"\n\n"b, c.jpg", "7"\n',
        'filename,age,gender\na.jpg,34,f\n"b, c.jpg",7,\n'.encode("utf-16"),
        'ファイル名,年齢,性別\na.jpg,34,f\n"b, c.jpg",7,\n'.encode("cp932"),
        'ファイル,年齢,性別\na.jpg,34,f\n"b, c.jpg",7,\n'.encode(),
    ],
)
def test_tables_are_read_as_spreadsheets_of_many_languages_write_them(data: bytes) -> None:
    assert rows(data) == EXPECTED


def test_names_in_a_legacy_encoding_are_read() -> None:
    assert rows("file,age\n花子の写真.jpg,34\n".encode("cp932")) == [("花子の写真.jpg", "34", "")]


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"file,name\na.jpg,Anna\n", b"a.jpg,34,f\n", b"age,gender\n34,f\n", b"\0\xff"]
)
def test_another_file_is_no_table_of_ages(data: bytes) -> None:
    assert read_age_table(data) is None


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    table = read_age_table(b'file,age,note\r\na.jpg,34,"two\r\nlines"\r\n\r\nb.jpg,x\r\n')
    assert table is not None
    assert list(table) == [AgeRow(2, "a.jpg", "34", ""), AgeRow(5, "b.jpg", "x", "")]


def test_behind_a_quotation_mark_that_nothing_ends_all_is_one_row_without_a_file() -> None:
    table = read_age_table(b'file,age\na.jpg,34\n"b.jpg,7\n' + b"c.jpg,8\n" * 40_000)
    assert table is not None
    assert list(table) == [AgeRow(2, "a.jpg", "34", ""), AgeRow(3, "", "", "")]


@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd_to_be_read(data: bytes) -> None:
    list(read_age_table(b"file,age\n" + data) or [])
    list(read_age_table(data) or [])
