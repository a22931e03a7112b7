"""The prices as JSON, and as a picture on standard output."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import click

from cli.output.echo import echo_json
from cli.output.table import table
from cli.spot.screen import Picture, compose
from cli.spot.segments import plain_text
from core.domain.spot.history import SpotUpdate
from core.domain.spot.query import Provider, SpotQuery

_LINES = 24  # of the picture: a terminal of the usual size is full, and the prompt is still beside it


def print_json(provider: Provider, query: SpotQuery, update: SpotUpdate) -> None:
    """Print all series and failures as one JSON object; times are ISO 8601 in UTC, prices USD an hour."""
    value: dict[str, Any] = {
        "provider": provider,
        "type": query.machine,
        "time": update.time.isoformat(),
        "series": [
            {
                "region": series.region,
                "zone": series.zone,
                "latest": series.latest,
                "known_until": series.known_until.isoformat(),
                "points": [[point.since.isoformat(), point.price] for point in series.points],
            }
            for series in update.series
        ],
        "failures": [
            {"region": failure.region, "reason": failure.reason, "detail": failure.detail}
            for failure in update.failures
        ],
    }
    if provider is Provider.AWS:
        value["product"] = query.product
    echo_json(value)


def print_picture(picture: Picture) -> None:
    """Print the chart, as wide as the terminal, or 80 columns where there is none.

    It is a table where there is no history to draw, and where the output cannot hold the chart's characters.
    """
    columns, lines = shutil.get_terminal_size((80, _LINES))
    if not picture.has_history or not _can_draw():
        _print_table(picture)
        return
    colored = "NO_COLOR" not in os.environ
    for line in compose(picture, columns, max(min(lines - 1, 2 * _LINES), _LINES)):
        text = "".join(click.style(text, fg=_rgb(color)) if color else text for text, color in line)
        click.echo(text.rstrip() if colored else plain_text(line).rstrip())


def _print_table(picture: Picture) -> None:
    if picture.update is None:
        return
    rows = [["region", "zone", "USD an hour"]]
    for series in picture.update.series:
        price = series.latest
        rows.append([series.region, series.zone, "-" if price is None else f"{price:.4f}"])
    click.echo(table(rows))


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _can_draw() -> bool:
    try:
        "⣿│↑…".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
