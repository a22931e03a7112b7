"""Say why a face was named as somebody: which stored pictures decided, computed by leaving them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.errors import ErrorCode, OmokageError
from core.domain.explanation import DECIDING, DecidingPicture, WhyRequest, WhyResult
from core.domain.faces import is_probably_among
from core.domain.jobs import Job, JobCancelledError, JobKind
from core.domain.people import FaceRef
from core.render.grid import render_grid
from core.services.recognition.face_tiles import PhotoTurner, face_tile
from core.services.recognition.gallery_cache import SAME_PICTURE, GalleryCache, GuildGallery
from core.vision.recognition.deciding_pictures import Decision, find_deciding_pictures
from core.vision.recognition.mean_embedding import RECOGNISER_NAME, MeanEmbeddingRecogniser, mask_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.face_records import FaceRecord
    from core.services.jobs.service import JobService
    from core.services.people.service import PeopleService
    from core.storage.blobs import Blobs

_TILE = 192  # pixels a side: four of them fill a message's width
_GREY = 0x60  # of a picture whose photo is gone
_ASKED = "?"  # below the face that is asked about


@dataclass(frozen=True, slots=True)
class _Asked:
    """The face that is asked about, as it was answered and as it is stored."""

    answer: FaceAnswer
    person_id: int
    result: ClassifyResult
    record: FaceRecord

    @property
    def probability(self) -> float:
        """Return how likely the answer said the person is."""
        likely = {candidate.person_id: candidate.probability for candidate in self.answer.top}
        return likely.get(self.person_id, 0.0)


class WhyService:
    """Answers why jobs.

    Args:
        jobs: have the answers that are asked about.
        people: the guilds' faces and labels.
        blobs: where photos are and pictures go.
        galleries: what faces are compared with.
        reader: decodes photos.
    """

    def __init__(
        self,
        jobs: JobService,
        people: PeopleService,
        blobs: Blobs,
        galleries: GalleryCache[MeanEmbeddingRecogniser],
        reader: PhotoTurner,
    ) -> None:
        self._jobs = jobs
        self._people = people
        self._blobs = blobs
        self._galleries = galleries
        self._reader = reader

    def answer(self, job: Job, progress: Callable[[str, float], None], cancelled: Callable[[], bool]) -> WhyResult:
        """Compute which pictures decided, and draw them beside the face.

        Raises:
            OmokageError: UNKNOWN_JOB; FACE_GONE; NOTHING_TO_EXPLAIN, the face has no guessed name, or no stored picture
                of the person can be compared with it.
            JobCancelledError: `cancelled` returned True.
        """
        guild_id = job.origin.guild_id
        progress("recognising", 0.0)
        asked = self._find_asked(WhyRequest.from_json(job.params), guild_id)
        gallery = self._galleries.get(guild_id)
        decision = _decide(asked, gallery)
        if cancelled():
            raise JobCancelledError
        progress("drawing", 0.5)
        records = self._records(guild_id, asked.person_id, gallery.recogniser, decision)
        tiles, is_shown, blurred = self._draw(guild_id, asked, records)
        labels = [_ASKED, *(f"{number} · {_date(record)}" for number, record in enumerate(records, 1))]
        pictures = tuple(
            _deciding_picture(record, len(rows) - 1, is_shown=shown)
            for record, rows, shown in zip(records, decision.pictures, is_shown, strict=True)
        )
        return WhyResult(
            person_id=asked.person_id,
            name=gallery.recogniser.people[asked.person_id],
            shown=asked.probability,
            before=decision.before,
            after=decision.after,
            pictures=pictures,
            count=decision.count,
            needed=decision.needed,
            model="" if RECOGNISER_NAME in asked.result.model else asked.result.model,
            picture=self._blobs.put(render_grid(np.stack(tiles), len(tiles), labels)),
            face_ids=(asked.record.id, *(record.id for record in records)),
            blurred=blurred,
        )

    def _find_asked(self, request: WhyRequest, guild_id: int) -> _Asked:
        answered = self._jobs.get(request.job_id, guild_id)
        if answered.kind is not JobKind.CLASSIFY:
            raise OmokageError(ErrorCode.UNKNOWN_JOB)
        record = self._people.gallery.face_record(guild_id, FaceRef(request.job_id, request.number))
        result = ClassifyResult.from_json(answered.result or {})
        answer = next((face for face in result.faces if face.number == request.number), None)
        if answer is None or answer.person_id is None or record.person_id is not None:
            raise OmokageError(ErrorCode.NOTHING_TO_EXPLAIN)
        return _Asked(answer, answer.person_id, result, record)

    def _records(
        self, guild_id: int, person_id: int, recogniser: MeanEmbeddingRecogniser, decision: Decision
    ) -> list[FaceRecord]:
        """Return a stored face for each picture: of copies, one whose photo is there."""
        by_embedding: dict[bytes, FaceRecord] = {}
        for record in self._people.gallery.faces_of(guild_id, person_id):
            kept = by_embedding.get(record.embedding)
            if kept is None or kept.photo is None:
                by_embedding[record.embedding] = record
        embeddings = recogniser.gallery.embeddings
        pictures = [[by_embedding.get(embeddings[row].tobytes()) for row in rows] for rows in decision.pictures]
        copies = [[record for record in records if record is not None] for records in pictures]
        if not all(copies):  # labels have changed since the gallery was read, a moment ago
            raise OmokageError(ErrorCode.NOTHING_TO_EXPLAIN)
        return [max(records, key=lambda record: record.photo is not None) for records in copies]

    def _draw(
        self, guild_id: int, asked: _Asked, records: Sequence[FaceRecord]
    ) -> tuple[list[NDArray[np.uint8]], list[bool], bool]:
        """Draw the face and the pictures as tiles.

        Returns:
            The tiles (S, S, 3), the face's first; for each record whether it is shown; whether something is blurred.
        """
        photos = {record.photo for record in (asked.record, *records) if record.photo is not None}
        hidden = self._people.gallery.objecting_boxes(guild_id, photos)
        objecting = self._people.objecting_ids(guild_id)
        if asked.record.photo is not None:
            own = [face.box for face in asked.result.faces if is_probably_among(face.person_id, face.top, objecting)]
            hidden.setdefault(asked.record.photo, []).extend(own)
        tiles = [
            face_tile(record, hidden.get(record.photo or "", ()), _TILE, self._blobs, self._reader)
            for record in (asked.record, *records)
        ]
        drawn = [np.full((_TILE, _TILE, 3), _GREY, np.uint8) if tile is None else tile for tile in tiles]
        return drawn, [tile is not None for tile in tiles[1:]], asked.person_id in objecting


def _decide(asked: _Asked, gallery: GuildGallery[MeanEmbeddingRecogniser]) -> Decision:
    """Find the pictures that decide, by the recogniser that serves, or would serve without a trained version."""
    record, recogniser = asked.record, gallery.recogniser
    if record.embedder != gallery.embedder or asked.person_id not in recogniser.people:
        raise OmokageError(ErrorCode.NOTHING_TO_EXPLAIN)
    query = np.frombuffer(record.embedding, "<f4")
    rejected = gallery.cannot_link_ids_of(record.photo, query[None], [record.box])
    if asked.person_id in rejected[0]:
        raise OmokageError(ErrorCode.NOTHING_TO_EXPLAIN)
    (mask,) = mask_of(rejected, list(recogniser.people))
    return find_deciding_pictures(recogniser, query, mask, asked.person_id, same_picture=SAME_PICTURE, maximum=DECIDING)


def _deciding_picture(record: FaceRecord, copies: int, *, is_shown: bool) -> DecidingPicture:
    label = record.labelled
    if label is None:
        return DecidingPicture(record.created_at, 0, 0, None, copies, is_shown)
    return DecidingPicture(label.at, label.by, label.channel_id, label.message_id, copies, is_shown)


def _date(record: FaceRecord) -> str:
    return f"{record.created_at if record.labelled is None else record.labelled.at:%Y-%m-%d}"
