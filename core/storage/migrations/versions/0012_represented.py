"""For how many others a face stands that members are asked about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    column = sa.Column("represented", sa.Integer(), nullable=False, server_default="0")
    op.add_column("labelling_faces", column)


def downgrade() -> None:
    """Backwards: cards come in the older order."""
    op.drop_column("labelling_faces", "represented")
