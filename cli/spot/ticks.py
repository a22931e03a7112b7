"""Round numbers and times for the axes of a plot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.domain.spot.axis import PriceAxis

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday at midnight, from which all steps are counted
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 20160, 40320)


@dataclass(frozen=True, slots=True)
class PriceTick:
    """A price on the axis, and how it is written."""

    price: float
    label: str


def price_ticks(axis: PriceAxis, max_count: int) -> list[PriceTick]:
    """Return multiples of 1, 2 or 5 times a power of ten within the axis, at most `max_count` (>= 1)."""
    smallest = (axis.high - axis.low) / max_count
    power = 10.0 ** math.floor(math.log10(smallest))
    step = next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power >= smallest)
    decimals = max(2, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
    ticks = [PriceTick(number * step, f"{number * step:.{decimals}f}") for number in range(first, last + 1)]
    return ticks[:max_count]


def time_ticks(start: datetime, end: datetime, max_count: int) -> list[datetime]:
    """Return round times (UTC) from `start` to `end`, at most one more than `max_count` (>= 1)."""
    shortest = (end - start) / max_count
    step = next((s for s in map(_as_delta, _MINUTES) if s >= shortest), _as_delta(_MINUTES[-1]))
    first = -((_EPOCH - start) // step)
    ticks = [_EPOCH + step * number for number in range(first, first + max_count + 1)]
    return [tick for tick in ticks if start <= tick <= end]


def time_label(time: datetime) -> str:
    """Write a time as 18:30, and midnight as the day that begins, 11-29."""
    return f"{time:%m-%d}" if (time.hour, time.minute) == (0, 0) else f"{time:%H:%M}"


def _as_delta(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)
