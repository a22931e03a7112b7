"""The present time, as every service takes it unless a test gives it another clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]  # aware UTC


def now_utc() -> datetime:
    """Return the present time, aware UTC."""
    return datetime.now(UTC)
