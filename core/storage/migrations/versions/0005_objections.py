"""Since when a person's face is not to be changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.add_column("people", sa.Column("objected_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Backwards: objections are forgotten."""
    op.drop_column("people", "objected_at")
