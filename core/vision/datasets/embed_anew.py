"""Embeds the pictures of a data set anew that an earlier face network embedded: only embeddings of one network compare.

16 ms a picture on two cores, two minutes for 7,000; so it is done in portions, of which each is a file of the cache.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.domain.embedders import EMBEDDING_NAME, EMBEDDING_SIZE
from core.domain.errors import ErrorCode, OmokageError
from core.vision.datasets.picture_cache import memory_map
from core.vision.datasets.records import Record
from core.vision.decoding.decode import SafeDecoder
from core.vision.embedding.align import FaceChips, face_chips, join_chips

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import FaceEmbedder

OnEmbedded: TypeAlias = Callable[[int, int], None]  # pictures done, pictures in all; may raise to stop
Load: TypeAlias = "Callable[[], FaceEmbedder]"
CHUNK = 256  # pictures of one file: four seconds, which is what a process that is killed or gives way loses
_BATCH = 32  # pictures whose pixels are in memory at once
_log = logging.getLogger(__name__)


def is_current(record: Record) -> bool:
    """Return whether the stored embedding is the present network's, or there is no face to embed."""
    whole = record.embedder == EMBEDDING_NAME and len(record.embedding) == 4 * EMBEDDING_SIZE
    return whole or record.landmarks is None


def embed_anew(
    records: Iterable[Record],
    stale: NDArray[np.bool_],
    file: Callable[[int], Path],
    on_embedded: OnEmbedded,
    load: Load,
) -> NDArray[np.float32]:
    """Return the embeddings (M, 256) of the M records that are stale, in their order.

    Args:
        records: all N of a data set.
        stale: (N,), which to embed; those have landmarks.
        file: where the embeddings of the portion that begins with this record are cached.
        on_embedded: called after each portion that was not cached yet. What it raises ends the work; the next call
            goes on behind that portion.
        load: makes the embedder, if there is something to embed.

    Raises:
        OmokageError: DATASET_CHANGED, DISK_FULL.
    """
    parts = [np.zeros((0, EMBEDDING_SIZE), np.float32)]
    with _Networks(load) as networks:
        for start, chunk in _chunks(records):
            faces = [record for record, old in zip(chunk, stale[start:], strict=False) if old]
            if not faces:
                continue
            before = networks.embedded
            shape = len(faces), EMBEDDING_SIZE
            parts.append(np.asarray(memory_map(file(start), shape, networks.embed(faces), np.float32)))
            if networks.embedded > before:
                on_embedded(start + len(chunk), len(stale))
    return np.concatenate(parts)


class _Networks:
    """The decoder and the embedder, which are loaded with the first face; a context manager."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._stack = ExitStack()
        self._loaded: tuple[SafeDecoder, FaceEmbedder] | None = None
        self.embedded = 0

    def __enter__(self) -> _Networks:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def embed(self, faces: Sequence[Record]) -> Iterator[NDArray[np.float32]]:
        """Yield the embedding (256,) of each."""
        if self._loaded is None:
            _log.info("embedding the faces of a data set anew, which an earlier network embedded")
            self._loaded = self._stack.enter_context(SafeDecoder()), self._load()
        decoder, embedder = self._loaded
        for start in range(0, len(faces), _BATCH):
            batch = faces[start : start + _BATCH]
            yield from embedder.embed(join_chips(_chips(decoder, record) for record in batch)).joint
            self.embedded += len(batch)


def _chips(decoder: SafeDecoder, record: Record) -> FaceChips:
    try:
        return face_chips(decoder.decode(record.image), [record.landmarks or ()])
    except ValueError as error:  # landmarks that span no area
        raise OmokageError(ErrorCode.DATASET_CHANGED) from error


def _chunks(records: Iterable[Record]) -> Iterator[tuple[int, list[Record]]]:
    """Yield portions of the records, each with the index of its first."""
    rest, start = iter(records), 0
    while chunk := list(islice(rest, CHUNK)):
        yield start, chunk
        start += len(chunk)
