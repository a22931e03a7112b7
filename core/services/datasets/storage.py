"""The storage of data sets: their rows, their shards, and the folder of the cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.services.datasets.service import DatasetService
from core.storage.blobs import Blobs

if TYPE_CHECKING:
    from core.domain.data.datasets import Dataset
    from core.vision.datasets.dataset_reader import DatasetReader


@dataclass(frozen=True, slots=True)
class DatasetStorage:
    """Rows, shards and cache folder, with which data sets are built, read and exported.

    `datasets` has the rows, `blobs` the shards; `folder` is the product's data folder, which has the cache of decoded
    pictures and room for scratch folders.
    """

    datasets: DatasetService
    blobs: Blobs
    folder: Path

    def open(
        self, dataset: Dataset, on_embedded: Callable[[int, int], None] = lambda _done, _total: None
    ) -> DatasetReader:
        """Read a data set; its pictures are cached in the data folder.

        Args:
            dataset: the version.
            on_embedded: called with the numbers of pictures done and in all, now and then, while embeddings that an
                earlier face network made are made anew; what it raises ends that, and is raised.

        Raises:
            OmokageError: DATASET_CHANGED.
        """
        # Not above: the bot builds this class and must load no numpy.
        from core.vision.datasets.dataset_reader import DatasetReader

        return DatasetReader(dataset, self.blobs, self.folder / "cache", on_embedded)
