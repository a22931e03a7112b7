"""The table of receipts: proof that somebody was forgotten, without saying who."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, String, Table

from core.storage.tables import UtcTime, metadata

# `heads` and `datasets`: pairs of hashes, before and after. `pending`: what a worker has to do, with what it needs for
# it; null from then on, so that nothing of the person is left.
receipts = Table(
    "receipts",
    metadata,
    Column("id", String(32), primary_key=True),  # random
    Column("guild_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("asked_by", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("counts", JSON, nullable=False),
    Column("heads", JSON, nullable=False),
    Column("datasets", JSON, nullable=False),
    Column("pending", JSON(none_as_null=True)),
    Index(None, "guild_id", "created_at"),
)
