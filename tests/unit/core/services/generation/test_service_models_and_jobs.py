"""Nearest training pictures, the choice and cache of models, and jobs of GenerationService."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from core.domain.errors import ErrorCode
from core.domain.generation import Face, FilmRequest, GridRequest, MixRequest, MorphRequest, NearestRequest
from core.domain.jobs import JSON, Job, JobCancelledError, JobKind, JobState, Origin, QueueName
from core.domain.training.runs import RunKind
from tests.unit.core.services.generation.fakes import (
    GUILD,
    NOW,
    SCALE,
    GenerationSetup,
    bar_levels,
    expected_bars,
    is_close,
    read_tiles,
)
from tests.unit.core.services.generation.linear_generator import LATENT_SIZE, LinearGenerator


def test_the_training_pictures_that_a_face_is_like_come_with_their_distances(setup: GenerationSetup) -> None:
    setup.datasets.fill(setup.add(RunKind.DCGAN), setup.database, guild=GUILD)
    drawn = setup.draw(NearestRequest(Face(5)))
    assert (drawn.seeds, len(drawn.distances)) == ((5,), 6)
    assert list(drawn.distances) == sorted(drawn.distances)
    assert len(read_tiles(setup.picture(drawn), SCALE)) == 7  # the drawn face is the first
    assert is_close(read_tiles(setup.picture(drawn), SCALE)[:1], expected_bars(5))


def test_a_face_with_a_trait_is_compared_as_it_looks(setup: GenerationSetup) -> None:
    setup.datasets.fill(setup.add(RunKind.DCGAN), setup.database, guild=GUILD)
    plain, glasses = (setup.draw(NearestRequest(Face(5), traits=traits)) for traits in ({}, {"glasses": 2.0}))
    expected = bar_levels(LinearGenerator().latents([5])[0] + 2.0 * np.eye(LATENT_SIZE)[1])
    assert is_close(read_tiles(setup.picture(glasses), SCALE)[:1], [expected])
    assert glasses.distances != plain.distances


def test_another_guilds_pictures_are_not_shown(setup: GenerationSetup) -> None:
    setup.datasets.fill(setup.add(RunKind.DCGAN), setup.database, guild=GUILD + 1)
    assert setup.fails(NearestRequest(Face(5))).code is ErrorCode.NOT_ALLOWED


def test_of_what_comes_with_the_product_there_are_no_pictures_to_show(setup: GenerationSetup) -> None:
    assert setup.fails(NearestRequest(Face(5), "starter dcgan")).code is ErrorCode.UNKNOWN_DATASET


def test_without_a_model_there_is_nothing_to_draw_with(setup: GenerationSetup) -> None:
    assert setup.fails(GridRequest(4, 1)).code is ErrorCode.NO_MODEL
    setup.starters = True
    drawn = setup.draw(GridRequest(4, 1))
    assert (drawn.model, drawn.version_id) == ("starter dcgan", None)


def test_a_model_is_loaded_once_and_few_are_kept(setup: GenerationSetup) -> None:
    for number in range(1, 8):
        setup.add(RunKind.DCGAN, number)
    for _ in range(2):
        setup.draw(GridRequest(1, 1, "dcgan v1"))
    assert len(setup.loads) == 1
    for number in range(2, 8):
        setup.draw(GridRequest(1, 1, f"dcgan v{number}"))
    setup.draw(GridRequest(1, 1, "dcgan v7"))
    assert len(setup.loads) == 7
    setup.draw(GridRequest(1, 1, "dcgan v1"))
    assert len(setup.loads) == 8


def test_a_version_whose_file_is_gone_is_said_to_be_damaged(setup: GenerationSetup) -> None:
    version = setup.registry.get(setup.add(RunKind.DCGAN))
    setup.blobs.delete(version.weights)
    assert setup.fails(GridRequest(1, 1)).code is ErrorCode.BAD_WEIGHTS


def test_warming_up_loads_what_will_answer(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    setup.service.warm_up(GUILD)
    assert setup.loads == ["dcgan-light"]
    setup.draw(GridRequest(1, 1))
    assert setup.loads == ["dcgan-light"]


def job(kind: JobKind, params: Mapping[str, JSON]) -> Job:
    origin = Origin(GUILD, 20, 30, "ja", 1, "token")
    return Job(
        1, kind, JobState.RUNNING, QueueName.GPU, 0, origin, params, None, 1, False, NOW, NOW, NOW, None, None, None,
        None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        (JobKind.GENERATE, GridRequest(2, 1)),
        (JobKind.MORPH, MorphRequest(Face(1), Face(2))),
        (JobKind.MIX, MixRequest((Face(1),))),
        (JobKind.FILM, FilmRequest((Face(1), Face(2)))),
    ],
)
def test_a_job_is_answered_from_its_parameters(setup: GenerationSetup, kind: JobKind, request_: GridRequest) -> None:
    setup.add(RunKind.DCGAN)
    reports: list[tuple[str, float]] = []
    params = {**request_.to_json(), "title": "what the bot adds"}
    drawn = setup.service.answer(job(kind, params), lambda *stage: reports.append(stage), lambda: False)
    assert drawn == setup.draw(request_)
    assert [fraction for _, fraction in reports] == sorted(fraction for _, fraction in reports)
    assert {name for name, _ in reports} <= {"reading", "finding-faces", "drawing"}


def test_a_job_may_ask_for_a_gif(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    params = {**MorphRequest(Face(1), Face(2)).to_json(), "format": "gif"}
    drawn = setup.service.answer(job(JobKind.MORPH, params), lambda *_: None, lambda: False)
    assert drawn.film_name == "film.gif"


@pytest.mark.parametrize("stages", range(4))
def test_a_cancelled_job_stops_at_the_next_stage(setup: GenerationSetup, stages: int) -> None:
    setup.add(RunKind.DCGAN)
    reports: list[str] = []

    def cancelled() -> bool:
        return len(reports) >= stages

    with pytest.raises(JobCancelledError):
        setup.service.answer(
            job(JobKind.FILM, FilmRequest((Face(1), Face(2))).to_json()),
            lambda name, _: reports.append(name),
            cancelled,
        )
    assert len(reports) == stages
