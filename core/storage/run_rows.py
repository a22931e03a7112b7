"""Runs, checkpoints and curves as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, union_all, update

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import ACTIVE, JSON, PENDING, Failure, JobState, Origin
from core.domain.training.runs import Checkpoint, CurvePoint, DesiredState, LiveStatus, Run, RunKind, RunState
from core.storage.job_rows import failure_values
from core.storage.tables import jobs
from core.storage.training_tables import checkpoints, points, runs, versions

UNDER_WAY = frozenset({RunState.WAITING, RunState.RUNNING})  # these have an unfinished job


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


def to_checkpoint(row: Row[Any]) -> Checkpoint:
    """A row of `checkpoints` as what travels."""
    values = row._mapping["values"]  # a row has a method of this name
    return Checkpoint(row.run_id, row.step, row.blob, row.size, values, row.created_at)


def find_run(connection: Connection, run_id: int, *, lock: bool = False) -> Run | None:
    """The run, or None; `lock`: nobody else changes it until this transaction ends."""
    asked = select(runs).where(runs.c.id == run_id)
    row = connection.execute(asked.with_for_update() if lock else asked).first()
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


def checkpoints_of(connection: Connection, run_id: int) -> list[Checkpoint]:
    """In the order of their steps."""
    kept = select(checkpoints).where(checkpoints.c.run_id == run_id).order_by(checkpoints.c.step)
    return [to_checkpoint(row) for row in connection.execute(kept)]


def insert_checkpoint(connection: Connection, checkpoint: Checkpoint) -> None:
    """Write it, in the place of one of the same step."""
    same = checkpoints.c.run_id == checkpoint.run_id, checkpoints.c.step == checkpoint.step
    connection.execute(delete(checkpoints).where(*same))
    connection.execute(insert(checkpoints).values(asdict(checkpoint)))


def delete_checkpoints(connection: Connection, run_id: int, steps: Iterable[int]) -> None:
    """Forget those of these steps; their blobs stay."""
    connection.execute(delete(checkpoints).where(checkpoints.c.run_id == run_id, checkpoints.c.step.in_(list(steps))))


def points_of(connection: Connection, run_id: int, after: int = -1) -> list[CurvePoint]:
    """Figures of the steps behind `after`, in the order of the steps."""
    later = select(points).where(points.c.run_id == run_id, points.c.step > after).order_by(points.c.step)
    return [CurvePoint(row.step, row._mapping["values"]) for row in connection.execute(later)]


def write_points(connection: Connection, run_id: int, new: Sequence[CurvePoint]) -> None:
    """Write figures, in the place of those of the same steps."""
    if not new:
        return
    steps = [point.step for point in new]
    connection.execute(delete(points).where(points.c.run_id == run_id, points.c.step.in_(steps)))
    rows = [{"run_id": run_id, "step": point.step, "values": dict(point.values)} for point in new]
    connection.execute(insert(points), rows)


def delete_points(connection: Connection, run_id: int, after: int) -> None:
    """Forget the figures of the steps behind `after`."""
    connection.execute(delete(points).where(points.c.run_id == run_id, points.c.step > after))


def blobs_in_use(connection: Connection, names: Iterable[str]) -> set[str]:
    """Those of these blobs that a checkpoint or a version still needs."""
    asked = list(names)
    kept = select(checkpoints.c.blob).where(checkpoints.c.blob.in_(asked))
    served = select(versions.c.weights).where(versions.c.weights.in_(asked))
    return set(connection.execute(union_all(kept, served)).scalars())


def settle_runs(connection: Connection, now: datetime, max_deaths: int) -> None:
    """Put runs in step with jobs that others have ended or given back: those of workers that died.

    A run whose job has failed for good has failed, too; one whose job waits again is waiting, and says so where
    `max_deaths` workers or more have died since its last checkpoint.
    """
    astray = _astray(max_deaths)
    for run_id in connection.execute(astray).scalars().all():
        get_run(connection, run_id, lock=True)
        row = connection.execute(astray.where(runs.c.id == run_id)).first()
        if row is None:
            continue  # its next worker was quicker
        if JobState(row.job_state).is_final:
            failure = failure_values(
                Failure(ErrorCode(row.failure_code or ErrorCode.INTERNAL), row.failure_details or {})
            )
            change_run(connection, run_id, now, state=RunState.FAILED, job_id=None, finished_at=now, **failure)
        else:
            change_run(connection, run_id, now, state=RunState.WAITING, **_deaths(row, max_deaths))


def any_astray(connection: Connection, max_deaths: int) -> bool:
    """Whether `settle_runs` has anything to do."""
    return connection.execute(_astray(max_deaths).limit(1)).first() is not None


def _deaths(row: Row[Any], max_deaths: int) -> Mapping[str, Any]:
    """What the run says of workers that died: nothing while they are few."""
    if row.attempts < max_deaths:
        return {}
    return failure_values(Failure(ErrorCode.WORKERS_DIED, {"attempts": row.attempts}))


def _astray(max_deaths: int) -> Select[Any]:
    """Runs under way whose job is not: it has ended by no act of theirs, or its worker has died."""
    unfinished = PENDING | ACTIVE
    running = (runs.c.state == RunState.RUNNING) & (jobs.c.state != JobState.RUNNING)
    ended = (runs.c.state == RunState.WAITING) & jobs.c.state.not_in(unfinished)
    # Its workers died before the first of them had begun.
    untold = (jobs.c.state == JobState.WAITING) & (jobs.c.attempts >= max_deaths) & runs.c.failure_code.is_(None)
    failure = jobs.c.failure_code, jobs.c.failure_details
    return (
        select(runs.c.id, runs.c.job_id, jobs.c.state.label("job_state"), jobs.c.attempts, *failure)
        .join(jobs, jobs.c.id == runs.c.job_id)
        .where(runs.c.state.in_(UNDER_WAY), running | ended | untold)
    )
