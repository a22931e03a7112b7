"""What became of a command, click or form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sandbox.driver.feed import Feed, NoResponseError
from sandbox.types import Json

T = TypeVar("T")
LOADING = 1 << 7
_POSTS = ("MESSAGE_CREATE", "MESSAGE_UPDATE")
# Longer than the three seconds in which a bot must answer, with room for its work.
PATIENCE = 10.0


class Invocation:
    """One interaction, as the member who caused it sees it."""

    def __init__(self, feed: Feed, interaction_id: str) -> None:
        self._feed, self.id = feed, interaction_id

    @property
    def frames(self) -> list[Json]:
        """Every event that it caused so far."""
        return self._feed.by_interaction[self.id]

    @property
    def failed(self) -> bool:
        """Whether the member was told that the application did not respond."""
        return any(frame["t"] == "INTERACTION_FAILED" for frame in self.frames)

    @property
    def acknowledged(self) -> bool:
        """Whether the bot has answered, be it only to say that it is thinking."""
        return any(frame["t"] == "INTERACTION_ACK" for frame in self.frames)

    @property
    def messages(self) -> list[Json]:
        """The messages that it posted or changed, as they are now, in the order in which they first appeared."""
        touched = {frame["d"]["id"]: frame["d"] for frame in self.frames if frame["t"] in _POSTS}
        current = [self._feed.newest(message) for message in touched.values()]
        return [message for message in current if message is not None]

    async def ack(self, timeout: float = PATIENCE) -> None:  # noqa: ASYNC109  # tests give one per wait
        """Wait until the bot has answered in any way; NoResponseError where it does not."""
        await self._wait_until(lambda: self.acknowledged or None, timeout)

    async def answer(self, timeout: float = PATIENCE) -> Json:  # noqa: ASYNC109
        """The first message that it brings which is not just "thinking"; NoResponseError where none can come."""
        return await self.wait_for(lambda _: True, timeout)

    async def wait_for(self, predicate: Callable[[Json], bool], timeout: float = PATIENCE) -> Json:  # noqa: ASYNC109
        """The first of its messages, thinking ones aside, that satisfies the predicate, now or later."""

        def check() -> Json | None:
            posted = [frame["d"] for frame in self.frames if frame["t"] in _POSTS]
            done = [message for message in posted if not message["flags"] & LOADING]
            return next((message for message in done if predicate(message)), None)

        return await self._wait_until(check, timeout)

    async def modal(self, timeout: float = PATIENCE) -> Json:  # noqa: ASYNC109
        """The form that it opens: title, custom_id, components, and the interaction_id by which it is submitted."""

        def check() -> Json | None:
            opened = [frame["d"] for frame in self.frames if frame["t"] == "MODAL_OPEN"]
            return opened[0]["modal"] | {"interaction_id": self.id} if opened else None

        return await self._wait_until(check, timeout)

    async def _wait_until(self, check: Callable[[], T | None], timeout: float) -> T:  # noqa: ASYNC109
        def check_or_fail() -> T | None:
            report = check()
            if report is None and self.failed:
                raise NoResponseError("The application did not respond")
            return report

        return await self._feed.wait_until(check_or_fail, timeout)
