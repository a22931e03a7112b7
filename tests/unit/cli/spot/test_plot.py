"""Lines of braille: steps, gaps, and what is outside of the plot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cli.spot.plot import PlotLine, Viewport, draw_plot, price_ranges, shortest_window
from cli.spot.segments import plain_text
from core.domain.spot.axis import PriceAxis
from core.domain.spot.prices import PricePoint, PriceSeries, make_series

START = datetime(2026, 11, 29, tzinfo=UTC)
HOUR = timedelta(hours=1)
VIEW = Viewport(START, START + 8 * HOUR, PriceAxis(0.0, 1.0))


def series(*points: tuple[float, float | None], until: float = 8) -> PriceSeries:
    return make_series(
        "r", "z", [PricePoint(START + hours * HOUR, price) for hours, price in points], START + until * HOUR
    )


def drawn(*lines: PriceSeries, width: int = 4, height: int = 2, view: Viewport = VIEW) -> list[str]:
    colored = [PlotLine(line, f"#00000{number}") for number, line in enumerate(lines)]
    return [plain_text(line) for line in draw_plot(colored, view, width, height)]


def test_a_price_that_never_changes_is_a_straight_line():
    assert drawn(series((0, 0.0))) == ["    ", "⣀⣀⣀⣀"]
    assert drawn(series((0, 1.0))) == ["⠉⠉⠉⠉", "    "]


def test_a_change_is_a_step_and_its_prices_are_joined():
    assert drawn(series((0, 0.0), (4, 1.0))) == ["  ⡏⠉", "⣀⣀⡇ "]


def test_a_spike_that_is_shorter_than_a_dot_is_still_seen():
    assert drawn(series((0, 0.0), (4.1, 1.0), (4.2, 0.0))) == ["  ⡇ ", "⣀⣀⣇⣀"]


def test_nothing_is_drawn_before_the_first_price_in_a_gap_and_after_the_last_fetch():
    assert drawn(series((4, 0.0)))[1] == "  ⣀⣀"
    assert drawn(series((0, 0.0), (1.9, None), (6, 0.0)))[1] == "⣀  ⣀"
    assert drawn(series((0, 0.0), until=3.9))[1] == "⣀⣀  "


def test_a_price_from_before_the_window_is_carried_into_it():
    assert drawn(series((-20, 0.0)))[1] == "⣀⣀⣀⣀"


def test_what_is_above_or_below_is_not_drawn_and_a_step_leads_there():
    assert drawn(series((0, 5.0))) == ["    ", "    "]
    assert drawn(series((0, 0.0), (4, 5.0))) == ["  ⡇ ", "⣀⣀⡇ "]
    assert drawn(series((0, 0.0)), view=Viewport(VIEW.start, VIEW.end, PriceAxis(0.5, 1.0))) == ["    ", "    "]


def test_where_lines_meet_the_first_gives_the_colour():
    [line] = draw_plot([PlotLine(series((0, 0.0)), "#first"), PlotLine(series((4, 0.0)), "#second")], VIEW, 4, 1)
    assert [segment.color for segment in line] == ["#first"]


def test_colours_are_kept_apart():
    [line] = draw_plot([PlotLine(series((4, 0.0)), "#first"), PlotLine(series((0, 0.0)), "#second")], VIEW, 4, 1)
    assert [(segment.text, segment.color) for segment in line] == [("⣀⣀", "#second"), ("⣀⣀", "#first")]


prices = st.one_of(st.none(), st.floats(0, 2))
histories = st.lists(st.tuples(st.floats(-4, 8), prices), min_size=1, max_size=8)


@given(st.lists(histories, max_size=4), st.integers(1, 40), st.integers(1, 20))
def test_a_plot_has_the_size_that_was_asked_for_whatever_the_prices(lines, width, height):
    plot = drawn(*[series(*points) for points in lines], width=width, height=height)
    assert len(plot) == height
    assert {len(line) for line in plot} == {width}


@given(histories, st.floats(0, 7.999))
def test_each_column_holds_the_price_of_each_of_its_moments(points, hour):
    line = series(*points)
    ranges = price_ranges(line, VIEW, 32)
    held = line.price_at(START + hour * HOUR)
    column = ranges[VIEW.column(START + hour * HOUR, 32)]
    if held is not None:
        assert column is not None
        assert column[0] <= held <= column[1]


def test_the_first_minutes_of_a_history_that_grows_are_ten():
    end = START + HOUR
    assert shortest_window([], end) == timedelta(minutes=10)
    assert shortest_window([PricePoint(end, 1.0)], end) == timedelta(minutes=10)
    assert shortest_window([PricePoint(START, 1.0), PricePoint(end, 1.0)], end) == HOUR
