"""Keeps what was fetched in several rounds: the newest answer of each region, and the failures beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.spot.prices import PricePoint, PriceSeries, by_latest_price, make_series
from core.domain.spot.query import FailureReason, RegionFailure, RegionPrices


@dataclass(frozen=True, slots=True)
class SpotUpdate:
    """All prices after one more region has answered.

    `series` are sorted by their latest price, the cheapest first. A region in `failures` may have series of an earlier
    round. `answered_count` of `region_count` regions have answered in this round, which began at `time` (aware UTC).
    """

    time: datetime
    series: tuple[PriceSeries, ...]
    failures: tuple[RegionFailure, ...]
    answered_count: int
    region_count: int

    @property
    def is_complete(self) -> bool:
        """Whether all regions have answered."""
        return self.answered_count >= self.region_count


class PriceHistory:
    """The series of all rounds.

    A provider with a history of its own (`grows=False`) replaces a region's series with each answer. Of one that tells
    the present price alone, each answer adds a point to the series, and `kept` says for how long.
    """

    def __init__(self, *, grows: bool, kept: timedelta) -> None:
        self._grows = grows
        self._kept = kept
        self._series: dict[tuple[str, str], PriceSeries] = {}
        self._failures: dict[str, RegionFailure] = {}

    def add(self, result: RegionPrices | RegionFailure, time: datetime) -> None:
        """Take in one region's answer of the round that began at `time` (aware UTC)."""
        if isinstance(result, RegionPrices):
            self._failures.pop(result.region, None)
            self._add_prices(result)
            return
        self._failures[result.region] = result
        if self._grows:
            # Nobody knows the prices from here on, until the next answer.
            lines = [self._extend(series, None, time, series.known_until) for series in self._of_region(result.region)]
            self._replace(result.region, lines)
        elif result.reason is FailureReason.NO_PRICES:
            self._replace(result.region, [])

    def _add_prices(self, result: RegionPrices) -> None:
        time, zones, lines = result.fetched_at, dict(result.zones), []
        if self._grows:
            for series in self._of_region(result.region):
                present = zones.pop(series.zone, ())
                lines.append(self._extend(series, present[-1].price if present else None, time, time))
        for zone, points in zones.items():
            # A server's clock may be ahead of this one; its newest price counts all the same.
            until = max([time, *(point.since for point in points)])
            lines.append(make_series(result.region, zone, points, until))
        self._replace(result.region, lines)

    def update(self, time: datetime, answered_count: int, region_count: int) -> SpotUpdate:
        """Return all prices; the arguments are those of `SpotUpdate`."""
        failures = tuple(sorted(self._failures.values(), key=lambda failure: failure.region))
        return SpotUpdate(time, tuple(by_latest_price(self._series.values())), failures, answered_count, region_count)

    def _extend(self, series: PriceSeries, price: float | None, time: datetime, until: datetime) -> PriceSeries:
        """Add a price to a series that grows, and leave out what is older than is kept."""
        oldest = time - self._kept
        held = series.price_at(oldest)
        carried = [PricePoint(oldest, held)] if held is not None else []
        recent = [point for point in series.points if point.since >= oldest]
        return make_series(series.region, series.zone, [*carried, *recent, PricePoint(time, price)], until)

    def _of_region(self, region: str) -> list[PriceSeries]:
        return [series for series in self._series.values() if series.region == region]

    def _replace(self, region: str, lines: Iterable[PriceSeries]) -> None:
        self._series = {key: series for key, series in self._series.items() if series.region != region}
        self._series |= {(series.region, series.zone): series for series in lines if series.has_prices}
