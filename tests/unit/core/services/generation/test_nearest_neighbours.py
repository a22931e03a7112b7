from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobCancelledError
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.services.generation.nearest_neighbours import MAX_NEIGHBOURS, NearestNeighbours, Neighbours
from core.storage.blobs import Blobs
from tests.unit.core.services.generation.fake_datasets import HELD_OUT, PICTURES, FakeDatasets
from tests.unit.core.services.generation.linear_generator import LinearGenerator

GUILD = 700
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
VERSION = Version(
    5, GUILD, RunKind.DCGAN, 1, 1, 9, "faces v1", "ab", "dcgan-light", {"seed": 3}, (), {}, (), "", 9, 1, NOW
)
VIEW = LinearGenerator().view


@dataclass
class Search:
    datasets: FakeDatasets
    nearest: NearestNeighbours

    def find(self, drawn: np.ndarray, version: Version | None = VERSION, guild: int = GUILD) -> Neighbours:
        return self.nearest.find(guild, version, VIEW, drawn, lambda _: None)


@pytest.fixture
def search(tmp_path: Path) -> Search:
    datasets = FakeDatasets(Blobs(str(tmp_path)))
    datasets.guild = GUILD
    return Search(datasets, NearestNeighbours(datasets.dataset, datasets.open, datasets.describe, datasets.hold_out))


def test_a_training_picture_is_nearest_to_itself(search: Search) -> None:
    neighbours = search.find(search.datasets.pictures[7])
    assert (neighbours.pictures[0] == search.datasets.pictures[7]).all()
    assert (neighbours.distances[0], len(neighbours.distances), len(neighbours.pictures)) == (
        0.0,
        MAX_NEIGHBOURS,
        MAX_NEIGHBOURS,
    )
    assert list(neighbours.distances) == sorted(neighbours.distances)


def test_pictures_that_were_held_out_are_not_what_it_remembers(search: Search) -> None:
    held_out = search.datasets.pictures[PICTURES - 1]
    neighbours = search.find(held_out)
    assert neighbours.distances[0] > 0.1
    assert not any((picture == held_out).all() for picture in neighbours.pictures)


def test_a_distance_of_one_is_that_of_a_picture_which_it_never_saw(search: Search) -> None:
    distances = [search.find(picture).distances[0] for picture in search.datasets.pictures[PICTURES - HELD_OUT :]]
    assert np.median(distances) == pytest.approx(1.0, abs=1e-3)


def test_the_pictures_are_those_that_the_runs_seed_held_out(search: Search) -> None:
    search.find(search.datasets.pictures[0])
    assert (search.datasets.seeds, search.datasets.views) == ([3], [VIEW])


def test_a_data_set_is_described_once(search: Search) -> None:
    search.find(search.datasets.pictures[0])
    search.find(search.datasets.pictures[1])
    assert search.datasets.described == [PICTURES, 1, 1]


def test_few_data_sets_are_kept(search: Search) -> None:
    for number in (1, 2, 3, 1):
        search.find(search.datasets.pictures[0], replace(VERSION, id=number))
    assert search.datasets.described.count(PICTURES) == 4


def test_describing_can_be_cancelled(search: Search) -> None:
    def cancel(_: float) -> None:
        raise JobCancelledError

    with pytest.raises(JobCancelledError):
        search.nearest.find(GUILD, VERSION, VIEW, search.datasets.pictures[0], cancel)
    assert search.find(search.datasets.pictures[0]).distances[0] == 0


@pytest.mark.parametrize("version", [None, replace(VERSION, dataset_id=None)])
def test_without_a_data_set_there_is_nothing_to_show(search: Search, version: Version | None) -> None:
    with pytest.raises(OmokageError) as caught:
        search.find(search.datasets.pictures[0], version)
    assert caught.value.code is ErrorCode.UNKNOWN_DATASET


def test_pictures_never_leave_their_guild(search: Search) -> None:
    with pytest.raises(OmokageError) as caught:
        search.find(search.datasets.pictures[0], guild=GUILD + 1)
    assert caught.value.code is ErrorCode.NOT_ALLOWED
    assert search.datasets.described == []
