"""Rounds of questions, and the update after each answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

from core.domain.spot.prices import PricePoint
from core.domain.spot.query import FailureReason, RegionFailure, RegionPrices, RegionResult, SpotQuery
from core.services.spot.watching import watch

NOW = datetime(2026, 11, 29, tzinfo=UTC)
QUERY = SpotQuery("g4dn.xlarge", ("us-east-1", "us-west-2"))


class TwoRegions:
    """Answers for one region and fails for the other."""

    def __init__(self, *, has_history: bool = True) -> None:
        self.has_history = has_history
        self.rounds = 0
        self.is_closed = False

    async def fetch(self, query: SpotQuery) -> AsyncGenerator[RegionResult, None]:
        self.rounds += 1
        self.is_closed = False
        try:
            yield RegionFailure(query.regions[1], FailureReason.THROTTLED)
            time = NOW + timedelta(seconds=self.rounds)
            yield RegionPrices(query.regions[0], time, {"us-east-1a": (PricePoint(time, self.rounds / 10),)})
        finally:
            self.is_closed = True


async def test_without_an_interval_it_ends_after_a_round():
    updates = [update async for update in watch(TwoRegions(), QUERY, clock=lambda: NOW)]
    assert [(update.answered_count, update.region_count, update.is_complete) for update in updates] == [
        (1, 2, False),
        (2, 2, True),
    ]
    assert [len(update.series) for update in updates] == [0, 1]
    assert [failure.region for failure in updates[-1].failures] == ["us-west-2"]


async def test_with_an_interval_it_goes_on_until_nobody_listens():
    source = TwoRegions(has_history=False)
    updates = watch(source, QUERY, interval=timedelta(milliseconds=1), clock=lambda: NOW)
    async for update in updates:
        if source.rounds == 3 and update.answered_count == 2:
            break
    await updates.aclose()
    assert [point.price for point in update.series[0].points] == [0.1, 0.2, 0.3]
    assert source.is_closed
