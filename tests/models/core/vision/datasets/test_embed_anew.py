"""Data sets that an earlier face network embedded: their embeddings are made anew from the stored pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Never

import numpy as np
import pytest

from core.bootstrap import Services
from core.domain.data.datasets import Dataset, Shard
from core.domain.embedders import DLIB, EMBEDDING_NAME, EMBEDDING_SIZE
from core.services.datasets.exporting import export_dataset
from core.services.datasets.importing import import_folder
from core.vision.datasets import embed_anew
from core.vision.datasets.dataset_pictures import PictureReader
from core.vision.datasets.dataset_reader import DatasetReader
from core.vision.datasets.records import Record
from core.vision.datasets.shards import write_shard
from core.vision.embedding import embed
from tests.models.core.services.datasets.builders import GUILD, imported, imported_before, never


@pytest.fixture
def networks(reader: PictureReader, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The session's networks; each loading is counted."""
    loaded: list[int] = []

    def load() -> object:
        loaded.append(1)
        return reader._embedder

    monkeypatch.setattr(embed, "load_embedder", load)
    return loaded


def stored(services: Services, dataset: Dataset, records: list[Record]) -> Dataset:
    """The data set with other records in one shard."""
    path = services.settings.data / "test.tfrecord"
    count = write_shard(path, records)
    data = path.read_bytes()
    return replace(dataset, shards=(Shard(services.blobs.put(data), count, len(data)),), pictures=count)


def test_faces_of_an_earlier_network_are_embedded_anew_once(
    services: Services, reader: PictureReader, folder: Path, networks: list[int]
) -> None:
    # Given a data set of 512-byte embeddings
    old = imported_before(services, reader, folder)
    opened = services.dataset_storage.open(old)
    assert {(record.embedder, len(record.embedding)) for record in opened.records()} == {(DLIB, 4 * 128)}
    # When a training asks for embeddings
    embeddings = opened.embeddings
    # Then they are the present networks'
    new = services.dataset_storage.open(imported(services, reader, folder, "new")).embeddings
    assert embeddings.shape == (old.pictures, EMBEDDING_SIZE)
    assert np.allclose(embeddings, new, atol=1e-3)
    # And later ones find them in the cache
    assert networks == [1]
    assert np.array_equal(services.dataset_storage.open(old).embeddings, embeddings)
    assert networks == [1]


def test_of_a_mixed_data_set_the_present_ones_stay_and_unknown_ones_are_made_anew(
    services: Services, reader: PictureReader, folder: Path, networks: list[int]
) -> None:
    dataset = imported(services, reader, folder)
    opened = services.dataset_storage.open(dataset)
    expected, records = opened.embeddings, list(opened.records())
    records[1] = replace(records[1], embedding=bytes(512), embedder="tomorrow's")
    records[2] = replace(records[2], embedding=bytes(512), embedder=EMBEDDING_NAME)  # of another size than it says
    records[3] = replace(records[3], embedding=b"", embedder="", landmarks=None, box=None, score=0.0)
    mixed = services.dataset_storage.open(stored(services, dataset, records))
    embeddings = mixed.embeddings
    assert networks == [1]
    assert np.allclose(embeddings[1:3], expected[1:3], atol=1e-3)
    assert not embeddings[3].any()
    kept = [row for row in range(len(records)) if row not in {1, 2, 3}]
    assert np.array_equal(embeddings[kept], expected[kept])


class StoppedError(Exception):
    """What a segment raises when somebody else needs the machine."""


@pytest.mark.usefixtures("networks")
def test_embedding_gives_way_between_portions_and_goes_on_from_there(
    services: Services, reader: PictureReader, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed_anew, "CHUNK", 5)
    old = imported_before(services, reader, folder)
    reported: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        reported.append((done, total))
        if len(reported) < 3:
            raise StoppedError

    def open_again() -> DatasetReader:
        return services.dataset_storage.open(old, stop)

    for _ in range(2):
        with pytest.raises(StoppedError):
            _ = open_again().embeddings
    assert open_again().embeddings.any(axis=1).all()
    assert reported == [(5, 12), (10, 12), (12, 12)]


def test_its_pictures_need_no_network_and_the_same_folder_is_the_same_version(
    services: Services, reader: PictureReader, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Never:
        raise AssertionError

    monkeypatch.setattr(embed, "load_embedder", fail)
    old = imported_before(services, reader, folder)
    assert export_dataset(services.dataset_storage, old, tmp_path / "out") == old.pictures
    assert import_folder(services.dataset_storage, folder, GUILD, "family", 41, load=never)[0] == old
    assert import_folder(services.dataset_storage, tmp_path / "out", GUILD, "family", 41, load=never)[0] == old


@pytest.mark.usefixtures("networks")
def test_removing_a_data_set_removes_what_was_embedded_anew(
    services: Services, reader: PictureReader, folder: Path
) -> None:
    old = imported_before(services, reader, folder)
    _ = services.dataset_storage.open(old).embeddings
    cache = services.settings.data / "cache"
    assert list(cache.glob(f"{old.cache_key}-embeddings-*.npy"))
    services.dataset_remover.remove(GUILD, old.name, None, by=41)
    assert not list(cache.iterdir())
