from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from core.domain.faces import Point
from core.domain.jobs import Job, JobKind, JobState, Origin, QueueName
from core.services.guilds import GuildService
from core.services.people.service import PeopleService
from core.services.recognition.face_ages import FaceAges
from tests.unit.core.services.recognition.fakes import GUILD, Parts, opened

ADMIN = 9


class Estimator:
    """Estimates ages that a test sets."""

    mean_error = 7.5

    def __init__(self) -> None:
        self.ages: list[float | None] = []
        self.loads = 0

    def load(self) -> Estimator:
        self.loads += 1
        return self

    def photo_ages(self, image: np.ndarray, faces: Sequence[Sequence[Point]]) -> list[float | None]:
        assert image.shape == (300, 400, 3)
        assert len(faces) == len(self.ages)
        return self.ages


@pytest.fixture
def estimator() -> Estimator:
    return Estimator()


@pytest.fixture
def parts(tmp_path: Path, estimator: Estimator) -> Iterator[Parts]:
    def make_ages(guilds: GuildService, people: PeopleService) -> FaceAges:
        return FaceAges(guilds, people, estimator.load)

    with opened(tmp_path, make_ages) as made:
        yield made


@pytest.fixture
def answer(parts: Parts) -> Callable[[], list[int | None]]:
    now = datetime.now(UTC)
    job = Job(
        1, JobKind.CLASSIFY, JobState.RUNNING, QueueName.CPU, 0, Origin(GUILD, 1, 2, "ja", 3, "token"), {},
        parts.blobs.put(b"photo"), 1, False, now, now, now, None, "worker", now, None, None, None,
    )  # fmt: skip

    def classify() -> list[int | None]:
        result = parts.service.classify(job, lambda *_: None, lambda: False).result
        assert (result.age_error is None) == all(face.age is None for face in result.faces)
        return [face.age for face in result.faces]

    return classify


def test_a_guild_that_did_not_choose_it_gets_no_ages_and_the_network_is_not_loaded(parts: Parts, estimator, answer):
    parts.guilds.set_age_answers(GUILD + 1, ADMIN, True)
    parts.reader.show((0.0, 40))
    assert answer() == [None]
    assert estimator.loads == 0


def test_a_guild_that_chose_it_gets_whole_years_in_the_order_of_the_answer(parts: Parts, estimator, answer):
    parts.guilds.set_age_answers(GUILD, ADMIN, True)
    parts.reader.show((0.0, 40), (1.0, 90))
    estimator.ages = [29.6, 61.2]
    assert answer() == [61, 30]  # the larger face is the first
    assert parts.service.classify_photo(b"photo", GUILD, estimate_ages=True).result.age_error == 7.5
    parts.guilds.set_age_answers(GUILD, ADMIN, False)
    assert answer() == [None, None]
    assert estimator.loads == 1


def test_a_face_that_is_too_small_has_no_age_and_its_neighbours_have(parts: Parts, estimator, answer):
    parts.guilds.set_age_answers(GUILD, ADMIN, True)
    parts.reader.show((0.0, 40), (1.0, 20))
    estimator.ages = [29.6, None]
    assert answer() == [30, None]
    estimator.ages = [None, None]
    assert answer() == [None, None]


def test_a_person_who_objected_has_no_age_and_the_others_have(parts: Parts, estimator, answer):
    parts.guilds.set_age_answers(GUILD, ADMIN, True)
    parts.enrol("Anna", 0.0)
    parts.reader.show((0.0, 40), (9.0, 40))
    estimator.ages = [30.0, 60.0]
    parts.editor.record_objection(GUILD, "Anna")
    assert answer() == [None, 60]
    parts.editor.withdraw_objection(GUILD, "Anna")
    assert answer() == [30, 60]


def test_a_photo_without_a_face_does_not_load_the_network(parts: Parts, estimator, answer):
    parts.guilds.set_age_answers(GUILD, ADMIN, True)
    assert answer() == []
    assert estimator.loads == 0


def test_the_shell_decides_for_itself(parts: Parts, estimator):
    parts.reader.show((0.0, 40))
    estimator.ages = [29.6]
    assert parts.service.classify_photo(b"photo", GUILD, estimate_ages=True).result.faces[0].age == 30
    parts.guilds.set_age_answers(GUILD, ADMIN, True)
    assert parts.service.classify_photo(b"photo", GUILD).result.faces[0].age is None
