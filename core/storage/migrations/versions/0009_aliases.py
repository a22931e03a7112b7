"""Further names of people, and who was added by name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.tables import UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table; nobody was added by name so far."""
    op.add_column("people", sa.Column("added", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "person_aliases",
        sa.Column("id", _ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("alias", sa.String(64), nullable=False),
        sa.Column("key", sa.String(256), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_person_aliases_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_person_aliases"),
        sa.UniqueConstraint("guild_id", "key", name="uq_person_aliases_guild_id_key"),
    )
    op.create_index("ix_person_aliases_person_id", "person_aliases", ["person_id"])


def downgrade() -> None:
    """Backwards: aliases are forgotten."""
    op.drop_table("person_aliases")
    op.drop_column("people", "added")
