"""Reads and writes shards: files of records, each with some of a data set's pictures, in order.

Importing this module does not load TensorFlow; reading and writing do.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.vision.datasets.records import Record


def write_shard(path: Path, records: Iterable[Record]) -> int:
    """Write a shard; the same records give the same bytes. Returns their number.

    Raises:
        OSError: ENOSPC, the disk is full.
    """
    from core.vision.datasets import tfrecords  # TensorFlow

    return tfrecords.write(path, records)


def read_shard(data: bytes | Path) -> Iterator[Record]:
    """Yield the records of a shard, in order.

    Raises:
        OmokageError: DATASET_CHANGED, it is damaged or something else.
    """
    from core.vision.datasets import tfrecords  # as above

    if isinstance(data, Path):
        yield from tfrecords.read(data)
        return
    with tempfile.NamedTemporaryFile(suffix=".tfrecord") as file:  # TensorFlow reads files only
        file.write(data)
        file.flush()
        yield from tfrecords.read(Path(file.name))
