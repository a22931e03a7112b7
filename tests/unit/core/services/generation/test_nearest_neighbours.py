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
from tests.unit.core.services.generation.fake_datasets import HELD_OUT, PICTURES, Shelf
from tests.unit.core.services.generation.linear_faces import LinearFaces

GUILD = 700
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
VERSION = Version(
    5, GUILD, RunKind.DCGAN, 1, 1, 9, "faces v1", "ab", "dcgan-light", {"seed": 3}, (), {}, (), "", 9, 1, NOW
)
VIEW = LinearFaces().view


@dataclass
class Parts:
    shelf: Shelf
    nearest: NearestNeighbours

    def find(self, drawn: np.ndarray, version: Version | None = VERSION, guild: int = GUILD) -> Neighbours:
        return self.nearest.find(guild, version, VIEW, drawn, lambda _: None)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    shelf = Shelf(Blobs(str(tmp_path)))
    shelf.guild = GUILD
    return Parts(shelf, NearestNeighbours(shelf.dataset, shelf.open, shelf.describe, shelf.hold_out))


def test_a_training_picture_is_nearest_to_itself(parts: Parts) -> None:
    found = parts.find(parts.shelf.pictures[7])
    assert (found.pictures[0] == parts.shelf.pictures[7]).all()
    assert (found.distances[0], len(found.distances), len(found.pictures)) == (0.0, MAX_NEIGHBOURS, MAX_NEIGHBOURS)
    assert list(found.distances) == sorted(found.distances)


def test_pictures_that_were_held_out_are_not_what_it_remembers(parts: Parts) -> None:
    held_out = parts.shelf.pictures[PICTURES - 1]
    found = parts.find(held_out)
    assert found.distances[0] > 0.1
    assert not any((picture == held_out).all() for picture in found.pictures)


def test_a_distance_of_one_is_that_of_a_picture_which_it_never_saw(parts: Parts) -> None:
    away = [parts.find(picture).distances[0] for picture in parts.shelf.pictures[PICTURES - HELD_OUT :]]
    assert np.median(away) == pytest.approx(1.0, abs=1e-3)


def test_the_pictures_are_those_that_the_runs_seed_held_out(parts: Parts) -> None:
    parts.find(parts.shelf.pictures[0])
    assert (parts.shelf.seeds, parts.shelf.views) == ([3], [VIEW])


def test_a_data_set_is_described_once(parts: Parts) -> None:
    parts.find(parts.shelf.pictures[0])
    parts.find(parts.shelf.pictures[1])
    assert parts.shelf.described == [PICTURES, 1, 1]


def test_few_data_sets_are_kept(parts: Parts) -> None:
    for number in (1, 2, 3, 1):
        parts.find(parts.shelf.pictures[0], replace(VERSION, id=number))
    assert parts.shelf.described.count(PICTURES) == 4


def test_describing_can_be_cancelled(parts: Parts) -> None:
    def go_on(_: float) -> None:
        raise JobCancelledError

    with pytest.raises(JobCancelledError):
        parts.nearest.find(GUILD, VERSION, VIEW, parts.shelf.pictures[0], go_on)
    assert parts.find(parts.shelf.pictures[0]).distances[0] == 0


@pytest.mark.parametrize("version", [None, replace(VERSION, dataset_id=None)])
def test_without_a_data_set_there_is_nothing_to_show(parts: Parts, version: Version | None) -> None:
    with pytest.raises(OmokageError) as caught:
        parts.find(parts.shelf.pictures[0], version)
    assert caught.value.code is ErrorCode.UNKNOWN_DATASET


def test_pictures_never_leave_their_guild(parts: Parts) -> None:
    with pytest.raises(OmokageError) as caught:
        parts.find(parts.shelf.pictures[0], guild=GUILD + 1)
    assert caught.value.code is ErrorCode.NOT_ALLOWED
    assert parts.shelf.described == []
