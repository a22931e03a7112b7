"""Stored faces with all that is needed to show them, to compare them, and to say where their names came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.domain.faces import Box, Point
from core.domain.people import LabelProvenance


@dataclass(frozen=True, slots=True)
class FaceRecord:
    """A stored face.

    Attributes:
        id: of the face.
        person_id: whom it shows, as members said; None: nobody said.
        photo: sha256 of the photo that it was detected in; None: it is not stored any more, or never was.
        box: in pixels of the upright photo.
        score: the detector's confidence in [0, 1].
        landmarks: five points, as in `DetectedFace`; none for a picture that is one face as a whole.
        embedding: float32, little-endian.
        embedder: the networks that made the embedding.
        created_at: when the face was stored.
        labelled: who said last that it shows that person, where and when.
    """

    id: int
    person_id: int | None
    photo: str | None
    box: Box
    score: float
    landmarks: tuple[Point, ...]
    embedding: bytes = field(repr=False)
    embedder: str
    created_at: datetime
    labelled: LabelProvenance | None
