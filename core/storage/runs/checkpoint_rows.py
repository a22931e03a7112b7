"""Checkpoints and curves of training runs as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, union_all

from core.domain.training.runs import Checkpoint, CurvePoint
from core.storage.training_tables import checkpoints, points, versions


def to_checkpoint(row: Row[Any]) -> Checkpoint:
    """A row of `checkpoints` as what travels."""
    values = row._mapping["values"]  # a row has a method of this name
    return Checkpoint(row.run_id, row.step, row.blob, row.size, values, row.created_at)


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
    entries = list(names)
    kept = select(checkpoints.c.blob).where(checkpoints.c.blob.in_(entries))
    served = select(versions.c.weights).where(versions.c.weights.in_(entries))
    return set(connection.execute(union_all(kept, served)).scalars())
