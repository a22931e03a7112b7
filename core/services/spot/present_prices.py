"""What providers without regions and history have in common: one question, and one present price for each GPU."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Iterable
from typing import Any, Protocol

from core.domain.clock import Clock, now_utc
from core.domain.spot.prices import PricePoint
from core.domain.spot.query import FailureReason, RegionFailure, RegionPrices, RegionResult, SpotQuery
from core.services.spot.errors import FetchError

_MAX_NAME = 40  # letters; the longest name of a GPU has 31
_MAX_PRICE = 10_000.0  # USD an hour; more is a placeholder for "not offered"


class Marketplace(Protocol):
    """A provider whose answer holds the present price of each GPU."""

    async def prices(self, machine: str | None) -> dict[str, float]:
        """Return USD an hour by the GPU's name; of one GPU where `machine` names it.

        Raises:
            FetchError: the provider gave no prices.
        """


class PresentPrices:
    """A `SpotSource` of a marketplace; the query's only region is the marketplace's own name."""

    has_history = False

    def __init__(self, marketplace: Marketplace, clock: Clock = now_utc) -> None:
        self._marketplace = marketplace
        self._clock = clock

    async def fetch(self, query: SpotQuery) -> AsyncGenerator[RegionResult, None]:
        """Yield the one answer or failure; see `SpotSource.fetch`."""
        [name] = query.regions
        try:
            prices = await self._marketplace.prices(query.machine)
        except FetchError as error:
            yield error.for_region(name)
            return
        now = self._clock()
        if prices:
            yield RegionPrices(name, now, {gpu: (PricePoint(now, price),) for gpu, price in prices.items()})
        else:
            yield RegionFailure(name, FailureReason.NO_PRICES)


def cheapest_by_name(offers: Iterable[tuple[Any, Any]]) -> dict[str, float]:
    """Return the lowest price for each GPU from pairs of name and price as a provider sent them.

    Offers without a name or a positive price are left out.
    """
    cheapest: dict[str, float] = {}
    for name, price in offers:
        if not isinstance(name, str) or not name.strip() or isinstance(price, bool):
            continue
        if not isinstance(price, int | float) or not math.isfinite(price) or not 0 < price <= _MAX_PRICE:
            continue
        short = name.strip()[:_MAX_NAME]
        cheapest[short] = min(cheapest.get(short, math.inf), float(price))
    return cheapest
