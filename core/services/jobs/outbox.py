"""Answers that are to be posted: written with a job's end, read by the relay until Discord has them."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.domain.clock import Clock
from core.domain.jobs import JobLimits, OutboxEntry
from core.storage.database import Database
from core.storage.jobs.outbox_rows import (
    count_failed_attempt,
    due_entries,
    mark_entry_sent,
    set_answer_message,
    unsent_entry,
)


class Outbox:
    """The relay's side of a job; thread-safe."""

    def __init__(self, database: Database, clock: Clock, limits: JobLimits) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits

    def pending(self, limit: int = 50) -> list[OutboxEntry]:
        """Return the answers to post now, those first that have been due for longest."""
        with self._database.read() as connection:
            return due_entries(connection, self._clock(), limit)

    def mark_sent(self, entry_id: int, message_id: int | None) -> None:
        """Note that the answer is in the chat; a second call changes nothing."""
        with self._database.write() as connection:
            job_id = mark_entry_sent(connection, entry_id, message_id, self._clock())
            if job_id is not None and message_id is not None:
                set_answer_message(connection, job_id, message_id)

    def note_failure(self, entry_id: int, retry_at: datetime) -> bool:
        """Try again at `retry_at`; False: given up, a day after the job's end."""
        with self._database.write() as connection:
            entry = unsent_entry(connection, entry_id)
            if entry is None:
                return False
            last = entry.created_at + timedelta(seconds=self._limits.give_up_sending_after_s)
            due_at = retry_at if retry_at <= last else None
            count_failed_attempt(connection, entry, due_at)
        return due_at is not None

    def set_answer_message(self, job_id: int, message_id: int) -> None:
        """Remember the message that shows this job, so that a restarted bot can go on editing it."""
        with self._database.write() as connection:
            set_answer_message(connection, job_id, message_id)
