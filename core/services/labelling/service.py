"""Ask members about faces, card by card, until each face is settled."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.labelling.cards import (
    AnswerOutcome,
    Card,
    CardRef,
    LabellingState,
    Proposal,
    ShownCard,
)
from core.domain.labelling.consensus import Response
from core.domain.labelling.voters import SLOW_DOWN_FROM, Voter
from core.domain.people import LabelProvenance, person_name
from core.services.labelling.answers import Answer, grid_answer, name_answer, new_name_answer, no_face_answer
from core.services.labelling.choosing import choose_card, has_objecting, show_prepared
from core.services.labelling.settling import muted, settle, source_of
from core.storage import labelling_rows as rows
from core.storage.labelling_collection import (
    add_faces,
    consent_to_learning,
    save_probabilities,
    save_represented,
)
from core.storage.people.people_rows import get_or_create_person, lock_people, person_names

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from core.storage.database import Database

NO_FACE_VOTES = 2  # members who must say that a crop shows no person; a moderator's word is enough
CONTRIBUTED = "contributed"  # `source` of people who were created by a contributor's proposal


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

    def add_faces(
        self,
        guild_id: int,
        probabilities: Mapping[int, Mapping[int, float]],
        proposals: Mapping[int, Proposal] = MappingProxyType({}),
        represented: Mapping[int, int] = MappingProxyType({}),
    ) -> int:
        """Put up faces that nobody has named, or bring what is known of them up to date; return how many are new.

        Args:
            guild_id: whose faces.
            probabilities: by the faces' ids, the recogniser's of each person and of `SOMEBODY_ELSE`.
            proposals: whom new faces show, as somebody said who contributed them: a vote, which settles nothing alone.
            represented: for how many others a face stands; one that is missing stands for none.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            new = add_faces(connection, guild_id, probabilities, self._clock())
            known = rows.open_faces(connection, guild_id).keys() - set(new)
            save_probabilities(connection, {id_: probabilities[id_] for id_ in known & probabilities.keys()})
            save_represented(connection, guild_id, represented)
            for face_id in new:
                if face_id in proposals:
                    self._propose(connection, guild_id, face_id, proposals[face_id])
            settle(connection, guild_id, list(probabilities), rows.voters_of(connection, guild_id), self._clock())
            return len(new)

    def state(self, guild_id: int) -> LabellingState:
        """Return how many faces are open, and how many are settled."""
        with self._database.read() as connection:
            return LabellingState(len(rows.open_faces(connection, guild_id)), rows.settled_count(connection, guild_id))

    def next_card(self, guild_id: int, member_id: int) -> ShownCard | None:
        """Return the card that a member has not answered yet, or else a new one; None: nothing is left to ask."""
        shown_to = guild_id, member_id
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            row = rows.find_open_card(connection, *shown_to)
            if row is not None and not _is_to_answer(connection, row):
                rows.drop_card(connection, row.id)
                row = None
            row = row or show_prepared(connection, shown_to, self._clock())
            row = row or choose_card(connection, shown_to, self._random, self._clock())
            return None if row is None else _shown(connection, row)

    def prepare_card(self, guild_id: int, member_id: int) -> int | None:
        """Choose the card that a member is to see after the open one; return its id, None where there is none to draw.

        It is chosen as if the member had answered the open one.
        """
        shown_to = guild_id, member_id
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            if rows.find_prepared_card(connection, *shown_to) is not None:
                return None
            shown = rows.find_open_card(connection, *shown_to)
            without = () if shown is None else shown.face_ids
            row = choose_card(connection, shown_to, self._random, None, without=without)
            return None if row is None else int(row.id)

    def picture(self, guild_id: int, card_id: int) -> str | None:
        """Return the blob of a card's picture, None until it is drawn.

        Raises:
            OmokageError: CARD_CLOSED, the guild has no such card.
        """
        with self._database.read() as connection:
            row = rows.find_card(connection, card_id)
        if row is None or row.guild_id != guild_id:
            raise OmokageError(ErrorCode.CARD_CLOSED)
        picture: str | None = row.picture
        return picture

    def answer_grid(
        self, ref: CardRef, struck: frozenset[int], no_face: frozenset[int] = frozenset(), *, is_moderator: bool = False
    ) -> AnswerOutcome:
        """Take the answer to a grid.

        Args:
            ref: the card.
            struck: its faces that do not show the person.
            no_face: its faces that show no person at all.
            is_moderator: whether this member alone decides about `no_face`; of others it takes two.

        Raises:
            OmokageError: CARD_CLOSED, it is answered already, or not this member's; BAD_OPTION, a face is not on it.
        """
        return self._answer(ref, grid_answer(struck, no_face, decides_no_face=is_moderator))

    def answer_name(self, ref: CardRef, person_id: int) -> AnswerOutcome:
        """Take the answer to a name card: whom its face shows, or `SOMEBODY_ELSE`.

        Raises:
            OmokageError: CARD_CLOSED; UNKNOWN_PERSON; BAD_OPTION, the card is a grid.
        """
        return self._answer(ref, name_answer(person_id))

    def answer_new_name(self, ref: CardRef, name: str) -> AnswerOutcome:
        """Take the answer to a name card: the name of whom its face shows, of somebody known or new.

        Raises:
            OmokageError: CARD_CLOSED; BAD_NAME; BAD_OPTION, the card is a grid.
        """
        provenance = LabelProvenance(ref.member_id, 0, None, source_of(ref.id), self._clock())
        return self._answer(ref, new_name_answer(person_name(name), provenance))

    def answer_no_face(self, ref: CardRef, face_id: int, *, is_moderator: bool = False) -> AnswerOutcome:
        """Take the answer to a name card that its face is none; `is_moderator` as of `answer_grid`.

        Raises:
            OmokageError: CARD_CLOSED; BAD_OPTION, the card is a grid, or has another face.
        """
        return self._answer(ref, no_face_answer(face_id, decides_no_face=is_moderator))

    def shown_card(self, guild_id: int, member_id: int) -> ShownCard | None:
        """Return the card that a member looks at, or None."""
        with self._database.read() as connection:
            row = rows.find_open_card(connection, guild_id, member_id)
            return None if row is None else _shown(connection, row)

    def open_card(self, ref: CardRef) -> ShownCard:
        """Return the card that a member is to answer.

        Raises:
            OmokageError: CARD_CLOSED.
        """
        with self._database.read() as connection:
            return _shown(connection, _open_card(connection, ref))

    def faces_answered(self, guild_id: int, member_id: int, since: datetime) -> int:
        """Count the faces that a member has answered since a time."""
        with self._database.read() as connection:
            return rows.count_votes(connection, guild_id, member_id, since)

    def skip(self, ref: CardRef) -> None:
        """Leave a card unanswered; the member is not asked about it again.

        Raises:
            OmokageError: CARD_CLOSED.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, ref.guild_id)
            rows.close_card(connection, _open_card(connection, ref).id, self._clock())

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
            rows.reopen_faces(connection, guild_id, card.id, source_of(card.id))
            settle(connection, guild_id, card.face_ids, rows.voters_of(connection, guild_id), self._clock())
            return _shown(connection, reopened)

    def _answer(self, ref: CardRef, answer: Answer) -> AnswerOutcome:
        with self._database.write() as connection:
            lock_people(self._database, connection, ref.guild_id)
            card, now = _open_card(connection, ref), self._clock()
            rows.insert_votes(connection, card, answer.read(connection, card), now, answer.no_face)
            rows.close_card(connection, card.id, now)
            voters = rows.voters_of(connection, ref.guild_id)
            seconds = (now - card.shown_at).total_seconds()
            voter = voters.get(ref.member_id, Voter())
            voter = voter.after_answer(seconds, is_grid=card.person_id is not None, now=now)
            rows.save_voter(connection, ref.guild_id, ref.member_id, voter, now)
            voters[ref.member_id] = voter
            if answer.no_face:
                needed = 1 if answer.decides_no_face else NO_FACE_VOTES
                rows.close_no_faces(connection, card, muted(voters), votes_needed=needed)
            settled = settle(connection, ref.guild_id, card.face_ids, voters, now, card_id=card.id, by=ref.member_id)
            return AnswerOutcome(settled, slow_down=voter.hasty >= SLOW_DOWN_FROM)

    def _propose(self, connection: Connection, guild_id: int, face_id: int, proposal: Proposal) -> None:
        """Take the name that a contributor gave a face as the answer to a card that nobody was shown."""
        now, member_id = self._clock(), proposal.member_id
        provenance = LabelProvenance(member_id, 0, None, CONTRIBUTED, now)
        person_id = get_or_create_person(connection, guild_id, person_name(proposal.name), provenance)
        if proposal.is_self:
            consent_to_learning(connection, person_id, member_id)
        card = Card((face_id,), names=(person_id,))
        row = rows.insert_card(connection, (guild_id, member_id), card, {}, None)
        rows.insert_votes(connection, row, {face_id: Response(member_id, person_id, agrees=True)}, now)
        rows.close_card(connection, row.id, now)


def _open_card(connection: Connection, ref: CardRef) -> Row[Any]:
    card = rows.find_open_card(connection, ref.guild_id, ref.member_id)
    if card is None or card.id != ref.id:
        raise OmokageError(ErrorCode.CARD_CLOSED)
    return card


def _is_to_answer(connection: Connection, row: Row[Any]) -> bool:
    """Say whether others have left something of a card to ask, and nobody on it has objected meanwhile."""
    is_settled = rows.open_faces(connection, row.guild_id).keys().isdisjoint(row.face_ids)
    return not is_settled and not has_objecting(connection, row)


def _shown(connection: Connection, row: Row[Any]) -> ShownCard:
    """Return a card without the names of people who were removed since it was made."""
    known = person_names(connection, row.guild_id)
    names = tuple(person_id for person_id in row.names if person_id in known)
    return ShownCard(row.id, Card(tuple(row.face_ids), row.person_id, names), row.shown_at, row.picture)
