"""Keeps other web pages out: a browser on this machine would carry their requests to the sandbox."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# `Sec-Fetch-Site` of a request that a page of another origin caused. A page on another port of this machine is
# "same-site": it is no more the sandbox's own than any other page.
FOREIGN_SITES = frozenset({"cross-site", "same-site"})
# Methods that change nothing here: every route of the sandbox that changes something is a POST, PUT, PATCH or DELETE.
SAFE_METHODS = frozenset({"GET", "HEAD"})
CDN = "/cdn/"


@web.middleware
async def own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests from pages of another origin, and names that only pretend to be this machine (DNS rebinding)."""
    if not _is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        raise web.HTTPForbidden(text="The sandbox answers to 127.0.0.1 and localhost only.")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="The sandbox answers to its own pages only.")
    # Browsers leave `Origin` out of some requests (GET without CORS, navigations), but not this header. Programs that
    # are no browser (the bot, the driver) send neither.
    if request.headers.get("Sec-Fetch-Site") in FOREIGN_SITES and not _is_harmless(request):
        raise web.HTTPForbidden(text="The sandbox answers to its own pages only.")
    return await handler(request)


def _is_harmless(request: web.Request) -> bool:
    """Whether a page of another origin may cause this request: it can change nothing, and its page reads nothing of it.

    That is a link to the web chat that somebody follows, but neither a frame around it nor a WebSocket, and a picture
    whose address the page has: the chat itself shows pictures of 127.0.0.1 where it was opened as localhost.
    """
    if request.method not in SAFE_METHODS:
        return False
    mode, destination = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
    followed = mode == "navigate" and destination == "document"
    return followed or (request.path.startswith(CDN) and mode != "websocket")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
