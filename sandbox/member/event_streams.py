"""The members' screens: WebSockets on which each sees what Discord would show to that member."""

from __future__ import annotations

import asyncio
import json

from aiohttp import WSMsgType, web

from sandbox.types import Json
from sandbox.world.events import Event
from sandbox.world.world import World


class EventStreams:
    """Spreads events over the open screens."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._open: dict[asyncio.Queue[str | None], str] = {}
        world.events.subscribe(self._show)

    async def serve(self, request: web.Request, user_id: str) -> web.WebSocketResponse:
        """One screen, until its socket closes."""
        socket = web.WebSocketResponse(heartbeat=30)
        # Subscribed before the handshake ends: whoever is connected misses nothing.
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._open[queue] = user_id
        writer = None
        try:
            await socket.prepare(request)
            writer = asyncio.create_task(_write(socket, queue))
            async for frame in socket:
                if frame.type == WSMsgType.ERROR:
                    break
        finally:
            del self._open[queue]
            if writer is not None:
                writer.cancel()
        return socket

    def close(self) -> None:
        """Close every screen."""
        for queue in self._open:
            queue.put_nowait(None)

    def _show(self, event: Event) -> None:
        shared = None
        for queue, user_id in self._open.items():
            if event.only_for not in (None, user_id):
                continue
            if event.kind == "COMMANDS_UPDATE":
                queue.put_nowait(_frame(event, {"commands": self._world.commands.for_member(user_id)}))
                continue
            shared = shared or _frame(event, event.data)
            queue.put_nowait(shared)


def _frame(event: Event, data: Json) -> str:
    frame: Json = {"t": event.kind, "d": data}
    if event.interaction_id is not None:
        frame["interaction_id"] = event.interaction_id
    return json.dumps(frame)


async def _write(socket: web.WebSocketResponse, queue: asyncio.Queue[str | None]) -> None:
    while (frame := await queue.get()) is not None:
        try:
            await socket.send_str(frame)
        except ConnectionError:  # the reader notices too, and closes the screen
            return
    await socket.close()
