"""Where the new embedding of a face waits until all of its guild's faces have one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "reembedded_faces",
        sa.Column("face_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        sa.Column("embedder", sa.String(64), nullable=False),
        sa.Column("embedding", sa.LargeBinary()),
        sa.Column("failure", sa.String(32)),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_reembedded_faces_face_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("face_id", name="pk_reembedded_faces"),
    )
    named = sa.text("person_id IS NOT NULL")
    op.create_index(
        "ix_faces_guild_id_embedder_named",
        "faces",
        ["guild_id", "embedder"],
        sqlite_where=named,
        postgresql_where=named,
    )


def downgrade() -> None:
    """Backwards: faces that have their new embedding keep it."""
    op.drop_index("ix_faces_guild_id_embedder_named", "faces")
    op.drop_table("reembedded_faces")
