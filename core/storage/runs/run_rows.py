"""Training runs as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, func, insert, select, update

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON, Failure, Job, Origin
from core.domain.training.runs import (
    UNDER_WAY,
    DesiredState,
    LiveStatus,
    Run,
    RunKind,
    RunState,
    StatusMessage,
)
from core.storage.jobs.lease_rows import held_by_owner
from core.storage.tables import jobs
from core.storage.training_tables import runs


def to_run(row: Row[Any]) -> Run:
    """A row of `runs` as what travels."""
    failed = row.failure_code is not None
    return Run(
        id=row.id,
        guild_id=row.guild_id,
        number=row.number,
        kind=RunKind(row.kind),
        preset=row.preset,
        config=row.config,
        seed=row.seed,
        dataset_id=row.dataset_id,
        state=RunState(row.state),
        desired_state=DesiredState(row.desired_state),
        step=row.step,
        steps=row.steps,
        seconds=row.seconds,
        segments=row.segments,
        job_id=row.job_id,
        parent_id=row.parent_id,
        parent_step=row.parent_step,
        origin=Origin(
            row.guild_id, row.channel_id, row.created_by, row.locale, row.application_id, row.interaction_token
        ),
        created_at=row.created_at,
        started_at=row.started_at,
        updated_at=row.updated_at,
        finished_at=row.finished_at,
        failure=Failure(ErrorCode(row.failure_code), row.failure_details or {}) if failed else None,
        live=None if row.live is None else LiveStatus(**row.live),
    )


def find_run(connection: Connection, run_id: int, *, lock: bool = False) -> Run | None:
    """The run, or None; `lock`: nobody else changes it until this transaction ends."""
    query = select(runs).where(runs.c.id == run_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return None if row is None else to_run(row)


def get_run(connection: Connection, run_id: int, *, lock: bool = False) -> Run:
    """The run.

    Raises:
        OmokageError: UNKNOWN_RUN.
    """
    run = find_run(connection, run_id, lock=lock)
    if run is None:
        raise OmokageError(ErrorCode.UNKNOWN_RUN)
    return run


def insert_run(connection: Connection, values: Mapping[str, Any], origin: Origin, now: datetime) -> Run:
    """Write a new run of the origin's guild, with the guild's next number; the caller keeps others from doing so."""
    highest = select(func.coalesce(func.max(runs.c.number), 0)).where(runs.c.guild_id == origin.guild_id)
    asked = {
        "guild_id": origin.guild_id,
        "channel_id": origin.channel_id,
        "created_by": origin.member_id,
        "locale": origin.locale,
        "application_id": origin.application_id,
        "interaction_token": "",  # a training's message is one of the channel, and no answer to the command
        "number": connection.execute(highest).scalar_one() + 1,
        "desired_state": DesiredState.RUN,
        "created_at": now,
        "updated_at": now,
    }
    return to_run(connection.execute(insert(runs).values({**asked, **values}).returning(runs)).one())


def change_run(connection: Connection, run_id: int, now: datetime, **values: Any) -> Run:
    """Write what has changed, and that something has."""
    changed = update(runs).where(runs.c.id == run_id).values({**values, "updated_at": now})
    return to_run(connection.execute(changed.returning(runs)).one())


def live_values(live: LiveStatus | None) -> Mapping[str, JSON] | None:
    """The column `live`."""
    return None if live is None else asdict(live)


def run_numbered(connection: Connection, guild_id: int, number: int | None) -> Run | None:
    """Return a guild's run of this number, or its newest; None: there is none."""
    query = select(runs).where(runs.c.guild_id == guild_id).order_by(runs.c.number.desc()).limit(1)
    if number is not None:
        query = query.where(runs.c.number == number)
    row = connection.execute(query).first()
    return None if row is None else to_run(row)


def newest_runs(connection: Connection, guild_id: int, limit: int) -> list[Run]:
    """Return a guild's runs, newest first."""
    newest = select(runs).where(runs.c.guild_id == guild_id).order_by(runs.c.number.desc()).limit(limit)
    return [to_run(row) for row in connection.execute(newest)]


def runs_changed_since(connection: Connection, when: datetime) -> list[Run]:
    """Return runs of all guilds that changed after this time, the longest unchanged first."""
    changed = select(runs).where(runs.c.updated_at > when).order_by(runs.c.updated_at, runs.c.id)
    return [to_run(row) for row in connection.execute(changed)]


def number_under_way(connection: Connection, guild_id: int, kind: RunKind) -> int | None:
    """Return the number of a guild's run of this kind that waits or trains; None: there is none."""
    same = runs.c.guild_id == guild_id, runs.c.kind == kind, runs.c.state.in_(UNDER_WAY)
    number: int | None = connection.execute(select(runs.c.number).where(*same)).scalar()
    return number


def number_training_on(connection: Connection, dataset_ids: Sequence[int]) -> int | None:
    """Return the number of a run on one of these data sets that is not over; None: there is none."""
    not_over = runs.c.state.in_([state for state in RunState if not state.is_over])
    on_them = select(runs.c.number).where(runs.c.dataset_id.in_(dataset_ids), not_over)
    return connection.execute(on_them.limit(1)).scalar()


def read_desired_state(connection: Connection, run_id: int, job: Job) -> DesiredState | None:
    """Return what was asked of a run last; None: its segment is not this job's worker's any more."""
    query = select(runs.c.desired_state).join(jobs, jobs.c.id == runs.c.job_id)
    state = connection.execute(query.where(runs.c.id == run_id, held_by_owner(job))).scalar()
    return None if state is None else DesiredState(state)


def write_live_status(connection: Connection, run_id: int, job_id: int, live: LiveStatus, now: datetime) -> None:
    """Write the newest figures of a run, if this job is its present segment."""
    same = runs.c.id == run_id, runs.c.job_id == job_id
    connection.execute(update(runs).where(*same).values(live=live_values(live), updated_at=now))


def is_picture_shown(connection: Connection, name: str) -> bool:
    """Return whether the live status of any run has a picture of this name."""
    shown = select(runs.c.id).where(cast(runs.c.live, Text).contains(f'"{name}"'))
    return connection.execute(shown.limit(1)).first() is not None


def write_status_message(connection: Connection, run_id: int, message: StatusMessage) -> None:
    """Write which message shows a run; this is no change of the run."""
    values = {
        "board_message_id": message.id,
        "board_posted_at": message.posted_at,
        "board_shown": message.content_hash,
    }
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))


def read_status_message(connection: Connection, run_id: int) -> StatusMessage | None:
    """Return which message shows a run; None: there is no such run."""
    columns = select(runs.c.board_message_id, runs.c.board_posted_at, runs.c.board_shown)
    row = connection.execute(columns.where(runs.c.id == run_id)).first()
    return None if row is None else StatusMessage(row[0], row[1], row[2])
