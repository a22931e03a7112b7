"""Faces that never were: grids, variations, films, morphs, mixes, and what a model has seen that is like them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from core.domain.generation import (
    Face,
    FilmRequest,
    GenerationResult,
    GridRequest,
    MixRequest,
    MorphRequest,
    NearestRequest,
    seeds_of,
)
from core.domain.jobs import Job, JobCancelledError, JobKind
from core.render.film import FilmFormat, FilmStyle, render_film
from core.render.grid import pleasant_columns, pleasant_scale, render_grid
from core.render.strip import render_sum
from core.services.generation.latent_paths import add_traits, closed_path, latent_arithmetic
from core.services.generation.latents import FaceChoiceNeededError, ReportProgress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.generators.generator import FaceModel
    from core.services.generation.generator_cache import GeneratorCache, LoadedGenerator
    from core.services.generation.latents import FaceLatents
    from core.services.generation.nearest_neighbours import NearestNeighbours
    from core.storage.blobs import Blobs

Request: TypeAlias = GridRequest | MorphRequest | MixRequest | FilmRequest | NearestRequest

FRAMES = 24  # from face to face: 1.2 seconds, in which one can follow what changes
STRIP = 8  # faces of a morph, its ends included: a row
REQUESTS: Mapping[JobKind, type[Request]] = {
    JobKind.GENERATE: GridRequest,
    JobKind.MORPH: MorphRequest,
    JobKind.MIX: MixRequest,
    JobKind.FILM: FilmRequest,
    JobKind.NEAREST: NearestRequest,
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """By whom, and how a film is to be; `stage` is told between all that takes time."""

    guild_id: int
    stage: ReportProgress
    film: FilmStyle


class GenerationService:
    """Answers everything that is asked of models that draw faces.

    Args:
        generators: the models.
        codes: reads members' photos.
        nearest: looks into data sets.
        blobs: where photos are and pictures go.
    """

    def __init__(
        self, generators: GeneratorCache, codes: FaceLatents, nearest: NearestNeighbours, blobs: Blobs
    ) -> None:
        self._generators = generators
        self._codes = codes
        self._nearest = nearest
        self._blobs = blobs

    def answer(self, job: Job, progress: ReportProgress, cancelled: Callable[[], bool]) -> GenerationResult:
        """Answer a job; stages are reading, finding-faces, drawing.

        A film is a WebP unless the job's parameters have `"format": "gif"`.

        Raises:
            OmokageError: BAD_OPTION, NO_MODEL, UNKNOWN_MODEL, NO_ENCODER, UNKNOWN_TRAIT, BAD_WEIGHTS, PHOTO_GONE,
                NO_FACE and what else may be wrong with a photo, UNKNOWN_DATASET, NOT_ALLOWED, DATASET_CHANGED.
            JobCancelledError: `cancelled` said so between two stages.
        """

        def stage(name: str, fraction: float) -> None:
            if cancelled():
                raise JobCancelledError
            progress(name, fraction)

        params: Mapping[str, Any] = job.params
        style = FilmStyle(FilmFormat(params.get("format", FilmFormat.WEBP)))
        return self.draw(REQUESTS[job.kind].from_json(params), job.origin.guild_id, stage, style)

    def draw(
        self,
        request: Request,
        guild_id: int,
        stage: ReportProgress = lambda _name, _fraction: None,
        film: FilmStyle = FilmStyle(),  # noqa: B008 - frozen
    ) -> GenerationResult:
        """The same without a job, for the CLI; photos are blobs here, too."""
        asked = _Asked(guild_id, stage, film)
        stage("reading", 0.0)
        generator = self._generators.get(guild_id, request.model, photos=_has_photos(request))
        try:
            return self._drawn(request, generator, asked)
        except FaceChoiceNeededError as unclear:
            return _answer(generator, choice=unclear.choice)

    def warm_up(self, guild_id: int) -> None:
        """Make a guild's first grid as fast as the others.

        Raises:
            OmokageError: as `draw`: there may be nothing to warm up.
        """
        model = self._generators.get(guild_id, None).model
        model.render(model.latents([0]))

    def close(self) -> None:
        """End the photo reader's process; the next photo starts another."""
        self._codes.close()

    def _drawn(self, request: Request, generator: LoadedGenerator, asked: _Asked) -> GenerationResult:
        if isinstance(request, GridRequest):
            return self._grid(request, generator, asked)
        if isinstance(request, MorphRequest):
            return self._morph(request, generator, asked)
        if isinstance(request, MixRequest):
            return self._mix(request, generator, asked)
        if isinstance(request, FilmRequest):
            return self._film(request, generator, asked)
        return self._like(request, generator, asked)

    def _grid(self, request: GridRequest, generator: LoadedGenerator, asked: _Asked) -> GenerationResult:
        model, seeds = generator.model, seeds_of(request.seed, request.count)
        if request.like is None:
            codes = model.latents(seeds, request.truncation)
        else:
            like = self._codes.find(model, {"like": request.like}, asked.stage, request.truncation)
            codes = model.variations(like[0], seeds)
        asked.stage("drawing", 0.3)
        pictures = model.render(add_traits(model, codes, request.traits))
        # A variation's seed says how it varies, not which face it is.
        own = tuple(seeds) if request.like is None else ()
        scale = pleasant_scale(request.count, model.view.size)
        png = render_grid(pictures, pleasant_columns(request.count), [str(one) for one in own] or None, scale)
        return _answer(generator, picture=self._blobs.put(png), seeds=own)

    def _morph(self, request: MorphRequest, generator: LoadedGenerator, asked: _Asked) -> GenerationResult:
        model = generator.model
        ends = self._codes.find(model, {"a": request.a, "b": request.b}, asked.stage)
        asked.stage("drawing", 0.3)
        strip = model.render(model.path(ends[0], ends[1], [place / (STRIP - 1) for place in range(STRIP)]))
        labels = [_seed_of(request.a), *[""] * (STRIP - 2), _seed_of(request.b)]
        scale = pleasant_scale(STRIP, model.view.size)
        png = render_grid(strip, STRIP, labels if any(labels) else None, scale)
        film = self._walk(model, ends, asked)
        return _answer(generator, picture=self._blobs.put(png), film=film, film_name=asked.film.name)

    def _mix(self, request: MixRequest, generator: LoadedGenerator, asked: _Asked) -> GenerationResult:
        model, added = generator.model, len(request.add)
        faces = {f"add/{place}": face for place, face in enumerate(request.add)}
        faces |= {f"subtract/{place}": face for place, face in enumerate(request.subtract)}
        codes = self._codes.find(model, faces, asked.stage)
        asked.stage("drawing", 0.6)
        sum_of_all = latent_arithmetic(model.mean(), codes[:added], codes[added:])
        result = add_traits(model, sum_of_all[None], request.traits)
        pictures = model.render(np.concatenate([codes, result]))
        signs = ["+"] * added + ["−"] * len(request.subtract)
        labels = [sign + _seed_of(face) for sign, face in zip(signs, faces.values(), strict=True)]
        return _answer(generator, picture=self._blobs.put(render_sum(pictures[:-1], labels, pictures[-1])))

    def _film(self, request: FilmRequest, generator: LoadedGenerator, asked: _Asked) -> GenerationResult:
        model, faces = generator.model, {f"faces/{place}": face for place, face in enumerate(request.faces)}
        keys = self._codes.find(model, faces, asked.stage, request.truncation)
        film = self._walk(model, add_traits(model, keys, request.traits), asked)
        seeds = tuple(face.seed for face in request.faces if face.seed is not None)
        return _answer(generator, film=film, film_name=asked.film.name, seeds=seeds)

    def _like(self, request: NearestRequest, generator: LoadedGenerator, asked: _Asked) -> GenerationResult:
        model = generator.model
        code = self._codes.find(model, {"face": request.face}, asked.stage, request.truncation)
        drawn = model.render(add_traits(model, code, request.traits))
        found = self._nearest.find(
            asked.guild_id, generator.version, model.view, drawn[0], lambda share: asked.stage("reading", 0.9 * share)
        )
        asked.stage("drawing", 0.9)
        labels = [_seed_of(request.face), *(f"{distance:.2f}" for distance in found.distances)]
        pictures = np.concatenate([drawn, found.pictures])
        png = render_grid(pictures, len(pictures), labels, pleasant_scale(len(pictures), model.view.size))
        seeds = () if request.face.seed is None else (request.face.seed,)
        return _answer(generator, picture=self._blobs.put(png), seeds=seeds, distances=found.distances)

    def _walk(self, model: FaceModel, keys: NDArray[np.float32], asked: _Asked) -> str:
        """A film through the faces and back to the first; its blob."""
        frames = []
        for place, codes in enumerate(closed_path(model, keys, FRAMES)):
            asked.stage("drawing", 0.4 + 0.3 * place / len(keys))
            frames.append(model.render(codes))
        asked.stage("drawing", 0.7)
        return self._blobs.put(render_film(np.concatenate(frames), asked.film))


def _answer(generator: LoadedGenerator, **said: Any) -> GenerationResult:
    version_id = generator.name.version_id
    return GenerationResult(
        generator.name.name, generator.name.label, version_id, traits=tuple(generator.model.traits), **said
    )


def _has_photos(request: Request) -> bool:
    return any(face.photo is not None for face in _faces(request))


def _faces(request: Request) -> tuple[Face, ...]:
    if isinstance(request, GridRequest):
        return () if request.like is None else (request.like,)
    if isinstance(request, MorphRequest):
        return request.a, request.b
    if isinstance(request, MixRequest):
        return *request.add, *request.subtract
    return request.faces if isinstance(request, FilmRequest) else (request.face,)


def _seed_of(face: Face) -> str:
    return "" if face.seed is None else str(face.seed)
