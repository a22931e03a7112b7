"""A fake data set: pictures without shards, whose features are their colours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, update

from core.domain.data.datasets import Dataset
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.training_tables import datasets, versions
from core.vision.views import View
from tests.unit.core.services.generation.linear_generator import SIZE, LinearGenerator

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PICTURES, HELD_OUT = 40, 10


@dataclass
class FakeReader:
    """The part of DatasetReader that a search for neighbours uses."""

    pictures: NDArray[np.uint8]
    views: list[View]

    def images(self, view: View) -> NDArray[np.uint8]:
        self.views.append(view)
        return self.pictures


class FakeDatasets:
    """One data set of faces that a LinearGenerator renders for the seeds 1000, 1001, ...; the last are held out."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs
        self.guild = 0
        self.pictures = LinearGenerator().render(LinearGenerator().latents(range(1000, 1000 + PICTURES)))
        self.views: list[View] = []
        self.described: list[int] = []  # how many pictures at a time
        self.seeds: list[int] = []

    def fill(self, version_id: int, database: Database, guild: int) -> None:
        """Insert the data set as the one that a version was trained on."""
        self.guild = guild
        values = {"guild_id": guild, "name": "faces", "version": 1, "hash": "ab", "pictures": PICTURES}
        values |= {"manifest": {}, "created_by": 1, "created_at": NOW}
        with database.write() as connection:
            key = connection.execute(insert(datasets).values(values).returning(datasets.c.id)).scalar_one()
            connection.execute(update(versions).where(versions.c.id == version_id).values(dataset_id=key))

    def dataset(self, dataset_id: int) -> Dataset:
        return Dataset(dataset_id, self.guild, "faces", 1, "ab", (), (), PICTURES, 0, 1, NOW)

    def open(self, dataset: Dataset) -> FakeReader:
        return FakeReader(self.pictures, self.views)

    def describe(self, pictures: NDArray[np.uint8], view: View) -> NDArray[np.float64]:
        assert pictures.shape[1:] == (SIZE, SIZE, 3)
        self.described.append(len(pictures))
        return pictures[:, :, 0, 0].astype(np.float64)

    def hold_out(self, pictures: int, seed: int) -> NDArray[np.bool_]:
        self.seeds.append(seed)
        return np.arange(pictures) >= pictures - HELD_OUT
