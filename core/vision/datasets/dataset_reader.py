"""Reads a data set for trainers: labels and embeddings in memory, pictures in a memory-mapped file."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.domain.embedders import EMBEDDING_NAME, EMBEDDING_SIZE
from core.domain.errors import ErrorCode, OmokageError
from core.vision.datasets.embed_anew import OnEmbedded, embed_anew, is_current
from core.vision.datasets.picture_cache import memory_map
from core.vision.datasets.records import Record
from core.vision.datasets.shards import read_shard
from core.vision.decoding.decode import SafeDecoder
from core.vision.views import View, render_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset, Shard
    from core.domain.faces import Box
    from core.storage.blobs import Blobs
    from core.vision.recognition.photo_reader import FaceEmbedder

# A face whose box takes so much of the picture's shorter side fills it: the picture came as a crop of one face.
_MIN_FILLING = 0.75
UNKNOWN_GENDER = -1  # in `DatasetReader.genders`
_NO_EMBEDDING = bytes(4 * EMBEDDING_SIZE)


class DatasetReader:
    """The pictures of a data set: row i of each array is the same picture, in the order of the shards.

    `labels` (N,) int64 count the data set's classes, `found` (N,) tells whether a face was found, `embeddings` (N, 256)
    float32 are zeros where none was, `sources` and `hashes` (sha256 of the file that came) tell where it is from.
    `ages` (N,) float32 are in years and NaN where unknown; `genders` (N,) int8 are 0 (male), 1 (female), -1 (unknown).
    """

    def __init__(
        self, dataset: Dataset, blobs: Blobs, cache: Path, on_embedded: OnEmbedded = lambda _done, _total: None
    ) -> None:
        """Read all but the pictures.

        Args:
            dataset: the version.
            blobs: have its shards.
            cache: a folder for decoded pictures.
            on_embedded: called now and then while `embeddings` are made anew; what it raises ends that.

        Raises:
            OmokageError: DATASET_CHANGED, a shard is gone or is not what it was.
        """
        self.dataset = dataset
        self._blobs = blobs
        self._cache = cache
        self._on_embedded = on_embedded
        labels: list[int] = []
        has_face: list[bool] = []
        stale: list[bool] = []
        embeddings: list[bytes] = []
        ages: list[float] = []
        genders: list[int] = []
        self.sources: list[str] = []
        self.hashes: list[str] = []
        for record in self.records():
            labels.append(record.label)
            has_face.append(record.landmarks is not None)
            stale.append(not is_current(record))
            embeddings.append(_NO_EMBEDDING if stale[-1] else record.embedding or _NO_EMBEDDING)
            ages.append(math.nan if record.age is None else record.age)
            genders.append(UNKNOWN_GENDER if record.gender is None else record.gender)
            self.sources.append(record.source)
            self.hashes.append(record.sha256)
        self.labels: NDArray[np.int64] = np.array(labels, np.int64)
        self.found: NDArray[np.bool_] = np.array(has_face, np.bool_)
        self.ages: NDArray[np.float32] = np.array(ages, np.float32)
        self.genders: NDArray[np.int8] = np.array(genders, np.int8)
        self._stale: NDArray[np.bool_] = np.array(stale, np.bool_)
        self._embeddings = np.frombuffer(b"".join(embeddings), "<f4").reshape(-1, EMBEDDING_SIZE)

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """The embeddings (N, 256) of the faces, by the present networks.

        Those that an earlier network made are made anew from the stored pictures: 16 ms a picture when it is first
        asked for, then they are in the cache.

        Raises:
            OmokageError: DATASET_CHANGED, DISK_FULL.
        """
        if self._stale.any():
            embeddings = self._embeddings.copy()
            embeddings[self._stale] = embed_anew(
                self.records(), self._stale, self._embeddings_file, self._on_embedded, _load_embedder
            )
            self._embeddings, self._stale = embeddings, np.zeros_like(self._stale)
        return self._embeddings

    def __len__(self) -> int:
        return self.dataset.pictures

    def images(self, view: View) -> NDArray[np.uint8]:
        """Return all pictures in a view, (N, size, size, 3) RGB, memory-mapped and read-only.

        The first call for a data set and view decodes everything (about 3 ms a picture); later ones open a file.

        Raises:
            OmokageError: DATASET_CHANGED, DISK_FULL.
        """
        shape = (self.dataset.pictures, view.size, view.size, 3)
        return memory_map(self._cache / f"{self.dataset.cache_key}-{view.key}.npy", shape, self._rendered(view))

    def records(self) -> Iterator[Record]:
        """Yield all stored records, with one shard in memory at a time.

        Raises:
            OmokageError: DATASET_CHANGED.
        """
        for shard in self.dataset.shards:
            count = 0
            for record in read_shard(self._shard(shard)):
                if record.label >= len(self.dataset.classes):
                    raise OmokageError(ErrorCode.DATASET_CHANGED)
                count += 1
                yield record
            if count != shard.pictures:
                raise OmokageError(ErrorCode.DATASET_CHANGED)

    def _shard(self, shard: Shard) -> bytes:
        try:
            return self._blobs.get(shard.sha256)
        except OmokageError as error:  # gone or damaged
            raise OmokageError(ErrorCode.DATASET_CHANGED) from error

    def _embeddings_file(self, start: int) -> Path:
        embedder = hashlib.sha256(EMBEDDING_NAME.encode()).hexdigest()[:16]
        return self._cache / f"{self.dataset.cache_key}-embeddings-{embedder}-{start}.npy"

    def _rendered(self, view: View) -> Iterator[NDArray[np.uint8]]:
        with SafeDecoder() as decoder:
            for record in self.records():
                image = decoder.decode(record.image)
                yield render_view(view, image, record.landmarks, _box_to_crop(record, image))


def _box_to_crop(record: Record, image: NDArray[np.uint8]) -> Box | None:
    """Return the face's box, or None where the picture came as a crop of the face, which is shown as it is."""
    box = record.box
    if box is None or (max(box.w, box.h) >= _MIN_FILLING * min(image.shape[:2]) and _is_original(record)):
        return None
    return box


def _is_original(record: Record) -> bool:
    return hashlib.sha256(record.image).hexdigest() == record.sha256


def _load_embedder() -> FaceEmbedder:
    from core.vision.embedding.embed import load_embedder  # TensorFlow

    return load_embedder()
