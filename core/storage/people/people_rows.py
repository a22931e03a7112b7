"""People as rows. Every function takes the guild: data never leaves it."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import Connection, Row, Select, case, distinct, func, insert, select, update

from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import LabelProvenance, Person, is_reserved, name_key
from core.domain.people_search import is_reading_of
from core.storage.database import Database
from core.storage.people.alias_rows import alias_owner, aliases_by_person
from core.storage.tables import faces, people, reembedded_faces


def lock_people(database: Database, connection: Connection, guild_id: int) -> None:
    """Keep other transactions from changing the guild's people and labels until this one ends."""
    database.advisory_lock(connection, f"omokage-people-{guild_id}")


def list_people(connection: Connection, guild_id: int) -> list[Person]:
    """Return everybody, ordered by name."""
    aliases = aliases_by_person(connection, guild_id)
    rows = connection.execute(_people_of(guild_id).order_by(people.c.key))
    return [_to_person(row, aliases.get(row.id, ())) for row in rows]


def person_names(connection: Connection, guild_id: int) -> dict[int, str]:
    """Return everybody's name by id, also of people without a face."""
    rows = connection.execute(select(people.c.id, people.c.name).where(people.c.guild_id == guild_id))
    return {row.id: row.name for row in rows}


def newest_people(connection: Connection, guild_id: int, limit: int) -> list[int]:
    """Return the ids of the people who were named last, the newest first; none who objected."""
    present = select(people.c.id).where(people.c.guild_id == guild_id, people.c.objected_at.is_(None))
    return list(connection.execute(present.order_by(people.c.id.desc()).limit(limit)).scalars())


def picture_counts(connection: Connection, guild_id: int) -> dict[int, int]:
    """Return of each person who has pictures how many; copies count once."""
    counts = select(faces.c.person_id, func.count(distinct(faces.c.embedding)).label("pictures"))
    counts = counts.where(faces.c.guild_id == guild_id, faces.c.person_id.is_not(None)).group_by(faces.c.person_id)
    return {row.person_id: row.pictures for row in connection.execute(counts)}


def objecting_people(connection: Connection, guild_id: int) -> frozenset[int]:
    """Return the ids of the people who objected to being named and aged."""
    objected = select(people.c.id).where(people.c.guild_id == guild_id, people.c.objected_at.is_not(None))
    return frozenset(connection.execute(objected).scalars())


def find_person(connection: Connection, guild_id: int, person_id: int) -> Person | None:
    """Return the person, or None where the guild has no person of this id."""
    row = connection.execute(_people_of(guild_id).where(people.c.id == person_id)).first()
    return None if row is None else _to_person(row, aliases_by_person(connection, guild_id).get(person_id, ()))


def get_person(connection: Connection, guild_id: int, person_id: int) -> Person:
    """Return the person.

    Raises:
        OmokageError: UNKNOWN_PERSON.
    """
    person = find_person(connection, guild_id, person_id)
    if person is None:
        raise OmokageError(ErrorCode.UNKNOWN_PERSON)
    return person


def find_name_holder(connection: Connection, guild_id: int, name: str) -> Person | None:
    """Return the person who has this name or alias, or None."""
    key = name_key(name)
    named = connection.execute(select(people.c.id).where(people.c.guild_id == guild_id, people.c.key == key)).scalar()
    person_id = named or alias_owner(connection, guild_id, key)
    return None if person_id is None else find_person(connection, guild_id, person_id)


def get_person_by_name(connection: Connection, guild_id: int, name: str) -> Person:
    """Return the person who has this name or alias, also of a name that would be refused today.

    Raises:
        OmokageError: UNKNOWN_PERSON.
    """
    # Not normalise_name(): a person whose name would be refused today must be found, to get another.
    person = find_name_holder(connection, guild_id, " ".join(unicodedata.normalize("NFKC", name).split()))
    if person is None:
        raise OmokageError(ErrorCode.UNKNOWN_PERSON, name=name)
    return person


def get_or_create_person(
    connection: Connection, guild_id: int, name: str, provenance: LabelProvenance, *, by_reading: bool = False
) -> int:
    """Return the id of the person of this normalised name or alias, who is created where there is none.

    Args:
        connection: of a transaction that holds the lock of the guild's people.
        guild_id: whose people.
        name: the normalised name.
        provenance: who names the person.
        by_reading: also where the name is the reading of one person's alias in kana, and of nobody else's.

    Raises:
        OmokageError: BAD_NAME, nobody may be created with one of the words for nobody.
    """
    key = name_key(name)
    existing = _find_person_id(connection, guild_id, key) or alias_owner(connection, guild_id, key)
    if existing is None and by_reading:
        existing = _find_by_reading(connection, guild_id, name)
    if existing is not None:
        return existing
    if is_reserved(name):
        raise OmokageError(ErrorCode.BAD_NAME, reason="reserved")
    values = {"guild_id": guild_id, "name": name, "key": key, "created_by": provenance.by, "created_at": provenance.at}
    return int(connection.execute(insert(people).values(values).returning(people.c.id)).scalar_one())


def mark_added(connection: Connection, person_id: int) -> None:
    """Note that somebody added this person by name: they stay where no picture of them is left."""
    connection.execute(update(people).where(people.c.id == person_id).values(added=True))


def _find_by_reading(connection: Connection, guild_id: int, name: str) -> int | None:
    """Return the id of the only person with an alias in kana of this reading; None where there are none or several."""
    aliases = aliases_by_person(connection, guild_id)
    matches = [id_ for id_, texts in aliases.items() if any(is_reading_of(text, name) for text in texts)]
    return matches[0] if len(matches) == 1 else None


def _find_person_id(connection: Connection, guild_id: int, key: str) -> int | None:
    """Return the id of the person with this key, also where it was stored when keys were made by an older rule."""
    guild = select(people.c.id, people.c.name).where(people.c.guild_id == guild_id).order_by(people.c.id)
    row = connection.execute(guild.where(people.c.key == key)).first()
    if row is None:  # seldom: before somebody is created
        row = next((row for row in connection.execute(guild) if name_key(row.name) == key), None)
    return None if row is None else int(row.id)


def _people_of(guild_id: int) -> Select[Any]:
    """Select the columns of a `Person`, one row each."""
    pictures = func.count(distinct(faces.c.embedding)).label("pictures")
    failed = case((reembedded_faces.c.failure.is_not(None), faces.c.embedding))
    not_compared = func.count(distinct(failed)).label("not_compared")
    return (
        select(
            people.c.id,
            people.c.guild_id,
            people.c.name,
            people.c.created_by,
            people.c.created_at,
            people.c.objected_at,
            pictures,
            not_compared,
        )
        .outerjoin(faces, faces.c.person_id == people.c.id)
        .outerjoin(reembedded_faces, reembedded_faces.c.face_id == faces.c.id)
        .where(people.c.guild_id == guild_id)
        .group_by(people.c.id)
    )


def _to_person(row: Row[Any], aliases: tuple[str, ...]) -> Person:
    return Person(
        row.id,
        row.guild_id,
        row.name,
        row.created_by,
        row.created_at,
        row.pictures,
        row.not_compared,
        row.objected_at,
        aliases,
    )
