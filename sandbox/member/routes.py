"""The member API: what the web chat and the test driver use, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from sandbox.api.endpoint import ApiContext
from sandbox.api.request_body import Body, read_body
from sandbox.gateway.hub import Hub
from sandbox.interactions.errors import MemberError
from sandbox.interactions.files import RequestFiles, StarterFolder
from sandbox.interactions.model import AUTOCOMPLETE, COMMAND, InteractionRequest
from sandbox.interactions.requests import read_request
from sandbox.member.event_streams import EventStreams
from sandbox.member.faults import inject
from sandbox.member.state import member_state
from sandbox.rules.commands import LOCALES
from sandbox.rules.errors import DiscordError
from sandbox.types import Json
from sandbox.world.fixtures import Person
from sandbox.world.thread_record import Thread

WEB = Path(__file__).resolve().parents[1] / "web"
NO_CHOICES = "Loading options failed"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class MemberApi:
    """Handlers of the member API."""

    def __init__(self, context: ApiContext, hub: Hub, event_streams: EventStreams, starter: StarterFolder) -> None:
        self._context, self._hub, self._event_streams, self._starter = context, hub, event_streams, starter
        self._world = context.world

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/member/state", _errors_as_json(self.state))
        app.router.add_get("/member/events", _errors_as_json(self.events))
        app.router.add_post("/member/messages", _errors_as_json(self.message))
        app.router.add_post("/member/threads", _errors_as_json(self.thread))
        app.router.add_post("/member/interactions", _errors_as_json(self.interaction))
        app.router.add_get("/member/requests", _errors_as_json(self.requests))
        app.router.add_post("/member/faults", _errors_as_json(self.faults))
        app.router.add_get("/starter/{filename}", _errors_as_json(self.starter_file))
        app.router.add_get("/", _errors_as_json(self.index))
        app.router.add_static("/web", WEB)

    async def state(self, request: web.Request) -> web.Response:
        """Everything that a screen starts with."""
        return _json_response(
            member_state(self._world, self._hub, self._starter, self._member(request.query.get("as")))
        )

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        """What happens from now on."""
        return await self._event_streams.serve(request, self._member(request.query.get("as")).id)

    async def message(self, request: web.Request) -> web.Response:
        """A member writes a message, or forwards one."""
        body = await read_body(request)
        payload = body.json()
        author = self._member(payload.get("as"))
        channel = self._world.channel(str(payload.get("channel_id")))
        self._world.check_may_post(author.id, channel)
        files = RequestFiles(body.uploads, self._starter)
        uploads = body.uploads | files.from_starter(payload.get("starter") or [], first=len(body.uploads))
        written = {"content": payload.get("content") or ""}
        referring = written | {"attachments": list(uploads), "message_reference": payload.get("message_reference")}
        reference = self._world.references.read(channel.id, referring, lambda _: None)
        record = self._world.messages.create(
            author, channel.id, written, uploads, extra=reference.keys, forwarded=reference.files
        )
        return _json_response(record.message)

    async def thread(self, request: web.Request) -> web.Response:
        """A member archives, locks, renames or deletes a thread."""
        payload = (await read_body(request)).json()
        person = self._member(payload.get("as"))
        thread = self._world.channel(str(payload.get("channel_id")))
        if not isinstance(thread, Thread):
            raise MemberError("This is no thread.")
        if payload.get("delete"):
            self._world.threads.delete(person, thread)
        else:
            self._world.threads.change(person, thread, payload)
        return _json_response(self._world.channel_object(thread))

    async def interaction(self, request: web.Request) -> web.Response:
        """A member uses a command, a component or a form, or types in an option."""
        interaction_request, payload = self._read_request(await read_body(request))
        if payload["type"] == AUTOCOMPLETE:
            choices = await self._context.interactions.choices(interaction_request)
            if choices is None:
                raise MemberError(NO_CHOICES)
            return _json_response({"choices": choices})
        return _json_response({"id": self._context.interactions.open(interaction_request).id})

    async def requests(self, _: web.Request) -> web.Response:
        """The log of the bot's requests."""
        return _json_response({"requests": [record.document() for record in self._context.log]})

    async def faults(self, request: web.Request) -> web.Response:
        """Have something go wrong."""
        return _json_response(inject((await read_body(request)).json(), self._context.faults, self._hub))

    async def starter_file(self, request: web.Request) -> web.StreamResponse:
        """A ready-made picture."""
        path = self._starter.path(request.match_info["filename"])
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path)

    async def index(self, _: web.Request) -> web.StreamResponse:
        """The web chat."""
        return web.FileResponse(WEB / "index.html", headers={"Cache-Control": "no-cache"})

    def _read_request(self, body: Body) -> tuple[InteractionRequest, Json]:
        """Return the checked request, and its JSON with the member's and the channel's ids."""
        payload = body.json()
        person = self._member(payload.get("as"))
        if payload.get("locale"):
            if payload["locale"] not in LOCALES:
                raise MemberError(f"There is no language {payload['locale']}.")
            self._world.set_locale(person.id, payload["locale"])
        channel = self._world.channel(str(payload.get("channel_id")))
        if payload["type"] in (COMMAND, AUTOCOMPLETE):
            self._world.check_may_post(person.id, channel)
        payload = payload | {"as": person.id, "channel_id": channel.id}
        files = RequestFiles(body.uploads, self._starter)
        return read_request(self._world, self._context.interactions, payload, files), payload

    def _member(self, name: object) -> Person:
        """The member with that id or user name."""
        person = self._world.people.named(str(name))
        if person is None or person.bot:
            raise MemberError(f"There is no member {name}.")
        return person


def _errors_as_json(handler: Handler) -> Handler:
    """Errors as {"message"}: 400 for what a client would refuse, Discord's own status for the rest."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except MemberError as error:
            return _json_response({"message": error.message}, status=400)
        except DiscordError as error:
            return _json_response(error.body(), status=400)

    return handle


def _json_response(body: Json, *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")
