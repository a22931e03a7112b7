"""A bot without a library: it says exactly what a test wants it to say."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import dataclass, field

import aiohttp

from sandbox.server import Sandbox
from sandbox.types import Json
from sandbox.world import fixtures

TOKEN = {"Authorization": "Bot sandbox"}
INTENTS = 1 << 0 | 1 << 9


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said."""

    status: int
    body: object
    headers: dict[str, str]

    @property
    def code(self) -> int:
        """Discord's error code."""
        assert isinstance(self.body, dict), self.body
        return int(self.body["code"])

    def error_at(self, *path: str | int) -> str:
        """The code of the first problem at that place of the form."""
        node = self.body
        for step in ("errors", *map(str, path), "_errors"):
            assert isinstance(node, dict), self.body
            assert step in node, self.body
            node = node[step]
        assert isinstance(node, list)
        return str(node[0]["code"])


@dataclass(slots=True)
class RawBot:
    """Requests by hand, and the interactions that came in over the gateway."""

    sandbox: Sandbox
    session: aiohttp.ClientSession
    interactions: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)

    async def call(
        self, method: str, path: str, body: object = None, files: list[tuple[str, bytes]] | None = None
    ) -> Answer:
        """One request; multipart where files are given."""
        data: aiohttp.FormData | str | None = None if body is None else json.dumps(body)
        headers = TOKEN | ({} if files is not None else {"Content-Type": "application/json"})
        if files is not None:
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("payload_json", json.dumps(body), content_type="application/json")
            for index, (name, content) in enumerate(files):
                data.add_field(f"files[{index}]", io.BytesIO(content), filename=name)
        async with self.session.request(method, self.sandbox.api_url + path, data=data, headers=headers) as response:
            text = await response.text()
            return Answer(response.status, json.loads(text) if text else None, dict(response.headers))

    async def post(self, body: Json, files: list[tuple[str, bytes]] | None = None) -> Answer:
        """Post a message in #photos."""
        return await self.call("POST", f"/channels/{fixtures.PHOTOS_ID}/messages", body, files)

    async def respond(self, interaction: Json, kind: int, data: Json | None = None) -> Answer:
        """Answer an interaction."""
        body = {"type": kind} if data is None else {"type": kind, "data": data}
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback?with_response=true"
        return await self.call("POST", path, body)

    async def webhook(self, method: str, interaction: Json, tail: str = "", body: object = None) -> Answer:
        """Use an interaction's token."""
        return await self.call(method, f"/webhooks/{fixtures.BOT_ID}/{interaction['token']}{tail}", body)

    async def next(self) -> Json:
        """The next interaction."""
        return await asyncio.wait_for(self.interactions.get(), 5)

    async def listen(self, ready: asyncio.Event) -> None:
        """Stay on the gateway."""
        async with self.session.ws_connect(self.sandbox.gateway_url) as socket:
            await socket.send_json({"op": 2, "d": {"token": "sandbox", "intents": INTENTS, "properties": {}}})
            async for frame in socket:
                event = json.loads(frame.data)
                if event["t"] == "READY":
                    ready.set()
                if event["t"] == "INTERACTION_CREATE":
                    self.interactions.put_nowait(event["d"])
