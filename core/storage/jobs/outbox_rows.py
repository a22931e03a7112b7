"""Queries for the outbox: answers that are to be posted, and the messages that show a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from core.domain.jobs import OutboxEntry
from core.storage.tables import jobs, outbox


def due_entries(connection: Connection, now: datetime, limit: int) -> list[OutboxEntry]:
    """Return the answers to post now, those first that have been due for longest."""
    due = select(outbox).where(outbox.c.due_at <= now).order_by(outbox.c.due_at, outbox.c.id).limit(limit)
    return [_to_entry(row) for row in connection.execute(due)]


def mark_entry_sent(connection: Connection, entry_id: int, message_id: int | None, now: datetime) -> int | None:
    """Note that an answer is in the chat; return its job's id, None where that was noted before."""
    sent = update(outbox).where(outbox.c.id == entry_id, outbox.c.sent_at.is_(None))
    values = {"sent_at": now, "due_at": None, "message_id": message_id}
    job_id: int | None = connection.execute(sent.values(values).returning(outbox.c.job_id)).scalar()
    return job_id


def unsent_entry(connection: Connection, entry_id: int) -> OutboxEntry | None:
    """Return an entry that is still to be posted; None: it was, or was given up."""
    entry = connection.execute(select(outbox).where(outbox.c.id == entry_id)).one()
    return None if entry.due_at is None else _to_entry(entry)


def count_failed_attempt(connection: Connection, entry: OutboxEntry, due_at: datetime | None) -> None:
    """Note another failed attempt, and when the next one is due; None: never."""
    values = {"attempts": entry.attempts + 1, "due_at": due_at}
    connection.execute(update(outbox).where(outbox.c.id == entry.id).values(values))


def set_answer_message(connection: Connection, job_id: int, message_id: int) -> None:
    """Note the message that shows a job."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(answer_message_id=message_id))


def _to_entry(row: Row[Any]) -> OutboxEntry:
    return OutboxEntry(row.id, row.job_id, row.sequence, row.created_at, row.attempts)
