"""Answers that are to be posted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from core.domain.jobs import OutboxEntry
from core.services.jobs.base import JobBase
from core.storage.job_rows import to_entry
from core.storage.tables import jobs, outbox


class Outbox(JobBase):
    """Written with a job's end, read by the relay until Discord has it."""

    def pending_outbox(self, limit: int = 50) -> list[OutboxEntry]:
        """Answers to post now, those first that have been due for longest."""
        due = select(outbox).where(outbox.c.due_at <= self._clock()).order_by(outbox.c.due_at, outbox.c.id).limit(limit)
        with self._database.read() as connection:
            return [to_entry(row) for row in connection.execute(due)]

    def mark_sent(self, entry_id: int, message_id: int | None) -> None:
        """The answer is in the chat; a second call changes nothing."""
        with self._database.write() as connection:
            sent = update(outbox).where(outbox.c.id == entry_id, outbox.c.sent_at.is_(None))
            values = {"sent_at": self._clock(), "due_at": None, "message_id": message_id}
            job_id = connection.execute(sent.values(values).returning(outbox.c.job_id)).scalar()
            if job_id is not None and message_id is not None:
                connection.execute(update(jobs).where(jobs.c.id == job_id).values(answer_message_id=message_id))

    def note_send_failure(self, entry_id: int, retry_at: datetime) -> bool:
        """Try again at `retry_at`; False: given up, a day after the job's end."""
        with self._database.write() as connection:
            entry = connection.execute(select(outbox).where(outbox.c.id == entry_id)).one()
            if entry.due_at is None:
                return False
            last = entry.created_at + timedelta(seconds=self._limits.give_up_sending_after_s)
            due_at = retry_at if retry_at <= last else None
            values = {"attempts": entry.attempts + 1, "due_at": due_at}
            connection.execute(update(outbox).where(outbox.c.id == entry_id).values(values))
        return due_at is not None

    def set_answer_message(self, job_id: int, message_id: int) -> None:
        """Remember the message that shows this job, so that a restarted bot can go on editing it."""
        with self._database.write() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(answer_message_id=message_id))
