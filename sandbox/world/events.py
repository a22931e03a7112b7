"""What happens, told to those who listen: the gateway and the members' screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.types import Json


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in the guild."""

    kind: str
    data: Json
    # The only member who sees it; None where everybody does.
    only_for: str | None = None
    # The interaction through which the bot caused it.
    interaction_id: str | None = None
    # Members see it, the gateway is not told: the sandbox's own events.
    members_only: bool = False


class Events:
    """Hands events on, at once and in order."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Event], None]] = []

    def subscribe(self, call: Callable[[Event], None]) -> None:
        """Have that called with every event."""
        self._listeners.append(call)

    def emit(self, event: Event) -> None:
        """Tell everybody."""
        for call in self._listeners:
            call(event)
