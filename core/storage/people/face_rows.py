"""Faces as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from core.domain.classification import ClassifyResult
from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import SAME_FACE_IOU, Box, Candidate, DetectedFace, Point, box_iou
from core.domain.jobs import Job
from core.domain.people import FaceRef, NewFace, StoredFace
from core.storage.people.label_rows import labelled_by, rejected_people
from core.storage.tables import faces, jobs, people, reembedded_faces


def insert_faces(connection: Connection, job: Job, new_faces: Sequence[NewFace], now: datetime) -> None:
    """Store the faces that a job found, under its guild and its photo or their own."""
    if new_faces:
        common = {"guild_id": job.origin.guild_id, "job_id": job.id, "created_at": now}
        rows = [{**_face_values(face), **common, "photo": face.photo or job.photo} for face in new_faces]
        inserted = insert(faces).returning(faces.c.id, sort_by_parameter_order=True)
        ids = connection.execute(inserted, rows).scalars().all()
        _insert_reembedded(connection, zip(ids, new_faces, strict=True))


def insert_enrolled(connection: Connection, guild_id: int, photo: str | None, face: NewFace, now: datetime) -> Row[Any]:
    """Store a face that no job found; return its row."""
    values = {**_face_values(face), "guild_id": guild_id, "photo": photo, "created_at": now}
    row = connection.execute(insert(faces).values(values).returning(faces)).one()
    _insert_reembedded(connection, [(row.id, face)])
    return row


def get_face(connection: Connection, guild_id: int, face: FaceRef) -> Row[Any]:
    """Return the row of a face that a job of the guild found.

    Raises:
        OmokageError: FACE_GONE.
    """
    same = select(faces).where(faces.c.job_id == face.job_id, faces.c.number == face.number)
    row = connection.execute(same.where(faces.c.guild_id == guild_id)).first()
    if row is None:
        raise OmokageError(ErrorCode.FACE_GONE)
    return row


def copies_of_face_id(connection: Connection, face_id: int) -> list[int]:
    """Return the ids of a face and of its copies; see `copies_of_face`."""
    return copies_of_face(connection, connection.execute(select(faces).where(faces.c.id == face_id)).one())


def copies_of_face(connection: Connection, face: Row[Any]) -> list[int]:
    """Return the ids of this face and of its copies: the same box of the same photo, posted in the guild again."""
    if face.photo is None:
        return [face.id]
    same_photo = select(faces).where(faces.c.guild_id == face.guild_id, faces.c.photo == face.photo)
    box = box_of(face)
    return [row.id for row in connection.execute(same_photo) if box_iou(box_of(row), box) >= SAME_FACE_IOU]


def stored_faces(connection: Connection, job_id: int, guild_id: int | None) -> list[StoredFace]:
    """Return the faces that a job found, by number, with their labels; with `guild_id` only those of that guild."""
    of_job = select(faces, people.c.name).outerjoin(people, people.c.id == faces.c.person_id)
    of_job = of_job.where(faces.c.job_id == job_id).order_by(faces.c.number)
    if guild_id is not None:
        of_job = of_job.where(faces.c.guild_id == guild_id)
    rows = connection.execute(of_job).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    rejected = rejected_people(connection, rows[0].guild_id, ids)
    members = labelled_by(connection, ids)
    return [_to_stored_face(row, rejected[row.id], members.get(row.id)) for row in rows]


def answered_candidates(connection: Connection, face: FaceRef) -> tuple[Candidate, ...]:
    """Return the candidates that the job's answer gave for this face, with the names of that time."""
    result = connection.execute(select(jobs.c.result).where(jobs.c.id == face.job_id)).scalar()
    if result is None:
        return ()
    answers = ClassifyResult.from_json(result).faces
    return next((answer.top for answer in answers if answer.number == face.number), ())


def box_of(row: Any) -> Box:
    """Return the box of a row of `faces`."""
    return Box(row.x, row.y, row.w, row.h)


def landmarks_of(row: Any) -> tuple[Point, ...]:
    """Return the landmarks of a row of `faces`."""
    return tuple((x, y) for x, y in row.landmarks)


def detected_face_of(row: Any) -> DetectedFace:
    """Return the face of a row of `faces` as it was detected in its photo."""
    one, two, three, four, five = landmarks_of(row)
    return DetectedFace(box_of(row), row.score, (one, two, three, four, five))


def _insert_reembedded(connection: Connection, new_faces: Iterable[tuple[int, NewFace]]) -> None:
    """Store the embeddings by the present embedder of faces, by id, whose guild still compares an older one's."""
    values = [
        {"face_id": face_id, "embedder": EMBEDDING_NAME, "embedding": face.reembedded}
        for face_id, face in new_faces
        if face.reembedded
    ]
    if values:
        connection.execute(insert(reembedded_faces), values)


def _face_values(face: NewFace) -> Mapping[str, Any]:
    box = face.box
    return {
        "number": face.number,
        "x": box.x,
        "y": box.y,
        "w": box.w,
        "h": box.h,
        "score": face.score,
        "landmarks": [list(point) for point in face.landmarks],
        "embedding": face.embedding,
        "embedder": face.embedder,
    }


def _to_stored_face(row: Row[Any], rejected: frozenset[int], member_id: int | None) -> StoredFace:
    ref = FaceRef(row.job_id, row.number)
    return StoredFace(ref, box_of(row), row.score, landmarks_of(row), row.person_id, row.name, rejected, member_id)
