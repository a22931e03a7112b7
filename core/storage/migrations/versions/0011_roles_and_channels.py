"""A guild's labeller roles, the channels in which the bot answers, and the channel of its own announcements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; no guild has chosen any so far."""
    op.add_column("guilds", sa.Column("labeller_roles", sa.JSON()))
    op.add_column("guilds", sa.Column("answer_channels", sa.JSON()))
    op.add_column("guilds", sa.Column("gallery_channel", sa.BigInteger()))


def downgrade() -> None:
    """Backwards: every channel and no role is allowed."""
    op.drop_column("guilds", "gallery_channel")
    op.drop_column("guilds", "answer_channels")
    op.drop_column("guilds", "labeller_roles")
