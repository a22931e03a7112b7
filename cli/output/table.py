"""Formats rows as aligned columns for the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from cli.output.escaping import escape


def width(text: str) -> int:
    """Terminal cells: a Japanese letter takes two, a combining mark none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows with aligned columns, two spaces apart; the first row is the heading.

    Cells may come from outside: what a terminal would obey is made visible.
    """
    rows = [[escape(cell) for cell in row] for row in rows]
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
