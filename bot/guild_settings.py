"""The guilds' settings, cached for half a minute."""

from __future__ import annotations

import time

from bot.threads import Threads
from core.domain.guilds import GuildSettings
from core.services.guilds import GuildService

_KEEP_S = 30.0  # another process (the CLI, a second bot) may change a guild's choices


class GuildSettingsCache:
    """Reads guilds' settings without a visit to the database for each click."""

    def __init__(self, service: GuildService, threads: Threads) -> None:
        self._service = service
        self._threads = threads
        self._kept: dict[int, tuple[float, GuildSettings]] = {}

    async def settings(self, guild_id: int) -> GuildSettings:
        """Read a guild's settings, at most half a minute old."""
        kept = self._kept.get(guild_id)
        if kept is None or time.monotonic() - kept[0] > _KEEP_S:
            kept = (time.monotonic(), await self._threads.quick(self._service.settings, guild_id))
            self._kept[guild_id] = kept
        return kept[1]

    def forget(self, guild_id: int) -> None:
        """Read a guild's settings again: they have changed."""
        self._kept.pop(guild_id, None)
