"""Failures that tests ask for: the next requests are refused, as Discord sometimes does."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.rules.errors import DiscordError
from sandbox.rules.rate_limits import rate_limited


@dataclass(slots=True)
class Fault:
    """Refuse the next `count` requests that match."""

    kind: str
    method: str | None = None
    # Part of the path without /api/v10; None matches every request.
    path: str | None = None
    count: int = 1
    retry_after: float = 1.0
    is_global: bool = False
    status: int = 500

    def matches(self, method: str, path: str) -> bool:
        """Whether it applies to that request."""
        return self.method in (None, method) and (self.path is None or self.path in path)

    def error(self) -> DiscordError:
        """The refusal."""
        if self.kind == "rate_limit":
            return rate_limited(self.retry_after, is_global=self.is_global)
        return DiscordError(self.status, 0, f"{self.status}: Internal Server Error")


class Faults:
    """The failures that are still to come."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Have the next matching requests fail."""
        self._waiting.append(fault)

    def check(self, method: str, path: str) -> None:
        """Raise the failure that is due for that request."""
        fault = next((one for one in self._waiting if one.matches(method, path)), None)
        if fault is None:
            return
        fault.count -= 1
        if fault.count <= 0:
            self._waiting.remove(fault)
        raise fault.error()
