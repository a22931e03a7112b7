"""Tables of ages beside pictures: CSV files with a heading, and a column each for the file, its age and its gender."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.names.encodings import likeliest_encoding

if TYPE_CHECKING:
    import _csv

# Of headings in lower case, letters only; the first that there is counts.
_IMAGES = ("image", "imagename", "imagepath", "imagefile", "img", "picture", "photo")
_FILES = ("file", "filename", "filepath", *_IMAGES, "path", "ファイル", "ファイル名", "画像", "写真")
_AGES = ("age", "realage", "ageyears", "years", "年齢", "歳")
_GENDERS = ("gender", "sex", "性別")
_DELIMITERS = ",;\t"  # semicolons are what Excel writes where a comma is the decimal sign


@dataclass(frozen=True, slots=True)
class AgeRow:
    """A row of a table as it stands there; `line` counts the file's lines from 1. Missing cells are empty."""

    line: int
    file: str
    age: str
    gender: str


@dataclass(frozen=True, slots=True)
class _Columns:
    file: int
    age: int
    gender: int | None


def read_age_table(data: bytes) -> Iterator[AgeRow] | None:
    """Return the rows of a table with a file's name and an age, or None for any other file.

    The text is UTF-8, UTF-16 with a byte order mark, or else in the likeliest encoding; columns are parted by commas,
    semicolons or tabs. All that follows an endless cell is one row without a file.
    """
    text = _decode(data)
    heading = next(filter(str.strip, text.splitlines()), "")
    delimiter = max(_DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    columns = _find_columns(reader)
    return None if columns is None else _rows(reader, columns)


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return data.removeprefix(codecs.BOM_UTF8).decode(likeliest_encoding(data.splitlines()), "replace")


def _find_columns(reader: _csv.Reader) -> _Columns | None:
    """Read the heading, which is the first line that is not empty."""
    try:
        heading = [re.sub(r"[\W\d_]", "", cell).casefold() for cell in next(filter(None, reader), [])]
    except csv.Error:
        return None
    file, age, gender = (_column(heading, names) for names in (_FILES, _AGES, _GENDERS))
    return None if file is None or age is None else _Columns(file, age, gender)


def _column(heading: list[str], names: tuple[str, ...]) -> int | None:
    return next((heading.index(name) for name in names if name in heading), None)


def _rows(reader: _csv.Reader, columns: _Columns) -> Iterator[AgeRow]:
    line = reader.line_num + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield AgeRow(line, *(_cell(cells, column) for column in (columns.file, columns.age, columns.gender)))
            line = reader.line_num + 1
    except csv.Error:  # a cell of more than 128 KiB: a quotation mark that nothing ends
        yield AgeRow(line, "", "", "")


def _cell(cells: list[str], column: int | None) -> str:
    return cells[column].strip() if column is not None and column < len(cells) else ""
