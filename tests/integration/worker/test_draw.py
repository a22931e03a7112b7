"""What a gpu worker does for jobs that draw, from the row to the row."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import insert

from core.bootstrap import Services, build
from core.domain.errors import ErrorCode
from core.domain.generation import (
    Face,
    FilmRequest,
    GenerationResult,
    GridRequest,
    MixRequest,
    MorphRequest,
    NearestRequest,
)
from core.domain.jobs import JSON, ROUTES, JobKind, JobRequest, JobState, Origin, QueueName
from core.domain.training.runs import RunKind
from core.services.generation import factory
from core.settings import Settings
from core.storage.training_tables import versions
from tests.integration.core.builders import CHANNEL, GUILD, MEMBER, Clock
from tests.unit.core.services.generation.linear_generator import LinearGenerator
from worker.events import JobEvent
from worker.handlers import GENERATOR_KINDS, load_handlers
from worker.runner import Runner

PLAIN = [
    (JobKind.GENERATE, GridRequest(4, 1).to_json()),
    (JobKind.MORPH, MorphRequest(Face(1), Face(2)).to_json()),
    (JobKind.MIX, MixRequest((Face(1), Face(2))).to_json()),
    (JobKind.FILM, FilmRequest((Face(1), Face(2))).to_json()),
]


class Worker:
    """A gpu worker's handlers and runner, without a broker."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.told: list[JobEvent] = []
        self.runner = Runner(services.jobs.leases, load_handlers(services, QueueName.GPU), self.told.append)

    def does(self, kind: JobKind, params: Mapping[str, JSON], job_id: int = 1) -> Mapping[str, JSON] | None:
        origin = Origin(GUILD, CHANNEL, MEMBER, "ja", 3, "token")
        self.services.jobs.receive(JobRequest(job_id, kind, origin, params))
        self.services.jobs.submit(job_id)
        self.runner.run(job_id)
        return self.services.jobs.get(job_id).result


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setattr(factory, "_load", lambda *_: LinearGenerator())
    made = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path)}), lambda *_: None)
    yield made
    made.close()


def add(services: Services) -> None:
    card = {"dataset_title": "faces v1", "dataset_hash": "ab", "config": {}, "classes": [], "metrics": {}, "parts": []}
    values = {"guild_id": GUILD, "kind": RunKind.DCGAN, "number": 1, "architecture": "dcgan-light", "size": 1}
    values |= {"weights": services.blobs.put(b"w"), "card": card, "created_by": 1, "created_at": Clock().now}
    with services.database.write() as connection:
        connection.execute(insert(versions).values(values))


@pytest.mark.parametrize(("kind", "params"), PLAIN)
def test_every_kind_is_drawn_and_its_files_are_stored(
    services: Services, kind: JobKind, params: Mapping[str, JSON]
) -> None:
    add(services)
    worker = Worker(services)
    result = worker.does(kind, params)
    assert result is not None
    drawn = GenerationResult.from_json(result)
    assert drawn.model == "dcgan v1"
    for blob in filter(None, (drawn.picture, drawn.film)):
        Image.open(io.BytesIO(services.blobs.get(blob))).verify()
    assert [event.kind for event in worker.told][:2] == ["started", "progress"]
    assert worker.told[-1].kind == "finished"


def test_all_that_is_drawn_goes_to_gpu_workers(services: Services) -> None:
    assert {kind for kind in GENERATOR_KINDS if ROUTES[kind][0] is QueueName.GPU} == set(GENERATOR_KINDS)
    assert set(GENERATOR_KINDS) <= set(load_handlers(services, QueueName.GPU))


def test_without_a_model_the_job_fails_with_the_sentence_for_it(services: Services) -> None:
    worker = Worker(services)
    assert worker.does(*PLAIN[0]) is None
    job = services.jobs.get(1)
    assert job.failure is not None
    assert (job.state, job.failure.code) == (JobState.FAILED, ErrorCode.NO_MODEL)


def test_parameters_that_cannot_be_fail_with_what_is_allowed(services: Services) -> None:
    add(services)
    worker = Worker(services)
    worker.does(JobKind.GENERATE, {"count": 65, "seed": 1})
    failure = services.jobs.get(1).failure
    assert failure is not None
    assert (failure.code, failure.details["option"]) == (ErrorCode.BAD_OPTION, "count")


def test_training_pictures_of_a_version_without_any_are_not_there(services: Services) -> None:
    add(services)
    worker = Worker(services)
    worker.does(JobKind.NEAREST, NearestRequest(Face(1)).to_json())
    failure = services.jobs.get(1).failure
    assert failure is not None
    assert failure.code is ErrorCode.UNKNOWN_DATASET
