"""The training pictures that a drawn face is most like: whether a model makes faces up, or remembers them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.registry.versions import Version
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.views import View

    # Pictures (N, S, S, 3) in a view -> what they are compared by, (N, D).
    Describe: TypeAlias = Callable[[NDArray[np.uint8], View], NDArray[np.float64]]

MAX_NEIGHBOURS = 6  # pictures: a row of which each can still be seen
_KEPT = 2  # data sets; one of 10,000 pictures takes 10 MB
_PIECE = 64  # pictures between two looks at whether somebody has cancelled; a quarter of a second


@dataclass(frozen=True, slots=True)
class _Described:
    """A data set as one version was trained on it; `usual`: how far a picture that it never saw is from its nearest."""

    features: NDArray[np.float64]  # (N, D)
    trained: NDArray[np.int64]  # rows
    usual: float
    images: NDArray[np.uint8]  # (N, S, S, 3)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Training pictures (K, S, S, 3), the nearest first; distances as `GenerationResult` has them."""

    pictures: NDArray[np.uint8]
    distances: tuple[float, ...]


class NearestNeighbours:
    """Looks into the data set of a version; what it has described once it keeps for a while.

    Args:
        dataset: finds one by its id; UNKNOWN_DATASET.
        open_dataset: reads it; DATASET_CHANGED.
        describe: what pictures are compared by, as when the model was measured.
        hold_out: (pictures, seed) -> (N,), those that a training never saw.
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
        self._kept: OrderedDict[int, _Described] = OrderedDict()  # by version

    def find(
        self,
        guild_id: int,
        version: Version | None,
        view: View,
        drawn: NDArray[np.uint8],
        go_on: Callable[[float], None],
    ) -> Neighbours:
        """The six that are most like a drawn face (S, S, 3).

        Args:
            guild_id: who asks: pictures never leave their guild.
            version: whose face it is; None: of a model that came with the product, whose pictures are not kept.
            view: of the model.
            drawn: the face.
            go_on: is told the share that is done, and may raise; the first look at a data set takes 5 ms a picture.

        Raises:
            OmokageError: UNKNOWN_DATASET, NOT_ALLOWED, DATASET_CHANGED, DISK_FULL.
        """
        if version is None or version.dataset_id is None:
            raise OmokageError(ErrorCode.UNKNOWN_DATASET)
        dataset = self._dataset(version.dataset_id)
        if dataset.guild_id != guild_id:
            raise OmokageError(ErrorCode.NOT_ALLOWED)
        with self._lock:
            known = self._kept.pop(version.id, None) or self._look(version, dataset, view, go_on)
            self._kept[version.id] = known
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        away = _distances(self._describe(drawn[None], view), known.features[known.trained])[0]
        best = np.argsort(away, kind="stable")[:MAX_NEIGHBOURS]
        rows = known.trained[best]
        pictures = np.stack([known.images[row] for row in rows])
        return Neighbours(pictures, tuple(round(float(one) / known.usual, 3) for one in away[best]))

    def _look(self, version: Version, dataset: Dataset, view: View, go_on: Callable[[float], None]) -> _Described:
        images = self._open(dataset).images(view)
        parts = []
        for start in range(0, len(images), _PIECE):
            go_on(start / len(images))
            parts.append(self._describe(np.asarray(images[start : start + _PIECE]), view))
        features = np.concatenate(parts)
        held_out = self._hold_out(len(images), int(version.config.get("seed") or 0))  # type: ignore[arg-type]
        trained = np.flatnonzero(~held_out)
        usual = float(np.median(_distances(features[held_out], features[trained]).min(1)))
        return _Described(features, trained, max(usual, 1e-9), images)


def _distances(one: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean: (N, D), (M, D) -> (N, M)."""
    squared = (one**2).sum(1)[:, None] + (others**2).sum(1) - 2.0 * one @ others.T
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)))
