"""All API routes and the CDN on one aiohttp application."""

from __future__ import annotations

from aiohttp import web

from sandbox.api import applications, channels, guilds, interactions
from sandbox.api.endpoint import PREFIX, ApiContext, Route, aiohttp_handler, unknown_route
from sandbox.world.attachments import Attachments, content_type

ROUTES = [*guilds.ROUTES, *channels.ROUTES, *applications.ROUTES, *interactions.ROUTES]


def add_api(app: web.Application, context: ApiContext) -> None:
    """Register every route, and Discord's 404 for the rest."""
    for route in ROUTES:
        app.router.add_route(route.method, PREFIX + route.path, aiohttp_handler(context, route))
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        unmatched = Route(method, "/{tail:.*}", unknown_route, open=True)
        app.router.add_route(method, PREFIX + unmatched.path, aiohttp_handler(context, unmatched))


def add_cdn(app: web.Application, attachments: Attachments) -> None:
    """Serve attachments."""

    async def serve(request: web.Request) -> web.Response:
        path = request.match_info
        data = attachments.read(path["channel_id"], path["attachment_id"], path["filename"])
        if data is None:
            return web.Response(status=404, text="This content is no longer available.")
        # Files are whatever somebody uploaded: the browser must neither guess their type nor run them.
        safe = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
        return web.Response(body=data, content_type=content_type(path["filename"]), headers=safe)

    app.router.add_get("/cdn/attachments/{channel_id}/{attachment_id}/{filename}", serve)
