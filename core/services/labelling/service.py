"""Ask members about faces, card by card, until each face is settled."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.labelling.cards import (
    GOLD_FRACTION,
    GRID_FACES,
    IMPOSTOR_FRACTION,
    Card,
    next_card,
    settled_person,
)
from core.domain.labelling.consensus import SOMEBODY_ELSE, Response, fit_reliabilities, posterior
from core.domain.labelling.voters import SLOW_DOWN_FROM, Voter
from core.domain.people import Label, LabelProvenance
from core.storage import labelling_rows as rows
from core.storage.people.face_rows import copies_of_face_id
from core.storage.people.label_rows import add_label
from core.storage.people.people_rows import get_person, lock_people, person_names

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from core.storage.database import Database

CONSENSUS = "consensus"  # `source` of the labels that votes have given, with the card's number
_GOLD_FROM = 200  # faces that were named last, of which gold faces are taken


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as a member sees it; `gold` is not told."""

    id: int
    card: Card
    shown_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """What an answer did: faces that are settled now, by the person whom they show; `slow_down`: take more time."""

    settled: Mapping[int, int]
    slow_down: bool


@dataclass(frozen=True, slots=True)
class LabellingState:
    """Faces of a guild that are still open, and that are settled."""

    open: int
    settled: int


class LabellingService:
    """Cards and votes. Synchronous, thread-safe and light, since the bot uses it.

    The caller checks first who may label.

    Args:
        database: of faces, labels, cards and votes.
        clock: aware UTC.
        random_numbers: choose gold faces.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = now_utc,
        random_numbers: random.Random | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._random = random_numbers or random.Random()

    def add_faces(self, guild_id: int, probabilities: Mapping[int, Mapping[int, float]]) -> int:
        """Put up faces that nobody has named; return how many are new.

        Args:
            guild_id: whose faces.
            probabilities: by the faces' ids, the recogniser's of each person and of `SOMEBODY_ELSE`.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            return rows.add_faces(connection, guild_id, probabilities, self._clock())

    def state(self, guild_id: int) -> LabellingState:
        """Return how many faces are open, and how many are settled."""
        with self._database.read() as connection:
            return LabellingState(len(rows.open_faces(connection, guild_id)), rows.settled_count(connection, guild_id))

    def next_card(self, guild_id: int, member_id: int) -> ShownCard | None:
        """Return the card that a member has not answered yet, or else a new one; None: nothing is left to ask."""
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            faces = rows.open_faces(connection, guild_id)
            row = rows.find_open_card(connection, guild_id, member_id)
            if row is not None and not any(face_id in faces for face_id in row.face_ids):
                rows.drop_card(connection, row.id)  # others have settled all of it meanwhile
                row = None
            if row is None:
                card = next_card(faces, rows.answered_pairs(connection, guild_id, member_id))
                if card is None:
                    return None
                card, gold = self._with_gold(connection, guild_id, card)
                row = rows.insert_card(connection, (guild_id, member_id), card, gold, self._clock())
            return _shown(connection, row)

    def answer_grid(self, guild_id: int, member_id: int, card_id: int, struck: frozenset[int]) -> AnswerOutcome:
        """Take the answer to a grid: which of its faces do not show the person.

        Raises:
            OmokageError: CARD_CLOSED, it is answered already, or not this member's; BAD_OPTION, a face is not on it.
        """
        return self._answer(guild_id, member_id, card_id, lambda row: _grid_responses(row, struck))

    def answer_name(self, guild_id: int, member_id: int, card_id: int, person_id: int) -> AnswerOutcome:
        """Take the answer to a name card: whom its face shows, or `SOMEBODY_ELSE`.

        Raises:
            OmokageError: CARD_CLOSED; BAD_OPTION, the card is a grid.
        """
        return self._answer(guild_id, member_id, card_id, lambda row: _name_response(row, person_id))

    def skip(self, guild_id: int, member_id: int, card_id: int) -> None:
        """Leave a card unanswered; the member is not asked about it again.

        Raises:
            OmokageError: CARD_CLOSED.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            card = _open_card(connection, guild_id, member_id, card_id)
            rows.close_card(connection, card.id, self._clock())

    def undo(self, guild_id: int, member_id: int) -> ShownCard:
        """Take back the member's last answer, with what it has settled, and return its card, which is open again.

        Raises:
            OmokageError: NOTHING_TO_UNDO.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            card = rows.last_answered_card(connection, guild_id, member_id)
            if card is None:
                raise OmokageError(ErrorCode.NOTHING_TO_UNDO)
            reopened = rows.reopen_card(connection, card, self._clock())
            rows.reopen_faces(connection, guild_id, card.id, _source(card.id))
            self._settle(connection, guild_id, card.face_ids, rows.voters_of(connection, guild_id))
            return _shown(connection, reopened)

    def voter(self, guild_id: int, member_id: int) -> Voter:
        """Return how a member errs, for that member alone."""
        with self._database.read() as connection:
            return rows.voters_of(connection, guild_id).get(member_id, Voter())

    def judge_voters(self, guild_id: int) -> None:
        """Estimate anew how the guild's voters err; bad ones are muted, and open faces are looked at without them.

        Takes up to a second, so it does not belong between a click and its answer.
        """
        with self._database.read() as connection:
            evidence = rows.all_evidence(connection, guild_id)
        reliabilities = fit_reliabilities(evidence)
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            now, voters = self._clock(), rows.voters_of(connection, guild_id)
            for member_id, reliability in reliabilities.items():
                voters[member_id] = voters.get(member_id, Voter()).judged(reliability, now)
                rows.save_voter(connection, guild_id, member_id, voters[member_id], now)
            self._settle(connection, guild_id, rows.voted_faces(connection, guild_id), voters)

    def _answer(
        self, guild_id: int, member_id: int, card_id: int, read: Callable[[Row[Any]], dict[int, Response]]
    ) -> AnswerOutcome:
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            card = _open_card(connection, guild_id, member_id, card_id)
            responses, now = read(card), self._clock()
            for person_id in {response.person for response in responses.values()} - {SOMEBODY_ELSE}:
                get_person(connection, guild_id, person_id)
            rows.insert_votes(connection, card, responses, now)
            rows.close_card(connection, card.id, now)
            voters = rows.voters_of(connection, guild_id)
            seconds = (now - card.shown_at).total_seconds()
            voter = voters.get(member_id, Voter()).after_answer(seconds, is_grid=card.person_id is not None, now=now)
            rows.save_voter(connection, guild_id, member_id, voter, now)
            voters[member_id] = voter
            settled = self._settle(connection, guild_id, card.face_ids, voters, card_id=card.id, by=member_id)
            return AnswerOutcome(settled, slow_down=voter.hasty >= SLOW_DOWN_FROM)

    def _settle(
        self,
        connection: Connection,
        guild_id: int,
        face_ids: Sequence[int],
        voters: Mapping[int, Voter],
        *,
        card_id: int | None = None,
        by: int = 0,
    ) -> dict[int, int]:
        """Write what the votes say of open faces, and label those that they settle; return these, with the person."""
        muted = {member_id for member_id, voter in voters.items() if voter.muted_at is not None}
        reliabilities = {member_id: voter.reliability for member_id, voter in voters.items()}
        provenance = LabelProvenance(by, 0, None, _source(card_id), self._clock())
        settled: dict[int, int] = {}
        for face_id, evidence in rows.evidence_of(connection, guild_id, face_ids, muted).items():
            probabilities = posterior(evidence, reliabilities)
            # However sure the recogniser is, somebody has looked at what is settled.
            person = settled_person(probabilities) if evidence.responses else None
            rows.save_posterior(connection, face_id, probabilities, person, None if person is None else card_id)
            if person is None:
                continue
            settled[face_id] = person
            if person != SOMEBODY_ELSE:
                copies = copies_of_face_id(connection, face_id)
                add_label(connection, guild_id, copies, person, Label.IS, provenance=provenance)
        return settled

    def _with_gold(self, connection: Connection, guild_id: int, card: Card) -> tuple[Card, dict[int, int]]:
        """Put a face of which it is known whom it shows into a grid now and then, where nobody would look for it."""
        if card.person is None or self._random.random() >= GOLD_FRACTION * GRID_FACES:
            return card, {}
        other = self._random.random() < IMPOSTOR_FRACTION
        known = rows.named_faces(connection, guild_id, _GOLD_FROM)
        fitting = [face_id for face_id, person_id in known.items() if (person_id != card.person) == other]
        if not fitting:
            return card, {}
        gold = self._random.choice(sorted(fitting))
        faces = list(card.faces[: GRID_FACES - 1])
        faces.insert(self._random.randint(0, len(faces)), gold)
        return Card(tuple(faces), card.person), {gold: known[gold]}


def _open_card(connection: Connection, guild_id: int, member_id: int, card_id: int) -> Row[Any]:
    card = rows.find_open_card(connection, guild_id, member_id)
    if card is None or card.id != card_id:
        raise OmokageError(ErrorCode.CARD_CLOSED)
    return card


def _grid_responses(card: Row[Any], struck: frozenset[int]) -> dict[int, Response]:
    if card.person_id is None or not struck <= set(card.face_ids):
        raise OmokageError(ErrorCode.BAD_OPTION, option="face", value="?", allowed="the faces of the card")
    return {id_: Response(card.member_id, card.person_id, id_ not in struck) for id_ in card.face_ids}


def _name_response(card: Row[Any], person_id: int) -> dict[int, Response]:
    if card.person_id is not None:
        raise OmokageError(ErrorCode.BAD_OPTION, option="name", value="?", allowed="the faces of the card")
    return {card.face_ids[0]: Response(card.member_id, person_id, agrees=True)}


def _shown(connection: Connection, row: Row[Any]) -> ShownCard:
    """Return a card without the names of people who were removed since it was made."""
    known = person_names(connection, row.guild_id)
    names = tuple(person_id for person_id in row.names if person_id in known)
    return ShownCard(row.id, Card(tuple(row.face_ids), row.person_id, names), row.shown_at)


def _source(card_id: int | None) -> str:
    return CONSENSUS if card_id is None else f"{CONSENSUS}:{card_id}"
