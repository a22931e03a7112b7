"""The gateway's WebSocket: hello, identify or resume, heartbeats."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from sandbox.config import SandboxConfig
from sandbox.documents import parse_document
from sandbox.gateway.hub import GUILD_MEMBERS, PRIVILEGED, Hub
from sandbox.gateway.session import (
    HEARTBEAT,
    HEARTBEAT_ACK,
    HELLO,
    IDENTIFY,
    INVALID_SESSION,
    PRESENCE,
    REQUEST_MEMBERS,
    RESUME,
    Connection,
    Session,
)
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.people import People, member

UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, WRONG_TOKEN, ALREADY_AUTHENTICATED = 4001, 4002, 4003, 4004, 4005
TIMED_OUT, BAD_VERSION, BAD_INTENTS, DISALLOWED_INTENTS = 4009, 4012, 4013, 4014
GOODBYE = (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
ALL_INTENTS = (1 << 26) - 1
# A client that sends nothing for one and a half heartbeats is dead.
PATIENCE = 1.5


class GatewayError(Exception):  # it ends a connection; nobody reports it
    """The client did something for which Discord hangs up."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class ClientHandler:
    """The conversation over one socket."""

    def __init__(self, hub: Hub, config: SandboxConfig, people: People, connection: Connection) -> None:
        self._hub, self._config, self._people = hub, config, people
        self.connection = connection
        self.session: Session | None = None
        # The client said goodbye (1000 or 1001), which ends its session for good.
        self.goodbye = False
        # The sandbox hung up; the close code is still in the queue.
        self.refused = False

    async def run(self) -> None:
        """Greet, then obey until the socket closes."""
        self.connection.send(HELLO, {"heartbeat_interval": self._config.heartbeat_interval, "_trace": []})
        timeout = self._config.heartbeat_interval / 1000 * PATIENCE
        try:
            while True:
                frame = await self.connection.socket.receive(timeout=timeout)
                if frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                    self.goodbye = frame.type == WSMsgType.CLOSE and frame.data in GOODBYE
                    return
                self._handle(_decoded(frame))
        except TimeoutError:
            self._refuse(TIMED_OUT)
        except GatewayError as refused:
            self._refuse(refused.code)

    def _refuse(self, code: int) -> None:
        self.refused = True
        self.connection.close(code)

    def _handle(self, frame: Json) -> None:
        handlers: dict[object, Callable[[Json], None]] = {
            HEARTBEAT: lambda _: self.connection.send(HEARTBEAT_ACK, None),
            IDENTIFY: self._identify,
            RESUME: self._resume,
            REQUEST_MEMBERS: self._members,
            PRESENCE: lambda _: None,  # nobody here sees a bot's status text
            4: lambda _: None,  # there are no voice channels to join
        }
        handler = handlers.get(frame.get("op"))
        if handler is None:
            raise GatewayError(UNKNOWN_OPCODE)
        if self.session is None and frame["op"] not in (HEARTBEAT, IDENTIFY, RESUME):
            raise GatewayError(NOT_AUTHENTICATED)
        body = frame.get("d")
        handler(body if isinstance(body, dict) else {})

    def _identify(self, body: Json) -> None:
        if self.session is not None:
            raise GatewayError(ALREADY_AUTHENTICATED)
        self._check_token(body)
        intents = body.get("intents")
        if not isinstance(intents, int) or intents & ~ALL_INTENTS:
            raise GatewayError(BAD_INTENTS)
        if intents & PRIVILEGED & ~self._config.privileged_intents:
            raise GatewayError(DISALLOWED_INTENTS)
        self.session = self._hub.identify(self.connection, intents)

    def _resume(self, body: Json) -> None:
        self._check_token(body)
        self.session = self._hub.resume(self.connection, str(body.get("session_id")), int(body.get("seq") or 0))
        if self.session is None:
            self.connection.send(INVALID_SESSION, False)

    def _check_token(self, body: Json) -> None:
        if str(body.get("token")).removeprefix("Bot ") != self._config.token:
            raise GatewayError(WRONG_TOKEN)

    def _members(self, body: Json) -> None:
        """Answer a request for members; without the intent, only those asked for by id."""
        assert self.session is not None  # noqa: S101  # checked in _obey
        ids = {str(user_id) for user_id in _listed(body.get("user_ids"))}
        query = body.get("query")
        if not ids and not self.session.intents & GUILD_MEMBERS:
            raise GatewayError(DISALLOWED_INTENTS)
        result = [p for p in self._people.all() if (p.id in ids if ids else p.username.startswith(query or ""))]
        chunk: Json = {
            "guild_id": fixtures.GUILD_ID,
            "members": [member(person) for person in result],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": sorted(ids - {person.id for person in result}),
        }
        if body.get("nonce") is not None:
            chunk["nonce"] = body["nonce"]
        self.session.dispatch("GUILD_MEMBERS_CHUNK", chunk)


def gateway_handler(
    hub: Hub, config: SandboxConfig, people: People
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The request handler of the gateway's address."""

    async def handle(request: web.Request) -> web.WebSocketResponse:
        compression = request.query.get("compress")
        if compression not in (None, "zlib-stream"):
            raise web.HTTPBadRequest(text="only zlib-stream is spoken here")
        socket = web.WebSocketResponse(max_msg_size=64 * 1024)
        await socket.prepare(request)
        connection = Connection(request, socket, compress=compression is not None)
        if request.query.get("v", "10") != "10" or request.query.get("encoding", "json") != "json":
            await socket.close(code=BAD_VERSION)
            return socket
        await _run_connection(hub, ClientHandler(hub, config, people, connection))
        return socket

    return handle


async def _run_connection(hub: Hub, handler: ClientHandler) -> None:
    writer = asyncio.create_task(handler.connection.write())
    try:
        await handler.run()
    finally:
        if handler.session is not None:
            hub.on_disconnect(handler.session, handler.connection, for_good=handler.goodbye)
        if handler.refused:
            await writer
        writer.cancel()


def _decoded(frame: WSMessage) -> Json:
    try:
        body = parse_document(frame.data)
    except ValueError as error:
        raise GatewayError(DECODE_ERROR) from error
    if not isinstance(body, dict):
        raise GatewayError(DECODE_ERROR)
    return body


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
