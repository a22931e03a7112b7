"""Receipts as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from core.domain.privacy import PendingWork, Receipt, ReceiptKind, Replaced
from core.storage.privacy_tables import receipts


def to_receipt(row: Row[Any]) -> Receipt:
    """Make a receipt of a row."""
    return Receipt(
        id=row.id,
        guild_id=row.guild_id,
        kind=ReceiptKind(row.kind),
        asked_by=row.asked_by,
        created_at=row.created_at,
        finished_at=row.finished_at,
        counts=row.counts,
        heads=tuple(Replaced(*pair) for pair in row.heads),
        datasets=tuple(Replaced(*pair) for pair in row.datasets),
    )


def insert_receipt(connection: Connection, receipt: Receipt, pending: PendingWork | None) -> None:
    """Write a new receipt; `pending` None: nothing is left to do."""
    values = {
        "id": receipt.id,
        "guild_id": receipt.guild_id,
        "kind": receipt.kind,
        "asked_by": receipt.asked_by,
        "created_at": receipt.created_at,
        "finished_at": receipt.finished_at,
        "pending": None if pending is None else pending.to_json(),
        **_columns(receipt.counts, receipt.heads, receipt.datasets),
    }
    connection.execute(insert(receipts).values(values))


def find_receipt(connection: Connection, receipt_id: str, guild_id: int) -> Receipt | None:
    """Return the guild's receipt of this id, or None."""
    row = connection.execute(_of(receipt_id).where(receipts.c.guild_id == guild_id)).first()
    return None if row is None else to_receipt(row)


def receipts_of(connection: Connection, guild_id: int) -> list[Receipt]:
    """Return a guild's receipts, newest first."""
    of_guild = select(receipts).where(receipts.c.guild_id == guild_id)
    return [to_receipt(row) for row in connection.execute(of_guild.order_by(receipts.c.created_at.desc()))]


def find_pending(connection: Connection, receipt_id: str) -> tuple[Receipt, PendingWork] | None:
    """Return a receipt with what a worker has to do for it; None: nothing, or there is no such receipt."""
    row = connection.execute(_of(receipt_id)).first()
    if row is None or row.pending is None:
        return None
    return to_receipt(row), PendingWork.from_json(row.pending)


def pending_of(connection: Connection, guild_id: int) -> list[tuple[Receipt, PendingWork]]:
    """Return a guild's unfinished receipts with what is left to do, oldest first."""
    unfinished = select(receipts).where(receipts.c.guild_id == guild_id, receipts.c.pending.is_not(None))
    rows = connection.execute(unfinished.order_by(receipts.c.created_at))
    return [(to_receipt(row), PendingWork.from_json(row.pending)) for row in rows]


def unfinished_receipts(connection: Connection) -> list[tuple[str, int]]:
    """Return id and guild of all receipts for which a worker has something to do."""
    rows = connection.execute(select(receipts.c.id, receipts.c.guild_id).where(receipts.c.pending.is_not(None)))
    return [(row.id, row.guild_id) for row in rows]


def update_receipt(
    connection: Connection, receipt: Receipt, pending: PendingWork | None, finished_at: datetime | None
) -> None:
    """Write what has changed of a receipt: its counts, its hashes, and what is left to do."""
    values = {
        **_columns(receipt.counts, receipt.heads, receipt.datasets),
        "pending": None if pending is None else pending.to_json(),
        "finished_at": finished_at,
    }
    connection.execute(update(receipts).where(receipts.c.id == receipt.id).values(values))


def _columns(counts: Mapping[str, int], heads: Sequence[Replaced], datasets: Sequence[Replaced]) -> Mapping[str, Any]:
    return {
        "counts": dict(counts),
        "heads": [pair.to_json() for pair in heads],
        "datasets": [pair.to_json() for pair in datasets],
    }


def _of(receipt_id: str) -> Any:
    return select(receipts).where(receipts.c.id == receipt_id)
