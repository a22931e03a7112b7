"""The ages of the pictures of an import: from a table (CSV) beside them, or else from their names."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from core.domain.data.ages import AgeLabel, parse_age, parse_gender, split_name
from core.domain.data.imports import LeftOut, LeftOutReason
from core.services.datasets.age_table import AgeRow, read_age_table

if TYPE_CHECKING:
    from core.services.datasets.sources import Files

AGES = "ages.csv"  # which an export or a curation writes beside the pictures
_SUFFIXES = frozenset({".csv", ".tsv"})
_MAX_TABLE_BYTES = 64 * 1024**2  # half a million rows and more
_MAX_TEXT = 60  # characters of a cell in the report; a quotation mark that nothing ends makes a cell of a whole file

_Labels: TypeAlias = dict[PurePosixPath, AgeLabel | LeftOut]


@dataclass(frozen=True, slots=True)
class AgeLabels:
    """What is known of the ages of files.

    `tables` are files with ages rather than pictures. Where there is any, names say nothing. `left_out` are rows of
    tables that belong to no file.
    """

    tables: frozenset[PurePosixPath] = frozenset()
    left_out: tuple[LeftOut, ...] = ()
    _rows: Mapping[PurePosixPath, AgeLabel | LeftOut] = field(default_factory=dict)

    def find(self, path: PurePosixPath) -> AgeLabel | LeftOut:
        """Return the label of a picture, or why it has none."""
        if self.tables:
            return self._rows.get(path) or LeftOut(str(path), LeftOutReason.NO_AGE)
        return _label_in_name(path)


def read_ages(files: Files, paths: Iterable[PurePosixPath]) -> AgeLabels:
    """Return the ages of a folder or zip.

    Args:
        files: the folder or zip.
        paths: all files of it that may be pictures or tables.
    """
    paths = list(paths)
    index = _PathIndex(paths)
    labels: _Labels = {}
    tables: set[PurePosixPath] = set()
    left_out: list[LeftOut] = []
    for path in paths:
        rows = _read_table(files, path) if path.suffix.lower() in _SUFFIXES else None
        if rows is not None:
            tables.add(path)
            left_out += [problem for row in rows if (problem := _add_row(labels, index, path, row)) is not None]
    return AgeLabels(frozenset(tables), tuple(left_out), labels)


def write_ages(file: Path, labels: Iterable[tuple[str, AgeLabel]]) -> None:
    """Write a table from which an import reads the same labels.

    Args:
        file: the new file.
        labels: names of files, relative to the table's folder, with their labels.
    """
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("file", "age", "gender"))
        for name, label in labels:
            writer.writerow((name, f"{label.age:g}", "" if label.gender is None else label.gender))


def _read_table(files: Files, path: PurePosixPath) -> Iterable[AgeRow] | None:
    try:
        return read_age_table(files.read(path, _MAX_TABLE_BYTES))
    except OSError:
        return None


def _add_row(labels: _Labels, index: _PathIndex, table: PurePosixPath, row: AgeRow) -> LeftOut | None:
    """Add what a row says of a picture, and return why it says nothing of any."""
    if not row.file:
        return LeftOut(str(table), LeftOutReason.BAD_ROW, {"line": row.line})
    path = index.find(table.parent, row.file)
    if path is None:
        return LeftOut(str(table), LeftOutReason.NO_SUCH_PICTURE, {"line": row.line, "picture": row.file[:_MAX_TEXT]})
    label = _label(path, row.age, row.gender, {"table": str(table), "line": row.line})
    previous = labels.setdefault(path, label)
    if isinstance(previous, AgeLabel) and previous != label:
        labels[path] = LeftOut(str(path), LeftOutReason.AGES_DIFFER, {"table": str(table), "line": row.line})
    return None


def _label_in_name(path: PurePosixPath) -> AgeLabel | LeftOut:
    texts = split_name(path.name)
    return LeftOut(str(path), LeftOutReason.NO_AGE) if texts is None else _label(path, *texts, {})


def _label(path: PurePosixPath, age: str, gender: str, row: Mapping[str, str | int]) -> AgeLabel | LeftOut:
    years = parse_age(age)
    if years is None:
        return LeftOut(str(path), LeftOutReason.BAD_AGE, {"age": age[:_MAX_TEXT], **row})
    return AgeLabel(years, parse_gender(gender))


class _PathIndex:
    """Finds the file that a table means: by its path from the table or the root, else by its name if only one has it.

    So a table that was made on another computer, with that one's paths, will do.
    """

    def __init__(self, paths: Iterable[PurePosixPath]) -> None:
        self._by_path: dict[str, PurePosixPath] = {}
        self._by_name: dict[str, PurePosixPath | None] = {}
        for path in paths:
            self._by_path[_normalised(path)] = path
            name = _normalised(path.name).casefold()
            self._by_name[name] = None if name in self._by_name else path

    def find(self, folder: PurePosixPath, text: str) -> PurePosixPath | None:
        written = PurePosixPath(text.replace("\\", "/"))
        for path in (folder / written, written):
            if _normalised(path) in self._by_path:
                return self._by_path[_normalised(path)]
        return self._by_name.get(_normalised(written.name).casefold())


def _normalised(path: PurePosixPath | str) -> str:
    return unicodedata.normalize("NFC", str(path))
