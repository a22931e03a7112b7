"""The thread in which a guild reads what its recogniser has learnt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no guild has such a thread so far."""
    op.add_column("guilds", sa.Column("learning_thread", sa.BigInteger()))


def downgrade() -> None:
    """Backwards: what was learnt is told in channels."""
    op.drop_column("guilds", "learning_thread")
