"""Whom else a picture is shown to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.optimisation import OptimizeMode, OptimizeRequest
from core.storage.blobs import Blobs
from tests.databases import new_database
from tests.unit.core.services.attack.fakes import ANNA, BEN, CARA, Lab, RedHead


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    database = new_database(tmp_path / "test.db")
    yield Lab(database, Blobs(str(tmp_path / "blobs")))
    database.close()


def asked(lab: Lab, version_id: int | None = None) -> list[str]:
    request = OptimizeRequest(ANNA, OptimizeMode.NOISE, steps=1, version_id=version_id)
    return [one.model for one in lab.ask(request).transfer]


def test_an_only_version_has_nobody_to_be_compared_with(lab: Lab) -> None:
    lab.train(1, kind="embedding")
    assert asked(lab) == []


def test_what_served_before_is_asked_and_the_newest_of_the_other_kind(lab: Lab) -> None:
    lab.train(1)
    lab.train(2, kind="embedding", promoted=False)
    lab.train(3, kind="embedding", promoted=False)
    lab.train(4)
    assert asked(lab) == ["recogniser v1 (cnn)", "recogniser v3 (embedding)"]


def test_one_that_is_both_is_asked_once(lab: Lab) -> None:
    lab.train(1, kind="embedding")
    lab.train(2)
    assert asked(lab) == ["recogniser v1 (embedding)"]


def test_after_a_step_back_what_served_before_that_is_asked(lab: Lab) -> None:
    for number in (1, 2, 3):
        lab.train(number)
    lab.registry.rollback(700, lab.registry.list(700, "recogniser")[0].kind, by=1)  # type: ignore[arg-type]
    assert asked(lab) == ["recogniser v1 (cnn)"]


def test_of_a_version_that_does_not_serve_the_one_that_does_is_asked(lab: Lab) -> None:
    lab.train(1)
    tried = lab.train(2, promoted=False)
    assert asked(lab, tried.id) == ["recogniser v1 (cnn)"]


def test_a_cnn_without_another_kind_beside_it_has_embeddings_of_its_own(lab: Lab) -> None:
    gate = RedHead(((ANNA, lab.ids[ANNA]), (BEN, lab.ids[BEN])), 0.5)
    lab.train(1, gate=gate)
    assert asked(lab) == ["recogniser v1 (its embeddings)"]
    lab.train(2, kind="embedding", promoted=False)
    assert asked(lab) == ["recogniser v2 (embedding)"]


def test_who_does_not_know_the_target_is_not_asked(lab: Lab) -> None:
    lab.train(1, names=(BEN, CARA))
    lab.train(2)
    assert asked(lab) == []


def test_a_damaged_version_is_not_asked_and_the_log_says_so(lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    first = lab.train(1)
    lab.train(2)
    lab.blobs.delete(first.weights)
    with caplog.at_level(logging.WARNING):
        assert asked(lab) == []
    assert "recogniser v1 of guild 700 is damaged" in caplog.text


def test_before_and_after_are_told_of_each(lab: Lab) -> None:
    lab.train(1, unknown=0.6)
    lab.train(2)
    answer = lab.ask(lab.fool(red=92, steps=100))
    (other,) = answer.transfer
    assert answer.after is not None
    assert (answer.after.named, other.after.named) == (ANNA, None)
    assert other.after.target == pytest.approx(answer.after.target)
    assert other.before.target < 0.5 < other.after.target
    assert other.after.unknown == pytest.approx(0.6)
