"""Whether a guild's answers say how old faces look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards: no guild has chosen it so far."""
    op.add_column("guilds", sa.Column("age_answers", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Backwards."""
    op.drop_column("guilds", "age_answers")
