"""Model versions and promotions as rows. Every function takes the guild, or the id of a version, which has one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from core.domain.data.datasets import Dataset
from core.domain.jobs import JSON
from core.domain.registry.versions import LicensedPart, Promotion, Version, VersionDraft
from core.domain.training.runs import Run, RunKind
from core.storage.training_tables import promotions, versions


def to_version(row: Row[Any]) -> Version:
    """Make a version of a row of `versions`."""
    card = row.card
    return Version(
        id=row.id,
        guild_id=row.guild_id,
        kind=RunKind(row.kind),
        number=row.number,
        run_id=row.run_id,
        dataset_id=row.dataset_id,
        dataset_title=card["dataset_title"],
        dataset_hash=card["dataset_hash"],
        architecture=row.architecture,
        config=card["config"],
        classes=tuple((name, person_id) for name, person_id in card["classes"]),
        metrics=card["metrics"],
        parts=tuple(LicensedPart(name, licence) for name, licence in card["parts"]),
        weights=row.weights,
        size=row.size,
        created_by=row.created_by,
        created_at=row.created_at,
    )


def find_version(connection: Connection, version_id: int) -> Version | None:
    """Return the version, or None."""
    row = connection.execute(select(versions).where(versions.c.id == version_id)).first()
    return None if row is None else to_version(row)


def find_version_by_number(connection: Connection, guild_id: int, kind: RunKind, number: int) -> Version | None:
    """Return the guild's version of this kind and number, or None."""
    same = select(versions).where(versions.c.guild_id == guild_id, versions.c.kind == kind, versions.c.number == number)
    row = connection.execute(same).first()
    return None if row is None else to_version(row)


def find_version_of_run(connection: Connection, run_id: int) -> Version | None:
    """Return the version that a run made, or None."""
    row = connection.execute(select(versions).where(versions.c.run_id == run_id)).first()
    return None if row is None else to_version(row)


def list_versions(connection: Connection, guild_id: int, kind: RunKind) -> list[Version]:
    """Return the guild's versions of a kind, newest first."""
    of_kind = select(versions).where(versions.c.guild_id == guild_id, versions.c.kind == kind)
    return [to_version(row) for row in connection.execute(of_kind.order_by(versions.c.number.desc()))]


def versions_of_guild(connection: Connection, guild_id: int) -> list[Version]:
    """Return the guild's versions of all kinds, oldest first."""
    of_guild = select(versions).where(versions.c.guild_id == guild_id).order_by(versions.c.id)
    return [to_version(row) for row in connection.execute(of_guild)]


def serving_versions(connection: Connection, kind: RunKind) -> list[Version]:
    """Return the version of this kind that serves in each guild, where one does."""
    newest = select(func.max(promotions.c.id)).where(promotions.c.kind == kind).group_by(promotions.c.guild_id)
    serving = select(promotions.c.version_id).where(promotions.c.id.in_(newest))
    rows = connection.execute(select(versions).where(versions.c.id.in_(serving)).order_by(versions.c.id))
    return [to_version(row) for row in rows]


def insert_version(
    connection: Connection, run: Run, dataset: Dataset, draft: VersionDraft, *, weights: str, now: datetime
) -> Version:
    """Write a new version with the guild's next number; the caller holds the lock of the guild's versions."""
    values = {"guild_id": run.guild_id, "kind": run.kind, "run_id": run.id, "created_by": run.origin.member_id}
    return _insert(connection, values, dataset, draft, weights=weights, now=now)


def insert_successor(
    connection: Connection, version: Version, dataset: Dataset, draft: VersionDraft, *, weights: str, now: datetime
) -> Version:
    """Write the successor of a version, of which no run was made; the caller holds the lock of the guild's versions."""
    values = {"guild_id": version.guild_id, "kind": version.kind, "run_id": None, "created_by": version.created_by}
    return _insert(connection, values, dataset, draft, weights=weights, now=now)


def insert_learnt(
    connection: Connection,
    guild_id: int,
    member_id: int,
    dataset: Dataset,
    draft: VersionDraft,
    *,
    weights: str,
    now: datetime,
) -> Version:
    """Write a recogniser that was trained on labels, without a run; the caller holds the lock of the versions."""
    values = {"guild_id": guild_id, "kind": RunKind.RECOGNISER, "run_id": None, "created_by": member_id}
    return _insert(connection, values, dataset, draft, weights=weights, now=now)


def _insert(
    connection: Connection,
    owner: Mapping[str, Any],
    dataset: Dataset,
    draft: VersionDraft,
    *,
    weights: str,
    now: datetime,
) -> Version:
    same = versions.c.guild_id == owner["guild_id"], versions.c.kind == owner["kind"]
    highest = select(func.coalesce(func.max(versions.c.number), 0)).where(*same)
    values = {
        **owner,
        "number": connection.execute(highest).scalar_one() + 1,
        "dataset_id": dataset.id,
        "architecture": draft.architecture,
        "weights": weights,
        "size": len(draft.weights),
        "card": _card(dataset, draft),
        "created_at": now,
    }
    return to_version(connection.execute(insert(versions).values(values).returning(versions)).one())


def record_metric(connection: Connection, version_id: int, name: str, value: JSON) -> Version | None:
    """Add a metric to a version's card; the rest of the card stays. Return the version, None where there is none."""
    row = connection.execute(select(versions.c.card).where(versions.c.id == version_id).with_for_update()).first()
    if row is None:
        return None
    card = {**row.card, "metrics": {**row.card["metrics"], name: value}}
    changed = update(versions).where(versions.c.id == version_id).values(card=card)
    return to_version(connection.execute(changed.returning(versions)).one())


def serving_id(connection: Connection, guild_id: int, kind: RunKind) -> int | None:
    """Return the id of the version that serves; None: the baseline."""
    history = select(promotions.c.version_id).where(promotions.c.guild_id == guild_id, promotions.c.kind == kind)
    return connection.execute(history.order_by(promotions.c.id.desc()).limit(1)).scalar()


def list_promotions(connection: Connection, guild_id: int, kind: RunKind) -> list[Promotion]:
    """Return the guild's promotions of a kind, oldest first."""
    history = select(promotions).where(promotions.c.guild_id == guild_id, promotions.c.kind == kind)
    return [_to_promotion(row) for row in connection.execute(history.order_by(promotions.c.id))]


def insert_promotion(connection: Connection, promotion: Promotion) -> Promotion:
    """Write a promotion, which holds from the end of the transaction."""
    values = {
        "guild_id": promotion.guild_id,
        "kind": promotion.kind,
        "version_id": promotion.version_id,
        "forced": promotion.forced,
        "reason": promotion.reason,
        "said_by": promotion.promoted_by,
        "created_at": promotion.created_at,
        "back": promotion.back,
    }
    return _to_promotion(connection.execute(insert(promotions).values(values).returning(promotions)).one())


def _to_promotion(row: Row[Any]) -> Promotion:
    return Promotion(
        row.guild_id, RunKind(row.kind), row.version_id, row.forced, row.reason, row.said_by, row.created_at, row.back
    )


def _card(dataset: Dataset, draft: VersionDraft) -> Mapping[str, JSON]:
    return {
        "dataset_title": dataset.title,
        "dataset_hash": dataset.hash,
        "config": dict(draft.config),
        "classes": [list(class_) for class_ in draft.classes],
        "metrics": dict(draft.metrics),
        "parts": [[part.name, part.licence] for part in draft.parts],
    }
