"""Which blobs are still needed: a blob may go when nothing names it. Reads whole tables, so for rare changes only."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from sqlalchemy import Connection, Text, cast, select

from core.storage.dataset_rows import to_dataset
from core.storage.run_rows import blobs_in_use
from core.storage.tables import faces, jobs
from core.storage.training_tables import datasets, runs

_NAME = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_ROWS = 1000  # fetched together: some megabytes of results


def needed_blobs(connection: Connection, names: Collection[str]) -> set[str]:
    """Those of these blobs that a job, face, run, checkpoint, model version or data set of any guild names."""
    asked = set(names)
    if not asked:
        return set()
    needed = blobs_in_use(connection, asked)
    needed |= set(connection.execute(select(faces.c.photo).where(faces.c.photo.in_(asked))).scalars())
    needed |= {shard for shard in _shards(connection) if shard in asked}
    needed |= {name for name in _names_in_jobs(connection) if name in asked}
    return needed


def _shards(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(datasets)):
        yield from (shard.sha256 for shard in to_dataset(row).shards)


def _names_in_jobs(connection: Connection) -> Iterator[str]:
    """Whatever looks like a blob's name in the jobs and in what runs show."""
    texts = select(jobs.c.photo, cast(jobs.c.params, Text).label("params"), cast(jobs.c.result, Text).label("result"))
    for photo, params, result in connection.execute(texts).yield_per(_ROWS):
        yield photo or ""
        yield from _NAME.findall(f"{params} {result}")
    for (live,) in connection.execute(select(cast(runs.c.live, Text))).yield_per(_ROWS):
        yield from _NAME.findall(live or "")
