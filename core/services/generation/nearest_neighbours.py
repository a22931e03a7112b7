"""Nearest neighbours of a generated face among the training pictures: does a model generalise, or memorise?

Distances are by dlib's embedding of a fixed chip, the feature of the novelty on a version's card (`sample_quality`), so
that both figures mean the same. A data set's stored embeddings, of both networks, are of detected faces: a drawing may
show none, so these are not compared with.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.services.lru_cache import LruCache

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.registry.versions import Version
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.views import View

    # Pictures (N, S, S, 3) in a view -> feature vectors (N, D).
    Describe: TypeAlias = Callable[[NDArray[np.uint8], View], NDArray[np.float64]]

MAX_NEIGHBOURS = 6  # a row in which each picture can still be seen
_CAPACITY = 2  # versions; the features of 10,000 pictures take 10 MB
_CHUNK = 64  # pictures between two reports of progress; a quarter of a second


@dataclass(frozen=True, slots=True)
class _DatasetFeatures:
    """Features of a version's data set; `held_out_distance`: median distance of held-out pictures to their nearest."""

    vectors: NDArray[np.float64]  # (N, D)
    trained_rows: NDArray[np.int64]
    held_out_distance: float
    images: NDArray[np.uint8]  # (N, S, S, 3)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Training pictures (K, S, S, 3), the nearest first, with distances as in `GenerationResult`."""

    pictures: NDArray[np.uint8]
    distances: tuple[float, ...]


class NearestNeighbours:
    """Search the data set of a version; features of the last data sets are cached.

    Args:
        dataset: returns a data set by its id; UNKNOWN_DATASET.
        open_dataset: opens it for reading; DATASET_CHANGED.
        describe: computes features, the same as when the model was evaluated.
        hold_out: (pictures, seed) -> (N,), true for pictures that the training did not use.
    """

    def __init__(
        self,
        dataset: Callable[[int], Dataset],
        open_dataset: Callable[[Dataset], DatasetReader],
        describe: Describe,
        hold_out: Callable[[int, int], NDArray[np.bool_]],
    ) -> None:
        self._dataset = dataset
        self._open = open_dataset
        self._describe = describe
        self._hold_out = hold_out
        self._lock = threading.Lock()
        self._features: LruCache[int, _DatasetFeatures] = LruCache(_CAPACITY)  # by version

    def find(
        self,
        guild_id: int,
        version: Version | None,
        view: View,
        drawn: NDArray[np.uint8],
        report_progress: Callable[[float], None],
    ) -> Neighbours:
        """Return the six training pictures nearest to a generated face (S, S, 3).

        Args:
            guild_id: of the request: pictures never leave their guild.
            version: the model's; None: a model that comes with the product, whose training pictures are not stored.
            view: of the model.
            drawn: the generated face.
            report_progress: called with the fraction done, may raise; a data set that is not cached takes 5 ms a
                picture.

        Raises:
            OmokageError: UNKNOWN_DATASET, NOT_ALLOWED, DATASET_CHANGED, DISK_FULL.
        """
        if version is None or version.dataset_id is None:
            raise OmokageError(ErrorCode.UNKNOWN_DATASET)
        dataset = self._dataset(version.dataset_id)
        if dataset.guild_id != guild_id:
            raise OmokageError(ErrorCode.NOT_ALLOWED)
        with self._lock:
            cached = self._features.get(version.id)
            features = cached or self._compute_features(version, dataset, view, report_progress)
            self._features.put(version.id, features)
        distances = _distances(self._describe(drawn[None], view), features.vectors[features.trained_rows])[0]
        best = np.argsort(distances, kind="stable")[:MAX_NEIGHBOURS]
        pictures = np.stack([features.images[row] for row in features.trained_rows[best]])
        relative = (float(distance) / features.held_out_distance for distance in distances[best])
        return Neighbours(pictures, tuple(round(distance, 3) for distance in relative))

    def _compute_features(
        self, version: Version, dataset: Dataset, view: View, report_progress: Callable[[float], None]
    ) -> _DatasetFeatures:
        images = self._open(dataset).images(view)
        chunks = []
        for start in range(0, len(images), _CHUNK):
            report_progress(start / len(images))
            chunks.append(self._describe(np.asarray(images[start : start + _CHUNK]), view))
        vectors = np.concatenate(chunks)
        held_out = self._hold_out(len(images), int(version.config.get("seed") or 0))  # type: ignore[arg-type]
        trained_rows = np.flatnonzero(~held_out)
        median = float(np.median(_distances(vectors[held_out], vectors[trained_rows]).min(1)))
        return _DatasetFeatures(vectors, trained_rows, max(median, 1e-9), images)


def _distances(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distances: (N, D), (M, D) -> (N, M)."""
    squared = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2.0 * a @ b.T
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)))
