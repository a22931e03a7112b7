"""Jobs as rows: written by the bot, read by everybody, and the one way in which a job ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, or_, select, update

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import (
    BACKGROUND_KINDS,
    FINAL,
    JSON,
    ROUTES,
    Failure,
    Job,
    JobKind,
    JobRequest,
    JobState,
    Origin,
    QueueName,
)
from core.storage.tables import jobs, outbox

ANSWER = 1  # the sequence of a job's answer; later ones are for messages beside it


def to_job(row: Row[Any]) -> Job:
    """Return a row of `jobs` as a Job."""
    failed = row.failure_code is not None
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        state=JobState(row.state),
        queue=QueueName(row.queue),
        priority=row.priority,
        origin=Origin(
            row.guild_id, row.channel_id, row.member_id, row.locale, row.application_id, row.interaction_token
        ),
        params=row.params,
        photo=row.photo,
        attempts=row.attempts,
        cancel_requested=row.cancel_requested,
        created_at=row.created_at,
        dispatched_at=row.dispatched_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        lease_owner=row.lease_owner,
        lease_until=row.lease_until,
        result=row.result,
        failure=Failure(ErrorCode(row.failure_code), row.failure_details or {}) if failed else None,
        answer_message_id=row.answer_message_id,
    )


def find_job(connection: Connection, job_id: int, *, lock: bool = False) -> Job | None:
    """Return the job, or None; `lock`: no other transaction changes it until this one ends."""
    query = select(jobs).where(jobs.c.id == job_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else to_job(row)


def get_job(connection: Connection, job_id: int, *, lock: bool = False) -> Job:
    """Return the job, locked as by `find_job`.

    Raises:
        OmokageError: UNKNOWN_JOB.
    """
    job = find_job(connection, job_id, lock=lock)
    if job is None:
        raise OmokageError(ErrorCode.UNKNOWN_JOB)
    return job


def insert_job(connection: Connection, request: JobRequest, now: datetime, **columns: Any) -> Job:
    """Write a new job as received, or with other `columns`."""
    queue, priority = ROUTES[request.kind]
    origin = request.origin
    values = {
        "id": request.id,
        "kind": request.kind,
        "state": JobState.RECEIVED,
        "queue": queue,
        "priority": priority,
        "guild_id": origin.guild_id,
        "channel_id": origin.channel_id,
        "member_id": origin.member_id,
        "locale": origin.locale,
        "application_id": origin.application_id,
        "interaction_token": origin.interaction_token,
        "params": dict(request.params),
        "created_at": now,
        **columns,
    }
    return to_job(connection.execute(insert(jobs).values(values).returning(jobs)).one())


def store_params(connection: Connection, job_id: int, photo: str | None, params: Mapping[str, JSON]) -> bool:
    """Let a received job wait, now that its photos are stored; False: it is not received any more."""
    received = and_(jobs.c.id == job_id, jobs.c.state == JobState.RECEIVED)
    values = {"state": JobState.WAITING, "photo": photo, "params": params}
    return bool(connection.execute(update(jobs).where(received).values(values)).rowcount)


def request_cancellation(connection: Connection, job_id: int) -> None:
    """Let the worker that runs a job know that it is to stop."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(cancel_requested=True))


def delete_job(connection: Connection, job_id: int | None) -> None:
    """Forget a job that has no answer, and so no outbox row."""
    connection.execute(delete(jobs).where(jobs.c.id == job_id))


def end_job(
    connection: Connection,
    job_id: int,
    state: JobState,
    now: datetime,
    *,
    only_from: JobState | None = None,
    **values: Any,
) -> bool:
    """Give a job its final state; False: it had one, or is not in the state `only_from`."""
    conditions = [jobs.c.id == job_id]
    if only_from is not None:
        conditions.append(jobs.c.state == only_from)
    return bool(end_jobs(connection, *conditions, state=state, now=now, **values))


def end_unheld_job(connection: Connection, job_id: int, now: datetime) -> bool:
    """End, as cancelled, a job that no living worker has; False: one has it."""
    same = jobs.c.id == job_id
    unheld = or_(jobs.c.state != JobState.RUNNING, jobs.c.lease_until < now)
    end_jobs(connection, same, unheld, state=JobState.CANCELLED, now=now)
    running = select(jobs.c.id).where(same, jobs.c.state == JobState.RUNNING)
    return connection.execute(running).first() is None


def end_jobs(
    connection: Connection, *where: ColumnElement[bool], state: JobState, now: datetime, **values: Any
) -> list[int]:
    """Give the jobs that meet all of `where` their final state and an outbox row each; return their ids.

    Nothing else writes a final state or an answer's outbox row, so a job has one answer or none yet. Background kinds
    have none ever.
    """
    ending = update(jobs).where(*where, jobs.c.state.not_in(FINAL)).returning(jobs.c.id, jobs.c.kind)
    values |= {"state": state, "finished_at": now, "lease_until": None}
    ended = connection.execute(ending.values(values)).all()
    answers = [
        {"job_id": row.id, "sequence": ANSWER, "created_at": now, "due_at": now}
        for row in ended
        if row.kind not in BACKGROUND_KINDS
    ]
    if answers:
        connection.execute(insert(outbox), answers)
    return [row.id for row in ended]


def without_addresses(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job's parameters without the addresses of its photos, by which whoever has them can fetch these."""
    kept = {key: value for key, value in params.items() if key != "photo_url"}
    return {key: without_addresses(value) if isinstance(value, Mapping) else value for key, value in kept.items()}


def failure_values(failure: Failure) -> Mapping[str, Any]:
    """Return a failure as columns of `jobs` or `runs`."""
    return {"failure_code": failure.code, "failure_details": dict(failure.details)}
