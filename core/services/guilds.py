"""The settings that a guild's moderators choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from core.domain.clock import now_utc
from core.domain.guilds import GuildSettings
from core.domain.people import ChatLearning, LabellingPolicy
from core.storage.database import Database
from core.storage.guild_rows import find_settings, save_settings
from core.storage.retention_rows import stored_bytes


class GuildService:
    """Synchronous and thread-safe."""

    def __init__(self, sessions: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = sessions
        self._clock = clock

    def settings(self, guild_id: int) -> GuildSettings:
        """Return what the guild chose, or the defaults."""
        with self._database.read() as connection:
            return find_settings(connection, guild_id) or GuildSettings()

    def update(self, guild_id: int, by: int, labelling: LabellingPolicy | None = None) -> GuildSettings:
        """Change who may label; None leaves it."""
        return self._change(guild_id, by, {} if labelling is None else {"labelling": labelling})

    def set_language(self, guild_id: int, by: int, language: str | None) -> GuildSettings:
        """Answer everybody in this language; None: each member in the member's own."""
        return self._change(guild_id, by, {"language": language})

    def set_age_answers(self, guild_id: int, by: int, enabled: bool) -> GuildSettings:
        """Say how old faces look in the answers of `/classify`, or do not."""
        return self._change(guild_id, by, {"age_answers": enabled})

    def set_chat_learning(self, guild_id: int, by: int, learning: ChatLearning) -> GuildSettings:
        """Choose whose faces in photos of `/classify` members may be asked about."""
        return self._change(guild_id, by, {"chat_learning": learning})

    def stored_bytes(self, guild_id: int) -> int:
        """Return how much of its quota a guild has used, in bytes."""
        with self._database.read() as connection:
            return stored_bytes(connection, guild_id)

    def _change(self, guild_id: int, by: int, changes: dict[str, LabellingPolicy | str | bool | None]) -> GuildSettings:
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-guild-{guild_id}")
            stored = find_settings(connection, guild_id)
            changed = replace(stored or GuildSettings(), **changes)  # type: ignore[arg-type]
            save_settings(connection, guild_id, changed, by=by, at=self._clock(), is_new=stored is None)
        return changed
