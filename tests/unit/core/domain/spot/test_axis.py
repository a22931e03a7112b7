"""The axis shows the cheap end, whatever is above it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.spot.axis import PriceAxis, cheap_end
from core.domain.spot.prices import PricePoint, PriceSeries, make_series

END = datetime(2026, 11, 29, 12, tzinfo=UTC)
START = END - timedelta(hours=24)
prices = st.lists(st.floats(0.001, 100), min_size=1, max_size=20)


def flat(price: float, zone: int = 0) -> PriceSeries:
    return make_series("us-east-1", f"zone-{zone}", [PricePoint(START, price)], END)


def axis_of(*values: float) -> PriceAxis:
    return cheap_end([flat(value, zone) for zone, value in enumerate(values)], START, END)


@given(prices)
def test_the_cheapest_and_half_of_all_zones_are_in_sight(values):
    axis = axis_of(*values)
    assert 0 <= axis.low < axis.high
    assert axis.low <= min(values)
    assert sum(axis.low <= value <= axis.high for value in values) * 2 >= len(values)


@given(prices)
def test_no_more_is_shown_than_is_needed(values):
    axis = axis_of(*values)
    # A tenth more than the range of prices for margins, or than a tenth of a price that never changes.
    assert axis.high - axis.low <= 1.1 * max(max(values) - min(values), 0.1 * min(values)) + 1e-9


def test_how_dear_an_outlier_is_changes_nothing():
    assert axis_of(0.1, 0.12, 0.15, 0.9) == axis_of(0.1, 0.12, 0.15, 90.0)
    assert axis_of(0.1, 0.12, 0.15, 90.0).high < 0.22


def test_where_one_alone_is_cheap_the_cheaper_half_is_still_seen():
    assert axis_of(0.1, 0.5, 0.52, 3.0).high > 0.5


def test_a_spike_within_the_window_does_not_squeeze_the_line():
    spiky = make_series(
        "us-east-1",
        "us-east-1a",
        [PricePoint(START, 0.1), PricePoint(END - timedelta(hours=2), 9.0), PricePoint(END - timedelta(hours=1), 0.11)],
        END,
    )
    assert cheap_end([spiky], START, END).high < 0.22


def test_without_prices_there_is_an_axis_all_the_same():
    assert cheap_end([], START, END) == PriceAxis(0.0, 1.0)


def test_panning_keeps_the_length_and_stops_at_nothing():
    axis = PriceAxis(0.1, 0.3)
    assert axis.panned(1).low == pytest.approx(0.15)
    assert axis.panned(1).high == pytest.approx(0.35)
    assert axis.panned(-9).low == 0.0
    assert axis.panned(-9).high == pytest.approx(0.2)


@given(st.integers(-200, 200))
def test_zooming_keeps_the_cheap_end_and_an_axis_that_can_be_drawn(steps):
    axis = PriceAxis(0.1, 0.3).zoomed(steps)
    assert axis.low == 0.1
    assert 0.00009 < axis.high - axis.low <= 1e6


def test_zooming_in_and_out_again_shows_the_same():
    axis = PriceAxis(0.1, 0.3)
    assert axis.zoomed(1).high == pytest.approx(0.1 + 0.2 / 1.5)
    assert axis.zoomed(1).zoomed(-1).high == pytest.approx(0.3)
