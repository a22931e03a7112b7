"""The tables of training: data sets, runs with their checkpoints and curves, model versions and which of them serve."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

import core.storage.labelling_tables
import core.storage.privacy_tables
import core.storage.worker_tables  # noqa: F401 - so that `metadata` has all tables
from core.storage.tables import Id, UtcTime, metadata

__all__ = ["checkpoints", "datasets", "metadata", "points", "promotions", "runs", "versions"]

# One row a version of a data set: written once, never changed.
datasets = Table(
    "datasets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("name", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("manifest", JSON, nullable=False),
    Column("pictures", Integer, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("guild_id", "name", "version"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),  # what people call it: 1, 2, 3 in each guild
    Column("kind", String(32), nullable=False),
    Column("preset", String(32), nullable=False),
    Column("config", JSON, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("dataset_id", ForeignKey(datasets.c.id), nullable=False),
    Column("state", String(16), nullable=False),
    Column("wish", String(16), key="desired_state", nullable=False),
    Column("step", Integer, nullable=False, server_default="0"),  # of the newest checkpoint
    Column("steps", Integer, nullable=False),
    Column("seconds", Float, nullable=False, server_default="0"),  # of training, waiting left out
    Column("segments", Integer, nullable=False, server_default="0"),
    Column("job_id", BigInteger),  # of the present segment
    Column("parent_id", ForeignKey("runs.id")),  # branched from this run ...
    Column("parent_step", Integer),  # ... at this step
    Column("channel_id", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("locale", String(16), nullable=False),
    Column("application_id", BigInteger, nullable=False),
    Column("interaction_token", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("updated_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("failure_code", String(32)),
    Column("failure_details", JSON(none_as_null=True)),
    Column("live", JSON(none_as_null=True)),  # what the board shows: see LiveStatus
    Column("board_message_id", BigInteger),
    Column("board_posted_at", UtcTime),
    Column("board_shown", String(64)),  # a hash of what the message shows
    UniqueConstraint("guild_id", "number"),
    Index(None, "state", "updated_at"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("id", Id, primary_key=True),
    Column("run_id", ForeignKey(runs.c.id), nullable=False),
    Column("step", Integer, nullable=False),
    Column("blob", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("values", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("run_id", "step"),
)

points = Table(
    "points",
    metadata,
    Column("run_id", ForeignKey(runs.c.id), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("values", JSON, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("number", Integer, nullable=False),  # 1, 2, 3 of a kind in each guild
    Column("run_id", ForeignKey(runs.c.id), unique=True),
    Column("dataset_id", ForeignKey(datasets.c.id)),
    Column("architecture", String(64), nullable=False),
    Column("weights", String(64), nullable=False),  # the blob's name is its sha256
    Column("size", BigInteger, nullable=False),
    Column("card", JSON, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("guild_id", "kind", "number"),
)

# What served when, and why; the newest row of a guild and kind is what serves. Null: what needs no training.
promotions = Table(
    "promotions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("version_id", ForeignKey(versions.c.id)),
    Column("forced", Boolean, nullable=False, server_default=false()),
    Column("back", Boolean, nullable=False, server_default=false()),  # takes the newest promotion back
    Column("reason", String(512), nullable=False),
    Column("said_by", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "guild_id", "kind", "id"),
)
