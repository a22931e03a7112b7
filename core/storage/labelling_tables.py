"""The tables of labelling by many members: faces that they are asked about, cards, votes, and how voters err."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
)

from core.storage.tables import Id, UtcTime, metadata

# A face that members are asked about. `probabilities` are the recogniser's, `posterior` takes the votes in: both are
# pairs of person id and probability, 0 for somebody else. `settled`: the person whom it shows beyond doubt, or 0;
# `settled_by`: the card whose answer decided, null where the voters were judged anew. `represented`: for how many other
# open faces it stands.
labelling_faces = Table(
    "labelling_faces",
    metadata,
    Column("face_id", ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("probabilities", JSON, nullable=False),
    Column("posterior", JSON, nullable=False),
    Column("settled", BigInteger),
    Column("settled_by", BigInteger),
    Column("represented", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "guild_id", "settled"),
)

# A card that was shown to a member: faces that may show `person_id`; without a person, a face with names to choose
# from. `gold`: pairs of face and person that are known, to measure how the member errs. `shown_at` null: the card is
# drawn ahead, while the member looks at another. `picture`: the blob of its picture, null until that is drawn.
labelling_cards = Table(
    "labelling_cards",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE")),
    Column("face_ids", JSON, nullable=False),
    Column("names", JSON, nullable=False),
    Column("gold", JSON, nullable=False),
    Column("shown_at", UtcTime),
    Column("answered_at", UtcTime),
    Column("picture", String(64)),
    Index(None, "guild_id", "member_id", "answered_at"),
)
_IS_OPEN = labelling_cards.c.answered_at.is_(None) & labelling_cards.c.shown_at.is_not(None)
# One card at a time: whoever leaves in the middle finds it again.
Index(
    "uq_labelling_cards_open",
    labelling_cards.c.guild_id,
    labelling_cards.c.member_id,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)

# An answer about one face; `person_id` null: somebody else. `shows`: of a gold face, the person whom it shows.
# `no_face`: the crop shows no person at all.
labelling_votes = Table(
    "labelling_votes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("card_id", ForeignKey(labelling_cards.c.id, ondelete="CASCADE"), nullable=False),
    Column("face_id", ForeignKey("faces.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE")),
    Column("agrees", Boolean, nullable=False),
    Column("shows", BigInteger),
    Column("no_face", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("card_id", "face_id"),  # none counts twice
    Index(None, "guild_id", "id"),
    Index(None, "face_id"),
)

# How a member errs: probabilities of the two errors, and answers that they are estimated from. `hasty`: grids in a row
# that were answered faster than anybody can look at them. `muted_at`: since when the votes count for nothing.
labelling_voters = Table(
    "labelling_voters",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("miss", Float, nullable=False),
    Column("false_strike", Float, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("hasty", Integer, nullable=False),
    Column("muted_at", UtcTime),
    Column("updated_at", UtcTime, nullable=False),
)
