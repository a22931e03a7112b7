"""The generation service: grids, variations, morphs, mixes, films, and a face's nearest training pictures."""

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
from core.render.grid import grid_columns, grid_scale, render_grid
from core.render.strip import render_sum
from core.services.generation.latent_paths import add_traits, closed_path, latent_arithmetic
from core.services.generation.latents import FaceChoiceNeededError, ReportProgress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.generators.generator import FaceGenerator
    from core.services.generation.generator_cache import GeneratorCache, LoadedGenerator
    from core.services.generation.latents import FaceLatents
    from core.services.generation.nearest_neighbours import NearestNeighbours
    from core.storage.blobs import Blobs

Request: TypeAlias = GridRequest | MorphRequest | MixRequest | FilmRequest | NearestRequest

FRAMES = 24  # from face to face: 1.2 seconds, in which one can follow what changes
STRIP_FACES = 8  # of a morph, its ends included: a row
REQUESTS: Mapping[JobKind, type[Request]] = {
    JobKind.GENERATE: GridRequest,
    JobKind.MORPH: MorphRequest,
    JobKind.MIX: MixRequest,
    JobKind.FILM: FilmRequest,
    JobKind.NEAREST: NearestRequest,
}


@dataclass(frozen=True, slots=True)
class _Context:
    """What a request is answered with; `report_progress` is called between all steps that take time."""

    guild_id: int
    generator: LoadedGenerator
    report_progress: ReportProgress
    film_style: FilmStyle

    @property
    def model(self) -> FaceGenerator:
        """The network of the generator."""
        return self.generator.model


class GenerationService:
    """Answer requests to models that generate faces.

    Args:
        generators: the models.
        latents: encodes members' photos and seeds.
        nearest: searches data sets.
        blobs: where photos are read from and pictures are written to.
    """

    def __init__(
        self, generators: GeneratorCache, latents: FaceLatents, nearest: NearestNeighbours, blobs: Blobs
    ) -> None:
        self._generators = generators
        self._latents = latents
        self._nearest = nearest
        self._blobs = blobs
        self._handlers: Mapping[type[Request], Callable[[Any, _Context], GenerationResult]] = {
            GridRequest: self._grid,
            MorphRequest: self._morph,
            MixRequest: self._mix,
            FilmRequest: self._film,
            NearestRequest: self._nearest_pictures,
        }

    def answer(self, job: Job, progress: ReportProgress, cancelled: Callable[[], bool]) -> GenerationResult:
        """Answer a job; stages are reading, finding-faces, drawing.

        A film is a WebP unless the job's parameters have `"format": "gif"`.

        Raises:
            OmokageError: BAD_OPTION, NO_MODEL, UNKNOWN_MODEL, NO_ENCODER, UNKNOWN_TRAIT, BAD_WEIGHTS, PHOTO_GONE,
                NO_FACE and what else may be wrong with a photo, UNKNOWN_DATASET, NOT_ALLOWED, DATASET_CHANGED.
            JobCancelledError: `cancelled()` was true between two stages.
        """

        def report_progress(stage: str, fraction: float) -> None:
            if cancelled():
                raise JobCancelledError
            progress(stage, fraction)

        params: Mapping[str, Any] = job.params
        style = FilmStyle(FilmFormat(params.get("format", FilmFormat.WEBP)))
        return self.draw(REQUESTS[job.kind].from_json(params), job.origin.guild_id, report_progress, style)

    def draw(
        self,
        request: Request,
        guild_id: int,
        report_progress: ReportProgress = lambda _stage, _fraction: None,
        film: FilmStyle = FilmStyle(),  # noqa: B008 - frozen
    ) -> GenerationResult:
        """Answer a request without a job, for the command line; photos are blobs here, too.

        Raises:
            OmokageError: as `answer`.
        """
        report_progress("reading", 0.0)
        photos = any(face.photo is not None for face in request.faces_by_field().values())
        generator = self._generators.get(guild_id, request.model, photos=photos)
        try:
            return self._handlers[type(request)](request, _Context(guild_id, generator, report_progress, film))
        except FaceChoiceNeededError as error:
            return _result(generator, choice=error.choice)

    def warm_up(self, guild_id: int) -> None:
        """Load and compile a guild's default model, so that its first grid is as fast as the others.

        Raises:
            OmokageError: as `draw`: there may be no model.
        """
        model = self._generators.get(guild_id, None).model
        model.render(model.latents([0]))

    def close(self) -> None:
        """End the process that decodes photos; the next photo starts another."""
        self._latents.close()

    def _grid(self, request: GridRequest, context: _Context) -> GenerationResult:
        model, seeds = context.model, seeds_of(request.seed, request.count)
        if request.like is None:
            latents = model.latents(seeds, request.truncation)
        else:
            like = self._find_latents(request, context, request.truncation)
            latents = model.variations(like[0], seeds)
        context.report_progress("drawing", 0.3)
        pictures = model.render(add_traits(model, latents, request.traits))
        # A variation's seed says how it varies, not which face it is.
        shown_seeds = tuple(seeds) if request.like is None else ()
        scale = grid_scale(request.count, model.view.size)
        png = render_grid(pictures, grid_columns(request.count), [str(seed) for seed in shown_seeds] or None, scale)
        return _result(context.generator, picture=self._blobs.put(png), seeds=shown_seeds)

    def _morph(self, request: MorphRequest, context: _Context) -> GenerationResult:
        model = context.model
        ends = self._find_latents(request, context)
        context.report_progress("drawing", 0.3)
        fractions = [index / (STRIP_FACES - 1) for index in range(STRIP_FACES)]
        strip = model.render(model.path(ends[0], ends[1], fractions))
        labels = [_seed_label(request.a), *[""] * (STRIP_FACES - 2), _seed_label(request.b)]
        scale = grid_scale(STRIP_FACES, model.view.size)
        png = render_grid(strip, STRIP_FACES, labels if any(labels) else None, scale)
        film = self._render_film(ends, context)
        return _result(
            context.generator, picture=self._blobs.put(png), film=film, film_name=context.film_style.file_name
        )

    def _mix(self, request: MixRequest, context: _Context) -> GenerationResult:
        model, added = context.model, len(request.add)
        latents = self._find_latents(request, context)
        context.report_progress("drawing", 0.6)
        total = latent_arithmetic(model.mean(), latents[:added], latents[added:])
        result = add_traits(model, total[None], request.traits)
        pictures = model.render(np.concatenate([latents, result]))
        labels = [f"+{_seed_label(face)}" for face in request.add]
        labels += [f"−{_seed_label(face)}" for face in request.subtract]
        return _result(context.generator, picture=self._blobs.put(render_sum(pictures[:-1], labels, pictures[-1])))

    def _film(self, request: FilmRequest, context: _Context) -> GenerationResult:
        keys = self._find_latents(request, context, request.truncation)
        film = self._render_film(add_traits(context.model, keys, request.traits), context)
        seeds = tuple(face.seed for face in request.faces if face.seed is not None)
        return _result(context.generator, film=film, film_name=context.film_style.file_name, seeds=seeds)

    def _nearest_pictures(self, request: NearestRequest, context: _Context) -> GenerationResult:
        model = context.model
        latents = self._find_latents(request, context, request.truncation)
        drawn = model.render(add_traits(model, latents, request.traits))
        neighbours = self._nearest.find(
            context.guild_id,
            context.generator.version,
            model.view,
            drawn[0],
            lambda fraction: context.report_progress("reading", 0.9 * fraction),
        )
        context.report_progress("drawing", 0.9)
        labels = [_seed_label(request.face), *(f"{distance:.2f}" for distance in neighbours.distances)]
        pictures = np.concatenate([drawn, neighbours.pictures])
        png = render_grid(pictures, len(pictures), labels, grid_scale(len(pictures), model.view.size))
        seeds = () if request.face.seed is None else (request.face.seed,)
        return _result(context.generator, picture=self._blobs.put(png), seeds=seeds, distances=neighbours.distances)

    def _find_latents(self, request: Request, context: _Context, truncation: float = 1.0) -> NDArray[np.float32]:
        """(N, Z), in the order of the request's faces."""
        faces = request.faces_by_field()
        return self._latents.find(context.model, faces, context.report_progress, truncation, guild_id=context.guild_id)

    def _render_film(self, keys: NDArray[np.float32], context: _Context) -> str:
        """Render a film through the key faces (N, Z) and back to the first; return its blob."""
        frames = []
        for index, latents in enumerate(closed_path(context.model, keys, FRAMES)):
            context.report_progress("drawing", 0.4 + 0.3 * index / len(keys))
            frames.append(context.model.render(latents))
        context.report_progress("drawing", 0.7)
        return self._blobs.put(render_film(np.concatenate(frames), context.film_style))


def _result(generator: LoadedGenerator, **fields: Any) -> GenerationResult:
    name = generator.name
    return GenerationResult(name.name, name.label, name.version_id, traits=tuple(generator.model.traits), **fields)


def _seed_label(face: Face) -> str:
    return "" if face.seed is None else str(face.seed)
