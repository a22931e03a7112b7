"""Withdraw data sets and the models that were trained on them. The caller calls `lock_training` first."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from core.domain.data.datasets import Dataset
from core.domain.jobs import JobState
from core.domain.privacy import FORGOTTEN
from core.domain.registry.promotion import promotion_stack
from core.domain.registry.versions import WITHDRAWN, Promotion, Version
from core.domain.training.runs import DesiredState, Run, RunKind, RunState
from core.storage.blob_references import blob_names_in
from core.storage.database import Database
from core.storage.dataset_rows import mark_removed
from core.storage.jobs.job_rows import end_job
from core.storage.people.changes import NO_BLOB
from core.storage.runs.run_rows import change_run, live_values, to_run
from core.storage.training_tables import checkpoints, runs, versions
from core.storage.version_rows import insert_promotion, list_promotions, versions_of_guild


def lock_training(database: Database, connection: Connection, guild_id: int) -> None:
    """Let nobody start a training, make a data set, or register or promote a version until the transaction ends."""
    for what in (f"runs-{guild_id}", f"datasets-{guild_id}", *(f"versions-{guild_id}-{kind}" for kind in RunKind)):
        database.advisory_lock(connection, f"omokage-{what}")


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was withdrawn, as it was before.

    `answering` are the ids of the versions that answered in the guild, `blobs` files that nobody needs for them any
    more, `checkpoints` how many of these are of trainings. The shards of the data sets are not among them.
    """

    datasets: tuple[Dataset, ...]
    versions: tuple[Version, ...]
    answering: frozenset[int]
    blobs: frozenset[str]
    checkpoints: int


def versions_to_withdraw(
    connection: Connection, guild_id: int, datasets: Collection[Dataset], person_id: int | None
) -> list[Version]:
    """Return the versions that were trained on these data sets, or that name the person, oldest first."""
    ids = {dataset.id for dataset in datasets}
    present = [version for version in versions_of_guild(connection, guild_id) if not version.is_withdrawn]
    return [
        version
        for version in present
        if version.dataset_id in ids or (person_id is not None and person_id in {owner for _, owner in version.classes})
    ]


def withdraw(
    connection: Connection,
    guild_id: int,
    datasets: Sequence[Dataset],
    withdrawn: Sequence[Version],
    *,
    receipt_id: str,
    now: datetime,
) -> Withdrawn:
    """Remove data sets, end the trainings on them, and take models out of service for good.

    Trainings keep their curves and lose checkpoints and pictures; versions keep number and architecture, and their
    cards say by which receipt they were withdrawn. Where the version that answers, or one that a rollback would lead
    to, is among them, the history begins anew.

    Args:
        connection: of a transaction that writes.
        guild_id: whose.
        datasets: that are not removed yet.
        withdrawn: versions that are not withdrawn yet.
        receipt_id: of the receipt.
        now: aware UTC.
    """
    blobs: set[str] = set()
    count = 0
    for run in _runs_of(connection, datasets, withdrawn):
        names = _forget_run(connection, run, now)
        count += len(names)
        blobs |= names
        if run.live is not None:
            blobs |= {name for name in (run.live.picture, run.live.samples) if name is not None}
    answering = _begin_promotions_anew(connection, guild_id, withdrawn, now)
    for version in withdrawn:
        blobs |= {version.weights} | _withdraw_version(connection, version, receipt_id)
    for dataset in datasets:
        mark_removed(connection, dataset, 0, now)
    return Withdrawn(tuple(datasets), tuple(withdrawn), answering, frozenset(blobs - {NO_BLOB}), count)


def _runs_of(connection: Connection, datasets: Sequence[Dataset], withdrawn: Sequence[Version]) -> list[Run]:
    on_datasets = runs.c.dataset_id.in_([dataset.id for dataset in datasets])
    of_versions = runs.c.id.in_([version.run_id for version in withdrawn if version.run_id is not None])
    of_them = or_(on_datasets, of_versions)
    return [to_run(row) for row in connection.execute(select(runs).where(of_them).with_for_update())]


def _forget_run(connection: Connection, run: Run, now: datetime) -> set[str]:
    """End a run where it is not over, and forget its checkpoints and pictures; return the checkpoints' blobs."""
    kept = select(checkpoints.c.blob).where(checkpoints.c.run_id == run.id)
    names = set(connection.execute(kept).scalars())
    connection.execute(delete(checkpoints).where(checkpoints.c.run_id == run.id))
    live = None if run.live is None else live_values(replace(run.live, picture=None, samples=None))
    changed: dict[str, Any] = {"live": live, "failure_details": None}
    if not run.state.is_over:
        if run.job_id is not None:  # a worker that has it loses it, and writes nothing more
            end_job(connection, run.job_id, JobState.CANCELLED, now)
        changed |= {"state": RunState.STOPPED, "desired_state": DesiredState.STOP, "job_id": None, "finished_at": now}
    change_run(connection, run.id, now, **changed)
    return names


def _withdraw_version(connection: Connection, version: Version, receipt_id: str) -> set[str]:
    """Delete what a version has learned and whom it names; return the blobs on its card."""
    row = connection.execute(select(versions).where(versions.c.id == version.id)).one()
    card = {**row.card, "classes": [], "metrics": {WITHDRAWN: receipt_id}}
    changed = update(versions).where(versions.c.id == version.id)
    connection.execute(changed.values(card=card, weights=NO_BLOB, size=0))
    return blob_names_in(json.dumps(row.card)) - {version.dataset_hash}


def _begin_promotions_anew(
    connection: Connection, guild_id: int, withdrawn: Sequence[Version], now: datetime
) -> frozenset[int]:
    """Let what needs no training answer in the place of withdrawn versions; return those that answered."""
    answering: set[int] = set()
    ids = {version.id for version in withdrawn}
    for kind in RunKind:
        stack = promotion_stack(list_promotions(connection, guild_id, kind))
        if not ids & set(stack):
            continue
        insert_promotion(connection, Promotion(guild_id, kind, None, False, FORGOTTEN, 0, now))
        if stack[-1] in ids:
            answering.add(stack[-1])
        else:
            insert_promotion(connection, Promotion(guild_id, kind, stack[-1], False, FORGOTTEN, 0, now))
    return frozenset(answering)
