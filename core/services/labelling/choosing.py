"""Choose a member's next card, with a gold face now and then, and write it down."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.domain.labelling.cards import GOLD_FRACTION, GRID_FACES, IMPOSTOR_FRACTION, MAX_NAMES, Card, next_card
from core.storage import labelling_rows as rows
from core.storage.labelling_collection import represented_faces
from core.storage.people.people_rows import newest_people, objecting_people, picture_counts

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from sqlalchemy import Connection, Row

_GOLD_FROM = 200  # faces that were named last, of which gold faces are taken


def choose_card(
    connection: Connection,
    shown_to: tuple[int, int],
    random_numbers: random.Random,
    now: datetime | None,
    *,
    without: Collection[int] = (),
) -> Row[Any] | None:
    """Choose and store a card for a member, by guild and id; None: nothing is left to ask.

    Nobody is asked about a face that is taken for somebody who objected, and no card shows or names such a person.

    Args:
        connection: of a transaction that holds the lock of the guild's people.
        shown_to: the member.
        random_numbers: choose gold faces.
        now: when the card is shown; None: later.
        without: faces that are on the member's open card.
    """
    guild_id, member_id = shown_to
    objecting = objecting_people(connection, guild_id)
    faces = {
        face_id: probabilities
        for face_id, probabilities in rows.open_faces(connection, guild_id).items()
        if face_id not in without and max(probabilities, key=probabilities.__getitem__) not in objecting
    }
    answered = rows.answered_pairs(connection, guild_id, member_id)
    pictures, represented = picture_counts(connection, guild_id), represented_faces(connection, guild_id)
    card = next_card(faces, answered, pictures, represented)
    if card is None:
        return None
    gold: dict[int, int] = {}
    if card.person is None:  # who has no picture yet is nobody whom the recogniser would think of
        others = newest_people(connection, guild_id, MAX_NAMES)
        names = [id_ for id_ in dict.fromkeys((*card.names, *others)) if id_ not in objecting]
        card = replace(card, names=tuple(names[:MAX_NAMES]))
    elif random_numbers.random() < GOLD_FRACTION * GRID_FACES:
        card, gold = _with_gold(connection, guild_id, card, random_numbers, objecting)
    return rows.insert_card(connection, shown_to, card, gold, now)


def show_prepared(connection: Connection, shown_to: tuple[int, int], now: datetime) -> Row[Any] | None:
    """Show the card that was chosen ahead; None where there is none, or not all of it is to be asked any more."""
    row = rows.find_prepared_card(connection, *shown_to)
    if row is None:
        return None
    gold = {face_id for face_id, _ in row.gold}
    is_open = set(row.face_ids) - gold <= rows.open_faces(connection, shown_to[0]).keys()
    if is_open and not has_objecting(connection, row):
        return rows.show_card(connection, row.id, now)
    rows.drop_card(connection, row.id)
    return None


def has_objecting(connection: Connection, card: Row[Any]) -> bool:
    """Say whether a card shows or names somebody who has objected since it was chosen."""
    people = {card.person_id, *card.names, *(person for _, person in card.gold)}
    return not people.isdisjoint(objecting_people(connection, card.guild_id))


def _with_gold(
    connection: Connection, guild_id: int, card: Card, random_numbers: random.Random, objecting: Collection[int]
) -> tuple[Card, dict[int, int]]:
    """Put a face of which it is known whom it shows into a grid, where nobody would look for it."""
    other = random_numbers.random() < IMPOSTOR_FRACTION
    known = rows.named_faces(connection, guild_id, _GOLD_FROM)
    allowed = {face_id: owner for face_id, owner in known.items() if owner not in objecting}
    fitting = [face_id for face_id, owner in allowed.items() if (owner != card.person) == other]
    if not fitting:
        return card, {}
    gold = random_numbers.choice(sorted(fitting))
    faces = list(card.faces[: GRID_FACES - 1])
    faces.insert(random_numbers.randint(0, len(faces)), gold)
    return replace(card, faces=tuple(faces)), {gold: known[gold]}
