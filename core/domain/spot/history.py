"""Keeps what was fetched in several rounds: the newest answer of each region, and the failures beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.spot.prices import PricePoint, PriceSeries, by_latest_price, make_series
from core.domain.spot.query import FailureReason, RegionFailure, RegionPrices


@dataclass(frozen=True, slots=True)
class SpotUpdate:
    """All that is known after one more region has answered.

    `series` are sorted by their latest price, the cheapest first. A region in `failures` may have series of an earlier
    round. `answered` of `asked` regions have answered in this round, which began at `time` (aware UTC).
    """

    time: datetime
    series: tuple[PriceSeries, ...]
    failures: tuple[RegionFailure, ...]
    answered: int
    asked: int

    @property
    def is_complete(self) -> bool:
        """Whether all regions have answered."""
        return self.answered >= self.asked


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
        old = [series for series in self._series.values() if series.region == result.region]
        if isinstance(result, RegionFailure):
            self._failures[result.region] = result
            if result.reason is FailureReason.NO_PRICES and not self._grows:
                self._replace(result.region, [])
            elif self._grows:
                # Nobody knows the prices from here on, until the next answer.
                self._replace(result.region, [self._grown(one, None, time, one.known_until) for one in old])
            return
        self._failures.pop(result.region, None)
        time = result.fetched_at
        zones = dict(result.zones)
        series = []
        if self._grows:
            for one in old:
                now = zones.pop(one.zone, ())
                series.append(self._grown(one, now[-1].price if now else None, time, time))
        for zone, points in zones.items():
            # A server's clock may be ahead of this one; its newest price is known all the same.
            until = max([time, *(point.since for point in points)])
            series.append(make_series(result.region, zone, points, until))
        self._replace(result.region, series)

    def update(self, time: datetime, answered: int, asked: int) -> SpotUpdate:
        """Return all that is known; the arguments are those of `SpotUpdate`."""
        failures = tuple(sorted(self._failures.values(), key=lambda failure: failure.region))
        return SpotUpdate(time, tuple(by_latest_price(self._series.values())), failures, answered, asked)

    def _grown(self, series: PriceSeries, price: float | None, time: datetime, until: datetime) -> PriceSeries:
        oldest = time - self._kept
        held = series.price_at(oldest)
        carried = [PricePoint(oldest, held)] if held is not None else []
        recent = [point for point in series.points if point.since >= oldest]
        return make_series(series.region, series.zone, [*carried, *recent, PricePoint(time, price)], until)

    def _replace(self, region: str, series: Iterable[PriceSeries]) -> None:
        self._series = {key: one for key, one in self._series.items() if key[0] != region}
        self._series |= {(one.region, one.zone): one for one in series if one.has_prices}
