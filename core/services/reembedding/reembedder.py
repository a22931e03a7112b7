"""Embed stored faces by the present face networks, from the photos that they were detected in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON, Job
from core.domain.people import OlderPhoto, ReembeddedFace, ReembeddingFailure
from core.services.reembedding.service import ReembeddingService
from core.services.runs.segments import Segments
from core.services.training.stop_conditions import PreemptionPoll
from core.storage.blobs import Blobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.domain.faces import DetectedFace
    from core.vision.embedding.face_embeddings import FaceEmbeddings

_log = logging.getLogger(__name__)
# A small picture takes about 0.15 s on two cores, a large one as long as its decoding besides. What one transaction
# stores is lost by a kill at most.
_PHOTOS = 4
SLICE_S = 2.0  # for which a member's photo waits at most where one process works; then it goes first


class FaceReader(Protocol):
    """The reader of photos: core.vision.recognition.photo_reader, as far as it is used here."""

    def embed_faces(self, data: bytes, faces: Sequence[DetectedFace]) -> FaceEmbeddings:
        """Embed faces that were detected in a photo before; OmokageError or ValueError where that cannot be."""

    def close(self) -> None:
        """End the process that decodes; the next photo starts another."""


class Reembedder:
    """Answers reembed jobs, slice by slice.

    Args:
        faces: which are to be embedded anew; takes results.
        blobs: has the photos.
        reader: embeds.
        segments: say whether a more urgent job waits for this worker.
        slice_s: seconds.
    """

    def __init__(
        self,
        faces: ReembeddingService,
        blobs: Blobs,
        reader: FaceReader,
        segments: Segments,
        slice_s: float = SLICE_S,
    ) -> None:
        self._faces = faces
        self._blobs = blobs
        self._reader = reader
        self._segments = segments
        self._slice_s = slice_s

    def answer(self, job: Job, cancelled: Callable[[], bool]) -> dict[str, JSON] | None:
        """Work for a slice; return the guild's state, or None where the job has gone back to the queue."""
        guild_id = job.origin.guild_id
        preemption = PreemptionPoll(self._segments, job)
        until = time.monotonic() + self._slice_s
        while photos := self._faces.older_photos(guild_id, _PHOTOS):
            self._faces.store(guild_id, [result for photo in photos for result in self._embed(photo)])
            if cancelled() or preemption.requested() or time.monotonic() >= until:
                self._faces.continue_later(job)
                return None
        self._faces.store(guild_id, [])  # what was classified since, and has its new embedding already
        self._reader.close()
        return self._report(guild_id)

    def _embed(self, photo: OlderPhoto) -> list[ReembeddedFace]:
        try:
            data = b"" if photo.photo is None else self._blobs.get(photo.photo)
        except OmokageError as error:
            if error.code is not ErrorCode.PHOTO_GONE:
                raise
            data = b""
        if not data:
            return [_failed(face.id, ReembeddingFailure.PHOTO_GONE) for face in photo.faces]
        try:
            embeddings = self._reader.embed_faces(data, [face.detected for face in photo.faces]).joint.astype("<f4")
        except (OmokageError, ValueError) as error:
            _log.warning("the photo %s cannot be read any more: %s", photo.photo, error)
            return [_failed(face.id, ReembeddingFailure.UNREADABLE) for face in photo.faces]
        return [
            ReembeddedFace(face.id, embedding.tobytes())
            for face, embedding in zip(photo.faces, embeddings, strict=True)
        ]

    def _report(self, guild_id: int) -> dict[str, JSON]:
        state = self._faces.state(guild_id)
        if state.not_compared:
            _log.warning(
                "guild %s: %d named faces cannot be compared any more, since their photos are gone or damaged; "
                "`omokage people list` says whose",
                guild_id,
                state.not_compared,
            )
        return {"embedder": state.embedder, "not_compared": state.not_compared}


def _failed(face_id: int, failure: ReembeddingFailure) -> ReembeddedFace:
    return ReembeddedFace(face_id, failure=failure)
