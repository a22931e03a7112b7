"""A photo in, names and an annotated picture out."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from core.domain.classification import ClassifyOutcome, ClassifyResult, FaceAnswer, best_first
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate, RecognisedFace
from core.domain.jobs import Job, JobCancelledError
from core.domain.people import ConfirmedFace, EnrolledFaces, NewFace
from core.render.annotate import annotate
from core.services.people.gallery import GalleryService
from core.services.recognition.gallery_cache import GalleryCache, confirmed_at
from core.services.recognition.model_cache import LiveRecogniser, Naming, Serving
from core.storage.blobs import Blobs

if TYPE_CHECKING:
    from core.vision.recognition.photo_reader import PhotoReading

Progress = Callable[[str, float], None]
Cancelled = Callable[[], bool]


class PhotoReader(Protocol):
    """As much of core.vision.recognition.photo_reader as is needed here."""

    def read(self, data: bytes) -> PhotoReading:
        """Decode, find faces, embed; raises OmokageError for what is no photo."""

    def warm_up(self) -> None:
        """Load all that the first photo would."""

    def close(self) -> None:
        """Give back what reading holds."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A photo's faces in the order of its reading, and who recognised them."""

    reading: PhotoReading
    faces: tuple[RecognisedFace, ...]
    model: str


class ClassifyService:
    """Names the faces of a photo with what its guild knows.

    Args:
        reader: finds and embeds faces.
        recogniser: builds the live method from a guild's rows.
        gallery: the guilds' enrolled faces and labels.
        blobs: where photos are and pictures go.
        serving: lets the version answer that the guild promoted.
        embedder: stored with each embedding; others' do not compare.
    """

    def __init__(
        self,
        reader: PhotoReader,
        recogniser: Callable[[EnrolledFaces], LiveRecogniser],
        gallery: GalleryService,
        blobs: Blobs,
        *,
        serving: Serving[Any, Any],
        embedder: str,
    ) -> None:
        self._reader = reader
        self._gallery = gallery
        self._galleries = GalleryCache(gallery, embedder, recogniser)
        self._blobs = blobs
        self._embedder = embedder
        self._serving = serving

    def warm_up(self) -> None:
        """Make the first photo as fast as the others."""
        self._reader.warm_up()

    def close(self) -> None:
        """End the reader's process; the next photo starts another."""
        self._reader.close()

    def classify(self, job: Job, progress: Progress, cancelled: Cancelled) -> ClassifyOutcome:
        """Answer a job; stages are reading, finding-faces, recognising, drawing.

        Raises:
            OmokageError: PHOTO_GONE, or what is wrong with the photo.
            JobCancelledError: `cancelled` said so between two stages.
        """

        def stage(name: str, fraction: float) -> None:
            if cancelled():
                raise JobCancelledError
            progress(name, fraction)

        stage("reading", 0.0)
        if job.photo is None:
            raise OmokageError(ErrorCode.PHOTO_GONE)
        return self._answer(self._blobs.get(job.photo), job.photo, job.origin.guild_id, stage)

    def classify_photo(self, data: bytes, guild_id: int) -> ClassifyOutcome:
        """The same without a job, for the CLI.

        Raises:
            OmokageError: what is wrong with the photo.
        """
        return self._answer(data, hashlib.sha256(data).hexdigest(), guild_id, lambda _name, _fraction: None)

    def recognise(self, data: bytes, guild_id: int) -> Recognised:
        """The same without a picture.

        Raises:
            OmokageError: what is wrong with the photo.
        """
        reading = self._reader.read(data)
        faces, model = self._recognise(reading, hashlib.sha256(data).hexdigest(), guild_id)
        return Recognised(reading, tuple(faces), model)

    def recognise_as(self, head: Any, reading: PhotoReading, photo: str, guild_id: int) -> list[RecognisedFace]:
        """The same of a photo that was read already, as if this head served.

        Args:
            head: of a version, see `Serving`.
            reading: of the photo.
            photo: its sha256, by which corrections are found.
            guild_id: whose people and corrections.

        Raises:
            OmokageError: BAD_WEIGHTS.
        """
        if not reading.faces:
            return []
        known, confirmed = self._galleries.known(guild_id), self._confirmed(reading, photo, guild_id)
        forbidden, people = known.forbidden(photo, reading.faces, reading.embeddings), _people(confirmed)
        named = self._serving.recognise_as(head, guild_id, reading, known.recogniser, forbidden, confirmed=people)
        return _recognised(reading, named, confirmed)

    def _answer(self, data: bytes, photo: str, guild_id: int, stage: Progress) -> ClassifyOutcome:
        began = time.perf_counter()
        stage("finding-faces", 0.1)
        reading = self._reader.read(data)
        stage("recognising", 0.7)  # finding and embedding take most of the time
        recognised, model = self._recognise(reading, photo, guild_id)
        stage("drawing", 0.8)
        order = best_first(recognised)
        ordered = [recognised[index] for index in order]
        picture = annotate(reading.image, ordered)
        height, width = reading.image.shape[:2]
        result = ClassifyResult(
            width=width,
            height=height,
            picture=self._blobs.put(picture.data),
            picture_type=picture.content_type,
            faces=tuple(_answer_of(number, face) for number, face in enumerate(ordered, 1)),
            model=model,
            seconds=round(time.perf_counter() - began, 3),
            turned=reading.turned,
        )
        faces = (self._new_face(number, reading, index) for number, index in enumerate(order, 1))
        return ClassifyOutcome(result, tuple(faces))

    def _recognise(self, reading: PhotoReading, photo: str, guild_id: int) -> tuple[list[RecognisedFace], str]:
        if not reading.faces:
            return [], self._serving.live_name
        known, confirmed = self._galleries.known(guild_id), self._confirmed(reading, photo, guild_id)
        forbidden, people = known.forbidden(photo, reading.faces, reading.embeddings), _people(confirmed)
        named, model = self._serving.recognise(guild_id, reading, known.recogniser, forbidden, people)
        return _recognised(reading, named, confirmed), model

    def _confirmed(self, reading: PhotoReading, photo: str, guild_id: int) -> list[ConfirmedFace | None]:
        """For each face whom members named it as, in these very bytes.

        A name is not carried over to pictures that are merely alike: a rejection leaves the face to other guesses, but
        a wrong name would be given with no word of doubt.
        """
        return confirmed_at(self._gallery.confirmed_faces(guild_id, photo), reading.faces)

    def _new_face(self, number: int, reading: PhotoReading, index: int) -> NewFace:
        face = reading.faces[index]
        embedding = reading.embeddings[index].astype("<f4").tobytes()
        return NewFace(number, face.box, face.score, face.landmarks, embedding, self._embedder)


def _people(confirmed: Sequence[ConfirmedFace | None]) -> list[Candidate | None]:
    return [None if face is None else Candidate(face.person_id, face.name, 1.0) for face in confirmed]


def _recognised(
    reading: PhotoReading, named: Sequence[Naming], confirmed: Sequence[ConfirmedFace | None]
) -> list[RecognisedFace]:
    return [
        RecognisedFace(face, candidates[:3], name, withheld, None if person is None else person.confirmed_by)
        for face, (candidates, name, withheld), person in zip(reading.faces, named, confirmed, strict=True)
    ]


def _answer_of(number: int, face: RecognisedFace) -> FaceAnswer:
    person_id, name = (face.named.person_id, face.named.name) if face.named else (None, None)
    box, score = face.detected.box, face.detected.score
    return FaceAnswer(number, box, score, person_id, name, face.candidates, face.withheld, face.confirmed_by)
