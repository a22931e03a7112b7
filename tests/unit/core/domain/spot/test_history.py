"""What is kept from round to round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.domain.spot.history import PriceHistory, SpotUpdate
from core.domain.spot.prices import PricePoint
from core.domain.spot.query import FailureReason, RegionFailure, RegionPrices

START = datetime(2026, 11, 29, tzinfo=UTC)
DAY = timedelta(days=1)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def answer(minutes: float, region: str = "vast", **zones: float) -> RegionPrices:
    points = {zone: (PricePoint(at(minutes), price),) for zone, price in zones.items()}
    return RegionPrices(region, at(minutes), points)


def update(history: PriceHistory) -> SpotUpdate:
    return history.update(at(0), 1, 1)


def test_a_provider_with_a_history_replaces_what_a_region_had():
    history = PriceHistory(grows=False, kept=DAY)
    history.add(answer(0, "us-east-1", a=0.1, b=0.2), at(0))
    history.add(answer(0, "eu-west-1", c=0.3), at(0))
    history.add(answer(9, "us-east-1", b=0.25), at(9))
    assert [(series.zone, series.latest) for series in update(history).series] == [("b", 0.25), ("c", 0.3)]


def test_a_region_that_fails_later_keeps_its_lines_until_where_they_were_known():
    history = PriceHistory(grows=False, kept=DAY)
    history.add(answer(0, "us-east-1", a=0.1), at(0))
    failure = RegionFailure("us-east-1", FailureReason.THROTTLED)
    history.add(failure, at(9))
    [series] = update(history).series
    assert series.price_at(at(9)) is None
    assert update(history).failures == (failure,)

    history.add(answer(20, "us-east-1", a=0.1), at(20))
    assert update(history).failures == ()


def test_a_machine_that_is_offered_no_more_has_no_line():
    history = PriceHistory(grows=False, kept=DAY)
    history.add(answer(0, "us-east-1", a=0.1), at(0))
    history.add(RegionFailure("us-east-1", FailureReason.NO_PRICES), at(9))
    assert update(history).series == ()


def test_present_prices_grow_into_a_line():
    history = PriceHistory(grows=True, kept=DAY)
    history.add(answer(0, a=0.1), at(0))
    history.add(answer(5, a=0.12, b=0.2), at(5))
    a, b = update(history).series
    assert [a.price_at(at(minutes)) for minutes in (0, 4, 5)] == [0.1, 0.1, 0.12]
    assert [b.price_at(at(minutes)) for minutes in (4, 5)] == [None, 0.2]


def test_a_gpu_that_nobody_offers_has_a_gap_until_it_is_offered_again():
    history = PriceHistory(grows=True, kept=DAY)
    for minutes, zones in ((0, {"a": 0.1, "b": 0.2}), (5, {"b": 0.2}), (10, {"a": 0.1, "b": 0.2})):
        history.add(answer(minutes, **zones), at(minutes))
    a, _ = update(history).series
    assert [a.price_at(at(minutes)) for minutes in (4, 5, 9, 10)] == [0.1, None, None, 0.1]


def test_while_nobody_answers_the_lines_have_a_gap():
    history = PriceHistory(grows=True, kept=DAY)
    history.add(answer(0, a=0.1), at(0))
    history.add(RegionFailure("vast", FailureReason.TIMED_OUT), at(5))
    assert update(history).series[0].latest == 0.1  # the last that is known, which the legend marks as old
    history.add(answer(10, a=0.1), at(10))
    [a] = update(history).series
    assert [a.price_at(at(minutes)) for minutes in (4, 5, 9, 10)] == [0.1, None, None, 0.1]


def test_what_is_older_than_is_kept_goes_and_the_line_still_begins_at_the_edge():
    history = PriceHistory(grows=True, kept=timedelta(minutes=30))
    for minutes in range(0, 100, 10):
        history.add(answer(minutes, a=0.1 + minutes / 1000), at(minutes))
    [a] = update(history).series
    assert a.points[0].since == at(60)
    assert len(a.points) == 4


def test_a_gpu_that_nobody_offered_for_as_long_as_is_kept_is_forgotten():
    history = PriceHistory(grows=True, kept=timedelta(minutes=30))
    history.add(answer(0, a=0.1, b=0.2), at(0))
    for minutes in (10, 45, 50):
        history.add(answer(minutes, b=0.2), at(minutes))
    assert [series.zone for series in update(history).series] == ["b"]


def test_a_server_whose_clock_is_ahead_is_believed():
    history = PriceHistory(grows=False, kept=DAY)
    history.add(RegionPrices("us-east-1", at(0), {"a": (PricePoint(at(1), 0.1),)}), at(0))
    assert update(history).series[0].latest == 0.1
