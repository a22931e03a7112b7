"""What a worker does after somebody was forgotten: also twice, after a death, and while others are forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.helpers.community import MODERATOR, Community
from benchmarks.helpers.traces import files_with, rows_with
from core.bootstrap import Services, build_forgetting_worker
from core.domain.jobs import JobKind
from core.domain.training.runs import RunKind
from tests.models.core.services.privacy.builders import FORGOTTEN, FRIENDS, GUILD, finish, furnish, traces


def test_a_worker_that_dies_is_followed_by_one_that_finishes(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Community(services, GUILD)
    furnish(here, everybody=True)
    services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR, by_worker=False)
    worker = build_forgetting_worker(services)
    with monkeypatch.context() as patched:
        patched.setattr(type(services.registry), "register_anew", _die)
        with pytest.raises(KeyboardInterrupt):
            worker.finish(services.forgetter.receipts(GUILD)[0].id)
    (job,) = services.forgetting.request_all()
    assert services.forgetting.request_all() == []  # it has one
    assert job.kind is JobKind.FORGET
    finish(services)
    finish_again = services.forgetter.receipts(GUILD)[0]
    worker.finish(finish_again.id)

    assert [version.is_withdrawn for version in services.registry.list(GUILD, RunKind.RECOGNISER)] == [False, True]
    assert [person.title for person in services.datasets.list(GUILD)] == ["labels v2"]
    assert rows_with(services, *traces()) == []


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_two_who_are_forgotten_one_after_the_other_are_both_left_out(services: Services) -> None:
    # Given a worker that has not begun when somebody else is forgotten, too
    here = Community(services, GUILD)
    furnish(here, everybody=True)
    first = services.forgetter.forget(GUILD, "Ben", by=MODERATOR).receipt
    second = services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR).receipt
    assert not second.is_finished
    # When it does both
    worker = build_forgetting_worker(services)
    worker.finish(second.id)
    # Then neither is left, and the head answers for the others
    receipts = services.forgetter.receipts(GUILD)
    assert {receipt.id for receipt in receipts if receipt.is_finished} == {first.id, second.id}
    assert rows_with(services, *traces(), "Ben") == []
    head = here.serving()
    assert head is not None
    assert [name for name, _ in head.classes] == ["Anna", "Chie"]


def test_somebody_who_is_forgotten_while_a_worker_makes_data_anew_is_left_out(
    services: Services, tmp_path: Path
) -> None:
    # Given a worker that has made a data set without the first one
    here = Community(services, GUILD)
    furnish(here, everybody=True)
    first = services.forgetter.forget(GUILD, "Ben", by=MODERATOR, by_worker=False).receipt
    worker = build_forgetting_worker(services)
    train = worker._train

    def train_late(*arguments: Any) -> Any:
        worker._train = train
        services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR, by_worker=False)
        return train(*arguments)

    worker._train = train_late
    # When somebody else is forgotten just then
    worker.finish(first.id)
    worker.finish(services.forgetter.receipts(GUILD)[0].id)
    # Then the data set of the others and its head are made once more
    assert all(receipt.is_finished for receipt in services.forgetter.receipts(GUILD))
    assert rows_with(services, *traces(), "Ben") == []
    assert files_with(tmp_path / "data" / "blobs", *traces()) == []
    head = here.serving()
    assert head is not None
    assert [name for name, _ in head.classes] == ["Anna", "Chie"]


def test_files_of_imported_people_are_found_in_data_sets_without_names(services: Services, tmp_path: Path) -> None:
    # Given somebody who is known from data sets alone, of which an older one has more pictures
    here = Community(services, GUILD)
    here.imported("album", [FORGOTTEN, *FRIENDS], 5)
    here.imported("album", [FORGOTTEN, *FRIENDS], 2)
    unnamed = here.imported("faces", [FORGOTTEN, *FRIENDS], 5, named=False)
    forgotten = services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR)
    assert forgotten.datasets == ("album v2", "album v1")
    finish(services)
    # Then all of the pictures are gone, also from the data set that names nobody
    assert rows_with(services, *traces()) == []
    assert files_with(tmp_path / "data", *traces()) == []
    left = services.datasets.find(GUILD, "faces")
    assert (left.version, left.pictures, unnamed.pictures) == (2, 15, 20)
    assert services.datasets.find(GUILD, "album").pictures == 6


def test_two_workers_find_two_people_in_one_data_set_without_names(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a worker that looks into it for one of them, while another worker withdraws it for the other
    here = Community(services, GUILD)
    furnish(here, everybody=True)
    here.imported("faces", ["Ben", FORGOTTEN], 5, named=False)
    first, second = (
        services.forgetter.forget(GUILD, name, by=MODERATOR, by_worker=False).receipt for name in ("Ben", FORGOTTEN)
    )
    worker = build_forgetting_worker(services)
    holds = worker._holds_photos

    def hold_late(*arguments: Any) -> bool:
        found = holds(*arguments)
        build_forgetting_worker(services).finish(first.id)
        return found

    monkeypatch.setattr(worker, "_holds_photos", hold_late)
    # When both are done
    worker.finish(second.id)
    # Then one receipt has the withdrawn data set, and nobody is left
    receipts = {receipt.id: receipt for receipt in services.forgetter.receipts(GUILD)}
    assert all(receipt.is_finished for receipt in receipts.values())
    assert [receipts[id_].counts["datasets"] for id_ in (first.id, second.id)] == [2, 0]
    assert rows_with(services, *traces(), "Ben") == []
    assert files_with(tmp_path / "data" / "blobs", *traces()) == []


def test_data_sets_without_names_are_looked_into_again_for_somebody_who_is_forgotten_late(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given somebody who is known from a withdrawn data set alone, and a worker that has looked into the others
    here = Community(services, GUILD)
    furnish(here, everybody=False)
    here.imported("album", ["Ben", FORGOTTEN, "Anna"], 5)
    here.imported("faces", [FORGOTTEN, "Anna"], 5, named=False)
    first = services.forgetter.forget(GUILD, "Ben", by=MODERATOR, by_worker=False).receipt
    worker = build_forgetting_worker(services)
    rebuild = worker._rebuild

    def rebuild_late(*arguments: Any) -> Any:
        monkeypatch.setattr(worker, "_rebuild", rebuild)
        services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR, by_worker=False)
        return rebuild(*arguments)

    monkeypatch.setattr(worker, "_rebuild", rebuild_late)
    # When that person is forgotten just then
    worker.finish(first.id)
    # Then no picture is left
    assert files_with(tmp_path / "data" / "blobs", *traces()) == []
    assert services.datasets.find(GUILD, "faces").pictures == 5
