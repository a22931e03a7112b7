"""Counts the bot's requests to Discord, and times how soon interactions are acknowledged."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import aiohttp

from core.metrics.definitions import ACKNOWLEDGE_SECONDS, DISCORD_REQUESTS

if TYPE_CHECKING:
    import discord

_PENDING = 1000  # interactions that are remembered until they are acknowledged; Discord gives up after three seconds
_CALLBACK = re.compile(r"/interactions/(?P<id>\d+)/[^/]+/callback$")
# What a request does, by method and the end of its path; anything else is "other".
_ACTIONS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("POST", _CALLBACK, "acknowledge"),
    ("POST", re.compile(r"/webhooks/\d+/[^/]+$"), "post"),
    ("POST", re.compile(r"/channels/\d+/messages$"), "post"),
    ("PATCH", re.compile(r"/messages/[^/]+$"), "edit"),
    ("DELETE", re.compile(r"/messages/[^/]+$"), "delete"),
)


class RequestMetrics:
    """Observes a client's requests; `trace` goes to discord.py, `note_arrival` hears of each interaction."""

    def __init__(self, timer: Callable[[], float] = time.perf_counter) -> None:
        self._timer = timer
        self._arrivals: OrderedDict[int, float] = OrderedDict()
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_end.append(self._end)
        self.trace.on_request_exception.append(self._fail)

    def note_arrival(self, interaction: discord.Interaction[Any]) -> None:
        """Note that an interaction has come; its acknowledgement is timed from here."""
        self._arrivals[interaction.id] = self._timer()
        while len(self._arrivals) > _PENDING:
            self._arrivals.popitem(last=False)

    async def _end(self, _session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
        self._count(params.method, params.url.path, params.response.status)

    async def _fail(self, _session: object, _context: object, params: aiohttp.TraceRequestExceptionParams) -> None:
        self._count(params.method, params.url.path, 0)

    def _count(self, method: str, path: str, status: int) -> None:
        DISCORD_REQUESTS.labels(name_action(method, path), str(status)).inc()
        callback = _CALLBACK.search(path)
        if callback is not None and 200 <= status < 300:
            arrived = self._arrivals.pop(int(callback["id"]), None)
            if arrived is not None:
                ACKNOWLEDGE_SECONDS.observe(self._timer() - arrived)


def name_action(method: str, path: str) -> str:
    """Return what a request to Discord does: acknowledge, post, edit, delete, or other."""
    return next((name for verb, pattern, name in _ACTIONS if verb == method and pattern.search(path)), "other")
