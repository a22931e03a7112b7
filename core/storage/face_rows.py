"""Faces as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert

from core.domain.faces import Box, Point
from core.domain.jobs import Job
from core.domain.people import NewFace
from core.storage.tables import faces


def insert_faces(connection: Connection, job: Job, found: Sequence[NewFace], now: datetime) -> None:
    """Store what a job found, under its guild and photo."""
    if found:
        beside = {"guild_id": job.origin.guild_id, "job_id": job.id, "photo": job.photo, "created_at": now}
        connection.execute(insert(faces), [{**face_values(face), **beside} for face in found])


def face_values(face: NewFace) -> Mapping[str, Any]:
    """A face's own columns."""
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


def box_of(row: Any) -> Box:
    """The box of a row of `faces`."""
    return Box(row.x, row.y, row.w, row.h)


def landmarks_of(row: Any) -> tuple[Point, ...]:
    """The landmarks of a row of `faces`."""
    return tuple((x, y) for x, y in row.landmarks)


def insert_enrolled(connection: Connection, guild_id: int, photo: str | None, face: NewFace, now: datetime) -> Row[Any]:
    """Store a face that no job found; returns its row."""
    beside = {"guild_id": guild_id, "photo": photo, "created_at": now}
    return connection.execute(insert(faces).values({**face_values(face), **beside}).returning(faces)).one()
