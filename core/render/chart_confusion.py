"""The confusion matrix as a chart, with a list of the most confused pairs beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.render.chart_style import (
    BLUE,
    FAINT,
    ORANGE,
    PLATE,
    SMALL_TEXT_SIZE,
    TEXT,
    TEXT_SIZE,
    WIDTH,
    drawable_name,
    encode_png,
    fit_text,
    new_axes,
    new_figure,
    text_style,
    write_text,
)
from core.render.lettering import drawable_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from core.domain.registry.evaluation import EvaluationReport

_MIN_SIDE, _MAX_SIDE = 400, 800  # of the matrix
_CELL = 14  # pixels a person, where there is room: enough for a name of 11
_NAMED_CELL = 12  # pixels from which names can be read
_COUNTED_CELL = 36  # from here a number fits into a cell
_NAMES = 120  # pixels for the names beside the matrix
_LIST_FRACTION = 0.4  # of the width, for the pairs
_TOP, _EDGE = 84, 20
_MIN_DEPTH = 0.25  # colour depth of a single picture: it must be visible


def render_confusion(report: EvaluationReport) -> bytes:
    """Draw the confusion matrix of 2 to 100 people.

    Rows are true people and columns, in the same order, predicted ones. Blue is right and orange wrong;
    the scale is logarithmic, so that one mistake in a hundred pictures is visible. Names are written where they fit.

    Returns:
        A PNG, 967 x 604 pixels up to 28 people, 1500 x 924 from 67 on.
    """
    people = len(report.names)
    side = min(max(_MIN_SIDE, _CELL * people), _MAX_SIDE)
    cell = side / people
    names = [drawable_name(name, index) for index, name in enumerate(report.names)]
    left = _EDGE + (_NAMES if cell >= _NAMED_CELL else 40)
    below = _NAMES if cell >= _NAMED_CELL else 40
    list_left = left + side + 40
    width = round(list_left / (1 - _LIST_FRACTION))
    figure = new_figure(width, _TOP + side + below)
    zoom = width / WIDTH  # what is shown smaller needs larger letters
    write_text(figure, _EDGE, 44, _headline(report), size=TEXT_SIZE * zoom)
    axes = new_axes(figure, left, _TOP, side, side)
    counts = np.asarray(report.confusion)
    _draw_matrix(axes, counts)
    _name_rows(axes, names, cell)
    if cell >= _COUNTED_CELL:
        _write_counts(axes, counts, cell)
    _list_pairs(figure, list_left, side, _pairs(report, names), zoom)
    return encode_png(figure)


def _headline(report: EvaluationReport) -> str:
    title = drawable_text(report.dataset)
    right = f"{100 * report.mean:.1f} % right of {report.pictures:,} pictures"
    return f"{title}: {right}" if title else right


def _draw_matrix(axes: Axes, counts: NDArray[np.int_]) -> None:
    from matplotlib.colors import to_rgb

    right = np.eye(len(counts), dtype=bool)[..., None]
    full = np.where(right, to_rgb(BLUE), to_rgb(ORANGE))
    axes.imshow(to_rgb(PLATE) + _depth(counts)[..., None] * (full - to_rgb(PLATE)), interpolation="nearest")
    axes.grid(visible=False)


def _depth(counts: NDArray[np.int_]) -> NDArray[np.float64]:
    """Return the colour depth of each cell in [0, 1]; correct and wrong cells have a scale each."""
    right = np.eye(len(counts), dtype=bool)
    highest = np.where(right, counts[right].max(), max(1, counts[~right].max()))
    fraction = np.log1p(counts) / np.log1p(np.maximum(highest, 1))
    return np.where(counts > 0, _MIN_DEPTH + (1 - _MIN_DEPTH) * fraction, 0.0)


def _name_rows(axes: Axes, names: Sequence[str], cell: float) -> None:
    """Label rows and columns by name, or every tenth row by its number where names do not fit."""
    if cell < _NAMED_CELL:
        every = range(9, len(names), 10)
        axes.set_yticks(every, [str(index + 1) for index in every], **text_style(SMALL_TEXT_SIZE))
        axes.set_xticks([])
        axes.set_xlabel("taken for", color=FAINT, **text_style(SMALL_TEXT_SIZE))
        return
    size = min(SMALL_TEXT_SIZE, cell * 0.8)
    short = [fit_text(name, size, _NAMES - 12) for name in names]
    axes.set_yticks(range(len(names)), short, **text_style(size))
    axes.set_xticks(range(len(names)), short, rotation=90, **text_style(size))


def _write_counts(axes: Axes, counts: NDArray[np.int_], cell: float) -> None:
    size = min(TEXT_SIZE, cell * 0.38)
    for (row, column), depth in np.ndenumerate(_depth(counts)):
        if depth:
            words = str(counts[row, column])
            colour = "black" if depth > 0.6 else TEXT
            axes.text(column, row, words, color=colour, ha="center", va="center", **text_style(size))


def _pairs(report: EvaluationReport, names: Sequence[str]) -> list[tuple[int, str, str]]:
    shown = dict(zip(report.names, names, strict=True))
    return [(pair.times, shown[pair.name], shown[pair.taken_for]) for pair in report.most_confused]


def _list_pairs(figure: Figure, left: float, side: float, pairs: Sequence[tuple[int, str, str]], zoom: float) -> None:
    size = SMALL_TEXT_SIZE * zoom
    write_text(figure, left, _TOP + size, "most often mistaken" if pairs else "nobody was mistaken", size=size)
    room = (_LIST_FRACTION * WIDTH * zoom - _EDGE - 2.7 * size) / 2 - size
    line = min(1.75 * size, (side - 2.9 * size) / max(1, len(pairs) - 1))
    for index, (times, person, taken_for) in enumerate(pairs):
        y = _TOP + 2.9 * size + line * index
        write_text(figure, left + 2.2 * size, y, f"{times:,}", size=size, colour=ORANGE, align="right")
        words = f"{fit_text(person, size, room)} → {fit_text(taken_for, size, room)}"
        write_text(figure, left + 2.7 * size, y, words, size=size)
