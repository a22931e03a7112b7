"""Prices of one zone over time: a price holds until the next one, and is unknown after the last fetch."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price in USD an hour that holds from `since` (aware UTC) until the next point.

    None: from then on there is no price, since nothing is offered or nobody could be asked.
    """

    since: datetime
    price: float | None


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """The prices of one zone of a region, the oldest first.

    Providers without regions have their own name as the region, and the name of the GPU as the zone. `known_until` is
    the time of the last fetch that succeeded: whoever carries the last price further than that invents it.
    """

    region: str
    zone: str
    points: tuple[PricePoint, ...]
    known_until: datetime

    def price_at(self, time: datetime) -> float | None:
        """Return the price in USD an hour; None before the first point, in a gap, and after `known_until`."""
        if time > self.known_until:
            return None
        index = bisect_right(self.points, time, key=lambda point: point.since)
        return self.points[index - 1].price if index else None

    @property
    def latest(self) -> float | None:
        """Return the price of the last fetch; None where there was none."""
        return self.price_at(self.known_until)

    @property
    def has_prices(self) -> bool:
        """Whether there is a price at any time."""
        return any(point.price is not None for point in self.points)

    def prices_between(self, start: datetime, end: datetime) -> list[float]:
        """Return each price that holds at some moment from `start` until before `end`."""
        carried = self.price_at(start)
        changes = self.points[self._count_before(start) : self._count_before(end)]
        prices = [point.price for point in changes if point.price is not None and point.since <= self.known_until]
        return [carried, *prices] if carried is not None else prices

    def _count_before(self, time: datetime) -> int:
        index = bisect_right(self.points, time, key=lambda point: point.since)
        while index and self.points[index - 1].since == time:
            index -= 1
        return index


def make_series(region: str, zone: str, points: Iterable[PricePoint], known_until: datetime) -> PriceSeries:
    """Sort points by time and leave out those that repeat the price before; of points of one time the last wins."""
    by_time = {point.since: point for point in points}
    kept: list[PricePoint] = []
    for time in sorted(by_time):
        if not kept or kept[-1].price != by_time[time].price:
            kept.append(by_time[time])
    return PriceSeries(region, zone, tuple(kept), known_until)


def by_latest_price(series: Iterable[PriceSeries]) -> list[PriceSeries]:
    """Sort series by their latest price, the cheapest first; those without a price come last, all ties by name."""
    return sorted(series, key=_rank)


def _rank(series: PriceSeries) -> tuple[float, str, str]:
    return math.inf if series.latest is None else series.latest, series.region, series.zone
