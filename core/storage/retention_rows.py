"""Queries for rows that are deleted after a time, and for how much guilds store."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from core.domain.jobs import FINAL, JobKind, JobState
from core.storage.blob_references import blob_names_in
from core.storage.tables import chores, faces, guild_blobs, installation, jobs, labels, outbox


def expired_jobs(before: datetime) -> ColumnElement[bool]:
    """Which jobs ended before this time, and have no answer on its way."""
    on_its_way = select(outbox.c.id).where(outbox.c.job_id == jobs.c.id, outbox.c.due_at.is_not(None))
    # All kinds by name, so that the index over kind and time is used.
    ended = and_(jobs.c.kind.in_(list(JobKind)), jobs.c.state.in_(FINAL), jobs.c.finished_at < before)
    return and_(ended, ~on_its_way.exists())


def expired_faces(before: datetime) -> ColumnElement[bool]:
    """Which faces were found before this time, of which nobody ever said whom they show or do not show."""
    labelled = select(labels.c.id).where(labels.c.face_id == faces.c.id)
    return and_(faces.c.person_id.is_(None), faces.c.created_at < before, ~labelled.exists())


def count_expired_jobs(connection: Connection, before: datetime) -> int:
    """Return how many jobs `delete_expired_jobs` would delete in the end."""
    return connection.execute(select(func.count()).where(expired_jobs(before))).scalar_one()


def count_expired_faces(connection: Connection, before: datetime) -> int:
    """Return how many faces `delete_expired_faces` would delete in the end."""
    return connection.execute(select(func.count()).where(expired_faces(before))).scalar_one()


def delete_expired_jobs(connection: Connection, before: datetime, limit: int) -> int:
    """Delete so many jobs at most, with their outbox rows; returns how many.

    Faces without a name go with them; those with a name stay, and no longer say which job found them.
    """
    ids = list(connection.execute(select(jobs.c.id).where(expired_jobs(before)).limit(limit)).scalars())
    if ids:
        found_by_them = faces.c.job_id.in_(ids)
        labelled = select(labels.c.id).where(labels.c.face_id == faces.c.id)
        connection.execute(delete(faces).where(found_by_them, faces.c.person_id.is_(None), ~labelled.exists()))
        connection.execute(update(faces).where(found_by_them).values(job_id=None))
        connection.execute(delete(outbox).where(outbox.c.job_id.in_(ids)))
        connection.execute(delete(jobs).where(jobs.c.id.in_(ids)))
    return len(ids)


def delete_expired_faces(connection: Connection, before: datetime, limit: int) -> int:
    """Delete so many faces without a name at most; returns how many."""
    ids = list(connection.execute(select(faces.c.id).where(expired_faces(before)).limit(limit)).scalars())
    if ids:
        connection.execute(delete(faces).where(faces.c.id.in_(ids)))
    return len(ids)


def drop_tokens(connection: Connection, before: datetime) -> None:
    """Forget the tokens of interactions that are older than this."""
    # As the partial index has it, so that it is used.
    has_token = jobs.c.interaction_token != text("''")
    connection.execute(update(jobs).where(has_token, jobs.c.created_at < before).values(interaction_token=""))


def has_old_tokens(connection: Connection, before: datetime) -> bool:
    """Whether `drop_tokens` has anything to do."""
    has_token = jobs.c.interaction_token != text("''")
    return (
        connection.execute(select(jobs.c.id).where(has_token, jobs.c.created_at < before).limit(1)).first() is not None
    )


def forget_photos(connection: Connection, job_id: int) -> set[str]:
    """Take a failed job's photos from its row; returns their names."""
    row = connection.execute(select(jobs.c.photo, jobs.c.params).where(jobs.c.id == job_id)).one()
    names = blob_names_in(json.dumps(row.params)) | ({row.photo} if row.photo else set())
    params = _without(row.params, names)
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(photo=None, params=params))
    return names


def posted_exports(connection: Connection, before: datetime) -> list[tuple[int, int, str]]:
    """Return job, guild and file of the exports that are posted, or were asked for before this time."""
    on_its_way = select(outbox.c.id).where(outbox.c.job_id == jobs.c.id, outbox.c.due_at.is_not(None))
    done = jobs.c.kind == JobKind.EXPORT, jobs.c.state == JobState.DONE, jobs.c.result.is_not(None)
    of_no_use = or_(jobs.c.created_at < before, ~on_its_way.exists())
    rows = connection.execute(select(jobs.c.id, jobs.c.guild_id, jobs.c.result).where(*done, of_no_use)).all()
    return [(row.id, row.guild_id, row.result["file"]) for row in rows if row.result and row.result["file"]]


def forget_export_file(connection: Connection, job_id: int) -> None:
    """Take the file out of an export's result."""
    result = connection.execute(select(jobs.c.result).where(jobs.c.id == job_id)).scalar()
    if result:
        connection.execute(update(jobs).where(jobs.c.id == job_id).values(result={**result, "file": ""}))


def note_stored(connection: Connection, guild_id: int, sizes: Mapping[str, int], now: datetime) -> None:
    """Remember what a guild has stored; a blob counts once, however often it was put."""
    if not sizes:
        return
    rows = [{"guild_id": guild_id, "sha256": name, "size": size, "created_at": now} for name, size in sizes.items()]
    connection.execute(_insert_new(connection, guild_blobs), rows)


def stored_bytes(connection: Connection, guild_id: int) -> int:
    """Return how many bytes a guild has stored."""
    total = select(func.coalesce(func.sum(guild_blobs.c.size), 0)).where(guild_blobs.c.guild_id == guild_id)
    return int(connection.execute(total).scalar_one())


def stored_names(connection: Connection, guild_id: int, before: datetime) -> set[str]:
    """Return the blobs that a guild had stored before this time."""
    theirs = select(guild_blobs.c.sha256).where(guild_blobs.c.guild_id == guild_id, guild_blobs.c.created_at < before)
    return set(connection.execute(theirs).scalars())


def storing_guilds(connection: Connection) -> list[int]:
    """Return the guilds that have stored anything."""
    return list(connection.execute(select(guild_blobs.c.guild_id).distinct()).scalars())


def forget_stored(connection: Connection, guild_id: int, names: Sequence[str]) -> None:
    """A guild needs these blobs no more."""
    theirs = guild_blobs.c.guild_id == guild_id, guild_blobs.c.sha256.in_(names)
    connection.execute(delete(guild_blobs).where(*theirs))


def installation_id(connection: Connection) -> str:
    """Return the id of this database, which it gets with the first call; the caller keeps others from asking."""
    value = connection.execute(select(installation.c.id)).scalar()
    if value is not None:
        return str(value)
    new = uuid.uuid4().hex
    connection.execute(insert(installation).values(id=new))
    return new


def take_turn(connection: Connection, name: str, every: timedelta, now: datetime) -> bool:
    """Whether this process is to do a chore now; then nobody else is until `every` is over.

    A time further ahead than that was written before a clock was set back, and does not count.
    """
    is_due = or_(chores.c.due_at <= now, chores.c.due_at > now + every)
    taken = update(chores).where(chores.c.name == name, is_due).values(due_at=now + every)
    if connection.execute(taken).rowcount:
        return True
    first = _insert_new(connection, chores).values(name=name, due_at=now + every)
    return connection.execute(first.returning(chores.c.name)).first() is not None


def _insert_new(connection: Connection, table: Table) -> Any:
    """An INSERT that leaves rows as they are that are there already."""
    new = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return new(table).on_conflict_do_nothing()


def _without(params: Any, names: set[str]) -> Any:
    """The same JSON with empty strings in the place of these."""
    if isinstance(params, str):
        return "" if params in names else params
    if isinstance(params, Mapping):
        return {key: _without(value, names) for key, value in params.items()}
    if isinstance(params, Sequence):
        return [_without(value, names) for value in params]
    return params
