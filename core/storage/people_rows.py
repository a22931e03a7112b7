"""People and what is said about faces, as rows. Every function asks for the guild: data never leaves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Subquery, distinct, func, insert, select, update

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import SAME_FACE, overlap
from core.domain.people import Label, Person, is_reserved, name_key
from core.storage.face_rows import box_of
from core.storage.tables import faces, labels, people


@dataclass(frozen=True, slots=True)
class LabelProvenance:
    """Where a label came from: which member (0: the operator), where, when, and from what.

    `source` names the button or command, e.g. "this-is", "confirm", "cli:IMG_1.jpg".
    """

    by: int
    channel_id: int
    message_id: int | None
    source: str
    at: datetime


def people_of(guild_id: int) -> Select[Any]:
    """Columns of a Person, one row each; restrict it further as needed."""
    pictures = func.count(distinct(faces.c.embedding)).label("pictures")
    return (
        select(people.c.id, people.c.guild_id, people.c.name, people.c.created_by, people.c.created_at, pictures)
        .outerjoin(faces, faces.c.person_id == people.c.id)
        .where(people.c.guild_id == guild_id)
        .group_by(people.c.id)
    )


def to_person(row: Row[Any]) -> Person:
    """A row of `people_of`."""
    return Person(row.id, row.guild_id, row.name, row.created_by, row.created_at, row.pictures)


def find_person(connection: Connection, guild_id: int, person_id: int) -> Person | None:
    """The person, if the guild has him."""
    row = connection.execute(people_of(guild_id).where(people.c.id == person_id)).first()
    return None if row is None else to_person(row)


def person_named(connection: Connection, guild_id: int, name: str, provenance: LabelProvenance) -> int:
    """The id of the person of this normalised name, who is created if need be.

    Raises:
        OmokageError: BAD_NAME, nobody may be created with one of the words for nobody.
    """
    key = name_key(name)
    existing = id_of_key(connection, guild_id, key)
    if existing is not None:
        return existing
    if is_reserved(name):
        raise OmokageError(ErrorCode.BAD_NAME, reason="reserved")
    values = {"guild_id": guild_id, "name": name, "key": key, "created_by": provenance.by, "created_at": provenance.at}
    return int(connection.execute(insert(people).values(values).returning(people.c.id)).scalar_one())


def id_of_key(connection: Connection, guild_id: int, key: str) -> int | None:
    """The id of the person with this key, also where it was stored when keys were made by an older rule."""
    guild = select(people.c.id, people.c.name).where(people.c.guild_id == guild_id).order_by(people.c.id)
    row = connection.execute(guild.where(people.c.key == key)).first()
    if row is None:  # seldom: before somebody is created
        row = next((row for row in connection.execute(guild) if name_key(row.name) == key), None)
    return None if row is None else int(row.id)


def same_faces(connection: Connection, face: Row[Any]) -> list[int]:
    """Ids of this face and of its copies: the same place in the same photo, posted in the guild again."""
    if face.photo is None:
        return [face.id]
    again = select(faces).where(faces.c.guild_id == face.guild_id, faces.c.photo == face.photo)
    box = box_of(face)
    return [row.id for row in connection.execute(again) if overlap(box_of(row), box) >= SAME_FACE]


def add_label(
    connection: Connection,
    guild_id: int,
    face_ids: Sequence[int],
    person_id: int,
    label: Label,
    *,
    provenance: LabelProvenance,
) -> None:
    """Add a label to each of these faces, and update whom the faces show: one person at most."""
    row = {
        "guild_id": guild_id,
        "person_id": person_id,
        "verdict": label,
        "said_by": provenance.by,
        "channel_id": provenance.channel_id,
        "message_id": provenance.message_id,
        "source": provenance.source,
        "created_at": provenance.at,
    }
    connection.execute(insert(labels), [{**row, "face_id": face_id} for face_id in face_ids])
    shown = update(faces).where(faces.c.guild_id == guild_id, faces.c.id.in_(face_ids))
    if label is Label.IS:
        connection.execute(shown.values(person_id=person_id))
    else:
        connection.execute(shown.where(faces.c.person_id == person_id).values(person_id=None))


def latest_labels(guild_id: int) -> Subquery:
    """The newest label of each face and person: what holds now."""
    newest = select(func.max(labels.c.id)).where(labels.c.guild_id == guild_id)
    return select(labels).where(labels.c.id.in_(newest.group_by(labels.c.face_id, labels.c.person_id))).subquery()


def rejected_people(connection: Connection, guild_id: int, face_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each face, the people that it does not show."""
    last = latest_labels(guild_id)
    said = select(last.c.face_id, last.c.person_id).where(last.c.verdict == Label.IS_NOT)
    rejected: dict[int, set[int]] = {face_id: set() for face_id in face_ids}
    for face_id, person_id in connection.execute(said.where(last.c.face_id.in_(rejected))):
        rejected[face_id].add(person_id)
    return {face_id: frozenset(persons) for face_id, persons in rejected.items()}


def labelled_by(connection: Connection, face_ids: Iterable[int]) -> dict[int, int]:
    """For each face that shows somebody, who said so last."""
    same = (labels.c.face_id == faces.c.id) & (labels.c.person_id == faces.c.person_id)
    said = select(labels.c.face_id, labels.c.said_by).join(faces, same)
    said = said.where(labels.c.face_id.in_(list(face_ids)), labels.c.verdict == Label.IS).order_by(labels.c.id)
    return {row.face_id: row.said_by for row in connection.execute(said)}
