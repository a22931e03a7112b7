"""Name the faces of a photo, and draw the names into it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from core.domain.classification import ClassifyOutcome, ClassifyResult, FaceAnswer, best_first
from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate, RecognisedFace, without_people
from core.domain.jobs import Job, JobCancelledError
from core.domain.people import ConfirmedFace, EnrolledFaces, NewFace
from core.render.annotate import annotate
from core.services.people.gallery import GalleryService
from core.services.recognition.face_ages import FaceAges
from core.services.recognition.gallery_cache import GalleryCache, match_confirmed
from core.services.recognition.guild_recogniser import BaselineRecogniser, GuildRecogniser, Naming
from core.storage.blobs import Blobs

if TYPE_CHECKING:
    from core.vision.recognition.photo_reader import PhotoReading

Progress = Callable[[str, float], None]
Cancelled = Callable[[], bool]


class PhotoReader(Protocol):
    """The reader of photos: core.vision.recognition.photo_reader, as far as it is used here."""

    def read(self, data: bytes) -> PhotoReading:
        """Decode a photo, find its faces and embed them; OmokageError where the bytes are no photo."""

    def warm_up(self) -> None:
        """Load everything that the first photo needs."""

    def close(self) -> None:
        """End the process that decodes."""


@dataclass(frozen=True, slots=True)
class RecognisedPhoto:
    """A photo's faces in the order of its reading, and the name of the recogniser that named them."""

    reading: PhotoReading
    faces: tuple[RecognisedFace, ...]
    model: str


class ClassifyService:
    """Names the faces of a photo as people of its guild; answers never name people who objected to it.

    Args:
        reader: finds and embeds faces.
        make_baseline: builds the recogniser that needs no training from a guild's enrolled faces.
        gallery: the guilds' enrolled faces and labels.
        blobs: where photos are and pictures go.
        recogniser: recognises with the version that the guild promoted.
        ages: estimates how old faces look; None: nobody asks.
    """

    def __init__(
        self,
        reader: PhotoReader,
        make_baseline: Callable[[EnrolledFaces], BaselineRecogniser],
        gallery: GalleryService,
        blobs: Blobs,
        *,
        recogniser: GuildRecogniser[Any, Any],
        ages: FaceAges | None = None,
    ) -> None:
        self._reader = reader
        self._gallery = gallery
        self._galleries = GalleryCache(gallery, make_baseline)
        self._blobs = blobs
        self._recogniser = recogniser
        self._ages = ages

    @property
    def reader(self) -> PhotoReader:
        """The reader of photos, for whatever else reads some in this process."""
        return self._reader

    @property
    def galleries(self) -> GalleryCache[Any]:
        """The guilds' faces, for whatever else compares with them in this process."""
        return self._galleries

    def warm_up(self) -> None:
        """Make the first photo as fast as the others."""
        self._reader.warm_up()

    def close(self) -> None:
        """End the reader's process; the next photo starts another."""
        self._reader.close()

    def classify(self, job: Job, progress: Progress, cancelled: Cancelled) -> ClassifyOutcome:
        """Answer a job; its stages are reading, finding-faces, recognising, drawing.

        Raises:
            OmokageError: PHOTO_GONE, or what is wrong with the photo.
            JobCancelledError: `cancelled` returned True before a stage.
        """

        def stage(name: str, fraction: float) -> None:
            if cancelled():
                raise JobCancelledError
            progress(name, fraction)

        stage("reading", 0.0)
        if job.photo is None:
            raise OmokageError(ErrorCode.PHOTO_GONE)
        guild_id = job.origin.guild_id
        ages = self._ages if self._ages is not None and self._ages.enabled(guild_id) else None
        return self._classify(self._blobs.get(job.photo), job.photo, guild_id, stage, ages)

    def classify_photo(self, data: bytes, guild_id: int, *, estimate_ages: bool = False) -> ClassifyOutcome:
        """Answer a photo without a job, for the CLI; with `estimate_ages` also how old its faces look.

        Raises:
            OmokageError: what is wrong with the photo.
        """
        ages = self._ages if estimate_ages else None
        return self._classify(data, hashlib.sha256(data).hexdigest(), guild_id, lambda _name, _fraction: None, ages)

    def recognise(self, data: bytes, guild_id: int) -> RecognisedPhoto:
        """Name the faces of a photo, without drawing a picture.

        Raises:
            OmokageError: what is wrong with the photo.
        """
        reading = self._reader.read(data)
        faces, model = self._recognise(reading, hashlib.sha256(data).hexdigest(), guild_id)
        return RecognisedPhoto(reading, tuple(faces), model)

    def recognise_reading(self, reading: PhotoReading, photo: str, guild_id: int) -> list[RecognisedFace]:
        """Name the faces of a photo that was read already.

        Args:
            reading: of the photo.
            photo: the sha256 of its bytes, by which labels are found.
            guild_id: whose people and labels.
        """
        return self._recognise(reading, photo, guild_id)[0]

    def recognise_as(self, head: Any, reading: PhotoReading, photo: str, guild_id: int) -> list[RecognisedFace]:
        """Name the faces of a photo that was read already, as if this head's version were promoted.

        Args:
            head: of a version, from `HeadCache`.
            reading: of the photo.
            photo: the sha256 of its bytes, by which labels are found.
            guild_id: whose people and labels.

        Raises:
            OmokageError: BAD_WEIGHTS.
        """
        if not reading.faces:
            return []
        gallery, confirmed = self._galleries.get(guild_id), self._confirmed(reading, photo, guild_id)
        cannot_link_ids = gallery.cannot_link_ids(photo, reading)
        namings = self._recogniser.recognise_as(
            head, guild_id, reading, gallery.recogniser, cannot_link_ids, confirmed=_candidates(confirmed)
        )
        return _recognised_faces(reading, namings, confirmed)

    def _classify(
        self, data: bytes, photo: str, guild_id: int, stage: Progress, ages: FaceAges | None
    ) -> ClassifyOutcome:
        began = time.perf_counter()
        stage("finding-faces", 0.1)
        reading = self._reader.read(data)
        stage("recognising", 0.7)  # finding and embedding take most of the time
        recognised, model = self._recognise(reading, photo, guild_id)
        face_ages = [None] * len(reading.faces) if ages is None else ages.estimate(reading, recognised, guild_id)
        # Who objected is recognised only so as not to be named.
        objecting = self._gallery.objecting_ids(guild_id) if recognised else frozenset[int]()
        recognised = [without_people(face, objecting) for face in recognised]
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
            faces=tuple(
                _face_answer(number, recognised[index], face_ages[index]) for number, index in enumerate(order, 1)
            ),
            model=model,
            seconds=round(time.perf_counter() - began, 3),
            turned=reading.turned,
            age_error=None if ages is None or face_ages.count(None) == len(face_ages) else ages.mean_error,
        )
        embedder = self._gallery.embedder(guild_id)
        faces = (new_face(number, reading, index, embedder) for number, index in enumerate(order, 1))
        return ClassifyOutcome(result, tuple(faces))

    def _recognise(self, reading: PhotoReading, photo: str, guild_id: int) -> tuple[list[RecognisedFace], str]:
        if not reading.faces:
            return [], self._galleries.get(guild_id).recogniser.name
        gallery, confirmed = self._galleries.get(guild_id), self._confirmed(reading, photo, guild_id)
        cannot_link_ids = gallery.cannot_link_ids(photo, reading)
        namings, model = self._recogniser.recognise(
            guild_id, reading, gallery.recogniser, cannot_link_ids, _candidates(confirmed)
        )
        return _recognised_faces(reading, namings, confirmed), model

    def _confirmed(self, reading: PhotoReading, photo: str, guild_id: int) -> list[ConfirmedFace | None]:
        """Return, for each face, the face of the same bytes that members named.

        A name is not carried over to pictures that are merely alike: a rejection leaves the face to other guesses, but
        a wrong name would be given with no word of doubt.
        """
        return match_confirmed(self._gallery.confirmed_faces(guild_id, photo), reading.faces)


def new_face(number: int, reading: PhotoReading, index: int, embedder: str) -> NewFace:
    """Return a face of a photo as it is stored in a guild that is on this embedder, with the present one's besides."""
    face = reading.faces[index]
    embedding, present = (
        reading.embeddings_of(name)[index].astype("<f4").tobytes() for name in (embedder, EMBEDDING_NAME)
    )
    reembedded = b"" if embedder == EMBEDDING_NAME else present
    return NewFace(number, face.box, face.score, face.landmarks, embedding, embedder, reembedded)


def _candidates(confirmed: Sequence[ConfirmedFace | None]) -> list[Candidate | None]:
    return [None if face is None else Candidate(face.person_id, face.name, 1.0) for face in confirmed]


def _recognised_faces(
    reading: PhotoReading, namings: Sequence[Naming], confirmed: Sequence[ConfirmedFace | None]
) -> list[RecognisedFace]:
    return [
        RecognisedFace(face, candidates[:3], name, withheld, None if person is None else person.confirmed_by, disagree)
        for face, (candidates, name, withheld, disagree), person in zip(reading.faces, namings, confirmed, strict=True)
    ]


def _face_answer(number: int, face: RecognisedFace, age: int | None) -> FaceAnswer:
    person_id, name = (face.named.person_id, face.named.name) if face.named else (None, None)
    box, score = face.detected.box, face.detected.score
    return FaceAnswer(
        number,
        box,
        score,
        person_id,
        name,
        face.candidates,
        face.withheld,
        face.confirmed_by,
        face.networks_disagree,
        age,
    )
