"""The member API: what the web chat and the test driver use, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from sandbox.api.body import Body, read_body
from sandbox.api.endpoint import Parts
from sandbox.gateway.hub import Hub
from sandbox.interactions.book import Deed
from sandbox.interactions.deeds import read_deed
from sandbox.interactions.errors import MemberError
from sandbox.interactions.files import Files, Starter
from sandbox.interactions.model import AUTOCOMPLETE
from sandbox.member.faults import inject
from sandbox.member.screens import Screens
from sandbox.member.state import screen
from sandbox.rules.commands import LOCALES
from sandbox.rules.errors import DiscordError
from sandbox.types import Json
from sandbox.world.cast import Person

WEB = Path(__file__).resolve().parents[1] / "web"
NO_CHOICES = "Loading options failed"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class MemberApi:
    """Handlers of the member API."""

    def __init__(self, parts: Parts, hub: Hub, screens: Screens, starter: Starter) -> None:
        self._parts, self._hub, self._screens, self._starter = parts, hub, screens, starter
        self._world = parts.world

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/member/state", _told(self.state))
        app.router.add_get("/member/events", _told(self.events))
        app.router.add_post("/member/messages", _told(self.message))
        app.router.add_post("/member/interactions", _told(self.interaction))
        app.router.add_get("/member/requests", _told(self.requests))
        app.router.add_post("/member/faults", _told(self.faults))
        app.router.add_get("/starter/{filename}", _told(self.starter_file))
        app.router.add_get("/", _told(self.index))
        app.router.add_static("/web", WEB)

    async def state(self, request: web.Request) -> web.Response:
        """Everything that a screen starts with."""
        return _answer(screen(self._world, self._hub, self._starter, self._who(request.query.get("as"))))

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        """What happens from now on."""
        return await self._screens.serve(request, self._who(request.query.get("as")).id)

    async def message(self, request: web.Request) -> web.Response:
        """A member writes a message, or forwards one."""
        body = await read_body(request)
        asked = body.json()
        author = self._who(asked.get("as"))
        channel = self._world.channel(str(asked.get("channel_id")))
        files = Files(body.uploads, self._starter)
        uploads = body.uploads | files.from_starter(asked.get("starter") or [], first=len(body.uploads))
        written = {"content": asked.get("content") or ""}
        referring = written | {"attachments": list(uploads), "message_reference": asked.get("message_reference")}
        reference = self._world.references.read(channel.id, referring, lambda _: None)
        record = self._world.messages.create(
            author, channel.id, written, uploads, extra=reference.keys, forwarded=reference.files
        )
        return _answer(record.message)

    async def interaction(self, request: web.Request) -> web.Response:
        """A member uses a command, a component or a form, or types in an option."""
        deed, asked = self._deed(await read_body(request))
        if asked["type"] == AUTOCOMPLETE:
            choices = await self._parts.book.choices(deed)
            if choices is None:
                raise MemberError(NO_CHOICES)
            return _answer({"choices": choices})
        return _answer({"id": self._parts.book.open(deed).id})

    async def requests(self, _: web.Request) -> web.Response:
        """The log of the bot's requests."""
        return _answer({"requests": [record.document() for record in self._parts.log]})

    async def faults(self, request: web.Request) -> web.Response:
        """Have something go wrong."""
        return _answer(inject((await read_body(request)).json(), self._parts.faults, self._hub))

    async def starter_file(self, request: web.Request) -> web.StreamResponse:
        """A ready-made picture."""
        path = self._starter.path(request.match_info["filename"])
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path)

    async def index(self, _: web.Request) -> web.StreamResponse:
        """The web chat."""
        return web.FileResponse(WEB / "index.html", headers={"Cache-Control": "no-cache"})

    def _deed(self, body: Body) -> tuple[Deed, Json]:
        asked = body.json()
        person = self._who(asked.get("as"))
        if asked.get("locale"):
            if asked["locale"] not in LOCALES:
                raise MemberError(f"There is no language {asked['locale']}.")
            self._world.set_locale(person.id, asked["locale"])
        channel = self._world.channel(str(asked.get("channel_id")))
        asked = asked | {"as": person.id, "channel_id": channel.id}
        return read_deed(self._world, self._parts.book, asked, Files(body.uploads, self._starter)), asked

    def _who(self, name: object) -> Person:
        """The member with that id or user name."""
        person = self._world.people.named(str(name))
        if person is None or person.bot:
            raise MemberError(f"There is no member {name}.")
        return person


def _told(handler: Handler) -> Handler:
    """Errors as {"message"}: 400 for what a client would refuse, Discord's own status for the rest."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except MemberError as error:
            return _answer({"message": error.message}, status=400)
        except DiscordError as error:
            return _answer(error.body(), status=400)

    return handle


def _answer(body: Json, *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")
