"""Draws prices over time with braille characters, two dots wide and four high each. Nothing here knows a terminal."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cli.spot.segments import Line, Segment
from core.domain.spot.axis import PriceAxis
from core.domain.spot.prices import PricePoint, PriceSeries

_BLANK = 0x2800
# The bit of each dot of a braille character, by row and column.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


@dataclass(frozen=True, slots=True)
class Viewport:
    """What a plot shows: the time from `start` to `end` (aware UTC) and a range of prices."""

    start: datetime
    end: datetime
    axis: PriceAxis

    def dot_row(self, price: float, rows: int) -> int:
        """Return the row of dots of a price, 0 at the top; below 0 or from `rows` on it is outside of the plot."""
        position = (self.axis.high - price) / (self.axis.high - self.axis.low)
        return round(position * (rows - 1))

    def column(self, time: datetime, columns: int) -> int:
        """Return the column of a time from `start` to `end`, of so many."""
        return min(int((time - self.start) / (self.end - self.start) * columns), columns - 1)


@dataclass(frozen=True, slots=True)
class PlotLine:
    """A series and the colour of its line."""

    series: PriceSeries
    color: str


def draw_plot(lines: Sequence[PlotLine], viewport: Viewport, width: int, height: int) -> list[Line]:
    """Draw a step line for each series: a price holds until the next. Return `height` lines of `width` cells.

    Nothing is drawn where a series has no price. Where lines meet, the one that comes first in `lines` gives the cell
    its colour.
    """
    masks = [[0] * width for _ in range(height)]
    colors: list[list[str | None]] = [[None] * width for _ in range(height)]
    for line in reversed(lines):
        for column, prices in enumerate(price_ranges(line.series, viewport, width * 2)):
            if prices is None:
                continue
            top, bottom = (viewport.dot_row(price, height * 4) for price in (prices[1], prices[0]))
            for row in range(max(top, 0), min(bottom, height * 4 - 1) + 1):
                masks[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
                colors[row // 4][column // 2] = line.color
    return [_line(row, row_colors) for row, row_colors in zip(masks, colors, strict=True)]


def price_ranges(series: PriceSeries, viewport: Viewport, columns: int) -> list[tuple[float, float] | None]:
    """Return the lowest and the highest price of each column; None where there is no price.

    At a change both prices are in its column, so that a vertical line joins them, and no spike is too short to see.
    """
    ranges: list[tuple[float, float] | None] = [None] * columns
    ends = [*(point.since for point in series.points[1:]), series.known_until]
    for point, until in zip(series.points, ends, strict=True):
        first, last = max(point.since, viewport.start), min(until, series.known_until, viewport.end)
        if point.price is None or first > last:
            continue
        for column in range(viewport.column(first, columns), viewport.column(last, columns) + 1):
            low, high = ranges[column] or (point.price, point.price)
            ranges[column] = min(low, point.price), max(high, point.price)
    return ranges


def _line(masks: Sequence[int], colors: Sequence[str | None]) -> Line:
    cells = zip(masks, colors, strict=True)
    return tuple(
        Segment("".join(chr(_BLANK + mask) if mask else " " for mask, _ in group), color)
        for color, group in itertools.groupby(cells, key=lambda cell: cell[1])
    )


def shortest_window(points: Iterable[PricePoint], end: datetime) -> timedelta:
    """Return how long a plot of a history that grows should be: since its first point, ten minutes at least."""
    first = min((point.since for point in points), default=end)
    return max(end - first, timedelta(minutes=10))
