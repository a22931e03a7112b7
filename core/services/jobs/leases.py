"""A worker's side of a job: take it, keep it, end it; and what happens when a worker dies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from core.domain.errors import ErrorCode
from core.domain.jobs import BACKGROUND_KINDS, JSON, Failure, Job, JobState, LeaseStatus, Recovery
from core.domain.people import NewFace
from core.services.jobs.dispatcher import Dispatching
from core.storage.face_rows import insert_faces
from core.storage.job_rows import end_jobs, failure_values, get_job, to_job
from core.storage.retention_rows import note_stored
from core.storage.run_rows import any_astray, settle_runs
from core.storage.tables import jobs, outbox

_CLOCK_MARGIN_S = 60.0  # hosts' clocks may differ by some seconds; one that was set back differs by more
_NO_LEASE: Mapping[str, Any] = {"lease_owner": None, "lease_until": None, "started_at": None}


class Leases(Dispatching):
    """`owner` names one run of one worker (host, process, a random part): two runs never share it."""

    def claim(self, job_id: int, owner: str) -> Job | None:
        """Take a dispatched job, or one whose worker died; None: it is not ours to run."""
        now = self._clock()
        with self._database.write() as connection:
            row = connection.execute(
                update(jobs)
                .where(jobs.c.id == job_id, jobs.c.cancel_requested.is_(False), self._free(now))
                .values(state=JobState.RUNNING, attempts=jobs.c.attempts + 1, lease_owner=owner, started_at=now)
                .values(lease_until=self._after(self._limits.lease_s))
                .returning(jobs)
            ).first()
        return None if row is None else to_job(row)

    def renew(self, job_id: int, owner: str) -> LeaseStatus:
        """Keep the job for another lease; one that ran out is kept too, unless somebody else took the job."""
        with self._database.write() as connection:
            kept = update(jobs).where(_held(job_id, owner)).values(lease_until=self._after(self._limits.lease_s))
            cancelled = connection.execute(kept.returning(jobs.c.cancel_requested)).scalar()
        if cancelled is None:
            return LeaseStatus.LOST
        return LeaseStatus.CANCEL_REQUESTED if cancelled else LeaseStatus.HELD

    def finish(
        self,
        job_id: int,
        owner: str,
        result: Mapping[str, JSON],
        faces: Sequence[NewFace] = (),
        *,
        keep: bool = False,
    ) -> bool:
        """Write the result, the faces and the answer's outbox row, all or nothing.

        A job whose cancellation was asked for is cancelled instead, and nothing of its result is kept; unless `keep`,
        where to stop means to answer with what there is.

        Returns:
            False: the lease was lost, and nothing was written.
        """
        sizes = self._sizes_in(result)
        with self._database.write() as connection:
            ended = self._end(connection, job_id, owner, JobState.DONE, keep=keep, result=dict(result))
            if ended is JobState.DONE:
                job, now = get_job(connection, job_id), self._clock()
                insert_faces(connection, job, faces, now)
                note_stored(connection, job.origin.guild_id, sizes, now)
        return self._ended(ended)

    def fail(self, job_id: int, owner: str, failure: Failure) -> bool:
        """End the job without a result; False: the lease was lost, and nothing was written."""
        with self._database.write() as connection:
            ended = self._end(connection, job_id, owner, JobState.FAILED, **failure_values(failure))
        return self._ended(ended)

    def stop(self, job_id: int, owner: str) -> bool:
        """End the job as cancelled, after CANCEL_REQUESTED; False: the lease was lost, and nothing was written."""
        with self._database.write() as connection:
            ended = self._end(connection, job_id, owner, JobState.CANCELLED)
        return self._ended(ended)

    def release(self, job_id: int, owner: str) -> bool:
        """Give the job back unfinished, without counting the attempt; False: the lease was lost."""
        with self._database.write() as connection:
            back = update(jobs).where(_held(job_id, owner), jobs.c.cancel_requested.is_(False))
            values = {**_NO_LEASE, "state": JobState.WAITING, "attempts": jobs.c.attempts - 1}
            given = connection.execute(back.values(values).returning(jobs.c.id)).first() is not None
            cancelled = not given and self._end(connection, job_id, owner, JobState.CANCELLED) is not None
        if given or cancelled:
            self.dispatch()
        return given or cancelled

    def recover(self) -> Recovery:
        """Give back or end the jobs of dead workers, send lost messages again, then dispatch.

        Any number of processes may call this at any time; two seconds apart is often enough.
        """
        self._cap_times()
        requeued, failed, cancelled = self._expire()
        self._settle_runs()
        redispatched = self._redispatch()
        self.dispatch()
        return Recovery(tuple(redispatched), tuple(requeued), tuple(failed), tuple(cancelled))

    def _expire(self) -> tuple[list[int], list[int], list[int]]:
        now = self._clock()
        expired = and_(jobs.c.state == JobState.RUNNING, jobs.c.lease_until < now)
        # Both are rare; without them nobody has to wait for a writer.
        asked = and_(jobs.c.state == JobState.DISPATCHED, jobs.c.cancel_requested)
        with self._database.read() as connection:
            if connection.execute(select(jobs.c.id).where(or_(expired, asked)).limit(1)).first() is None:
                return [], [], []
        with self._database.write() as connection:
            cancelled = end_jobs(
                connection, or_(expired, asked), jobs.c.cancel_requested, state=JobState.CANCELLED, now=now
            )
            failure = Failure(ErrorCode.TOO_MANY_ATTEMPTS, {"attempts": self._limits.max_attempts})
            worn_out = and_(expired, jobs.c.attempts >= self._limits.max_attempts)
            with_answer = and_(worn_out, jobs.c.kind.not_in(BACKGROUND_KINDS))
            failed = end_jobs(connection, with_answer, state=JobState.FAILED, now=now, **failure_values(failure))
            requeued = self._pause(connection, worn_out)
            back = update(jobs).where(expired).values({**_NO_LEASE, "state": JobState.WAITING})
            requeued += connection.execute(back.returning(jobs.c.id)).scalars()
        return requeued, failed, cancelled

    def _pause(self, connection: Connection, worn_out: ColumnElement[bool]) -> list[int]:
        """Let silent jobs wait, each for longer than the last time; their ids."""
        rows = connection.execute(
            select(jobs.c.id, jobs.c.attempts).where(worn_out, jobs.c.kind.in_(BACKGROUND_KINDS))
        ).all()
        for row in rows:
            until = self._after(self._limits.pause_s(row.attempts))
            values = {**_NO_LEASE, "state": JobState.WAITING, "lease_until": until}
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(values))
        return [row.id for row in rows]

    def _cap_times(self) -> None:
        """Bring back what is due too late: a clock that was set back would hold it up for as long.

        A living worker renews its lease before the capped one ends.
        """
        caps = [
            (jobs, jobs.c.lease_until, self._limits.lease_s, jobs.c.state == JobState.RUNNING),
            (jobs, jobs.c.lease_until, self._limits.max_pause_s, jobs.c.state == JobState.WAITING),
            (jobs, jobs.c.dispatched_at, 0.0, jobs.c.state == JobState.DISPATCHED),
            (outbox, outbox.c.due_at, self._limits.max_resend_s, outbox.c.due_at.is_not(None)),
        ]
        late = [
            (table, column, cap, and_(state, column > self._after(cap + _CLOCK_MARGIN_S)))
            for table, column, cap, state in caps
        ]
        with self._database.read() as connection:
            if not any(
                connection.execute(select(table.c.id).where(when).limit(1)).first() for table, _, _, when in late
            ):
                return
        with self._database.write() as connection:
            for table, column, cap, when in late:
                connection.execute(update(table).where(when).values({column.name: self._after(cap)}))

    def _settle_runs(self) -> None:
        with self._database.read() as connection:
            if not any_astray(connection, self._limits.max_attempts):
                return
        with self._database.write() as connection:
            settle_runs(connection, self._clock(), self._limits.max_attempts)

    def _free(self, now: datetime) -> ColumnElement[bool]:
        abandoned = and_(
            jobs.c.state == JobState.RUNNING,
            jobs.c.lease_until < now,
            jobs.c.attempts < self._limits.max_attempts,
        )
        return or_(jobs.c.state == JobState.DISPATCHED, abandoned)

    def _end(
        self,
        connection: Connection,
        job_id: int,
        owner: str,
        state: JobState,
        *,
        keep: bool = False,
        **values: Any,
    ) -> JobState | None:
        """End the job that `owner` holds: as cancelled where that was asked for, else as `state`; None: lost.

        `keep`: as `state` in any case.
        """
        now, held = self._clock(), _held(job_id, owner)
        unasked = [] if keep else [jobs.c.cancel_requested.is_(False)]
        if end_jobs(connection, held, *unasked, state=state, now=now, **values):
            return state
        if end_jobs(connection, held, state=JobState.CANCELLED, now=now):
            return JobState.CANCELLED
        return None

    def _ended(self, ended: JobState | None) -> bool:
        if ended is not None:
            self.dispatch()  # there is room for another
        return ended is not None


def _held(job_id: int, owner: str) -> ColumnElement[bool]:
    return and_(jobs.c.id == job_id, jobs.c.state == JobState.RUNNING, jobs.c.lease_owner == owner)
