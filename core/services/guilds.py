"""The settings that a guild's moderators choose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.guilds import MAX_LISTED, GuildSettings
from core.domain.people import ChatLearning, LabellingPolicy
from core.storage.database import Database
from core.storage.guild_rows import find_learning_thread, find_settings, save_learning_thread, save_settings
from core.storage.jobs.outbox_rows import set_answer_message
from core.storage.privacy.member_rows import NOBODY
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

    def allow_role(
        self, guild_id: int, by: int, role_id: int, allowed: bool, gone: Collection[int] = ()
    ) -> GuildSettings:
        """Let the members with a role label, or no longer; `gone`: roles that were deleted leave the list.

        Raises:
            OmokageError: BAD_OPTION, the list is full.
        """
        return self._allow(guild_id, by, "labeller_roles", role_id, allowed=allowed, gone=gone)

    def allow_channel(
        self, guild_id: int, by: int, channel_id: int, allowed: bool, gone: Collection[int] = ()
    ) -> GuildSettings:
        """Put a channel on the list of those in which jobs may be asked for, or take it off; `gone`: as for roles.

        Raises:
            OmokageError: BAD_OPTION, the list is full.
        """
        return self._allow(guild_id, by, "answer_channels", channel_id, allowed=allowed, gone=gone)

    def set_gallery(self, guild_id: int, by: int, channel_id: int | None) -> GuildSettings:
        """Announce what was learnt in this channel; None: in the channel of the round."""
        return self._change(guild_id, by, {"gallery_channel": channel_id})

    def learning_thread(self, guild_id: int) -> int | None:
        """Return the id of the thread in which the guild reads what was learnt; None: none was begun so far."""
        with self._database.read() as connection:
            return find_learning_thread(connection, guild_id)

    def begin_learning_thread(self, guild_id: int, job_id: int, message_id: int, former: int | None) -> int:
        """Note that the guild's thread is the one that is about to be begun from an answer; a repetition is harmless.

        Args:
            guild_id: whose thread.
            job_id: of the answer.
            message_id: of the answer; a thread that is begun from a message has its id.
            former: what `learning_thread` returned, which is of no use any more.

        Returns:
            The guild's thread: `message_id`, unless another process has noted one since `former` was read.
        """
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-guild-{guild_id}")
            thread_id = find_learning_thread(connection, guild_id)
            if thread_id is not None and thread_id != former:
                return thread_id
            if find_settings(connection, guild_id) is None:
                save_settings(connection, guild_id, GuildSettings(), by=NOBODY, at=self._clock(), is_new=True)
            save_learning_thread(connection, guild_id, message_id)
            set_answer_message(connection, job_id, message_id)
        return message_id

    def stored_bytes(self, guild_id: int) -> int:
        """Return how much of its quota a guild has used, in bytes."""
        with self._database.read() as connection:
            return stored_bytes(connection, guild_id)

    def _allow(
        self, guild_id: int, by: int, field: str, id_: int, *, allowed: bool, gone: Collection[int]
    ) -> GuildSettings:
        def changes(settings: GuildSettings) -> Mapping[str, Any]:
            others = tuple(listed for listed in getattr(settings, field) if listed != id_ and listed not in gone)
            if allowed and len(others) >= MAX_LISTED:
                raise OmokageError(ErrorCode.BAD_OPTION, reason="list-full", most=MAX_LISTED)
            return {field: (*others, id_) if allowed else others}

        return self._change(guild_id, by, changes)

    def _change(
        self, guild_id: int, by: int, changes: Mapping[str, Any] | Callable[[GuildSettings], Mapping[str, Any]]
    ) -> GuildSettings:
        """Change some fields; a function gets the settings as they are under the guild's lock."""
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-guild-{guild_id}")
            stored = find_settings(connection, guild_id)
            settings = stored or GuildSettings()
            changed = replace(settings, **(changes(settings) if callable(changes) else changes))
            save_settings(connection, guild_id, changed, by=by, at=self._clock(), is_new=stored is None)
        return changed
