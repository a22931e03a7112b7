"""Watches prices: rounds of questions to a provider, and an update after each answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta

from core.domain.clock import Clock, now_utc
from core.domain.spot.history import PriceHistory, SpotUpdate
from core.domain.spot.query import SpotQuery
from core.services.spot.source import SpotSource


def new_history(source: SpotSource, query: SpotQuery) -> PriceHistory:
    """Return an empty history that fits the source."""
    return PriceHistory(grows=not source.has_history, kept=query.history)


async def refresh(
    source: SpotSource, query: SpotQuery, history: PriceHistory, clock: Clock = now_utc
) -> AsyncGenerator[SpotUpdate, None]:
    """Ask once for all regions, and yield an update after each answer; the last one is complete."""
    time = clock()
    answered_count = 0
    async with aclosing(source.fetch(query)) as results:
        async for result in results:
            answered_count += 1
            history.add(result, time)
            yield history.update(time, answered_count, len(query.regions))


async def watch(
    source: SpotSource, query: SpotQuery, *, interval: timedelta | None = None, clock: Clock = now_utc
) -> AsyncGenerator[SpotUpdate, None]:
    """Yield an update after each region's answer; begin again `interval` after a round's end.

    Without an interval it ends after one round. Failures of regions are in the updates; nothing is raised for them.
    """
    history = new_history(source, query)
    while True:
        async with aclosing(refresh(source, query, history, clock)) as updates:
            async for update in updates:
                yield update
        if interval is None:
            return
        await asyncio.sleep(interval.total_seconds())
