"""Pictures of a data set as TFRecord files: one `tf.train.Example` a picture, with its face and embedding.

The format is TensorFlow's own, so that other programs can read a shard. Importing this module loads TensorFlow; who
reads or writes whole shards does it with `core.vision.datasets.shards`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box
from core.vision.datasets.records import Record


def write(path: Path, records: Iterable[Record]) -> int:
    """Write records to a file and return their number; see `core.vision.datasets.shards.write_shard`."""
    count = 0
    try:
        with tf.io.TFRecordWriter(str(path)) as writer:
            for record in records:
                writer.write(to_bytes(record))
                count += 1
    except tf.errors.ResourceExhaustedError as error:  # TensorFlow's word for it
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
    return count


def to_bytes(record: Record) -> bytes:
    """Return a serialised `tf.train.Example`; deterministic, because shards are named by their hash."""
    points = [value for point in record.landmarks or () for value in point]
    box = record.box
    features = {
        "image": _bytes(record.image),
        "label": _integer(record.label),
        "source": _bytes(record.source.encode("utf-8", "replace")),  # file names may be no Unicode
        "sha256": _bytes(record.sha256.encode()),
        "landmarks": _floats(points),
        "box": _floats([] if box is None else [box.x, box.y, box.w, box.h]),
        "score": _floats([record.score]),
        "embedding": _bytes(record.embedding),
        "embedder": _bytes(record.embedder.encode()),
    }
    # Absent where unknown: shards of pictures without ages keep the bytes, and so the names, that they had before.
    if record.age is not None:
        features["age"] = _floats([record.age])
    if record.gender is not None:
        features["gender"] = _integer(record.gender)
    example = tf.train.Example(features=tf.train.Features(feature=features))
    serialised: bytes = example.SerializeToString(deterministic=True)
    return serialised


def read(path: Path) -> Iterator[Record]:
    """Yield the records of a file; see `core.vision.datasets.shards.read_shard`."""
    try:
        for serialised in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            yield _from_bytes(serialised)
    except (tf.errors.DataLossError, tf.errors.NotFoundError, DecodeError, ValueError, TypeError, IndexError) as error:
        raise OmokageError(ErrorCode.DATASET_CHANGED) from error


def _from_bytes(serialised: bytes) -> Record:
    feature = tf.train.Example.FromString(serialised).features.feature
    points = list(feature["landmarks"].float_list.value)
    box = list(feature["box"].float_list.value)
    return Record(
        image=_first(feature["image"]),
        label=int(feature["label"].int64_list.value[0]),
        source=_first(feature["source"]).decode(),
        sha256=_first(feature["sha256"]).decode(),
        landmarks=tuple(zip(points[::2], points[1::2], strict=True)) if points else None,
        box=Box(*box) if box else None,
        score=float(feature["score"].float_list.value[0]),
        embedding=_first(feature["embedding"]),
        embedder=_first(feature["embedder"]).decode(),
        age=next(iter(feature["age"].float_list.value), None),
        gender=next(iter(feature["gender"].int64_list.value), None),
    )


def _first(feature: Any) -> bytes:
    value: bytes = feature.bytes_list.value[0]
    return value


def _bytes(value: bytes) -> Any:
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _integer(value: int) -> Any:
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def _floats(values: list[float]) -> Any:
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))
