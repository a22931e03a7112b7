"""What makes a region's question fail; every source turns it into a `RegionFailure`."""

from __future__ import annotations

from core.domain.spot.query import FailureReason, RegionFailure


class FetchError(Exception):
    """A provider gave no prices; `detail` is its own word for it, not to be trusted."""

    def __init__(self, reason: FailureReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def for_region(self, region: str) -> RegionFailure:
        """Return the failure of a region."""
        return RegionFailure(region, self.reason, self.detail)


class MissingExtraError(ImportError):
    """A library is not installed; `extra` is the name of the extra that brings it."""

    def __init__(self, extra: str) -> None:
        super().__init__(f'pip install "omokage[{extra}]"')
        self.extra = extra
