"""What every API request goes through: faults, token, rate limits, body, handler, log."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.api.request_body import Body, read_body
from sandbox.config import Rate
from sandbox.faults import Faults
from sandbox.interactions.callbacks import Callbacks
from sandbox.interactions.follow_ups import FollowUps
from sandbox.interactions.store import InteractionStore
from sandbox.request_log import RequestLog, RequestRecord
from sandbox.rules.errors import DiscordError, not_found, unauthorized
from sandbox.rules.rate_limits import Buckets, rate_limited
from sandbox.world.world import World

PREFIX = "/api/v10"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ApiContext:
    """What handlers work with."""

    world: World
    interactions: InteractionStore
    callbacks: Callbacks
    follow_ups: FollowUps
    buckets: Buckets
    faults: Faults
    log: RequestLog
    gateway_url: str


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request, read."""

    path: dict[str, str]
    query: dict[str, str]
    body: Body


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """An answer: status and JSON, or nothing for 204."""

    status: int
    data: object = None
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[ApiContext, ApiRequest], ApiResponse]


@dataclass(frozen=True, slots=True)
class Route:
    """An address of the API and what it takes to use it."""

    method: str
    path: str
    handler: Handler
    # Name of the limit in RateLimits, and the path parameter by which it is counted.
    limit: str | None = None
    major: str = "channel_id"
    # Interaction and webhook routes: their token is in the path, and they are outside the global limit.
    open: bool = False


def aiohttp_handler(context: ApiContext, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The route as aiohttp wants it."""

    async def handle(request: web.Request) -> web.Response:
        arrived, started = context.world.clock.now(), time.perf_counter()
        body, reply = await _handled(context, route, request)
        record = RequestRecord(
            method=request.method,
            path=request.path.removeprefix(PREFIX),
            query=dict(request.query),
            payload=body.payload,
            files=[(upload.filename, len(upload.data)) for _, upload in sorted(body.uploads.items())],
            status=reply.status,
            response=reply.data,
            time=arrived,
            seconds=time.perf_counter() - started,
        )
        context.log.add(record)
        return to_response(reply)

    return handle


async def _handled(context: ApiContext, route: Route, request: web.Request) -> tuple[Body, ApiResponse]:
    """The body as far as it could be read, and the answer."""
    body = Body()
    try:
        # Discord looks at the limits before the body; here the log is to show what was refused.
        body = await read_body(request)
        headers = _admit(context, route, request)
        reply = route.handler(context, ApiRequest(dict(request.match_info), dict(request.query), body))
        return body, ApiResponse(reply.status, reply.data, headers)
    except DiscordError as error:
        return body, ApiResponse(error.status, error.body(), error.headers)
    except Exception:  # noqa: BLE001  # a fault of the sandbox is logged and answered as Discord answers its own
        _log.exception("%s %s", request.method, request.path)
        return body, ApiResponse(500, {"message": "500: Internal Server Error", "code": 0})


def _admit(context: ApiContext, route: Route, request: web.Request) -> dict[str, str]:
    """Faults, token and limits; returns the headers that tell how the limit stands."""
    context.faults.check(request.method, request.path.removeprefix(PREFIX))
    if not route.open:
        if request.headers.get("Authorization") != f"Bot {context.world.config.token}":
            raise unauthorized()
        _take_global(context)
    rate: Rate | None = getattr(context.world.config.rate_limits, route.limit) if route.limit else None
    if rate is None:
        return {}
    return context.buckets.take(str(route.limit), request.match_info[route.major], rate).headers()


def _take_global(context: ApiContext) -> None:
    rate = context.world.config.rate_limits.everything
    if rate is None:
        return
    try:
        context.buckets.take("everything", "", rate)
    except DiscordError as error:
        raise rate_limited(error.extra["retry_after"], is_global=True) from error


def to_response(reply: ApiResponse) -> web.Response:
    """JSON with the bare content type that discord.py insists on."""
    if reply.status == 204:
        return web.Response(status=204, headers=reply.headers)
    body = json.dumps(reply.data).encode()
    return web.Response(status=reply.status, body=body, headers=reply.headers | {"Content-Type": "application/json"})


def unknown_route(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """A route that Discord has and this sandbox has not, or that neither has."""
    raise not_found()
