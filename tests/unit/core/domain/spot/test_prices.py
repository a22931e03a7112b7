"""A price holds until the next one, and is unknown where nobody could have known it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.domain.spot.prices import PricePoint, PriceSeries, by_latest_price, make_series

START = datetime(2026, 11, 29, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def series(*points: tuple[float, float | None], until: float = 60, zone: str = "us-east-1a") -> PriceSeries:
    return make_series("us-east-1", zone, [PricePoint(at(minutes), price) for minutes, price in points], at(until))


def test_a_price_holds_until_the_next():
    prices = series((0, 0.2), (30, 0.3))
    assert [prices.price_at(at(minutes)) for minutes in (0, 29.9, 30, 60)] == [0.2, 0.2, 0.3, 0.3]


def test_there_is_no_price_before_the_first_and_after_the_last_fetch():
    prices = series((10, 0.2), until=60)
    assert prices.price_at(at(9.9)) is None
    assert prices.price_at(at(60.1)) is None
    assert prices.latest == 0.2


def test_there_is_no_price_in_a_gap():
    prices = series((0, 0.2), (10, None), (20, 0.4))
    assert [prices.price_at(at(minutes)) for minutes in (9, 10, 19, 20)] == [0.2, None, None, 0.4]


def test_prices_between_begin_with_the_one_that_is_carried_and_leave_out_the_end():
    prices = series((0, 0.2), (10, 0.3), (20, None), (30, 0.4))
    assert prices.prices_between(at(5), at(30)) == [0.2, 0.3]
    assert prices.prices_between(at(10), at(31)) == [0.3, 0.3, 0.4]
    assert prices.prices_between(at(-5), at(0)) == []


def test_points_are_sorted_and_repeated_prices_left_out():
    prices = series((20, 0.3), (0, 0.2), (10, 0.2), (30, 0.3))
    assert prices.points == (PricePoint(at(0), 0.2), PricePoint(at(20), 0.3))


def test_the_cheapest_comes_first_and_who_has_no_price_last():
    dear, cheap, gone = (series((0, price), zone=zone) for price, zone in ((0.4, "b"), (0.1, "c"), (None, "a")))
    assert by_latest_price([gone, dear, cheap]) == [cheap, dear, gone]


@given(
    st.lists(st.tuples(st.integers(0, 59), st.one_of(st.none(), st.floats(0.01, 10))), min_size=1),
    st.integers(0, 60),
)
def test_the_price_at_any_time_is_that_of_the_last_point_before(points, minute):
    prices = series(*points)
    before = [price for since, price in sorted(points, key=lambda point: point[0]) if since <= minute]
    assert prices.price_at(at(minute)) == (before[-1] if before else None)
