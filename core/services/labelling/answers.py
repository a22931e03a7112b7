"""Answers to cards: what a click says about each face of the card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from core.domain.errors import ErrorCode, OmokageError
from core.domain.labelling.consensus import SOMEBODY_ELSE, Response
from core.storage.people.people_rows import get_or_create_person, get_person

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from core.domain.people import LabelProvenance

Responses: TypeAlias = dict[int, Response]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a card.

    `read` returns the responses by face, from the card's row. `no_face`: faces that show no person at all.
    `decides_no_face`: whether nobody else has to say so, too.
    """

    read: Callable[[Connection, Row[Any]], Responses]
    no_face: frozenset[int] = frozenset()
    decides_no_face: bool = False


def grid_answer(struck: frozenset[int], no_face: frozenset[int], *, decides_no_face: bool) -> Answer:
    """Answer a grid: these of its faces do not show the person, or no person at all."""

    def read(connection: Connection, card: Row[Any]) -> Responses:
        if card.person_id is None or not struck | no_face <= set(card.face_ids):
            raise _not_on_card("face")
        get_person(connection, card.guild_id, card.person_id)
        away = struck | no_face
        return {id_: Response(card.member_id, card.person_id, id_ not in away) for id_ in card.face_ids}

    return Answer(read, no_face, decides_no_face)


def name_answer(person_id: int) -> Answer:
    """Answer a name card: whom its face shows, or `SOMEBODY_ELSE`."""

    def read(connection: Connection, card: Row[Any]) -> Responses:
        face_id = _only_face(card)
        if person_id != SOMEBODY_ELSE:
            get_person(connection, card.guild_id, person_id)
        return {face_id: Response(card.member_id, person_id, agrees=True)}

    return Answer(read)


def new_name_answer(name: str, provenance: LabelProvenance) -> Answer:
    """Answer a name card with a normalised name, of somebody known or new."""

    def read(connection: Connection, card: Row[Any]) -> Responses:
        face_id = _only_face(card)
        person_id = get_or_create_person(connection, card.guild_id, name, provenance)
        return {face_id: Response(card.member_id, person_id, agrees=True)}

    return Answer(read)


def no_face_answer(face_id: int, *, decides_no_face: bool) -> Answer:
    """Answer a name card: its face shows no person at all."""

    def read(_connection: Connection, card: Row[Any]) -> Responses:
        if _only_face(card) != face_id:
            raise _not_on_card("face")
        return {face_id: Response(card.member_id, SOMEBODY_ELSE, agrees=True)}

    return Answer(read, frozenset({face_id}), decides_no_face)


def _only_face(card: Row[Any]) -> int:
    if card.person_id is not None:
        raise _not_on_card("name")
    return int(card.face_ids[0])


def _not_on_card(option: str) -> OmokageError:
    return OmokageError(ErrorCode.BAD_OPTION, option=option, value="?", allowed="the faces of the card")
