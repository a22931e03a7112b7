"""The whole picture as lines of text: title, plot with its axes, legend, and what could not be fetched."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass

from cli.output.escaping import escape
from cli.output.table import width as cells
from cli.spot.plot import PlotLine, Viewport, draw_plot, shortest_window
from cli.spot.segments import LINE_COLORS, MUTED, WARNING, Line, Segment, cut, pad
from cli.spot.texts import failure_texts
from cli.spot.ticks import price_ticks, time_label, time_ticks
from core.domain.spot.axis import PriceAxis, cheap_end
from core.domain.spot.history import SpotUpdate
from core.domain.spot.prices import PriceSeries
from core.domain.spot.query import Provider, SpotQuery

MIN_WIDTH, MIN_HEIGHT = 50, 10  # below, the legend leaves no room for a plot
_MARKERS = string.ascii_lowercase + string.ascii_uppercase + string.digits
_MAX_MARKERS = 3  # of lines that end in one row; of more, two and a plus
_GUTTER = _MAX_MARKERS + 2  # cells between plot and legend
_MAX_NAME = 24  # cells; "us-west-2-lax-1a" has 16, "NVIDIA RTX 6000 Ada Generation" is cut off
_PRICE = 9  # cells: 99.9999, and an arrow or a question mark
_TWO_LEGENDS = 140  # columns from which two legends beside each other leave the plot half of the screen


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown. `axis` None means the cheap end, chosen anew with each update; `status` is the title's end."""

    provider: Provider
    query: SpotQuery
    has_history: bool
    update: SpotUpdate | None = None
    axis: PriceAxis | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    series: PriceSeries
    marker: str
    color: str
    is_stale: bool


def viewport_of(picture: Picture) -> Viewport | None:
    """Return what the plot shows; None where nothing has been fetched."""
    update = picture.update
    if update is None or not update.series:
        return None
    # Regions answer one after the other, and their prices hold until a little after the round's begin.
    end = max(update.time, *(series.known_until for series in update.series))
    points = [point for series in update.series for point in series.points]
    length = picture.query.history if picture.has_history else shortest_window(points, end)
    axis = picture.axis or cheap_end(update.series, end - length, end)
    return Viewport(end - length, end, axis)


def compose(picture: Picture, width: int, height: int) -> list[Line]:
    """Return the picture as `height` lines of at most `width` cells; where that is too small, a line that says so."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return [(Segment(cut(f"The terminal is too small: {MIN_WIDTH}x{MIN_HEIGHT} at least.", width), WARNING),)]
    messages = _messages(picture, width, max_lines=max(2, height // 6))
    room = height - 1 - len(messages)
    viewport = viewport_of(picture)
    body = _chart(picture.update, viewport, width, room) if picture.update and viewport else [()] * room
    return [_title(picture, width), *body, *messages]


def _title(picture: Picture, width: int) -> Line:
    query = picture.query
    parts = [escape(query.machine) if query.machine else "all GPUs"]
    if picture.provider is Provider.AWS:
        parts.append(query.product)
    left = cut(f"{picture.provider}: {', '.join(parts)}, USD an hour", width)
    right = cut(picture.status, width - cells(left) - 2)
    return Segment(pad(left, width - cells(right))), Segment(right, MUTED)


def _messages(picture: Picture, width: int, max_lines: int) -> list[Line]:
    update = picture.update
    failures = failure_texts(update.failures, picture.provider, update.region_count) if update else []
    hidden = len(failures) - max_lines
    if hidden > 0:
        failures = [*failures[: max_lines - 1], f"and {hidden + 1} more reasons"]
    lines: list[Line] = [(Segment(cut(f"! {escape(text)}", width), WARNING),) for text in failures]
    if not picture.has_history:
        note = f"{picture.provider} tells the present prices alone: the lines grow while this is open."
        lines.append((Segment(cut(note, width), MUTED),))
    return lines


def _entries(update: SpotUpdate) -> list[_Entry]:
    """Give each series its marker and colour by the order of names: they stay the same while prices move."""
    names = sorted((series.region, series.zone) for series in update.series)
    numbers = {name: number for number, name in enumerate(names)}
    failed = {failure.region for failure in update.failures}
    entries = []
    for series in update.series:
        number = numbers[series.region, series.zone]
        marker = _MARKERS[number] if number < len(_MARKERS) else "·"
        color = LINE_COLORS[number % len(LINE_COLORS)]
        entries.append(_Entry(series, marker, color, series.region in failed))
    return entries


def _chart(update: SpotUpdate, viewport: Viewport, width: int, height: int) -> list[Line]:
    entries = _entries(update)
    rows = height - 2  # the time axis and its labels
    legend, legend_width = _legend(entries, viewport, rows, columns=2 if width >= _TWO_LEGENDS else 1)
    ticks = {
        viewport.dot_row(tick.price, rows * 4) // 4: tick.label
        for tick in price_ticks(viewport.axis, max_count=min(max(2, rows // 2), 10))
    }
    label_width = max(map(len, ticks.values()), default=4)
    plot_width = width - label_width - 2 - _GUTTER - legend_width
    plot = draw_plot([PlotLine(entry.series, entry.color) for entry in entries], viewport, plot_width, rows)
    lines: list[Line] = []
    for row, plotted in enumerate(plot):
        frame = f"{ticks.get(row, ''):>{label_width}} {'┤' if row in ticks else '│'}"
        lines.append((Segment(frame, MUTED), *plotted, *_gutter(entries, viewport, row, rows), *legend[row]))
    return [*lines, *_time_axis(viewport, plot_width, indent=label_width + 1)]


def _gutter(entries: Sequence[_Entry], viewport: Viewport, row: int, rows: int) -> Line:
    """Write the markers of the lines that end in this row, for those who cannot tell the colours apart."""
    ending = [
        entry
        for entry in entries
        if entry.series.latest is not None and viewport.dot_row(entry.series.latest, rows * 4) // 4 == row
    ]
    shown = ending if len(ending) <= _MAX_MARKERS else ending[: _MAX_MARKERS - 1]
    segments = [Segment(" "), *(Segment(entry.marker, entry.color) for entry in shown)]
    if len(shown) < len(ending):
        segments.append(Segment("+", MUTED))
    return *segments, Segment(" " * (_GUTTER - len(segments)))


def _legend(entries: Sequence[_Entry], viewport: Viewport, rows: int, columns: int) -> tuple[list[Line], int]:
    """Return a line for each row and their width; series beyond the last row are counted: the dearest."""
    columns = columns if len(entries) > rows else 1
    room = rows * columns
    shown = entries if len(entries) <= room else entries[: room - 1]
    name_width = min(max((cells(_name(entry)) for entry in shown), default=0), _MAX_NAME)
    column_width = 2 + name_width + 1 + _PRICE + 1
    written: list[Line] = [_legend_cell(entry, viewport, column_width) for entry in shown]
    if len(shown) < len(entries):
        written.append((Segment(pad(f"  and {len(entries) - len(shown)} more", column_width), MUTED),))
    blank: Line = (Segment(" " * column_width),)
    written += [blank] * (room - len(written))
    lines = [
        tuple(segment for column in range(columns) for segment in written[row + column * rows]) for row in range(rows)
    ]
    return lines, column_width * columns


def _name(entry: _Entry) -> str:
    return escape(entry.series.zone)


def _legend_cell(entry: _Entry, viewport: Viewport, width: int) -> Line:
    price = entry.series.latest
    text = "-" if price is None else f"{price:.4f}"
    if entry.is_stale:
        sign = "?"
    elif price is None:
        sign = " "
    else:
        sign = "↑" if price > viewport.axis.high else "↓" if price < viewport.axis.low else " "
    return (
        Segment(f"{entry.marker} ", entry.color),
        Segment(pad(_name(entry), width - _PRICE - 4) + " "),
        Segment(f"{text:>{_PRICE - 1}}{sign} ", MUTED if price is None or entry.is_stale else None),
    )


def _time_axis(viewport: Viewport, width: int, indent: int) -> list[Line]:
    marks, labels = ["─"] * width, [" "] * width
    for tick in time_ticks(viewport.start, viewport.end, max_count=max(1, width // 9)):
        column = viewport.column(tick, width)
        marks[column] = "┬"
        label = time_label(tick)
        begin = min(max(column - len(label) // 2, 0), width - len(label))
        labels[begin : begin + len(label)] = label
    utc = " UTC"
    return [
        (Segment(" " * indent + "└" + "".join(marks), MUTED),),
        (Segment(" " * (indent + 1) + "".join(labels) + utc, MUTED),),
    ]
