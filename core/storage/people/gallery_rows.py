"""The faces and labels that a guild's recogniser compares new faces with, as rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from core.domain.people import CannotLink, ConfirmedFace, EnrolledFaces, Label
from core.storage.people.face_rows import box_of
from core.storage.people.label_rows import labelled_by, latest_labels
from core.storage.people.people_rows import person_names
from core.storage.tables import faces, labels, people


def gallery_state(connection: Connection, guild_id: int) -> tuple[Any, ...]:
    """Return values that change whenever a label or a person is added, changed or deleted; () for an empty guild.

    Times are part of it, since SQLite gives the id of a last row that was deleted to the next one.
    """
    of_guild = labels.c.guild_id == guild_id
    newest = select(labels.c.created_at).where(of_guild).order_by(labels.c.id.desc()).limit(1).scalar_subquery()
    youngest = select(func.max(people.c.created_at)).where(people.c.guild_id == guild_id).scalar_subquery()
    summary = select(func.count(), func.max(labels.c.id), newest, youngest).where(of_guild)
    count, *last = connection.execute(summary).one()
    names = sorted(person_names(connection, guild_id).items())
    return (count, last, names) if count or names else ()


def enrolled_faces(connection: Connection, guild_id: int, embedder: str) -> EnrolledFaces:
    """Return the enrolled faces that an embedder embedded; the same face of the same person counts once."""
    enrolled = select(people.c.id, people.c.name, faces.c.embedding).join(faces, faces.c.person_id == people.c.id)
    enrolled = enrolled.where(people.c.guild_id == guild_id, faces.c.guild_id == guild_id)
    enrolled = enrolled.where(faces.c.embedder == embedder)
    rows = connection.execute(enrolled.order_by(people.c.id, faces.c.id)).all()
    names = {row.id: row.name for row in rows}
    distinct = list(dict.fromkeys((row.id, row.embedding) for row in rows))
    embeddings = tuple(embedding for _, embedding in distinct)
    owners = tuple(owner for owner, _ in distinct)
    return EnrolledFaces(tuple(names), tuple(names.values()), embeddings, owners, embedder)


def cannot_links(connection: Connection, guild_id: int) -> list[CannotLink]:
    """Return what holds of "not this person" in the guild, whichever embedder its face has."""
    latest = latest_labels(guild_id)
    links = select(latest.c.person_id.label("not_id"), faces).join(faces, faces.c.id == latest.c.face_id)
    links = links.where(latest.c.verdict == Label.IS_NOT, faces.c.guild_id == guild_id)
    rows = connection.execute(links.order_by(latest.c.id)).all()
    return [CannotLink(row.not_id, row.photo, box_of(row), row.embedding, row.embedder) for row in rows]


def has_photo(connection: Connection, guild_id: int, photo: str) -> bool:
    """Say whether the guild has a face of this picture (sha256)."""
    same = select(faces.c.id).where(faces.c.guild_id == guild_id, faces.c.photo == photo)
    return connection.execute(same.limit(1)).first() is not None


def confirmed_faces(connection: Connection, guild_id: int, photo: str) -> list[ConfirmedFace]:
    """Return the faces of a photo (sha256) that members named or confirmed; a face may come repeatedly."""
    named = select(faces, people.c.name).join(people, people.c.id == faces.c.person_id)
    named = named.where(faces.c.guild_id == guild_id, faces.c.photo == photo, people.c.guild_id == guild_id)
    rows = connection.execute(named.order_by(faces.c.id)).all()
    members = labelled_by(connection, [row.id for row in rows]) if rows else {}
    return [ConfirmedFace(row.person_id, row.name, box_of(row), members.get(row.id, 0)) for row in rows]
