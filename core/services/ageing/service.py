"""The ageing service: whole photos, strips of decades, and films."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from core.domain.ageing import MAX_AGE, MIN_AGE, AgedFace, AgeOutput, AgeRefusal, AgeRequest, AgeResult
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError
from core.domain.training.presets import bad_option
from core.render.film import FilmFormat, FilmStyle, render_film
from core.render.grid import MAX_BYTES, render_grid
from core.render.whole_photo import encode_photo
from core.services.ageing.face_series import FaceSeries
from core.services.ageing.similarity import identity_similarity
from core.services.generation.face_selection import SeveralFacesError, number_faces, select_face_index
from core.vision.embedding.align import face_chips
from core.vision.transfer.delta import transfer

if TYPE_CHECKING:
    from core.services.ageing.ager_cache import LoadedAger
    from core.services.ageing.assessment import AssessedFace, FaceAssessor
    from core.storage.blobs import Blobs
    from core.vision.recognition.photo_reader import FaceEmbedder, PhotoReading

ReportProgress: TypeAlias = Callable[[str, float], None]  # stage, fraction; may raise JobCancelledError

_ROW = 5  # pictures of a strip beside each other at most: the input and eight decades are two rows
STRIP_NAME = "strip.png"


class Agers(Protocol):
    """The models of guilds: core.services.ageing.ager_cache."""

    def get(self, guild_id: int, requested: str | None) -> LoadedAger:
        """Return the model of that name, or the guild's default; UNKNOWN_MODEL, NO_AGE_MODEL, BAD_WEIGHTS."""


class PhotoReader(Protocol):
    """The reader of photos: core.vision.recognition.photo_reader, as far as it is used here."""

    def read(self, data: bytes) -> PhotoReading:
        """Decode a photo, find its faces and embed them; OmokageError where the bytes are no photo."""

    def close(self) -> None:
        """End the process that decodes."""


@dataclass(frozen=True, slots=True)
class OutputStyle:
    """How answers are encoded; `max_bytes`: of a photo, None: any number."""

    film: FilmStyle = field(default_factory=FilmStyle)
    max_bytes: int | None = MAX_BYTES


@dataclass(frozen=True, slots=True)
class _Context:
    """What a request is answered with; `report_progress` is called between all steps that take time."""

    request: AgeRequest
    guild_id: int
    ager: LoadedAger
    report_progress: ReportProgress
    style: OutputStyle


class AgeingService:
    """Answer requests to show faces at another age.

    Args:
        agers: the models.
        reader: finds and embeds faces.
        embedder: embeds the aged faces.
        assessor: looks at faces before they are aged.
        blobs: where photos are read from and pictures are written to.
        age_error: returns the mean error of estimated ages in years, as measured.
    """

    def __init__(
        self,
        agers: Agers,
        reader: PhotoReader,
        embedder: FaceEmbedder,
        assessor: FaceAssessor,
        blobs: Blobs,
        *,
        age_error: Callable[[], float],
    ) -> None:
        self._agers = agers
        self._reader = reader
        self._embedder = embedder
        self._assessor = assessor
        self._blobs = blobs
        self._age_error = age_error

    def answer(self, job: Job, progress: ReportProgress, cancelled: Callable[[], bool]) -> AgeResult:
        """Answer a job; stages are reading, finding-faces, drawing.

        A film is a WebP unless the job's parameters have `"format": "gif"`.

        Raises:
            OmokageError: BAD_OPTION, NO_AGE_MODEL, UNKNOWN_MODEL, BAD_WEIGHTS, PHOTO_GONE, NO_FACE, and what else may
                be wrong with a photo.
            JobCancelledError: `cancelled()` was true between two stages.
        """

        def report_progress(stage: str, fraction: float) -> None:
            if cancelled():
                raise JobCancelledError
            progress(stage, fraction)

        film = FilmStyle(FilmFormat(str(job.params.get("format", FilmFormat.WEBP))))
        return self.draw(AgeRequest.from_json(job.params), job.origin.guild_id, report_progress, OutputStyle(film))

    def draw(
        self,
        request: AgeRequest,
        guild_id: int,
        report_progress: ReportProgress = lambda _stage, _fraction: None,
        style: OutputStyle = OutputStyle(),
    ) -> AgeResult:
        """Answer a request without a job, for the command line; the photo is a blob here, too.

        Raises:
            OmokageError: as `answer`.
        """
        report_progress("reading", 0.0)
        context = _Context(request, guild_id, self._agers.get(guild_id, request.model), report_progress, style)
        report_progress("finding-faces", 0.1)
        try:
            return self._draw(context, self._blobs.get(request.photo))
        except OmokageError as error:
            raise OmokageError(error.code, **{**error.details, "photo": request.photo}) from error

    def warm_up(self, guild_id: int) -> None:
        """Load and compile a guild's default model, so that its first photo is nearly as fast as the others.

        Raises:
            OmokageError: as `draw`: there may be no model.
        """
        ager = self._agers.get(guild_id, None).model
        blank = np.zeros((1, ager.view.size, ager.view.size, 3), np.uint8)
        ager.change(blank, np.array([30], np.float32), np.array([60], np.float32))
        ager.typicality(blank)

    def close(self) -> None:
        """End the process that decodes photos; the next photo starts another."""
        self._reader.close()

    def _draw(self, context: _Context, data: bytes) -> AgeResult:
        reading = self._reader.read(data)
        if not reading.faces:
            raise OmokageError(ErrorCode.NO_FACE)
        try:
            indices = _indices(context.request, reading)
        except SeveralFacesError as error:
            faces = [AgedFace(index, None) for index in range(error.faces)]
            return self._result(context, faces, choice=self._blobs.put(error.picture))
        context.report_progress("drawing", 0.5)
        assessed = self._assessor.assess(
            reading,
            indices,
            context.ager.model,
            lambda present: _age(context.request, present),
            photo=hashlib.sha256(data).hexdigest(),
            guild_id=context.guild_id,
        )
        if context.request.output is AgeOutput.PHOTO:
            return self._age_photo(context, reading, assessed)
        return self._age_face(context, reading, assessed[0])

    def _age_photo(self, context: _Context, reading: PhotoReading, assessed: Sequence[AssessedFace]) -> AgeResult:
        aged = [face for face in assessed if face.refusal is None]
        faces = {face.index: _answered(face) for face in assessed}
        if not aged:
            return self._result(context, list(faces.values()))
        landmarks = [face.detected.landmarks for face in aged]
        changed = transfer(reading.image, context.ager.model.view.framing, landmarks, _changes(context, aged))
        context.report_progress("drawing", 0.7)
        after = self._embedder.embed(face_chips(changed, landmarks)).dlib
        before = _dlib(reading)[[face.index for face in aged]]
        for face, similarity in zip(aged, identity_similarity(before, after), strict=True):
            faces[face.index] = replace(faces[face.index], similarity=float(similarity))
        encoded = encode_photo(changed, context.style.max_bytes)
        fields = {"picture": self._blobs.put(encoded.data), "picture_name": encoded.name}
        if len(faces) > 1:
            fields["numbered"] = self._blobs.put(number_faces(reading.image, reading.faces))
        return self._result(context, list(faces.values()), **fields)

    def _age_face(self, context: _Context, reading: PhotoReading, face: AssessedFace) -> AgeResult:
        if face.refusal is not None:
            return self._result(context, [_answered(face)])
        series = FaceSeries(reading.image, face, context.ager.model)
        strip = np.concatenate([series.own[None], series.strip()])
        embeddings = self._embedder.embed(series.chips(strip)).dlib
        similarity = float(identity_similarity(embeddings[:1], embeddings[1:]).min())
        answered = [replace(_answered(face), similarity=similarity)]
        context.report_progress("drawing", 0.7)
        if context.request.output is AgeOutput.FILM:
            film = self._blobs.put(render_film(series.film(), context.style.film))
            return self._result(context, answered, film=film, film_name=context.style.film.file_name)
        labels = [f"≈ {round(series.present)}", *map(str, series.ages)]
        rows = -(-len(strip) // _ROW)
        png = render_grid(strip, -(-len(strip) // rows), labels)
        return self._result(context, answered, picture=self._blobs.put(png), picture_name=STRIP_NAME)

    def _result(self, context: _Context, faces: Sequence[AgedFace], **fields: Any) -> AgeResult:
        name = context.ager.name
        return AgeResult(
            name.name,
            name.label,
            tuple(faces),
            self._age_error(),
            version_id=name.version_id,
            starter=name.version_id is None,
            **fields,
        )


def _indices(request: AgeRequest, reading: PhotoReading) -> list[int]:
    """Return the indices of the faces that are asked for, each once.

    Raises:
        OmokageError: BAD_OPTION, there is no face of that index.
        SeveralFacesError: there are several, and one has to be chosen.
    """
    count = len(reading.faces)
    for index in request.faces:
        if not 0 <= index < count:
            raise bad_option("face", index + 1, f"1 to {count}")
    if request.faces:
        return list(dict.fromkeys(request.faces))
    if request.output is AgeOutput.PHOTO:
        return list(range(count))
    return [select_face_index(reading.image, reading.faces, None)]


def _age(request: AgeRequest, present: float) -> int | None:
    """Return the age that is asked for of a face that looks so old; None for a strip or film."""
    if request.output is not AgeOutput.PHOTO:
        return None
    if request.to is not None:
        return request.to
    return min(max(round(present) + (request.years or 0), MIN_AGE), MAX_AGE)


def _changes(context: _Context, faces: Sequence[AssessedFace]) -> Any:
    """Return what to add to the ager's pictures, (N, S, S, 3)."""
    change = context.ager.model.change(
        np.stack([face.picture for face in faces if face.picture is not None]),
        np.array([face.present for face in faces], np.float32),
        np.array([face.age for face in faces], np.float32),
    )
    return change.mask * change.delta


def _answered(face: AssessedFace) -> AgedFace:
    present = None if face.present is None else round(face.present)
    if face.refusal is None:
        return AgedFace(face.index, present, face.age)
    return AgedFace(face.index, present if face.refusal is AgeRefusal.CHILD else None, refusal=face.refusal)


def _dlib(reading: PhotoReading) -> Any:
    if reading.dlib is None:
        raise ValueError("a photo is read with dlib's embeddings")
    return reading.dlib
