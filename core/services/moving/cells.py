"""Cells of an export's tables: written so that no spreadsheet takes a name for a formula, and read strictly."""

from __future__ import annotations

import csv
import io
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from core.domain.embedders import EMBEDDING_SIZES
from core.domain.errors import ErrorCode, OmokageError

_ESCAPE = "'"  # which spreadsheets do not show, and take what follows for text
# With these a cell begins that a spreadsheet calculates; also wide, as some do in Japanese; and the escape itself.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", _ESCAPE)
_MAX_NUMBER = 1e6  # pixels: a photo has 25 million at most, and a face may reach beyond it
_MAX_UNKNOWN_SIZE = 4096  # numbers of an embedding by networks that are not known here; no face network makes more
_MAX_VALUE = 1000.0  # of an embedding: networks' are of about unit length, and the square of this is no infinity
_MAX_EMBEDDER = 64  # characters, as the database has room for
_TOMORROW = timedelta(days=1)  # a clock may be wrong, or in another time zone


class Row:
    """A row of a table, whose cells are read with their errors named by file, line and column.

    Args:
        table: the file's name.
        line: of the row, from 1.
        cells: by their columns.
    """

    def __init__(self, table: str, line: int, cells: Mapping[str, str]) -> None:
        self.table = table
        self.line = line
        self._cells = cells

    def bad(self, column: str) -> OmokageError:
        """Return the error for a cell that cannot be right."""
        return OmokageError(ErrorCode.BAD_EXPORT, reason="cell", file=self.table, line=self.line, column=column)

    def has(self, column: str) -> bool:
        """Say whether the table has a column that it need not have."""
        return column in self._cells

    def text(self, column: str, max_length: int) -> str:
        """Return a text as it was before it was escaped.

        Raises:
            OmokageError: BAD_EXPORT: it is too long, or has a NUL or half a character in it.
        """
        text = unescape(self._cells[column])
        if len(text) > max_length or "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise self.bad(column)
        return text

    def plain(self, column: str) -> str:
        """Return a cell that is never escaped: a number, a hash, a file's name."""
        return self._cells[column]

    def number(self, column: str, minimum: float = -_MAX_NUMBER, maximum: float = _MAX_NUMBER) -> float:
        """Return a finite number in [minimum, maximum]; BAD_EXPORT where it is none."""
        try:
            number = float(self._cells[column])
        except ValueError as error:
            raise self.bad(column) from error
        if not minimum <= number <= maximum:  # also of a NaN
            raise self.bad(column)
        return number

    def whole(self, column: str, maximum: int) -> int:
        """Return a whole number from 0 to `maximum`; BAD_EXPORT where it is none."""
        cell = self._cells[column]
        if not (cell.isascii() and cell.isdigit() and len(cell) <= len(str(maximum)) and int(cell) <= maximum):
            raise self.bad(column)
        return int(cell)

    def time(self, column: str, now: datetime) -> datetime:
        """Return an aware time that is not in the future; BAD_EXPORT where it is none."""
        try:
            at = datetime.fromisoformat(self._cells[column])
            if at.tzinfo is None:
                raise self.bad(column)
            at = at.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.bad(column) from error
        if at > now + _TOMORROW:
            raise self.bad(column)
        return at

    def embedder(self, column: str) -> str:
        """Return an embedder's name, which need not be known here; BAD_EXPORT where it cannot be one."""
        name = self.text(column, _MAX_EMBEDDER)
        if not (name and name.isascii() and name.isprintable()):
            raise self.bad(column)
        return name

    def embedding(self, column: str, embedder: str) -> bytes:
        """Return an embedding, float32, little-endian; BAD_EXPORT where its size is wrong or a number is none."""
        try:
            embedding = bytes.fromhex(self._cells[column])
        except ValueError as error:
            raise self.bad(column) from error
        size, rest = divmod(len(embedding), 4)
        known = EMBEDDING_SIZES.get(embedder)
        if rest or not (size == known if known is not None else 1 <= size <= _MAX_UNKNOWN_SIZE):
            raise self.bad(column)
        if not all(abs(value) <= _MAX_VALUE for value in struct.unpack(f"<{size}f", embedding)):  # also of a NaN
            raise self.bad(column)
        return embedding


def escape(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula."""
    return _ESCAPE + text if text.startswith(_FORMULA) else text


def unescape(cell: str) -> str:
    """Return the text that `escape` was given."""
    return cell.removeprefix(_ESCAPE)


def write_table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a table as CSV in UTF-8, with its columns' names in the first line."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read_table(name: str, data: bytes, columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a table; further columns are passed over.

    Args:
        name: of the file, for errors.
        data: CSV in UTF-8, also with a byte order mark, as spreadsheets write it.
        columns: that it must have.

    Raises:
        OmokageError: BAD_EXPORT: it is no such table.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="table", file=name, line=1) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if len(set(header)) != len(header) or not set(columns) <= set(header):
            raise OmokageError(ErrorCode.BAD_EXPORT, reason="columns", file=name, columns=", ".join(columns))
        for cells in reader:
            if len(cells) != len(header):
                raise OmokageError(ErrorCode.BAD_EXPORT, reason="table", file=name, line=reader.line_num)
            yield Row(name, reader.line_num, dict(zip(header, cells, strict=True)))
    except csv.Error as error:  # a cell of more than 131,072 characters, a quote in the wrong place
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="table", file=name, line=reader.line_num) from error
