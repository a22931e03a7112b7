"""A member's screen as data: every message that the member sees, and what each interaction brought."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from aiohttp import ClientWebSocketResponse, WSMsgType

from sandbox.types import Json

T = TypeVar("T")


class DriverError(Exception):
    """The sandbox refused what a member wanted to do; the text is what a Discord client would show."""


class NoResponseError(DriverError):
    """The member was told that the application did not respond."""


class Feed:
    """Follows one member's events; whoever waits is woken by them, nothing is polled."""

    def __init__(self, socket: ClientWebSocketResponse, state: Json) -> None:
        self._socket = socket
        self._messages: defaultdict[str, dict[str, Json]] = defaultdict(dict)
        for channel_id, messages in state["messages"].items():
            self._messages[channel_id] = {message["id"]: message for message in messages}
        self.threads: dict[str, Json] = {thread["id"]: thread for thread in state["guild"]["threads"]}
        self.commands: list[Json] = state["commands"]
        self.online: bool = state["bot"]["online"]
        self.frames: list[Json] = []
        self.by_interaction: defaultdict[str, list[Json]] = defaultdict(list)
        self._changed = asyncio.Event()
        self._closed = False
        self._reader = asyncio.create_task(self._read())

    def messages(self, channel_id: str) -> list[Json]:
        """What the member sees in a channel, oldest first."""
        return sorted(self._messages[channel_id].values(), key=lambda message: int(message["id"]))

    def everything(self) -> list[Json]:
        """What the member sees in all channels."""
        return [message for channel_id in list(self._messages) for message in self.messages(channel_id)]

    def newest(self, message: Json) -> Json | None:
        """The message as it is now, None once it is gone."""
        return self._messages[message["channel_id"]].get(message["id"])

    async def wait_until(self, check: Callable[[], T | None], timeout: float) -> T:  # noqa: ASYNC109  # tests give one per wait
        """Wait for a check to give something; TimeoutError after that many seconds."""
        async with asyncio.timeout(timeout):
            while True:
                report = check()
                if report is not None:
                    return report
                if self._closed:
                    raise ConnectionError("the sandbox has closed the events")
                await self._changed.wait()

    async def close(self) -> None:
        """Stop following."""
        await self._socket.close()
        self._reader.cancel()
        await asyncio.wait([self._reader])

    async def _read(self) -> None:
        try:
            async for frame in self._socket:
                if frame.type is WSMsgType.TEXT:
                    self._handle(json.loads(frame.data))
                    self._wake()
        finally:
            self._closed = True
            self._wake()

    def _wake(self) -> None:
        """Wake everybody who waits; each looks again and goes on waiting where nothing came."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _handle(self, frame: Json) -> None:
        kind, data = frame["t"], frame["d"]
        self.frames.append(frame)
        if "interaction_id" in frame:
            self.by_interaction[frame["interaction_id"]].append(frame)
        if kind in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            self._messages[data["channel_id"]][data["id"]] = data
        elif kind == "MESSAGE_DELETE":
            self._messages[data["channel_id"]].pop(data["id"], None)
        elif kind in ("THREAD_CREATE", "THREAD_UPDATE"):
            self.threads[data["id"]] = data
        elif kind == "THREAD_DELETE":
            self.threads.pop(data["id"], None)
            self._messages.pop(data["id"], None)
        elif kind == "COMMANDS_UPDATE":
            self.commands = data["commands"]
        elif kind == "BOT_STATUS":
            self.online = data["online"]
