"""The chart as a program in the terminal: it asks again, and keys move the axis of prices."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from rich.segment import Segment as RichSegment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Footer

from cli.spot.screen import Picture, compose, viewport_of
from cli.spot.segments import Line
from core.domain.clock import Clock, now_utc
from core.domain.spot.axis import PriceAxis
from core.domain.spot.query import Provider, SpotQuery
from core.services.spot.source import SpotSource
from core.services.spot.watching import new_history, refresh


class PriceChart(Widget):
    """Shows a picture; `cli.spot.screen` draws it anew whenever the picture or the size changes."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self._picture = picture
        self._lines: list[Line] = []

    @property
    def picture(self) -> Picture:
        """What is shown."""
        return self._picture

    def show(self, picture: Picture) -> None:
        """Show another picture."""
        self._picture = picture
        self._draw()

    def on_resize(self) -> None:
        """Draw the picture for the new size."""
        self._draw()

    def _draw(self) -> None:
        self._lines = compose(self._picture, self.size.width, self.size.height)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line as Textual shows it."""
        base = self.rich_style
        line = self._lines[y] if y < len(self._lines) else ()
        segments = [RichSegment(text, base + Style(color=color) if color else base) for text, color in line]
        return Strip(segments).adjust_cell_length(self.size.width, base)


class SpotApp(App[None]):
    """Asks a source for prices when it starts, when r is pressed, and every `interval` where there is one."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "PriceChart { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "pan(1)", "Up"),
        Binding("down", "pan(-1)", "Down"),
        Binding("plus,equals_sign", "zoom(1)", "Zoom in", key_display="+"),
        Binding("minus", "zoom(-1)", "Zoom out", key_display="-"),
        Binding("0", "cheap_end", "Cheap end"),
        Binding("r", "refresh_prices", "Refresh"),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(
        self,
        source: SpotSource,
        provider: Provider,
        query: SpotQuery,
        *,
        interval: timedelta | None = None,
        clock: Clock = now_utc,
    ) -> None:
        super().__init__()
        self._source = source
        self._query = query
        self._interval = interval
        self._clock = clock
        self._history = new_history(source, query)
        self._is_asking = False
        self._next_round: Timer | None = None
        self._chart = PriceChart(Picture(provider, query, source.has_history))

    def compose(self) -> ComposeResult:
        """Return the chart, and the keys below it."""
        yield self._chart
        yield Footer()

    def on_mount(self) -> None:
        """Ask for the first time."""
        self.action_refresh_prices()

    def action_refresh_prices(self) -> None:
        """Ask for all prices, unless a round of questions is under way."""
        if self._is_asking:
            return
        self._is_asking = True
        if self._next_round is not None:
            self._next_round.stop()
        self._show(status=f"asking {self._count(len(self._query.regions))}")
        self.run_worker(self._ask())

    def action_pan(self, quarters: int) -> None:
        """Move the axis up by quarters of it, or down where `quarters` is negative."""
        self._change_axis(lambda axis: axis.panned(quarters))

    def action_zoom(self, steps: int) -> None:
        """Show a shorter range of prices, or a longer one where `steps` is negative."""
        self._change_axis(lambda axis: axis.zoomed(steps))

    def action_cheap_end(self) -> None:
        """Let the axis follow the cheapest prices again."""
        self._show(axis=None)

    async def _ask(self) -> None:
        try:
            async with aclosing(refresh(self._source, self._query, self._history, self._clock)) as updates:
                async for update in updates:
                    self._show(update=update, status=f"{update.answered_count} of {self._count(update.region_count)}")
        finally:
            self._is_asking = False
        now = self._clock()
        status = f"as of {now:%H:%M:%S} UTC"
        if self._interval is not None:
            self._next_round = self.set_timer(self._interval.total_seconds(), self.action_refresh_prices)
            status = f"{status}, next {now + self._interval:%H:%M}"
        self._show(status=status)

    def _change_axis(self, change: Callable[[PriceAxis], PriceAxis]) -> None:
        viewport = viewport_of(self._chart.picture)
        if viewport is not None:
            self._show(axis=change(viewport.axis))

    def _show(self, **changes: Any) -> None:
        self._chart.show(replace(self._chart.picture, **changes))

    def _count(self, regions: int) -> str:
        if not self._source.has_history:
            return str(self._chart.picture.provider)
        return f"{regions} region{'s' if regions != 1 else ''}"
