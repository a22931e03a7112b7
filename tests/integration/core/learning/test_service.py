"""From labels to a recogniser that answers, with a trainer whose figures a test sets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import DetectedFace
from core.domain.jobs import Job, JobCancelledError, JobKind, JobRequest, Origin
from core.domain.learning import LearnOutcome, LearnResult, PersonGain
from core.domain.people import FaceRef
from core.domain.registry.versions import VersionDraft
from core.domain.training.runs import RunKind
from core.services.datasets.from_labels import from_labels
from core.services.datasets.service import DatasetService
from core.services.datasets.storage import DatasetStorage
from core.services.jobs.service import JobService
from core.services.learning import service as learning
from core.services.learning.service import LearnService
from core.services.people.service import PeopleService
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.vision.datasets.dataset_pictures import DatasetPicture
from tests.integration.core.builders import CHANNEL, GUILD, MEMBER, Clock, new_face, request
from tests.integration.core.labelling.contributions import point
from tests.integration.core.registry.builders import Trained, draft

OTHER = GUILD + 1


class Pictures:
    """Keeps each photo as it came, with the face that the labels give."""

    def read_pictures(self, files: Iterable[tuple[bytes, DetectedFace | None]]) -> list[DatasetPicture]:
        kept = []
        for data, face in files:
            assert face is not None
            identity, embedding = hashlib.sha256(data).hexdigest(), point(0)
            kept.append(DatasetPicture(data, identity, face.landmarks, face.box, face.score, 90.0, embedding, None))
        return kept

    def close(self) -> None:
        """Nothing is held."""


class Learning:
    """A guild's labels, and a trainer that returns these accuracies of head and baseline."""

    def __init__(self, database: Database, jobs: JobService, people: PeopleService, clock: Clock, folder: Path) -> None:
        self.jobs, self.people, self.clock = jobs, people, clock
        self.blobs = Blobs(str(folder / "blobs"))
        storage = DatasetStorage(DatasetService(database, self.blobs, clock), self.blobs, folder)
        self.registry = RegistryService(database, self.blobs, clock)
        self.figures = 0.9, 0.8
        self.trained: list[Dataset] = []
        self.service = LearnService(database, storage, self.registry, people.gallery, self._train)
        self._photos = 0

    def _train(self, dataset: Dataset, reader: object) -> VersionDraft:
        self.trained.append(dataset)
        head, baseline = self.figures
        metrics = {"folds": {"0": head, "1": head}, "accuracy": head, "live_folds": {"0": baseline, "1": baseline}}
        return draft(metrics, f"weights {len(self.trained)}")  # type: ignore[arg-type]

    def label(self, name: str, at: int, count: int, guild: int = GUILD) -> None:
        """Name so many new pictures of a person."""
        for _ in range(count):
            self._photos += 1
            self.jobs.receive(request(self._photos, guild))
            self.jobs.submit(self._photos, self.blobs.put(f"photo {self._photos}".encode()))
            assert self.jobs.leases.claim(self._photos, "worker")
            face = replace(new_face(), embedding=point(at, 0.2, self._photos))
            assert self.jobs.leases.finish(self._photos, "worker", {}, [face])
            where = {"by": 1, "channel_id": CHANNEL, "message_id": None, "source": "this-is"}
            self.people.name_face(FaceRef(self._photos, 1), guild, name, **where)  # type: ignore[arg-type]

    def job(self, guild: int = GUILD) -> Job:
        self._photos += 1
        return self.jobs.receive(JobRequest(self._photos, JobKind.LEARN, Origin(guild, CHANNEL, 0, "ja", 1, ""), {}))

    def learn(self, guild: int = GUILD) -> LearnResult:
        self.clock.advance(60)
        result = self.service.answer(self.job(guild), lambda _stage, _fraction: None, lambda: False)
        self.clock.advance(60)
        return result

    def serving(self, guild: int = GUILD) -> int | None:
        version = self.registry.serving(guild, RunKind.RECOGNISER)
        return None if version is None else version.number


@pytest.fixture
def school(database: Database, jobs: JobService, people: PeopleService, clock: Clock, tmp_path: Path) -> Learning:
    return Learning(database, jobs, people, clock, tmp_path)


@pytest.fixture(autouse=True)
def _read_without_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "from_labels", partial(from_labels, load=Pictures))


def test_labels_become_a_head_that_serves(school: Learning) -> None:
    school.label("Haru", 10, 5)
    school.label("Natsu", 20, 4)

    result = school.learn()

    gained = (PersonGain("Haru", 5, 0.0, 1.0), PersonGain("Natsu", 4, 0.0, 1.0))
    assert result == LearnResult(
        LearnOutcome.PROMOTED, "labels v1", 9, 2, 9, 1, pytest.approx(0.9), pytest.approx(0.8), gained
    )
    assert school.serving() == 1
    assert [dataset.title for dataset in school.trained] == ["labels v1"]
    (version,) = school.registry.list(GUILD, RunKind.RECOGNISER)
    assert (version.is_learnt, version.dataset_title) == (True, "labels v1")


def test_without_new_labels_nothing_is_trained(school: Learning) -> None:
    school.label("Haru", 10, 4)
    school.label("Natsu", 20, 4)
    school.learn()
    assert school.learn() == LearnResult(LearnOutcome.UNCHANGED, "labels v1", 8, 2, 0)
    assert (len(school.trained), school.serving()) == (1, 1)


def test_a_training_that_failed_is_done_with_the_same_labels(school: Learning) -> None:
    school.label("Haru", 10, 4)
    school.label("Natsu", 20, 4)
    school.figures = ()  # type: ignore[assignment]
    with pytest.raises(ValueError):
        school.learn()
    school.figures = 0.9, 0.8
    assert (school.learn().outcome, school.serving()) == (LearnOutcome.PROMOTED, 1)


def test_the_next_round_tells_what_its_own_labels_gained(school: Learning) -> None:
    school.label("Haru", 10, 4)
    school.label("Natsu", 20, 4)
    school.learn()
    school.label("Fuyu", 30, 3)

    result = school.learn()

    assert (result.outcome, result.title, result.people, result.new_faces) == (LearnOutcome.PROMOTED, "labels v2", 3, 3)
    assert result.gains == (PersonGain("Fuyu", 3, 0.0, 1.0),)
    assert school.serving() == 2


def test_a_head_that_is_worse_than_comparing_pictures_does_not_serve(school: Learning) -> None:
    school.label("Haru", 10, 4)
    school.label("Natsu", 20, 4)
    school.figures = 0.7, 0.8
    result = school.learn()
    assert (result.outcome, result.version) == (LearnOutcome.NOT_BETTER, 1)
    assert (result.accuracy, result.baseline) == (pytest.approx(0.7), pytest.approx(0.8))
    assert school.serving() is None


def test_what_a_moderator_promoted_goes_on_serving(school: Learning, database: Database, clock: Clock) -> None:
    school.label("Haru", 10, 4)
    school.label("Natsu", 20, 4)
    school.learn()
    (of_labels,) = school.trained
    run = Trained(database, school.registry, clock).run(of_labels)
    by_hand = school.registry.register(run, of_labels, draft({"folds": {"0": 0.5}, "accuracy": 0.5}, "by hand"))
    school.registry.promote(by_hand.id, MEMBER, force_reason="knows Fuyu")
    school.label("Fuyu", 30, 3)

    result = school.learn()

    assert (result.outcome, result.version) == (LearnOutcome.OTHER_SERVES, 3)
    assert school.serving() == by_hand.number == 2


@pytest.mark.parametrize("others", [0, 2])
def test_too_few_people_or_pictures_are_refused_before_anything_is_trained(school: Learning, others: int) -> None:
    school.label("Haru", 10, 6)
    school.label("Natsu", 20, others)
    school.label("Natsu", 20, 6, guild=OTHER)  # who is nobody here
    with pytest.raises(OmokageError) as caught:
        school.learn()
    assert caught.value.code is ErrorCode.DATASET_UNFIT
    assert caught.value.details["remark"] == "few-people"  # who has too few pictures is not among them
    assert school.trained == []
    assert school.serving() is None


def test_a_cancelled_job_trains_nothing(school: Learning) -> None:
    school.label("Haru", 10, 4)
    school.label("Natsu", 20, 4)
    with pytest.raises(JobCancelledError):
        school.service.answer(school.job(), lambda _stage, _fraction: None, lambda: True)
    assert school.trained == []


def test_guilds_learn_from_their_own_labels(school: Learning) -> None:
    for guild in (GUILD, OTHER):
        school.label("Haru", 10, 4, guild)
        school.label(f"Natsu of {guild}", 20, 4, guild)
    assert school.learn(OTHER).pictures == 8
    assert (school.serving(), school.serving(OTHER)) == (None, 1)
    assert [{entry.name for entry in dataset.classes} for dataset in school.trained] == [{"Haru", f"Natsu of {OTHER}"}]


def test_who_has_few_pictures_keeps_nobody_else_from_being_learnt(school: Learning) -> None:
    school.label("Haru", 10, 4)
    school.label("Natsu", 20, 4)
    school.label("Aki", 30, 1)
    result = school.learn()
    assert (result.outcome, result.people, result.pictures) == (LearnOutcome.PROMOTED, 2, 8)
    assert [person.name for person in school.trained[0].classes] == ["Haru", "Natsu"]
