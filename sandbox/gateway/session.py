"""A bot's session: its place in the stream of events, which outlives its connection."""

from __future__ import annotations

import json
import zlib
from asyncio import Queue
from collections import deque

from aiohttp import web

from sandbox.types import Json

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = (
    0, 1, 2, 3, 6, 7, 8, 9, 10, 11,
)  # fmt: skip
# Events kept for a resume. A bot that missed more has to start a new session.
REPLAY = 2000


class Connection:
    """One socket: frames go out in order, compressed with one zlib stream where the client asked for it."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse, *, compress: bool) -> None:
        self.request, self.socket = request, socket
        self._zlib = zlib.compressobj() if compress else None
        self._outgoing: Queue[str | int] = Queue()

    def send(self, op: int, data: object, *, sequence: int | None = None, kind: str | None = None) -> None:
        """Queue a frame."""
        self._outgoing.put_nowait(json.dumps({"op": op, "d": data, "s": sequence, "t": kind}))

    def close(self, code: int) -> None:
        """Close the socket once what is queued has been sent."""
        self._outgoing.put_nowait(code)

    def drop(self) -> None:
        """Cut the line without a word, as a failing network does."""
        if self.request.transport is not None:
            self.request.transport.abort()

    async def write(self) -> None:
        """Send queued frames until the socket closes."""
        while True:
            frame = await self._outgoing.get()
            if isinstance(frame, int):
                await self.socket.close(code=frame)
                return
            try:
                await self._send(frame)
            except ConnectionError:  # the reader notices too, and ends the connection
                return

    async def _send(self, frame: str) -> None:
        if self._zlib is None:
            await self.socket.send_str(frame)
        else:
            packed = self._zlib.compress(frame.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(packed)


class Session:
    """Numbers events, keeps the last ones, and sends them while a connection is there."""

    def __init__(self, session_id: str, intents: int) -> None:
        self.id, self.intents = session_id, intents
        self.sequence = 0
        self.connection: Connection | None = None
        self.disconnected_at = 0.0
        self._sent: deque[tuple[int, str, Json]] = deque(maxlen=REPLAY)

    def dispatch(self, kind: str, data: Json) -> None:
        """Number an event, keep it, and send it where there is a connection."""
        self.sequence += 1
        self._sent.append((self.sequence, kind, data))
        if self.connection is not None:
            self.connection.send(DISPATCH, data, sequence=self.sequence, kind=kind)

    def can_resume_after(self, sequence: int) -> bool:
        """Whether every later event is still here."""
        oldest = self._sent[0][0] if self._sent else 1
        return oldest - 1 <= sequence <= self.sequence

    def resume(self, connection: Connection, sequence: int) -> None:
        """Go on over a new connection: first what was missed, then RESUMED."""
        self.connection = connection
        for number, kind, data in self._sent:
            if number > sequence:
                connection.send(DISPATCH, data, sequence=number, kind=kind)
        self.dispatch("RESUMED", {"_trace": []})
