"""Versions of data sets as rows: written once, never changed. Every function asks for the guild, or gets an id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from core.domain.data.datasets import Dataset, DatasetClass, Findings, Shard
from core.storage.training_tables import datasets


@dataclass(frozen=True, slots=True)
class NewDataset:
    """What a version is made of, before it has a number."""

    guild_id: int
    name: str
    hash: str
    classes: tuple[DatasetClass, ...]
    shards: tuple[Shard, ...]
    without_face: int
    findings: Findings
    by: int
    age_counts: tuple[int, ...] = ()


def to_dataset(row: Row[Any]) -> Dataset:
    """A row of `datasets` as what travels."""
    manifest = row.manifest
    return Dataset(
        id=row.id,
        guild_id=row.guild_id,
        name=row.name,
        version=row.version,
        hash=row.hash,
        classes=tuple(DatasetClass(*one) for one in manifest["classes"]),
        shards=tuple(Shard(*one) for one in manifest["shards"]),
        pictures=row.pictures,
        without_face=manifest["without_face"],
        created_by=row.created_by,
        created_at=row.created_at,
        findings=Findings(**manifest["findings"]),
        age_counts=tuple(manifest.get("age_counts", ())),
        removed_at=datetime.fromisoformat(manifest["removed_at"]) if "removed_at" in manifest else None,
    )


def find_dataset(connection: Connection, dataset_id: int) -> Dataset | None:
    """The version with this id."""
    return _first(connection.execute(select(datasets).where(datasets.c.id == dataset_id)).all())


def is_removed(connection: Connection, dataset_id: int) -> bool:
    """Whether this version was removed, so that only its name is left."""
    manifest = connection.execute(select(datasets.c.manifest).where(datasets.c.id == dataset_id)).scalar()
    return manifest is not None and "removed_at" in manifest


def dataset_named(connection: Connection, guild_id: int, name: str, version: int | None) -> Dataset | None:
    """The version that people call so, even if it was removed, or the newest of that name that was not."""
    same = select(datasets).where(datasets.c.guild_id == guild_id, datasets.c.name == name)
    if version is not None:
        return _first(connection.execute(same.where(datasets.c.version == version)).all())
    named = map(to_dataset, connection.execute(same.order_by(datasets.c.version.desc())))
    return next((one for one in named if one.removed_at is None), None)


def datasets_of(connection: Connection, guild_id: int) -> list[Dataset]:
    """Newest first, without those that were removed."""
    theirs = select(datasets).where(datasets.c.guild_id == guild_id).order_by(datasets.c.id.desc())
    return [one for one in map(to_dataset, connection.execute(theirs)) if one.removed_at is None]


def mark_removed(connection: Connection, dataset: Dataset, by: int, now: datetime) -> None:
    """Keep the version's name, number and counts, for the runs and cards that name it; forget all else."""
    manifest: dict[str, Any] = {"classes": [], "shards": [], "without_face": dataset.without_face, "findings": {}}
    manifest |= {"removed_at": now.isoformat(), "removed_by": by}
    connection.execute(update(datasets).where(datasets.c.id == dataset.id).values(manifest=manifest))


def insert_dataset(connection: Connection, new: NewDataset, now: datetime) -> Dataset:
    """Write the name's next version; the caller keeps others from doing so."""
    same = datasets.c.guild_id == new.guild_id, datasets.c.name == new.name
    highest = select(func.coalesce(func.max(datasets.c.version), 0)).where(*same)
    values = {
        "guild_id": new.guild_id,
        "name": new.name,
        "version": connection.execute(highest).scalar_one() + 1,
        "hash": new.hash,
        "manifest": _manifest(new),
        "pictures": sum(one.pictures for one in new.classes),
        "created_by": new.by,
        "created_at": now,
    }
    return to_dataset(connection.execute(insert(datasets).values(values).returning(datasets)).one())


def _manifest(new: NewDataset) -> dict[str, Any]:
    manifest = {
        "classes": [[one.name, one.person_id, one.pictures] for one in new.classes],
        "shards": [[shard.sha256, shard.pictures, shard.size] for shard in new.shards],
        "without_face": new.without_face,
        "findings": asdict(new.findings),
    }
    return manifest | ({"age_counts": list(new.age_counts)} if new.age_counts else {})


def _first(rows: Sequence[Row[Any]]) -> Dataset | None:
    return to_dataset(rows[0]) if rows else None
