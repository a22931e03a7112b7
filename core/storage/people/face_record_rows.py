"""Stored faces as records, and the faces of a photo that must not be shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from core.domain.face_records import FaceRecord
from core.domain.faces import Box
from core.domain.people import FaceRef, Label, LabelProvenance
from core.storage.people.face_rows import box_of, get_face, landmarks_of
from core.storage.tables import faces, labels, people


def face_record(connection: Connection, guild_id: int, face: FaceRef) -> FaceRecord:
    """Return a face that a job of the guild found.

    Raises:
        OmokageError: FACE_GONE.
    """
    return _to_records(connection, [get_face(connection, guild_id, face)])[0]


def faces_of_person(connection: Connection, guild_id: int, person_id: int) -> list[FaceRecord]:
    """Return the stored faces that show a person, the newest first."""
    of_person = select(faces).where(faces.c.guild_id == guild_id, faces.c.person_id == person_id)
    return _to_records(connection, connection.execute(of_person.order_by(faces.c.id.desc())).all())


def objecting_boxes(connection: Connection, guild_id: int, photos: Collection[str]) -> dict[str, list[Box]]:
    """Return, by photo (sha256), the faces in it that show somebody who objected to changes of their face."""
    shown = select(faces).join(people, people.c.id == faces.c.person_id)
    shown = shown.where(
        faces.c.guild_id == guild_id, faces.c.photo.in_(list(photos)), people.c.objected_at.is_not(None)
    )
    boxes: dict[str, list[Box]] = {}
    for row in connection.execute(shown):
        boxes.setdefault(row.photo, []).append(box_of(row))
    return boxes


def _to_records(connection: Connection, rows: Iterable[Row[Any]]) -> list[FaceRecord]:
    rows = list(rows)
    same = (labels.c.face_id == faces.c.id) & (labels.c.person_id == faces.c.person_id)
    said = select(labels).join(faces, same).where(faces.c.id.in_([row.id for row in rows]))
    said = said.where(labels.c.verdict == Label.IS).order_by(labels.c.id)
    given = {
        row.face_id: LabelProvenance(row.said_by, row.channel_id, row.message_id, row.source, row.created_at)
        for row in connection.execute(said)
    }
    return [
        FaceRecord(
            row.id,
            row.person_id,
            row.photo,
            box_of(row),
            row.score,
            landmarks_of(row),
            row.embedding,
            row.embedder,
            row.created_at,
            given.get(row.id),
        )
        for row in rows
    ]
