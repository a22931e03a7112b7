"""Requests for workers, from what a member asked or pressed: rules without Discord."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.features.generate.parsing import change_trait
from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import (
    MAX_FILM_FACES,
    Face,
    FilmRequest,
    GenerationResult,
    GridRequest,
    MixRequest,
    MorphRequest,
    NearestRequest,
)
from core.domain.jobs import JSON, Job, JobKind
from core.domain.training.presets import bad_option

VARIATIONS = 8  # a row of the widest grid: enough to see what varies
TRAIT_STEP = 1.0  # the difference between faces with it and without it: less is hardly seen
_MAX_SHOWN = 40  # characters of a forged trait, in a refusal
_SEEDS = 1_000_000  # six digits: quick to type again, and few meet the same face


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Kind and parameters of a job that is to be requested."""

    kind: JobKind
    params: Mapping[str, JSON]


def random_seed() -> int:
    """Choose a seed for members who give none."""
    return secrets.randbelow(_SEEDS)


def grid(request: GridRequest) -> JobSpec:
    """Request a grid of faces, or of variations of one."""
    return JobSpec(JobKind.GENERATE, {**request.to_json(), "title": f"/generate {request.count} · {request.seed}"})


def morph(request: MorphRequest, film_format: str | None = None) -> JobSpec:
    """Request a morph from one face to another; the film is in the worker's default format, or in `gif`."""
    params: dict[str, JSON] = {} if film_format is None else {"format": film_format}
    params["title"] = f"/morph {_short(request.a)} → {_short(request.b)}"
    return JobSpec(JobKind.MORPH, {**request.to_json(), **params})


def mix(request: MixRequest) -> JobSpec:
    """Request the arithmetic of faces."""
    words = [*(f"+{_short(face)}" for face in request.add), *(f"−{_short(face)}" for face in request.subtract)]
    return JobSpec(JobKind.MIX, {**request.to_json(), "title": f"/mix {' '.join(words)}"})


def again(job: Job, drawn: GenerationResult, seed: int) -> JobSpec:
    """Request other faces from the same model."""
    return grid(replace(GridRequest.from_json(job.params), seed=seed, model=drawn.model))


def variations(job: Job, drawn: GenerationResult, face: int, seed: int) -> JobSpec:
    """Request variations of one of the drawn faces."""
    request = GridRequest.from_json(job.params)
    return grid(replace(request, count=VARIATIONS, seed=seed, model=drawn.model, like=Face(face)))


def film(job: Job, drawn: GenerationResult) -> JobSpec:
    """Request a film through the first of the drawn faces."""
    grid_request = GridRequest.from_json(job.params)
    faces = tuple(map(Face, drawn.seeds[:MAX_FILM_FACES]))
    request = FilmRequest(faces, drawn.model, grid_request.truncation, grid_request.traits)
    return JobSpec(JobKind.FILM, {**request.to_json(), "title": f"🎞️ {' '.join(map(_short, faces))}"})


def nearest(job: Job, drawn: GenerationResult, face: int) -> JobSpec:
    """Request the training pictures that are nearest to one of the drawn faces."""
    grid_request = GridRequest.from_json(job.params)
    request = NearestRequest(Face(face), drawn.model, grid_request.truncation, grid_request.traits)
    return JobSpec(JobKind.NEAREST, {**request.to_json(), "title": f"🔎 {face}"})


def with_trait(job: Job, drawn: GenerationResult, trait: str, step: float) -> JobSpec:
    """Request the same faces with more or less of a trait."""
    if job.kind is JobKind.MIX:
        mixed = MixRequest.from_json(job.params)
        return mix(replace(mixed, model=drawn.model, traits=change_trait(mixed.traits, trait, step)))
    request = GridRequest.from_json(job.params)
    return grid(replace(request, model=drawn.model, traits=change_trait(request.traits, trait, step)))


def check_seed(drawn: GenerationResult, number: int | None) -> int:
    """Check that a number, as a custom id or a select's value has it, is the seed of one of the drawn faces.

    Raises:
        OmokageError: BAD_OPTION.
    """
    if number is None or number not in drawn.seeds:
        raise bad_option("seed", str(number), ", ".join(map(str, drawn.seeds)))
    return number


def check_trait(drawn: GenerationResult, name: str) -> str:
    """Check that a select's value names a trait that the model which drew the faces knows.

    Raises:
        OmokageError: UNKNOWN_TRAIT.
    """
    if name not in drawn.traits:
        raise OmokageError(ErrorCode.UNKNOWN_TRAIT, trait=name[:_MAX_SHOWN], known=", ".join(drawn.traits))
    return name


def result_of(job: Job) -> GenerationResult:
    """Read what a job has drawn.

    Raises:
        OmokageError: PHOTO_GONE, it has no result.
    """
    if job.result is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    result: Mapping[str, Any] = job.result
    return GenerationResult.from_json(result)


def _short(face: Face) -> str:
    return "📷" if face.seed is None else str(face.seed)
