"""Round numbers and times on the axes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cli.spot.ticks import price_ticks, time_label, time_ticks
from core.domain.spot.axis import PriceAxis

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_prices_are_round_and_have_the_digits_that_they_need():
    assert [tick.label for tick in price_ticks(PriceAxis(0.13, 0.29), 5)] == ["0.15", "0.20", "0.25"]
    assert [tick.label for tick in price_ticks(PriceAxis(0.1512, 0.1538), 4)] == ["0.152", "0.153"]
    assert [tick.label for tick in price_ticks(PriceAxis(0.0, 40.0), 4)] == ["0.00", "10.00", "20.00", "30.00"]


@given(st.floats(0, 50), st.floats(0.0001, 50), st.integers(1, 30))
def test_price_ticks_are_within_the_axis_and_no_more_than_asked(low, span, max_count):
    axis = PriceAxis(low, low + span)
    ticks = price_ticks(axis, max_count)
    assert len(ticks) <= max_count
    assert all(axis.low - span * 1e-6 <= tick.price <= axis.high + span * 1e-6 for tick in ticks)
    assert len({tick.label for tick in ticks}) == len(ticks)


def test_times_are_round_and_midnight_is_a_day():
    ticks = time_ticks(NOON - timedelta(hours=24), NOON, 5)
    assert [time_label(tick) for tick in ticks] == ["12:00", "18:00", "11-29", "06:00", "12:00"]
    ticks = time_ticks(NOON - timedelta(minutes=62), NOON, 6)
    assert [time_label(tick) for tick in ticks] == ["11:00", "11:15", "11:30", "11:45", "12:00"]
    ticks = time_ticks(NOON - timedelta(days=90), NOON, 4)
    assert [time_label(tick) for tick in ticks] == ["09-07", "10-05", "11-02"]


@given(st.integers(1, 90 * 24 * 60), st.integers(1, 30), st.integers(0, 100_000))
def test_time_ticks_are_within_the_window_and_about_as_many_as_asked(minutes, max_count, offset):
    end = NOON + timedelta(seconds=offset)
    start = end - timedelta(minutes=minutes)
    ticks = time_ticks(start, end, max_count)
    assert len(ticks) <= max_count + 1
    assert all(start <= tick <= end for tick in ticks)
