"""What is deleted after a time, and how much each guild stores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "guild_blobs",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "sha256", name="pk_guild_blobs"),
    )
    op.create_table(
        "chores",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chores"),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )
    op.create_index("ix_faces_photo", "faces", ["photo"])
    _create_partial_index("ix_faces_created_at_unnamed", "faces", "person_id IS NULL")
    _create_partial_index("ix_jobs_created_at_with_token", "jobs", "interaction_token != ''")
    # Nobody ever read it from there.
    op.execute("UPDATE runs SET interaction_token = ''")


def downgrade() -> None:
    """Backwards: what was deleted stays deleted."""
    op.drop_index("ix_jobs_created_at_with_token", "jobs")
    op.drop_index("ix_faces_created_at_unnamed", "faces")
    op.drop_index("ix_faces_photo", "faces")
    op.drop_table("installation")
    op.drop_table("chores")
    op.drop_table("guild_blobs")


def _create_partial_index(name: str, table: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, ["created_at"], sqlite_where=condition, postgresql_where=condition)
