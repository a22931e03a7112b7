"""Guilds' settings as rows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from core.domain.guilds import GuildSettings
from core.domain.people import ChatLearning, LabellingPolicy
from core.storage.tables import guilds


def find_settings(connection: Connection, guild_id: int) -> GuildSettings | None:
    """Return what the guild has chosen, None where it has chosen nothing."""
    row = connection.execute(select(guilds).where(guilds.c.id == guild_id)).first()
    if row is None:
        return None
    labelling, learning = LabellingPolicy(row.labelling), ChatLearning(row.chat_learning)
    lists = tuple(row.labeller_roles or ()), tuple(row.answer_channels or ())
    return GuildSettings(labelling, row.language, row.age_answers, learning, *lists, row.gallery_channel)


def find_learning_thread(connection: Connection, guild_id: int) -> int | None:
    """Return the id of the thread in which the guild reads what was learnt; None: it has none."""
    thread_id: int | None = connection.execute(select(guilds.c.learning_thread).where(guilds.c.id == guild_id)).scalar()
    return thread_id


def save_learning_thread(connection: Connection, guild_id: int, thread_id: int) -> None:
    """Write the id of that thread into the guild's row, which is there. The caller holds the guild's lock."""
    connection.execute(update(guilds).where(guilds.c.id == guild_id).values(learning_thread=thread_id))


def save_settings(
    connection: Connection, guild_id: int, settings: GuildSettings, *, by: int, at: datetime, is_new: bool
) -> None:
    """Write the settings; `is_new`: the guild has no row so far. The caller holds the guild's lock."""
    values = {**asdict(settings), "updated_by": by, "updated_at": at}
    if is_new:
        connection.execute(insert(guilds).values(id=guild_id, **values))
    else:
        connection.execute(update(guilds).where(guilds.c.id == guild_id).values(values))
