"""Jobs and their outbox; people, faces, labels; guilds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forwards."""
    _create_guilds()
    _create_jobs()
    _create_outbox()
    _create_people()
    _create_faces()
    _create_labels()


def downgrade() -> None:
    """Backwards: to an empty database."""
    for table in ("labels", "faces", "people", "outbox", "jobs", "guilds"):
        op.drop_table(table)


def _create_guilds() -> None:
    op.create_table(
        "guilds",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("labelling", sa.String(16), nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("updated_by", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guilds"),
    )


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("queue", sa.String(16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("interaction_token", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("photo", sa.String(64)),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispatches", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("dispatched_at", TIME),
        sa.Column("started_at", TIME),
        sa.Column("finished_at", TIME),
        sa.Column("lease_owner", sa.String(128)),
        sa.Column("lease_until", TIME),
        sa.Column("result", sa.JSON(none_as_null=True)),
        sa.Column("failure_code", sa.String(32)),
        sa.Column("failure_details", sa.JSON(none_as_null=True)),
        sa.Column("answer_message_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    columns = ["state", "queue", "priority", "created_at"]
    op.create_index(f"ix_jobs_{'_'.join(columns)}", "jobs", columns)
    op.create_index("ix_jobs_guild_id_created_at", "jobs", ["guild_id", "created_at"])
    op.create_index("ix_jobs_guild_id_state", "jobs", ["guild_id", "state"])
    op.create_index("ix_jobs_kind_finished_at", "jobs", ["kind", "finished_at"])
    op.create_index("ix_jobs_queue_started_at", "jobs", ["queue", "started_at"])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", TIME),
        sa.Column("message_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_outbox_job_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("job_id", "sequence", name="uq_outbox_job_id_sequence"),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("key", sa.String(256), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("guild_id", "key", name="uq_people_guild_id_key"),
    )


def _create_faces() -> None:
    op.create_table(
        "faces",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", ID),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("photo", sa.String(64)),
        *(sa.Column(side, sa.Float(), nullable=False) for side in ("x", "y", "w", "h", "score")),
        sa.Column("landmarks", sa.JSON(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=False),
        sa.Column("embedder", sa.String(64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("person_id", ID),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_faces_job_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_faces_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_faces"),
        sa.UniqueConstraint("job_id", "number", name="uq_faces_job_id_number"),
    )
    op.create_index("ix_faces_guild_id_photo", "faces", ["guild_id", "photo"])
    op.create_index("ix_faces_person_id", "faces", ["person_id"])


def _create_labels() -> None:
    op.create_table(
        "labels",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("face_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("said_by", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("source", sa.String(512), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_labels_face_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_labels_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
    )
    op.create_index("ix_labels_guild_id_id", "labels", ["guild_id", "id"])
    op.create_index("ix_labels_face_id", "labels", ["face_id"])
