"""Requests to show faces at another age, from what a member typed or pressed: rules without Discord."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.intake.face_fields import ROOT
from bot.photo import Photo
from core.domain.ageing import AgedFace, AgeOutput, AgeRefusal, AgeRequest, AgeResult, age_is_allowed
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON, Job

# A photo that is asked for without an age: whatever the age of a face, so many years more are plain to see, and those
# of a group stay as far apart as they are.
DEFAULT_YEARS = 30
BUTTON_AGES = (20, 40, 60, 80)  # a row of buttons; each is one decade of the strip away from the next
_PENDING_PHOTO = ""  # its name is known once the photo is stored


@dataclass(frozen=True, slots=True)
class AgeOptions:
    """The options that a member typed; None: left out."""

    years: int | None = None
    to: int | None = None
    output: AgeOutput | None = None
    model: str | None = None


def request_for(options: AgeOptions) -> AgeRequest:
    """Complete the options: with an age it is a photo, without one a strip of all ages.

    Raises:
        OmokageError: BAD_OPTION, options that do not go together, or out of range.
    """
    has_age = options.years is not None or options.to is not None
    output = options.output or (AgeOutput.PHOTO if has_age else AgeOutput.STRIP)
    if options.years is not None and options.to is not None:
        raise OmokageError(ErrorCode.BAD_OPTION, reason="years-and-to")
    if options.years == 0:
        raise OmokageError(ErrorCode.BAD_OPTION, reason="zero-years")
    if has_age and output is not AgeOutput.PHOTO:
        raise OmokageError(ErrorCode.BAD_OPTION, reason="age-of-series")
    years = DEFAULT_YEARS if output is AgeOutput.PHOTO and not has_age else options.years
    return AgeRequest(_PENDING_PHOTO, output, options.to, years, model=options.model)


def params_of(request: AgeRequest) -> dict[str, JSON]:
    """Build the job's parameters."""
    age = request.output.value if request.years is None else f"{request.years:+d}"
    return {**request.to_json(), "title": f"/age → {request.to or age}"}


def photos_of(photo: Photo) -> dict[str, Photo]:
    """Map the path in the parameters to the photo, for the intake."""
    return {ROOT: photo}


def picture_count(job: Job) -> int:
    """Count the pictures of the message that the photo is from."""
    photos: Any = job.params.get("photos") or {}
    return int(photos.get(ROOT, {}).get("of", 1))


def with_age(job: Job, age: int) -> AgeRequest:
    """Request the same photo with its faces at an age; BAD_OPTION for one out of range."""
    return replace(_same_photo(job), output=AgeOutput.PHOTO, to=age, years=None)


def as_series(job: Job, output: AgeOutput) -> AgeRequest:
    """Request a strip or film; of several faces, one is to be chosen first."""
    same = _same_photo(job)
    faces = same.faces if len(same.faces) == 1 else ()
    return replace(same, output=output, to=None, years=None, faces=faces)


def with_faces(job: Job, indices: Sequence[int | None]) -> AgeRequest:
    """Request the same of some of the photo's faces.

    Args:
        job: finished.
        indices: of the faces; None: what was chosen is no number.

    Raises:
        OmokageError: FACE_GONE, the result has no such face.
    """
    known = {face.index for face in result_of(job).faces}
    chosen = tuple(index for index in indices if index in known and index is not None)
    if not chosen or len(chosen) < len(indices):
        raise OmokageError(ErrorCode.FACE_GONE)
    return replace(_same_photo(job), faces=chosen)


def is_question(result: AgeResult) -> bool:
    """Say whether a face of several must be chosen before there can be an answer."""
    return result.choice is not None and not has_picture(result) and all(face.refusal is None for face in result.faces)


def has_picture(result: AgeResult) -> bool:
    """Say whether anything was made: not where every face was refused."""
    return result.picture is not None or result.film is not None


def possible_ages(request: AgeRequest, result: AgeResult) -> tuple[int, ...]:
    """List the ages for which at least one face can be shown anew."""
    return tuple(age for age in BUTTON_AGES if age != request.to and any(_can_be(face, age) for face in result.faces))


def possible_series(request: AgeRequest, result: AgeResult) -> tuple[AgeOutput, ...]:
    """List what else than a photo can be made."""
    if not any(_can_change(face) for face in result.faces):
        return ()
    return tuple(output for output in (AgeOutput.STRIP, AgeOutput.FILM) if output is not request.output)


def faces_to_choose(request: AgeRequest, result: AgeResult) -> list[AgedFace]:
    """List the faces that may be chosen; none where there is no choice."""
    if is_question(result):
        return list(result.faces)
    whole = request.output is AgeOutput.PHOTO and not request.faces
    faces = [face for face in result.faces if face.refusal is None]
    return faces if whole and len(result.faces) > 1 else []


def request_of(job: Job) -> AgeRequest:
    """Read what a job requests."""
    return AgeRequest.from_json(job.params)


def result_of(job: Job) -> AgeResult:
    """Read a job's result.

    Raises:
        OmokageError: PHOTO_GONE, it has no result.
    """
    if job.result is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    result: Mapping[str, Any] = job.result
    return AgeResult.from_json(result)


def _same_photo(job: Job) -> AgeRequest:
    """Repeat the request with the model that answered it."""
    return replace(request_of(job), model=result_of(job).model)


def _can_change(face: AgedFace) -> bool:
    return face.refusal in {None, AgeRefusal.CHILD}


def _can_be(face: AgedFace, age: int) -> bool:
    return _can_change(face) and face.present is not None and age_is_allowed(face.present, age)
