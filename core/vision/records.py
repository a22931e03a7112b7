"""Pictures of a data set as TFRecord files: one `tf.train.Example` a picture, with its face and embedding.

The format is TensorFlow's own, so that other programs can read a shard.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.domain.faces import Box, Point

FORMAT = "records-1"  # raise it whenever a shard of the same pictures would have to be another


@dataclass(frozen=True, slots=True)
class Record:
    """One picture of one person.

    `image` is a file that a decoder reads: the one that came, or a crop around the face. `label` counts the data set's
    classes. `sha256` is of the file that came. `landmarks` (five points) and `box` are in pixels of `image`, and None
    where no face was found; `score` is then 0 and `embedding` (128 float32, little-endian) empty.
    """

    image: bytes = field(repr=False)
    label: int
    source: str
    sha256: str
    landmarks: tuple[Point, ...] | None
    box: Box | None
    score: float
    embedding: bytes = field(repr=False)
    embedder: str = ""


def write_shard(path: Path, records: Iterable[Record]) -> int:
    """Write a shard; the same records give the same bytes. Returns how many there were.

    Raises:
        OSError: ENOSPC, the disk is full.
    """
    from core.vision import tfrecords  # noqa: PLC0415 - TensorFlow, which who merely counts pictures need not load

    return tfrecords.write(path, records)


def read_shard(data: bytes | Path) -> Iterator[Record]:
    """The records of a shard, in order.

    Raises:
        OmokageError: DATASET_CHANGED, it is damaged or something else.
    """
    from core.vision import tfrecords  # noqa: PLC0415 - as above

    if isinstance(data, Path):
        yield from tfrecords.read(data)
        return
    with tempfile.NamedTemporaryFile(suffix=".tfrecord") as file:  # TensorFlow reads files only
        file.write(data)
        file.flush()
        yield from tfrecords.read(Path(file.name))
