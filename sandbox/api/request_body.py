"""Reading request bodies: JSON, or multipart with payload_json and files[n]."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from sandbox.documents import parse_document
from sandbox.rules.errors import DiscordError, too_large
from sandbox.rules.messages import MAX_REQUEST_BYTES
from sandbox.types import Json, Upload

_FILE_FIELD = re.compile(r"^files\[(\d+)\]$")


@dataclass(slots=True)
class Body:
    """A request's JSON payload and its files by index."""

    payload: object = None
    uploads: dict[int, Upload] = field(default_factory=dict)

    def json(self) -> Json:
        """The payload as an object; no payload is an empty one."""
        if self.payload is None:
            return {}
        if not isinstance(self.payload, dict):
            raise DiscordError(400, 50035, "Invalid Form Body")
        return self.payload


async def read_body(request: web.Request) -> Body:
    """Read the whole body; raises Discord's 413 above 25 MiB, and 50109 for broken or deeply nested JSON."""
    if (request.content_length or 0) > MAX_REQUEST_BYTES:
        raise too_large()
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request)
    data = await _read_plain(request)
    return Body(_parsed(data) if data else None)


async def _read_plain(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise too_large() from error


async def _read_multipart(request: web.Request) -> Body:
    body = Body()
    left = MAX_REQUEST_BYTES
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise DiscordError(400, 50035, "Invalid Form Body")
        data = bytes(await part.read())
        left -= len(data)
        if left < 0:
            raise too_large()
        match = _FILE_FIELD.match(part.name or "")
        if part.name == "payload_json":
            body.payload = _parsed(data)
        elif match:
            body.uploads[int(match[1])] = Upload(part.filename or "unknown", data)
    return body


def _parsed(data: bytes) -> object:
    try:
        return parse_document(data)
    except ValueError as error:
        raise DiscordError(400, 50109, "The request body contains invalid JSON.") from error
