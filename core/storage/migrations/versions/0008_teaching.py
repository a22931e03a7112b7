"""Cards that are drawn ahead, votes that a crop shows no face, and what a guild learns from its chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.tables import UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INDEX, _TABLE, _MEMBER = "uq_labelling_cards_open", "labelling_cards", ["guild_id", "member_id"]


def upgrade() -> None:
    """Let a member have a card that is shown and the next beside it."""
    op.drop_index(_INDEX, _TABLE)
    with op.batch_alter_table(_TABLE) as table:
        table.alter_column("shown_at", existing_type=UtcTime(), nullable=True)
        table.add_column(sa.Column("picture", sa.String(64)))
    _create_index("answered_at IS NULL AND shown_at IS NOT NULL")
    with op.batch_alter_table("labelling_votes") as table:
        table.add_column(sa.Column("no_face", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("guilds") as table:
        table.add_column(sa.Column("chat_learning", sa.String(8), nullable=False, server_default="off"))
    with op.batch_alter_table("people") as table:
        table.add_column(sa.Column("consent", sa.String(8)))


def downgrade() -> None:
    """Backwards: cards that nobody has seen go."""
    op.drop_index(_INDEX, _TABLE)
    op.execute("DELETE FROM labelling_cards WHERE shown_at IS NULL")
    with op.batch_alter_table(_TABLE) as table:
        table.drop_column("picture")
        table.alter_column("shown_at", existing_type=UtcTime(), nullable=False)
    _create_index("answered_at IS NULL")
    with op.batch_alter_table("labelling_votes") as table:
        table.drop_column("no_face")
    with op.batch_alter_table("guilds") as table:
        table.drop_column("chat_learning")
    with op.batch_alter_table("people") as table:
        table.drop_column("consent")


def _create_index(condition: str) -> None:
    where = sa.text(condition)
    op.create_index(_INDEX, _TABLE, _MEMBER, unique=True, sqlite_where=where, postgresql_where=where)
