"""Rows of stored faces whose embeddings are another embedder's than the present one, and of their new embeddings."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, delete, func, insert, or_, select, update

from core.domain.embedders import EMBEDDING_NAME, EMBEDDING_SIZES
from core.domain.people import OlderFace, OlderPhoto, ReembeddedFace, ReembeddingState
from core.storage.people.face_rows import detected_face_of
from core.storage.tables import faces, labels, reembedded_faces

_OLDER = faces.c.embedder != EMBEDDING_NAME
_HAS_RESULT = select(reembedded_faces.c.face_id).where(reembedded_faces.c.face_id == faces.c.id).exists()
_WAITING = and_(_OLDER, ~_HAS_RESULT)
_LABELLED = or_(faces.c.person_id.is_not(None), select(labels.c.id).where(labels.c.face_id == faces.c.id).exists())
_SCANNED = 200  # faces that are read to find some photos


def guild_embedder(connection: Connection, guild_id: int) -> str:
    """Return the embedder whose embeddings a guild's recogniser compares.

    An older one, as long as no named face has the present one's embedding, and at least one may still get it.
    """
    named = select(faces.c.embedder).where(faces.c.guild_id == guild_id, faces.c.person_id.is_not(None))
    present = set(connection.execute(named.distinct()).scalars())
    older = sorted(present & EMBEDDING_SIZES.keys() - {EMBEDDING_NAME})
    if EMBEDDING_NAME in present or not older:
        return EMBEDDING_NAME
    failed = select(reembedded_faces.c.face_id).where(
        reembedded_faces.c.face_id == faces.c.id, reembedded_faces.c.failure.is_not(None)
    )
    hopeful = named.where(faces.c.embedder == older[0], ~failed.exists()).limit(1)
    return EMBEDDING_NAME if connection.execute(hopeful).first() is None else older[0]


def guilds_to_reembed(connection: Connection) -> list[int]:
    """Return the guilds with faces to embed anew, or with new embeddings that are not yet in use."""
    waiting = select(faces.c.guild_id).where(_WAITING)
    made = _with_results(faces.c.guild_id).where(reembedded_faces.c.embedding.is_not(None))
    return sorted(connection.execute(waiting.union(made)).scalars())


def older_photos(connection: Connection, guild_id: int, limit: int) -> list[OlderPhoto]:
    """Return at most so many photos with faces to embed anew; those of named faces first, then of other labelled ones.

    Faces whose photo was never stored come together, as of one photo.
    """
    rank = case((faces.c.person_id.is_not(None), 0), (_LABELLED, 1), else_=2)
    rows = select(faces).where(faces.c.guild_id == guild_id, _WAITING).order_by(rank, faces.c.photo, faces.c.id)
    found = connection.execute(rows.limit(_SCANNED)).all()
    photos = [OlderPhoto(photo, tuple(map(_older_face, of_photo))) for photo, of_photo in groupby(found, _photo_of)]
    return photos[:limit]


def store_reembedded(connection: Connection, guild_id: int, results: Iterable[ReembeddedFace]) -> None:
    """Store results of faces that are still there, still older, and have none; the caller holds the guild's lock."""
    by_id = {result.face_id: result for result in results}
    there = select(faces.c.id).where(faces.c.guild_id == guild_id, faces.c.id.in_(list(by_id)), _WAITING)
    values = [_values(by_id[face_id]) for face_id in connection.execute(there).scalars()]
    if values:
        connection.execute(insert(reembedded_faces), values)


def use_reembedded(connection: Connection, guild_id: int) -> int:
    """Give the faces of a guild their new embeddings, once each labelled face has its result; return how many."""
    labelled = select(faces.c.id).where(faces.c.guild_id == guild_id, _WAITING, _LABELLED).limit(1)
    if connection.execute(labelled).first() is not None:
        return 0
    rows = _with_results(reembedded_faces.c.face_id, reembedded_faces.c.embedding)
    made = connection.execute(rows.where(faces.c.guild_id == guild_id, reembedded_faces.c.embedding.is_not(None))).all()
    for face_id, embedding in made:
        same = update(faces).where(faces.c.id == face_id)
        connection.execute(same.values(embedding=embedding, embedder=EMBEDDING_NAME))
        connection.execute(delete(reembedded_faces).where(reembedded_faces.c.face_id == face_id))
    return len(made)


def reembedding_state(connection: Connection, guild_id: int) -> ReembeddingState:
    """Return how far a guild is."""
    waiting = select(func.count()).select_from(faces).where(faces.c.guild_id == guild_id, _WAITING)
    failed = _with_results(func.count()).where(faces.c.guild_id == guild_id, faces.c.person_id.is_not(None))
    return ReembeddingState(
        guild_id,
        guild_embedder(connection, guild_id),
        connection.execute(waiting).scalar_one(),
        connection.execute(waiting.where(_LABELLED)).scalar_one(),
        connection.execute(failed.where(reembedded_faces.c.failure.is_not(None))).scalar_one(),
    )


def guilds_with_older_faces(connection: Connection) -> list[int]:
    """Return the guilds with faces of another embedder than the present one, whether these are done or failed."""
    return sorted(connection.execute(select(faces.c.guild_id).where(_OLDER).distinct()).scalars())


def _with_results(*columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).select_from(faces.join(reembedded_faces, reembedded_faces.c.face_id == faces.c.id))


def _values(result: ReembeddedFace) -> dict[str, Any]:
    failure = None if result.failure is None else result.failure.value
    return {
        "face_id": result.face_id,
        "embedder": EMBEDDING_NAME,
        "embedding": result.embedding or None,
        "failure": failure,
    }


def _photo_of(row: Any) -> str | None:
    return None if row.photo is None else str(row.photo)


def _older_face(row: Any) -> OlderFace:
    return OlderFace(row.id, detected_face_of(row))
