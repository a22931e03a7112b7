"""Faces that members are asked about, cards and votes, as rows. The caller holds the lock of the guild's people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from core.domain.labelling.cards import Card
from core.domain.labelling.consensus import SOMEBODY_ELSE, FaceEvidence, Reliability, Response
from core.domain.labelling.voters import Voter
from core.domain.people import Label
from core.storage.labelling_tables import labelling_cards, labelling_faces, labelling_voters, labelling_votes
from core.storage.people.people_rows import person_names
from core.storage.tables import faces, labels

_IS_OPEN = labelling_cards.c.answered_at.is_(None) & labelling_cards.c.shown_at.is_not(None)
_IS_PREPARED = labelling_cards.c.answered_at.is_(None) & labelling_cards.c.shown_at.is_(None)
_MAX_VOTES = 5000  # the newest of a guild, from which its voters are judged: a second's work


def open_faces(connection: Connection, guild_id: int) -> dict[int, dict[int, float]]:
    """Return the faces that are not settled and that nobody has named in another way, with their probabilities.

    A person who was removed since counts as somebody else.
    """
    known = person_names(connection, guild_id).keys()
    rows = connection.execute(_open_rows(guild_id).order_by(labelling_faces.c.face_id))
    return {row.face_id: _known_only(row.posterior, known) for row in rows}


def voted_faces(connection: Connection, guild_id: int) -> list[int]:
    """Return the open faces on which somebody has voted."""
    voted = select(labelling_votes.c.face_id).where(labelling_votes.c.guild_id == guild_id)
    rows = connection.execute(_open_rows(guild_id).where(labelling_faces.c.face_id.in_(voted)))
    return [row.face_id for row in rows]


def count_votes(connection: Connection, guild_id: int, member_id: int, since: datetime) -> int:
    """Count the faces on cards that were shown to a member about which the member has voted since a time."""
    shown = labelling_cards.c.id == labelling_votes.c.card_id, labelling_cards.c.shown_at.is_not(None)
    own = labelling_votes.c.guild_id == guild_id, labelling_votes.c.member_id == member_id
    votes = select(func.count()).where(*own, *shown, labelling_votes.c.created_at >= since)
    return connection.execute(votes).scalar_one()


def settled_count(connection: Connection, guild_id: int) -> int:
    """Count the faces that are settled."""
    settled = select(func.count()).select_from(labelling_faces).where(labelling_faces.c.guild_id == guild_id)
    return connection.execute(settled.where(labelling_faces.c.settled.is_not(None))).scalar_one()


def named_faces(connection: Connection, guild_id: int, limit: int) -> dict[int, int]:
    """Return whom named faces show, by face: those that were named last."""
    named = select(faces.c.id, faces.c.person_id).where(faces.c.guild_id == guild_id, faces.c.person_id.is_not(None))
    return {row.id: row.person_id for row in connection.execute(named.order_by(faces.c.id.desc()).limit(limit))}


def evidence_of(
    connection: Connection, guild_id: int, face_ids: Collection[int], muted: Collection[int]
) -> dict[int, FaceEvidence]:
    """Return what is known of those of these faces that are open, without the votes of muted members."""
    known = person_names(connection, guild_id).keys()
    rows = connection.execute(_open_rows(guild_id).where(labelling_faces.c.face_id.in_(list(face_ids)))).all()
    votes = select(labelling_votes).where(labelling_votes.c.face_id.in_([row.face_id for row in rows]))
    responses = _by_face(connection.execute(votes.order_by(labelling_votes.c.id)), muted)
    return {row.face_id: FaceEvidence(_known_only(row.probabilities, known), responses[row.face_id]) for row in rows}


def all_evidence(connection: Connection, guild_id: int) -> list[FaceEvidence]:
    """Return what is known of all faces of the guild that somebody voted on, gold faces among them."""
    newest = select(labelling_votes).where(labelling_votes.c.guild_id == guild_id)
    rows = connection.execute(newest.order_by(labelling_votes.c.id.desc()).limit(_MAX_VOTES)).all()
    probabilities = {
        row.face_id: _mapping(row.probabilities)
        for row in connection.execute(select(labelling_faces).where(labelling_faces.c.guild_id == guild_id))
    }
    gold = {row.face_id: row.shows for row in rows if row.shows is not None}
    return [
        FaceEvidence(probabilities.get(face_id, {}), responses, gold.get(face_id))
        for face_id, responses in _by_face(rows, ()).items()
    ]


def save_posterior(
    connection: Connection, face_id: int, posterior: Mapping[int, float], settled: int | None, settled_by: int | None
) -> None:
    """Write whom a face may show by all votes; where that is settled, also whom it shows and by which card."""
    row = update(labelling_faces).where(labelling_faces.c.face_id == face_id)
    connection.execute(row.values(posterior=to_pairs(posterior), settled=settled, settled_by=settled_by))


def reopen_faces(connection: Connection, guild_id: int, card_id: int, source: str) -> None:
    """Open the faces that a card's answer has settled, and delete the labels, of this source, that it gave them."""
    settled = labelling_faces.c.guild_id == guild_id, labelling_faces.c.settled_by == card_id
    connection.execute(update(labelling_faces).where(*settled).values(settled=None, settled_by=None))
    given = labels.c.guild_id == guild_id, labels.c.source == source
    pairs = connection.execute(select(labels.c.face_id, labels.c.person_id).where(*given)).all()
    connection.execute(delete(labels).where(*given))
    for face_id, person_id in pairs:
        # Somebody may have named the face since: the same, so that it stays, or another person.
        others = select(labels.c.id).where(labels.c.face_id == face_id, labels.c.person_id == person_id)
        shows = faces.c.id == face_id, faces.c.person_id == person_id
        others = others.where(labels.c.verdict == Label.IS)
        connection.execute(update(faces).where(*shows, ~others.exists()).values(person_id=None))


def find_open_card(connection: Connection, guild_id: int, member_id: int) -> Row[Any] | None:
    """Return the row of the card that a member has not answered, or None."""
    return connection.execute(_cards_of(guild_id, member_id).where(_IS_OPEN)).first()


def find_prepared_card(connection: Connection, guild_id: int, member_id: int) -> Row[Any] | None:
    """Return the row of the card that a member is to see next, or None."""
    return connection.execute(_cards_of(guild_id, member_id).where(_IS_PREPARED)).first()


def find_card(connection: Connection, card_id: int) -> Row[Any] | None:
    """Return the row of a card, or None."""
    return connection.execute(select(labelling_cards).where(labelling_cards.c.id == card_id)).first()


def last_answered_card(connection: Connection, guild_id: int, member_id: int) -> Row[Any] | None:
    """Return the row of the card that a member was shown and answered last, or None."""
    shown = labelling_cards.c.shown_at.is_not(None)  # a contributor's proposal is a card that nobody saw
    answered = _cards_of(guild_id, member_id).where(labelling_cards.c.answered_at.is_not(None), shown)
    order = labelling_cards.c.answered_at.desc(), labelling_cards.c.id.desc()
    return connection.execute(answered.order_by(*order).limit(1)).first()


def insert_card(
    connection: Connection, shown_to: tuple[int, int], card: Card, gold: Mapping[int, int], now: datetime | None
) -> Row[Any]:
    """Store a card that a member, by guild and id, is shown now, or later where `now` is None; return its row."""
    values = {
        "guild_id": shown_to[0],
        "member_id": shown_to[1],
        "person_id": card.person,
        "face_ids": list(card.faces),
        "names": list(card.names),
        "gold": to_pairs(gold),
        "shown_at": now,
    }
    return connection.execute(insert(labelling_cards).values(values).returning(labelling_cards)).one()


def show_card(connection: Connection, card_id: int, now: datetime) -> Row[Any]:
    """Note that a prepared card is shown; return its row."""
    shown = update(labelling_cards).where(labelling_cards.c.id == card_id).values(shown_at=now)
    return connection.execute(shown.returning(labelling_cards)).one()


def save_picture(connection: Connection, card_id: int, picture: str) -> None:
    """Write which blob is a card's picture."""
    connection.execute(update(labelling_cards).where(labelling_cards.c.id == card_id).values(picture=picture))


def close_card(connection: Connection, card_id: int, now: datetime) -> None:
    """Note that a card is answered."""
    connection.execute(update(labelling_cards).where(labelling_cards.c.id == card_id).values(answered_at=now))


def reopen_card(connection: Connection, card: Row[Any], now: datetime) -> Row[Any]:
    """Take back the answer to a card, and show it again in the place of the member's open card; return its row."""
    connection.execute(delete(labelling_votes).where(labelling_votes.c.card_id == card.id))
    of_member = labelling_cards.c.guild_id == card.guild_id, labelling_cards.c.member_id == card.member_id
    connection.execute(delete(labelling_cards).where(*of_member, labelling_cards.c.answered_at.is_(None)))
    reopened = update(labelling_cards).where(labelling_cards.c.id == card.id)
    return connection.execute(reopened.values(answered_at=None, shown_at=now).returning(labelling_cards)).one()


def drop_card(connection: Connection, card_id: int) -> None:
    """Delete a card that nobody has answered."""
    connection.execute(delete(labelling_cards).where(labelling_cards.c.id == card_id))


def answered_pairs(connection: Connection, guild_id: int, member_id: int) -> set[tuple[int, int]]:
    """Return (face, person) of all cards that a member answered; of name cards (face, `SOMEBODY_ELSE`)."""
    rows = connection.execute(_cards_of(guild_id, member_id).where(labelling_cards.c.answered_at.is_not(None)))
    return {(face_id, row.person_id or SOMEBODY_ELSE) for row in rows for face_id in row.face_ids}


def insert_votes(
    connection: Connection,
    card: Row[Any],
    responses: Mapping[int, Response],
    now: datetime,
    no_face: Collection[int] = (),
) -> None:
    """Store the answers to a card, by face; a face that was deleted meanwhile is left out.

    `no_face`: those that show no person at all.
    """
    gold = _mapping(card.gold)
    there = set(connection.execute(select(faces.c.id).where(faces.c.id.in_(list(responses)))).scalars())
    rows = [
        {
            "guild_id": card.guild_id,
            "member_id": card.member_id,
            "card_id": card.id,
            "face_id": face_id,
            "person_id": response.person or None,
            "agrees": response.agrees,
            "shows": gold.get(face_id),
            "no_face": face_id in no_face,
            "created_at": now,
        }
        for face_id, response in responses.items()
        if face_id in there
    ]
    if rows:
        connection.execute(insert(labelling_votes), rows)


def close_no_faces(connection: Connection, card: Row[Any], muted: Collection[int], *, votes_needed: int) -> list[int]:
    """Settle those faces of a card that so many members, muted ones not counted, say show no person; return them."""
    said = labelling_votes.c.face_id.in_(card.face_ids), labelling_votes.c.no_face
    members = func.count(func.distinct(labelling_votes.c.member_id))
    enough = select(labelling_votes.c.face_id).where(*said, labelling_votes.c.member_id.not_in(list(muted)))
    enough = enough.group_by(labelling_votes.c.face_id).having(members >= votes_needed)
    ids = list(connection.execute(enough).scalars())
    closed = update(labelling_faces).where(labelling_faces.c.face_id.in_(ids), labelling_faces.c.settled.is_(None))
    connection.execute(closed.values(settled=SOMEBODY_ELSE, settled_by=card.id))
    return ids


def voters_of(connection: Connection, guild_id: int) -> dict[int, Voter]:
    """Return the guild's voters by member."""
    rows = connection.execute(select(labelling_voters).where(labelling_voters.c.guild_id == guild_id))
    return {
        row.member_id: Voter(Reliability(row.miss, row.false_strike, row.answers), row.hasty, row.muted_at)
        for row in rows
    }


def save_voter(connection: Connection, guild_id: int, member_id: int, voter: Voter, now: datetime) -> None:
    """Write how a member errs."""
    own = labelling_voters.c.guild_id == guild_id, labelling_voters.c.member_id == member_id
    values = {
        "miss": voter.reliability.miss,
        "false_strike": voter.reliability.false_strike,
        "answers": voter.reliability.answers,
        "hasty": voter.hasty,
        "muted_at": voter.muted_at,
        "updated_at": now,
    }
    if not connection.execute(update(labelling_voters).where(*own).values(values)).rowcount:
        connection.execute(insert(labelling_voters).values(guild_id=guild_id, member_id=member_id, **values))


def _open_rows(guild_id: int) -> Select[Any]:
    up = select(labelling_faces).join(faces, faces.c.id == labelling_faces.c.face_id)
    is_open = labelling_faces.c.settled.is_(None), faces.c.person_id.is_(None)
    return up.where(labelling_faces.c.guild_id == guild_id, *is_open)


def _known_only(pairs: Iterable[Any], known: Collection[int]) -> dict[int, float]:
    probabilities = {SOMEBODY_ELSE: 0.0}
    for person, probability in pairs:
        key = int(person) if person in known else SOMEBODY_ELSE
        probabilities[key] = probabilities.get(key, 0.0) + probability
    return probabilities


def _cards_of(guild_id: int, member_id: int) -> Select[Any]:
    own = labelling_cards.c.guild_id == guild_id, labelling_cards.c.member_id == member_id
    return select(labelling_cards).where(*own)


def _by_face(votes: Iterable[Row[Any]], muted: Collection[int]) -> defaultdict[int, list[Response]]:
    responses: defaultdict[int, list[Response]] = defaultdict(list)
    for vote in votes:
        if vote.member_id not in muted:
            person = SOMEBODY_ELSE if vote.person_id is None else vote.person_id
            responses[vote.face_id].append(Response(vote.member_id, person, vote.agrees))
    return responses


def to_pairs(values: Mapping[int, float]) -> list[list[float]]:
    """Return a mapping as JSON holds it, whose keys would become texts."""
    return [[key, value] for key, value in values.items()]


def _mapping(pairs: Iterable[Any]) -> dict[int, Any]:
    return {int(key): value for key, value in pairs}
