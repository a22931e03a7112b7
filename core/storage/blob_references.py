"""References to blobs: every column of every table that holds names of blobs, so that needed ones are not deleted.

A new column that holds them is added here; tests/unit/core/storage/test_blob_references.py fails until it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Connection, Select, Text, cast, or_, select

from core.storage.labelling_tables import labelling_cards, labelling_faces
from core.storage.privacy_tables import receipts
from core.storage.tables import faces, guild_blobs, guilds, jobs, labels, people, person_aliases, reembedded_faces
from core.storage.training_tables import checkpoints, datasets, points, promotions, runs, versions
from core.storage.worker_tables import workers

__all__ = ["REFERRING", "UNRELATED", "BlobReference", "BlobUse", "blob_names_in", "blob_references", "still_referenced"]

_QUOTED_NAME = re.compile(r'"([0-9a-f]{64})"')
# Names in one statement: each one is a condition, and SQLite takes a thousand of them at most.
_BATCH = 200
_ROWS = 500  # at a time, so that the rows of a long history are never in memory together


class BlobUse(StrEnum):
    """What a blob is kept for."""

    PHOTO = "photos"
    ANSWER = "answers"
    DATASET = "data sets"
    TRAINING = "trainings"  # checkpoints, and the pictures of a training's message
    MODEL = "models"


@dataclass(frozen=True, slots=True)
class BlobReference:
    """A guild needs a blob."""

    sha256: str
    guild_id: int
    use: BlobUse


@dataclass(frozen=True, slots=True)
class _Source:
    """A column that holds a name, or JSON with names in it; `where` restricts it to rows that need the blob."""

    column: Column[Any]
    use: BlobUse
    where: ColumnElement[bool] | None = None

    @property
    def guild_id(self) -> Column[Any]:
        table = self.column.table
        return table.c.guild_id if "guild_id" in table.c else runs.c.guild_id  # of checkpoints

    @property
    def is_json(self) -> bool:
        return isinstance(self.column.type, JSON)

    def select(self, without_jobs: ColumnElement[bool] | None = None) -> Select[Any]:
        """Rows of a guild's id and the column's text; as if those jobs were deleted."""
        table = self.column.table
        text = cast(self.column, Text) if self.is_json else self.column
        rows = select(self.guild_id, text.label("text")).where(self.column.is_not(None))
        if self.guild_id.table is not table:
            rows = rows.join_from(table, self.guild_id.table)
        if table is jobs and without_jobs is not None:
            rows = rows.where(~without_jobs)
        return rows if self.where is None else rows.where(self.where)

    def names_in(self, text: str) -> list[str]:
        return _QUOTED_NAME.findall(text) if self.is_json else [text]

    def holds_any(self, names: Iterable[str]) -> ColumnElement[bool]:
        if not self.is_json:
            return self.column.in_(list(names))
        return or_(*(cast(self.column, Text).contains(f'"{name}"') for name in names))


# Of JSON, every string counts that looks like a name: whatever a new kind of job writes is kept by that.
REFERRING = (
    _Source(jobs.c.photo, BlobUse.PHOTO),
    _Source(jobs.c.params, BlobUse.PHOTO),
    _Source(jobs.c.result, BlobUse.ANSWER),
    # The photo of a face that nobody named is kept by its job, and no longer.
    _Source(faces.c.photo, BlobUse.PHOTO, where=faces.c.person_id.is_not(None)),
    _Source(labelling_cards.c.picture, BlobUse.ANSWER, where=labelling_cards.c.answered_at.is_(None)),
    _Source(datasets.c.manifest, BlobUse.DATASET),
    _Source(runs.c.config, BlobUse.TRAINING),
    _Source(runs.c.live, BlobUse.TRAINING),
    _Source(checkpoints.c.blob, BlobUse.TRAINING),
    _Source(versions.c.weights, BlobUse.MODEL),
    _Source(versions.c.card, BlobUse.MODEL),
    _Source(receipts.c.pending, BlobUse.DATASET),
)
# Columns that have room for a name, but hold none, or only mention it: which of a failed job's photos was refused.
UNRELATED = frozenset(
    {
        jobs.c.interaction_token,
        jobs.c.lease_owner,
        jobs.c.failure_details,
        people.c.name,
        people.c.key,
        person_aliases.c.alias,
        person_aliases.c.key,
        faces.c.landmarks,
        faces.c.embedding,
        faces.c.embedder,
        reembedded_faces.c.embedder,
        reembedded_faces.c.embedding,
        labels.c.source,
        guild_blobs.c.sha256,
        guilds.c.labeller_roles,
        guilds.c.answer_channels,
        datasets.c.name,
        datasets.c.hash,
        runs.c.interaction_token,
        runs.c.failure_details,
        runs.c.board_shown,
        checkpoints.c["values"],
        points.c["values"],
        versions.c.architecture,
        promotions.c.reason,
        labelling_faces.c.probabilities,
        labelling_faces.c.posterior,
        labelling_cards.c.face_ids,
        labelling_cards.c.names,
        labelling_cards.c.gold,
        receipts.c.counts,
        receipts.c.heads,
        receipts.c.datasets,
        workers.c.id,
        workers.c.libraries,
        workers.c.gpus,
        workers.c.tensorflow_gpus,
        workers.c.models,
    }
)


def blob_references(
    connection: Connection, *, guild_id: int | None = None, without_jobs: ColumnElement[bool] | None = None
) -> Iterator[BlobReference]:
    """Yield who needs which blob, from all tables; the same reference may come several times.

    Args:
        connection: of a transaction that reads.
        guild_id: only of this guild.
        without_jobs: as if the jobs that meet this condition were deleted.
    """
    for source in REFERRING:
        rows = source.select(without_jobs).execution_options(yield_per=_ROWS)
        if guild_id is not None:
            rows = rows.where(source.guild_id == guild_id)
        with connection.execute(rows) as result:  # closed, too, where nobody wants the rest
            for guild, text in result:
                for name in source.names_in(text):
                    yield BlobReference(name, guild, source.use)


def still_referenced(connection: Connection, names: Iterable[str]) -> set[str]:
    """Return those of these blobs that any row of any table still needs.

    Reads the JSON of all jobs, a tenth of a second of processor for 30,000 of them: not for what happens at each
    command.
    """
    needed: set[str] = set()
    ordered = sorted(set(names))
    for start in range(0, len(ordered), _BATCH):
        batch = ordered[start : start + _BATCH]
        for source in REFERRING:
            rows = connection.execute(source.select().where(source.holds_any(batch)))
            needed |= {name for _, text in rows for name in source.names_in(text)} & set(batch)
    return needed


def blob_names_in(text: str) -> set[str]:
    """Return what looks like the names of blobs in JSON."""
    return set(_QUOTED_NAME.findall(text))
