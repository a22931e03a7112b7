"""Receipts of what was forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.tables import UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime()),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("datasets", sa.JSON(), nullable=False),
        sa.Column("pending", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
    )
    op.create_index("ix_receipts_guild_id_created_at", "receipts", ["guild_id", "created_at"])


def downgrade() -> None:
    """Backwards: what is forgotten stays so, without its receipt."""
    op.drop_table("receipts")
