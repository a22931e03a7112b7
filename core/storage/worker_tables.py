"""The table of workers, each of which keeps its own row up to date for as long as it runs."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer, String, Table, false

from core.storage.tables import UtcTime, metadata

workers = Table(
    "workers",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("host", String(63), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("queue", String(8), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("version", String(32), nullable=False),
    Column("revision", String(32), nullable=False),
    Column("python", String(32), nullable=False),
    Column("libraries", JSON, nullable=False),
    Column("cpus", Integer, nullable=False),
    Column("memory", BigInteger, nullable=False),  # bytes
    Column("gpus", JSON, nullable=False),
    Column("tensorflow_gpus", JSON(none_as_null=True)),  # null: TensorFlow was not asked
    Column("models", JSON, nullable=False),
    Column("draining", Boolean, nullable=False, server_default=false()),
    Column("drain_requested", Boolean, nullable=False, server_default=false()),  # by the operator
)
