"""The interface of everything that knows prices of interruptible machines."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from core.domain.spot.query import RegionResult, SpotQuery


class SpotSource(Protocol):
    """A provider that can be asked for prices."""

    @property
    def has_history(self) -> bool:
        """Whether it tells past prices, too; otherwise each answer holds the present ones alone."""

    def fetch(self, query: SpotQuery) -> AsyncGenerator[RegionResult, None]:
        """Ask for all regions of the query at once, and yield each answer or failure as it comes, one a region.

        A failure is yielded and never raised: the other regions go on.
        """
