"""Text with colours, before anything knows whether it goes to Textual or to standard output."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from cli.output.table import width

MUTED = "#8a8a8a"  # frames and hints; 5.5:1 on Textual's dark background
WARNING = "#ffaf5f"
# Okabe and Ito's colours, which people with any colour vision tell apart, without the blue and black that are lost on
# a dark terminal, and with a lighter green.
LINE_COLORS = ("#56b4e9", "#e69f00", "#2bc69a", "#f0e442", "#cc79a7", "#d55e00", "#c8c8c8")


class Segment(NamedTuple):
    """A piece of a line; `color` is "#rrggbb", or None for the terminal's own."""

    text: str
    color: str | None = None


Line: TypeAlias = tuple[Segment, ...]


def plain_text(line: Iterable[Segment]) -> str:
    """Return the line without its colours."""
    return "".join(segment.text for segment in line)


def cut(text: str, cells: int) -> str:
    """Shorten a text to so many cells of the terminal, with an ellipsis at its end where something is missing."""
    if width(text) <= cells:
        return text
    while text and width(text) >= cells:
        text = text[:-1]
    return f"{text}…" if cells > 0 else ""


def pad(text: str, cells: int) -> str:
    """Shorten or fill a text to exactly so many cells of the terminal."""
    shortened = cut(text, cells)
    return shortened + " " * (cells - width(shortened))
