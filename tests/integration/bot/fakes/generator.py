"""Draws in the fake worker: squares of one colour a seed, in the results that the real service gives."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from core.bootstrap import Services
from core.domain.errors import OmokageError
from core.domain.generation import (
    Face,
    FaceChoice,
    FilmRequest,
    GenerationResult,
    GridRequest,
    MixRequest,
    MorphRequest,
    NearestRequest,
)
from core.domain.jobs import Failure, Job, JobKind
from tests.integration.bot.fakes.worker import OWNER, FakeWorker, jpeg

TRAITS = ("smile", "glasses")


class FakeGeneration:
    """`faces`: in each photo, so that one must be chosen of several; `asked`: the jobs, in their order."""

    def __init__(self, services: Services, worker: FakeWorker) -> None:
        self.services = services
        self.faces = 1
        self.version_id: int | None = 7
        self.asked: list[Job] = []
        self.error: OmokageError | None = None
        kinds: dict[JobKind, Callable[[Job], GenerationResult]] = {
            JobKind.GENERATE: self._grid,
            JobKind.MORPH: self._morph,
            JobKind.MIX: self._mix,
            JobKind.FILM: self._film,
            JobKind.NEAREST: self._nearest,
        }
        worker.others |= dict.fromkeys(kinds, lambda job: self._finish(job, kinds[job.kind]))

    def _finish(self, job: Job, draw: Callable[[Job], GenerationResult]) -> None:
        self.asked.append(job)
        if self.error is not None:
            self.services.jobs.leases.fail(job.id, OWNER, Failure(self.error.code, self.error.details))
        else:
            self.services.jobs.leases.finish(job.id, OWNER, draw(job).to_json())

    def _grid(self, job: Job) -> GenerationResult:
        asked = GridRequest.from_json(job.params)
        seeds = tuple(range(asked.seed, asked.seed + asked.count))
        return self._drawn(asked.model, picture=self.png(seeds), seeds=seeds, traits=TRAITS)

    def _morph(self, job: Job) -> GenerationResult:
        asked = MorphRequest.from_json(job.params)
        choice = self._choice({"a": asked.a, "b": asked.b})
        if choice is not None:
            return self._drawn(asked.model, choice=choice)
        return self._drawn(asked.model, picture=self.png((1, 2)), film=self.film(), film_name="film.webp")

    def _mix(self, job: Job) -> GenerationResult:
        asked = MixRequest.from_json(job.params)
        places = {f"{name}/{n}": face for name in ("add", "subtract") for n, face in enumerate(getattr(asked, name))}
        choice = self._choice(places)
        return self._drawn(asked.model, picture=None if choice else self.png((3,)), choice=choice, traits=TRAITS)

    def _film(self, job: Job) -> GenerationResult:
        asked = FilmRequest.from_json(job.params)
        return self._drawn(asked.model, film=self.film(), film_name="film.webp")

    def _nearest(self, job: Job) -> GenerationResult:
        asked = NearestRequest.from_json(job.params)
        return self._drawn(asked.model, picture=self.png((1, 2, 3)), distances=(0.5, 0.75))

    def _choice(self, places: dict[str, Face]) -> FaceChoice | None:
        for place, face in places.items():
            if face.photo is not None:
                self.services.blobs.get(face.photo)  # it is stored
                if self.faces > 1 and face.index is None:
                    return FaceChoice(place, face.photo, self.faces, self.services.blobs.put(jpeg(320, 200)))
        return None

    def _drawn(self, model: str | None, **more: object) -> GenerationResult:
        name = model or "dcgan v3"
        return GenerationResult(name, f"{name} (dcgan light)", self.version_id, **more)  # type: ignore[arg-type]

    def png(self, seeds: tuple[int, ...]) -> str:
        sheet = Image.new("RGB", (40 * len(seeds), 40))
        for place, seed in enumerate(seeds):
            sheet.paste((seed * 37 % 256, 120, 90), (40 * place, 0, 40 * place + 40, 40))
        return self._put(sheet, "PNG")

    def film(self) -> str:
        return self._put(Image.new("RGB", (64, 64), "teal"), "WEBP", append_images=[Image.new("RGB", (64, 64), "red")])

    def _put(self, picture: Image.Image, kind: str, **more: object) -> str:
        out = io.BytesIO()
        picture.save(out, kind, **({"save_all": True, "duration": 80} | more if more else {}))
        return self.services.blobs.put(out.getvalue())


@pytest.fixture
def fake_generation(services: Services, worker: FakeWorker) -> FakeGeneration:
    return FakeGeneration(services, worker)
