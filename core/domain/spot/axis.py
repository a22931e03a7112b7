"""Chooses the part of the prices that a chart shows: the cheap end."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.domain.spot.prices import PriceSeries

# Nobody who looks for a cheap machine rents at more than twice the cheapest price, so what is above need not be seen.
_DEAR = 2.0
_MARGIN = 0.05  # of the axis, so that no line lies on the frame
_MIN_SPAN = 0.1  # of the price: a price that never changes is a line in the middle, and not an axis of no length
_ZOOM = 1.5  # two presses are a little more than a factor of two
_PAN = 0.25  # of the axis: three quarters of what was seen stay in sight


@dataclass(frozen=True, slots=True)
class PriceAxis:
    """The prices that are shown, from `low` (>= 0) to `high` (> low), in USD an hour."""

    low: float
    high: float

    def panned(self, quarters: int) -> PriceAxis:
        """Move up, or down where `quarters` is negative, by quarters of the axis; never below a price of 0."""
        span = self.high - self.low
        low = max(0.0, self.low + quarters * _PAN * span)
        return PriceAxis(low, low + span)

    def zoomed(self, steps: int) -> PriceAxis:
        """Show less, or more where `steps` is negative; the lower end, where the cheap lines are, stays.

        It ends at a ten-thousandth of a dollar, the unit in which providers set prices.
        """
        span = (self.high - self.low) / _ZOOM**steps
        return PriceAxis(self.low, self.low + min(max(span, 0.0001), 1e6))


def cheap_end(series: Iterable[PriceSeries], start: datetime, end: datetime) -> PriceAxis:
    """Choose an axis from the cheapest price up to twice that price, or to the highest where that is less.

    Where few are that cheap it goes up to the median of the latest prices instead, so that half of the zones are seen
    to compare. How dear the dearest are changes nothing. Without any price it is an axis from 0 to 1.
    """
    shown = [(zone.prices_between(start, end), zone.latest) for zone in series]
    prices = [price for held, _ in shown for price in held]
    latest = [price for _, price in shown if price is not None]
    prices += latest
    if not prices:
        return PriceAxis(0.0, 1.0)
    cheapest = min(prices)
    # The lower median: of two zones the dearer one is no reason to squeeze the cheaper one.
    limit = max(_DEAR * cheapest, statistics.median_low(latest) if latest else 0.0)
    highest = min(max(prices), limit)
    span = max(highest - cheapest, _MIN_SPAN * cheapest)
    middle = (highest + cheapest) / 2
    low, high = middle - span * (0.5 + _MARGIN), middle + span * (0.5 + _MARGIN)
    return PriceAxis(max(0.0, low), high)
