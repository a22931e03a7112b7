"""Around what is drawn: the training pictures, the models that draw, jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from core.domain.errors import ErrorCode
from core.domain.generation import Face, FilmRequest, GridRequest, MixRequest, MorphRequest, NearestRequest
from core.domain.jobs import JSON, Job, JobCancelledError, JobKind, JobState, Origin, QueueName
from core.domain.training.runs import RunKind
from core.storage.blobs import Blobs
from tests.databases import new_database
from tests.unit.core.services.generation.fakes import GUILD, NOW, SCALE, Studio, faces, level, near, tiles
from tests.unit.core.services.generation.linear_faces import LATENT_SIZE, LinearFaces


@pytest.fixture
def studio(tmp_path: Path, shipped: Path) -> Iterator[Studio]:
    database = new_database(tmp_path / "test.db")
    yield Studio(database, Blobs(str(tmp_path / "blobs")))
    database.close()


def test_the_training_pictures_that_a_face_is_like_come_with_their_distances(studio: Studio) -> None:
    studio.shelf.fill(studio.add(RunKind.DCGAN), studio.database, guild=GUILD)
    drawn = studio.draw(NearestRequest(Face(5)))
    assert (drawn.seeds, len(drawn.distances)) == ((5,), 6)
    assert list(drawn.distances) == sorted(drawn.distances)
    assert len(tiles(studio.picture(drawn), SCALE)) == 7  # the drawn face is the first
    assert near(tiles(studio.picture(drawn), SCALE)[:1], faces(5))


def test_a_face_with_a_trait_is_compared_as_it_looks(studio: Studio) -> None:
    studio.shelf.fill(studio.add(RunKind.DCGAN), studio.database, guild=GUILD)
    plain, glasses = (studio.draw(NearestRequest(Face(5), traits=traits)) for traits in ({}, {"glasses": 2.0}))
    wanted = level(LinearFaces().latents([5])[0] + 2.0 * np.eye(LATENT_SIZE)[1])
    assert near(tiles(studio.picture(glasses), SCALE)[:1], [wanted])
    assert glasses.distances != plain.distances


def test_another_guilds_pictures_are_not_shown(studio: Studio) -> None:
    studio.shelf.fill(studio.add(RunKind.DCGAN), studio.database, guild=GUILD + 1)
    assert studio.fails(NearestRequest(Face(5))).code is ErrorCode.NOT_ALLOWED


def test_of_what_comes_with_the_product_there_are_no_pictures_to_show(studio: Studio) -> None:
    assert studio.fails(NearestRequest(Face(5), "starter dcgan")).code is ErrorCode.UNKNOWN_DATASET


def test_without_a_model_there_is_nothing_to_draw_with(studio: Studio) -> None:
    assert studio.fails(GridRequest(4, 1)).code is ErrorCode.NO_MODEL
    studio.starters = True
    drawn = studio.draw(GridRequest(4, 1))
    assert (drawn.model, drawn.version_id) == ("starter dcgan", None)


def test_a_model_is_loaded_once_and_few_are_kept(studio: Studio) -> None:
    for number in range(1, 8):
        studio.add(RunKind.DCGAN, number)
    for _ in range(2):
        studio.draw(GridRequest(1, 1, "dcgan v1"))
    assert len(studio.loads) == 1
    for number in range(2, 8):
        studio.draw(GridRequest(1, 1, f"dcgan v{number}"))
    studio.draw(GridRequest(1, 1, "dcgan v7"))
    assert len(studio.loads) == 7
    studio.draw(GridRequest(1, 1, "dcgan v1"))
    assert len(studio.loads) == 8


def test_a_version_whose_file_is_gone_is_said_to_be_damaged(studio: Studio) -> None:
    version = studio.registry.get(studio.add(RunKind.DCGAN))
    studio.blobs.delete(version.weights)
    assert studio.fails(GridRequest(1, 1)).code is ErrorCode.BAD_WEIGHTS


def test_warming_up_loads_what_will_answer(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    studio.service.warm_up(GUILD)
    assert studio.loads == ["dcgan-light"]
    studio.draw(GridRequest(1, 1))
    assert studio.loads == ["dcgan-light"]


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
def test_a_job_is_answered_from_its_parameters(studio: Studio, kind: JobKind, request_: GridRequest) -> None:
    studio.add(RunKind.DCGAN)
    told: list[tuple[str, float]] = []
    params = {**request_.to_json(), "title": "what the bot adds"}
    drawn = studio.service.answer(job(kind, params), lambda *stage: told.append(stage), lambda: False)
    assert drawn == studio.draw(request_)
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert {name for name, _ in told} <= {"reading", "finding-faces", "drawing"}


def test_a_job_may_ask_for_a_gif(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    params = {**MorphRequest(Face(1), Face(2)).to_json(), "format": "gif"}
    drawn = studio.service.answer(job(JobKind.MORPH, params), lambda *_: None, lambda: False)
    assert drawn.film_name == "film.gif"


@pytest.mark.parametrize("stages", range(4))
def test_a_cancelled_job_stops_at_the_next_stage(studio: Studio, stages: int) -> None:
    studio.add(RunKind.DCGAN)
    told: list[str] = []

    def cancelled() -> bool:
        return len(told) >= stages

    with pytest.raises(JobCancelledError):
        studio.service.answer(
            job(JobKind.FILM, FilmRequest((Face(1), Face(2))).to_json()), lambda name, _: told.append(name), cancelled
        )
    assert len(told) == stages
