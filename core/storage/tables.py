"""The tables of the database.

A change here needs a migration; tests/integration/core/storage/test_migrations.py compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

# Constraints with names can be altered by later migrations, on SQLite too.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the type is INTEGER, which holds 64 bits there.
Id = BigInteger().with_variant(Integer, "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC datetimes in and out; SQLite stores them without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a naive time is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("queue", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("locale", String(16), nullable=False),
    Column("application_id", BigInteger, nullable=False),
    Column("interaction_token", Text, nullable=False),
    Column("params", JSON, nullable=False),
    Column("photo", String(64)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("dispatches", Integer, nullable=False, server_default="0"),  # messages sent since it last waited
    Column("cancel_requested", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcTime, nullable=False),
    Column("dispatched_at", UtcTime),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("lease_owner", String(128)),
    Column("lease_until", UtcTime),
    Column("result", JSON(none_as_null=True)),
    Column("failure_code", String(32)),
    Column("failure_details", JSON(none_as_null=True)),
    Column("answer_message_id", BigInteger),
    Index(None, "state", "queue", "priority", "created_at"),  # dispatch, recover, place: only unfinished jobs are read
    Index(None, "guild_id", "created_at"),  # /jobs
    Index(None, "guild_id", "state"),  # is there room for another
    Index(None, "kind", "finished_at"),  # how long jobs of a kind take
    Index(None, "queue", "started_at"),  # which messages were overtaken
)
# Of the jobs whose interaction can still be answered: few, whatever there is of history.
Index(
    "ix_jobs_created_at_with_token",
    jobs.c.created_at,
    sqlite_where=jobs.c.interaction_token != text("''"),
    postgresql_where=jobs.c.interaction_token != text("''"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("job_id", ForeignKey(jobs.c.id), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime),  # null: sent, or given up
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sent_at", UtcTime),
    Column("message_id", BigInteger),
    UniqueConstraint("job_id", "sequence"),  # one answer, whatever goes wrong
    Index(None, "due_at"),
)

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("name", String(64), nullable=False),
    Column("key", String(256), nullable=False),  # casefold makes up to three letters of one
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("consent", String(8)),  # why their face may be learnt from the chat: a Consent; null: it may not
    Column("added", Boolean, nullable=False, server_default=false()),  # by name, so that they stay without a picture
    Column("objected_at", UtcTime),  # since when the person is not to be named or aged; null: no objection
    UniqueConstraint("guild_id", "key"),
)

# Further names of people, among them readings in kana; `key` is also no other person's in `people`.
person_aliases = Table(
    "person_aliases",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("person_id", ForeignKey(people.c.id, ondelete="CASCADE"), nullable=False),
    Column("alias", String(64), nullable=False),
    Column("key", String(256), nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("guild_id", "key"),
    Index(None, "person_id"),
)

# Every face that a job found. `person_id` is the present state of the labels: whom it shows.
faces = Table(
    "faces",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("job_id", ForeignKey(jobs.c.id)),  # null: enrolled by the CLI
    Column("number", Integer, nullable=False),
    Column("photo", String(64)),
    Column("x", Float, nullable=False),
    Column("y", Float, nullable=False),
    Column("w", Float, nullable=False),
    Column("h", Float, nullable=False),
    Column("score", Float, nullable=False),
    Column("landmarks", JSON, nullable=False),
    Column("embedding", LargeBinary, nullable=False),
    Column("embedder", String(64), nullable=False),  # embeddings of different networks do not compare
    Column("created_at", UtcTime, nullable=False),
    Column("person_id", ForeignKey(people.c.id)),
    UniqueConstraint("job_id", "number"),
    Index(None, "guild_id", "photo"),  # the same photo posted again
    Index(None, "photo"),  # whether any guild still needs it
    Index(None, "person_id"),
)
# Those that are deleted after a time.
Index(
    "ix_faces_created_at_unnamed",
    faces.c.created_at,
    sqlite_where=faces.c.person_id.is_(None),
    postgresql_where=faces.c.person_id.is_(None),
)

# Whom the faces of a guild show, by embedder: which of them its recogniser compares with.
Index(
    "ix_faces_guild_id_embedder_named",
    faces.c.guild_id,
    faces.c.embedder,
    sqlite_where=faces.c.person_id.is_not(None),
    postgresql_where=faces.c.person_id.is_not(None),
)

# The embedding by the present embedder of a face that still has another's, or why it could not be made. A guild's go
# into `faces` together, so that its recogniser never compares with a part of its faces only.
reembedded_faces = Table(
    "reembedded_faces",
    metadata,
    Column("face_id", ForeignKey(faces.c.id, ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("embedder", String(64), nullable=False),
    Column("embedding", LargeBinary),
    Column("failure", String(32)),  # a ReembeddingFailure
)

# What was said about faces, by whom, where, when and how: written once, never changed.
labels = Table(
    "labels",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("face_id", ForeignKey(faces.c.id), nullable=False),
    Column("person_id", ForeignKey(people.c.id), nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("said_by", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("source", String(512), nullable=False),  # a longest file name of 255 bytes fits
    Column("created_at", UtcTime, nullable=False),
    Index(None, "guild_id", "id"),  # the version of a guild's gallery
    Index(None, "face_id"),
)

guilds = Table(
    "guilds",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("labelling", String(16), nullable=False),
    Column("language", String(16)),
    Column("age_answers", Boolean, nullable=False, server_default=false()),
    Column("chat_learning", String(8), nullable=False, server_default="off"),
    # Lists of ids; None: empty.
    Column("labeller_roles", JSON),
    Column("answer_channels", JSON),
    Column("gallery_channel", BigInteger),
    Column("learning_thread", BigInteger),  # where what was learnt is told; the bot begins it, nobody chooses it
    Column("updated_by", BigInteger, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

# What a guild's members have stored, for its quota: photos, and the pictures of answers. A row goes when the guild
# needs the blob no more; nothing is kept because of a row here.
guild_blobs = Table(
    "guild_blobs",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),  # bytes
    Column("created_at", UtcTime, nullable=False),
)

# One row: by this id the store of blobs tells whether it belongs to this database, and may be swept by it.
installation = Table("installation", metadata, Column("id", String(32), primary_key=True))

# Work that one process does for all of them, now and then.
chores = Table(
    "chores",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("due_at", UtcTime, nullable=False),
)
