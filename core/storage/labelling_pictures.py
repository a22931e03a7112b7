"""The faces that the picture of a card shows, as rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from core.domain.faces import DetectedFace
from core.storage.people.face_rows import detected_face_of
from core.storage.tables import faces, jobs


@dataclass(frozen=True, slots=True)
class DrawnFace:
    """A stored face: the blob of its photo, and the kind of the job that found it; None: the shell enrolled it."""

    id: int
    photo: str | None
    kind: str | None
    detected: DetectedFace


def card_faces(connection: Connection, guild_id: int, face_ids: Collection[int]) -> dict[int, DrawnFace]:
    """Return those of these faces that are the guild's and not deleted."""
    rows = connection.execute(_faces_of(guild_id).where(faces.c.id.in_(list(face_ids))))
    return {row.id: _to_drawn_face(row) for row in rows}


def reference_faces(
    connection: Connection, guild_id: int, person_ids: Collection[int], *, other_than: Collection[int]
) -> dict[int, DrawnFace]:
    """Return the largest stored picture of each of these people, by person; none of the faces in `other_than`."""
    named = _faces_of(guild_id).where(faces.c.person_id.in_(list(person_ids)), faces.c.photo.is_not(None))
    named = named.where(faces.c.id.not_in(list(other_than))).order_by(faces.c.w, faces.c.id.desc())
    return {row.person_id: _to_drawn_face(row) for row in connection.execute(named)}  # the last one stays


def _faces_of(guild_id: int) -> Select[Any]:
    return select(faces, jobs.c.kind).outerjoin(jobs, jobs.c.id == faces.c.job_id).where(faces.c.guild_id == guild_id)


def _to_drawn_face(row: Row[Any]) -> DrawnFace:
    return DrawnFace(row.id, row.photo, row.kind, detected_face_of(row))
