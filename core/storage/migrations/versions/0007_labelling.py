"""Labelling by many members: faces that they are asked about, cards, votes, and how voters err."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.tables import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the four tables."""
    op.create_table(
        "labelling_faces",
        sa.Column("face_id", _ID, nullable=False, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("probabilities", sa.JSON(), nullable=False),
        sa.Column("posterior", sa.JSON(), nullable=False),
        sa.Column("settled", sa.BigInteger()),
        sa.Column("settled_by", sa.BigInteger()),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_labelling_faces_face_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("face_id", name="pk_labelling_faces"),
    )
    op.create_index("ix_labelling_faces_guild_id_settled", "labelling_faces", ["guild_id", "settled"])
    op.create_table(
        "labelling_cards",
        sa.Column("id", _ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", _ID),
        sa.Column("face_ids", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("gold", sa.JSON(), nullable=False),
        sa.Column("shown_at", UtcTime(), nullable=False),
        sa.Column("answered_at", UtcTime()),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_labelling_cards_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_labelling_cards"),
    )
    member = ["guild_id", "member_id"]
    op.create_index("ix_labelling_cards_guild_id_member_id_answered_at", "labelling_cards", [*member, "answered_at"])
    is_open = sa.text("answered_at IS NULL")
    op.create_index(
        "uq_labelling_cards_open",
        "labelling_cards",
        member,
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "labelling_votes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("card_id", _ID, nullable=False),
        sa.Column("face_id", _ID, nullable=False),
        sa.Column("person_id", _ID),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("shows", sa.BigInteger()),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["labelling_cards.id"], name="fk_labelling_votes_card_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_labelling_votes_face_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_labelling_votes_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_labelling_votes"),
        sa.UniqueConstraint("card_id", "face_id", name="uq_labelling_votes_card_id_face_id"),
    )
    op.create_index("ix_labelling_votes_guild_id_id", "labelling_votes", ["guild_id", "id"])
    op.create_index("ix_labelling_votes_face_id", "labelling_votes", ["face_id"])
    op.create_table(
        "labelling_voters",
        sa.Column("guild_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("miss", sa.Float(), nullable=False),
        sa.Column("false_strike", sa.Float(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("hasty", sa.Integer(), nullable=False),
        sa.Column("muted_at", UtcTime()),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "member_id", name="pk_labelling_voters"),
    )


def downgrade() -> None:
    """Backwards: labels that votes have given stay."""
    for table in ("labelling_voters", "labelling_votes", "labelling_cards", "labelling_faces"):
        op.drop_table(table)
