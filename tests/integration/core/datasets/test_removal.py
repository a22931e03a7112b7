"""Taking versions of data sets back, on both kinds of database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from core.domain.data.datasets import Dataset, DatasetClass, Shard
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import FaceRef
from core.domain.storage_limits import StorageLimits
from core.domain.training.runs import RunState
from core.services.datasets.removal import DatasetRemover
from core.services.datasets.service import DatasetService
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.services.registry.service import RegistryService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.training_tables import runs
from tests.integration.core.builders import CHANNEL, GUILD, Clock, job_with_faces, new_face
from tests.integration.core.registry.builders import Trained, draft

SAID: dict[str, Any] = {"by": 41, "channel_id": CHANNEL, "message_id": 77, "source": "this-is"}


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture
def datasets(database: Database, blobs: Blobs, clock: Clock) -> DatasetService:
    return DatasetService(database, blobs, clock)


@pytest.fixture
def remover(database: Database, blobs: Blobs, tmp_path: Path, clock: Clock) -> DatasetRemover:
    return DatasetRemover(database, RetentionService(database, blobs, StorageLimits()), tmp_path / "cache", clock)


def imported(datasets: DatasetService, blobs: Blobs, content: str, *names: str) -> Dataset:
    """A version of `family` with a shard of its own."""
    people = datasets.people(GUILD, names, by=41)
    classes = [DatasetClass(person.name, person.id, 3) for person in people]
    shard = Shard(blobs.put(content.encode()), 3 * len(people), len(content))
    return datasets.add(GUILD, "family", classes, [shard], hash=content * 32, without_face=0, by=41)


def code_of(call: Any, *arguments: Any, **named: Any) -> ErrorCode:
    with pytest.raises(OmokageError) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_a_version_goes_with_its_pictures_and_its_copies_and_leaves_its_name(
    datasets: DatasetService, remover: DatasetRemover, blobs: Blobs, tmp_path: Path, clock: Clock
) -> None:
    first, second = imported(datasets, blobs, "ab", "Anna", "Ben"), imported(datasets, blobs, "cd", "Anna", "Ben")
    copy, other = (tmp_path / "cache" / f"{one.cache_key}-64.npy" for one in (first, second))
    copy.parent.mkdir()
    copy.touch(), other.touch()
    (removed,) = remover.remove(GUILD, "family", 1, by=41)
    assert removed.dataset == first
    assert (blobs.exists(first.shards[0].sha256), blobs.exists(second.shards[0].sha256)) == (False, True)
    assert (copy.exists(), other.exists()) == (False, True)
    assert datasets.list(GUILD) == [second]
    kept = datasets.describe(first.id)
    assert (kept.title, kept.pictures, kept.classes, kept.shards) == ("family v1", 6, (), ())
    assert kept.removed_at == clock.now


def test_what_was_removed_is_refused_by_name_and_by_id(
    datasets: DatasetService, remover: DatasetRemover, blobs: Blobs
) -> None:
    first = imported(datasets, blobs, "ab", "Anna")
    remover.remove(GUILD, "family", 1, by=41)
    for call in (
        lambda: datasets.get(first.id),
        lambda: datasets.find(GUILD, "family", 1),
        lambda: remover.remove(GUILD, "family", 1, by=41),
    ):
        assert code_of(call) is ErrorCode.DATASET_REMOVED
    assert code_of(datasets.find, GUILD, "family") is ErrorCode.UNKNOWN_DATASET
    assert code_of(remover.remove, GUILD, "family", None, by=41) is ErrorCode.UNKNOWN_DATASET
    assert code_of(remover.remove, GUILD, "family", 7, by=41) is ErrorCode.UNKNOWN_DATASET
    assert code_of(remover.remove, GUILD + 1, "family", 1, by=41) is ErrorCode.UNKNOWN_DATASET


def test_the_newest_that_is_left_is_meant_and_numbers_are_not_given_again(
    datasets: DatasetService, remover: DatasetRemover, blobs: Blobs
) -> None:
    first = imported(datasets, blobs, "ab", "Anna")
    imported(datasets, blobs, "cd", "Anna")
    remover.remove(GUILD, "family", 2, by=41)
    assert datasets.find(GUILD, "family") == first
    again = imported(datasets, blobs, "cd", "Anna")
    assert (again.version, datasets.missing_shards(again)) == (3, ())


def test_all_versions_go_at_once_and_the_oldest_first(
    datasets: DatasetService, remover: DatasetRemover, blobs: Blobs
) -> None:
    versions = [imported(datasets, blobs, content, "Anna") for content in ("ab", "cd")]
    removed = remover.remove(GUILD, "family", None, by=41)
    assert [one.dataset for one in removed] == versions
    assert not any(blobs.exists(version.shards[0].sha256) for version in versions)


def test_pictures_that_another_version_has_stay(
    datasets: DatasetService, remover: DatasetRemover, blobs: Blobs
) -> None:
    first = imported(datasets, blobs, "ab", "Anna")
    twin = datasets.add(GUILD, "twin", first.classes, first.shards, hash="ef" * 32, without_face=0, by=41)
    remover.remove(GUILD, "family", None, by=41)
    assert datasets.missing_shards(twin) == ()
    remover.remove(GUILD, "twin", None, by=41)
    assert not blobs.exists(first.shards[0].sha256)


def test_people_who_came_with_it_alone_go_with_it(
    datasets: DatasetService, remover: DatasetRemover, blobs: Blobs, jobs: JobService, people: PeopleService
) -> None:
    job_with_faces(jobs, 1, new_face())
    people.name_face(FaceRef(1, 1), GUILD, "Anna", **SAID)
    imported(datasets, blobs, "ab", "Anna", "IMG 0001", "Ben")
    imported(datasets, blobs, "cd", "Ben")
    (removed,) = remover.remove(GUILD, "family", 1, by=41)
    assert removed.people == ("IMG 0001",)
    assert [one.name for one in people.list(GUILD)] == ["Anna", "Ben"]


@pytest.mark.parametrize("state", [state for state in RunState if not state.is_over])
def test_a_run_that_is_not_over_keeps_its_data_set(
    datasets: DatasetService, remover: DatasetRemover, blobs: Blobs, database: Database, state: RunState
) -> None:
    first = imported(datasets, blobs, "ab", "Anna")
    run = Trained(database, RegistryService(database, blobs), Clock()).run(first)
    with database.write() as connection:
        connection.execute(update(runs).values(state=state))
    with pytest.raises(OmokageError) as caught:
        remover.remove(GUILD, "family", None, by=41)
    assert (caught.value.code, caught.value.details) == (ErrorCode.DATASET_IN_USE, {"number": run.number})
    assert datasets.missing_shards(datasets.find(GUILD, "family")) == ()


def test_the_card_of_a_model_that_was_trained_on_it_still_reads(
    datasets: DatasetService, remover: DatasetRemover, blobs: Blobs, database: Database, clock: Clock
) -> None:
    first = imported(datasets, blobs, "ab", "Anna", "Ben")
    registry = RegistryService(database, blobs, clock)
    version = registry.register(Trained(database, registry, clock).run(first), first, draft({}))
    with database.write() as connection:
        connection.execute(update(runs).values(state=RunState.FINISHED))
    remover.remove(GUILD, "family", None, by=41)
    card = registry.get(version.id)
    assert (card.dataset_title, card.classes) == (version.dataset_title, version.classes)
    assert datasets.describe(card.dataset_id or 0).title == "family v1"
    assert registry.weights(card)
