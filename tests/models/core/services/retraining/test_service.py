"""Versions of before the second face network: a worker trains their successors, and nobody has to ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert

from core.bootstrap import Services, build_retrainer
from core.domain.data.datasets import Dataset
from core.domain.embedders import DLIB, EMBEDDING_NAME
from core.domain.jobs import Job, JobKind, JobState
from core.domain.registry.retraining import Retraining, RetrainingState, predecessor_of, retraining_from_metrics
from core.domain.registry.versions import Version, VersionDraft
from core.domain.training.runs import RunKind
from core.models.common import weights_file
from core.models.embedding.head import ARCHITECTURE, head_tensors, train_head
from core.models.families import load_head
from core.services.retraining.service import RetrainingService
from core.storage.training_tables import versions
from core.vision.datasets import embed_anew
from core.vision.datasets.dataset_pictures import PictureReader
from core.vision.embedding import embed
from tests.models.core.services.datasets.builders import GUILD, imported, imported_before
from worker.handlers import retrain_with
from worker.runner import Runner

KIND = RunKind.RECOGNISER
FOLDS = {str(fold): 0.5 for fold in range(6)}


@pytest.fixture
def dataset(services: Services, reader: PictureReader, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setattr(embed, "load_embedder", lambda: reader._embedder)
    return imported_before(services, reader, folder)


@pytest.fixture
def old(services: Services, dataset: Dataset) -> Version:
    """A version that answers, as the embedding trainer of then wrote it."""
    records = list(services.dataset_storage.open(dataset).records())
    embeddings = np.stack([np.frombuffer(record.embedding, "<f4") for record in records])
    owners = np.array([record.label for record in records])
    tensors = head_tensors(*train_head(embeddings, owners, len(dataset.classes), DLIB))
    weights = weights_file.dump(tensors, {"architecture": ARCHITECTURE, "embedder": DLIB})
    card = {
        "dataset_title": dataset.title,
        "dataset_hash": dataset.hash,
        "config": {"head": "embedding", "preset": "embedding", "embedder": DLIB},
        "classes": [[person.name, person.person_id] for person in dataset.classes],
        "metrics": {"folds": FOLDS, "accuracy": 0.5},
        "parts": [],
    }
    values = {"guild_id": GUILD, "kind": KIND, "number": 1, "architecture": ARCHITECTURE, "size": len(weights)}
    values |= {"weights": services.blobs.put(weights), "card": card, "created_by": 41, "dataset_id": dataset.id}
    with services.database.write() as connection:
        connection.execute(insert(versions).values(values | {"created_at": datetime.now(UTC)}))
    version = services.registry.get_by_number(GUILD, KIND, 1)
    services.registry.promote(version.id, 41, force_reason="the first one")
    return version


def retrainer(services: Services, **changes: Any) -> RetrainingService:
    parts = services.registry, services.dataset_storage, services.runs.segments
    return RetrainingService(*parts, services.retraining, services.checks, **changes)


def turn(services: Services, job: Job, service: RetrainingService) -> Job:
    """One turn of the job in a worker, of which nobody is told."""
    told: list[Any] = []
    Runner(services.jobs.leases, {JobKind.RETRAIN: retrain_with(service)}, told.append).run(job.id)
    assert told == []
    return services.jobs.get(job.id)


def drafted(accuracy: float) -> Callable[[Version, bytes, Dataset, Any], VersionDraft]:
    """Make successors of this accuracy."""

    def make(version: Version, weights: bytes, _dataset: Dataset, _reader: Any) -> VersionDraft:
        metrics = {"folds": dict.fromkeys(FOLDS, accuracy), "accuracy": accuracy}
        config = {**version.config, "embedder": EMBEDDING_NAME}
        return VersionDraft(version.architecture, config, version.classes, metrics, (), weights)

    return make


def outcome(services: Services, version: Version) -> Retraining | None:
    return retraining_from_metrics(services.registry.get(version.id).metrics)


def test_a_successor_answers_for_the_same_people_and_the_history_says_why(services: Services, old: Version) -> None:
    # Given a worker that starts after an update
    (job,) = services.retraining.request_all()
    assert [one.id for one in services.retraining.request_all()] == [job.id]  # another one does as well
    # When it is free
    assert turn(services, job, build_retrainer(services)).state is JobState.DONE
    # Then a head of both networks answers, which was measured on the same folds
    successor = services.registry.serving(GUILD, KIND)
    assert successor is not None
    assert (successor.number, successor.embedder, predecessor_of(successor)) == (2, EMBEDDING_NAME, 1)
    assert (successor.classes, successor.dataset_hash) == (old.classes, old.dataset_hash)
    assert successor.metrics["folds"].keys() == FOLDS.keys()  # type: ignore[union-attr]
    assert load_head(successor, services.registry.weights(successor)).classes == old.classes
    newest = services.registry.history(GUILD, KIND)[0]
    assert newest.reason.startswith("retrained for the new face networks; same people; ")
    assert outcome(services, old) == Retraining(RetrainingState.PROMOTED, 2)
    # And the next start has nothing to do, also after a rollback to the old one
    services.registry.rollback(GUILD, KIND, by=41)
    assert services.retraining.request_all() == []


def test_a_worse_successor_stays_a_candidate(services: Services, old: Version) -> None:
    (job,) = services.retraining.request_all()
    turn(services, job, retrainer(services, make=drafted(0.4)))
    assert services.registry.serving(GUILD, KIND) == services.registry.get(old.id)
    assert outcome(services, old) == Retraining(RetrainingState.CANDIDATE, 2, pytest.approx(0.4), 0.5)
    assert services.registry.get_by_number(GUILD, KIND, 2).embedder == EMBEDDING_NAME


def test_without_its_data_set_the_old_one_keeps_answering(services: Services, old: Version) -> None:
    services.dataset_remover.remove(GUILD, "family", None, by=41)
    (job,) = services.retraining.request_all()
    turn(services, job, build_retrainer(services))
    assert services.registry.serving_id(GUILD, KIND) == old.id
    assert outcome(services, old) == Retraining(RetrainingState.DATA_GONE)
    assert services.retraining.request_all() == []


def test_when_the_pictures_are_imported_again_it_is_retrained(
    services: Services, reader: PictureReader, folder: Path, old: Version
) -> None:
    # Given a version whose data set was gone when its successor was tried
    services.dataset_remover.remove(GUILD, "family", None, by=41)
    services.registry.record_retraining(old.id, Retraining(RetrainingState.DATA_GONE))
    assert services.retraining.request_all() == []
    # When the same pictures are there again, and a worker starts
    again = imported(services, reader, folder, "again")
    assert again.hash == old.dataset_hash
    (job,) = services.retraining.request_all()
    turn(services, job, build_retrainer(services))
    # Then its successor answers
    successor = services.registry.serving(GUILD, KIND)
    assert successor is not None
    assert (successor.number, successor.dataset_id) == (2, again.id)
    assert outcome(services, old) == Retraining(RetrainingState.PROMOTED, 2)


def test_what_was_promoted_meanwhile_keeps_answering(services: Services, old: Version) -> None:
    (job,) = services.retraining.request_all()

    def promote_another(*arguments: Any) -> VersionDraft:
        services.registry.rollback(GUILD, KIND, by=41)
        return drafted(0.9)(*arguments)

    turn(services, job, retrainer(services, make=promote_another))
    assert services.registry.serving_id(GUILD, KIND) is None
    assert outcome(services, old) == Retraining(RetrainingState.CANDIDATE, 2)


class KilledError(BaseException):
    """Nothing of ours is run after a SIGKILL."""


def test_a_killed_worker_leaves_one_successor(
    services: Services, old: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = services.retraining.request_all()

    def die(*_: object) -> None:
        raise KilledError

    service = retrainer(services, make=drafted(0.9))
    for method in ("promote_successor", "record_retraining"):  # before and after the promotion
        with monkeypatch.context() as patched:
            patched.setattr(type(services.registry), method, die)
            with pytest.raises(KilledError):
                service.answer(job, lambda: False)
    assert service.answer(job, lambda: False) == Retraining(RetrainingState.PROMOTED, 2).to_json()
    assert [version.number for version in services.registry.list(GUILD, KIND)] == [2, 1]
    assert len(services.registry.history(GUILD, KIND)) == 2
    assert service.answer(job, lambda: False) == {}


def test_it_gives_way_while_faces_are_embedded(
    services: Services, old: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed_anew, "CHUNK", 5)
    (job,) = services.retraining.request_all()
    service = retrainer(services, slice_s=0.0)
    states = [turn(services, job, service).state for _ in range(4)]
    waits = {JobState.WAITING, JobState.DISPATCHED}
    assert (set(states[:3]) <= waits, states[3]) == (True, JobState.DONE)  # a portion a turn, then the head


def test_present_and_foreign_versions_are_left_alone(services: Services, old: Version) -> None:
    (job,) = services.retraining.request_all()
    present = replace(old, config={**old.config, "embedder": EMBEDDING_NAME})
    service = retrainer(services, make=drafted(0.9))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(services.registry), "get", lambda *_: present)
        assert service.answer(job, lambda: False) == {}
