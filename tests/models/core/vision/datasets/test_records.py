from __future__ import annotations

import errno
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box
from core.vision.datasets.records import Record
from core.vision.datasets.shards import read_shard, write_shard
from core.vision.datasets.tfrecords import to_bytes

LANDMARKS = ((40.5, 40.0), (70.0, 41.0), (55.0, 60.0), (45.0, 80.0), (65.0, 80.25))
SEEN = Record(b"jpeg", 1, "Anna/1.jpg", "ab" * 32, LANDMARKS, Box(20, 21, 60, 80), 0.5, bytes(512), "net-1")
FACELESS = Record(b"png", 0, "本田/2.png", "cd" * 32, None, None, 0.0, b"")

floats = st.floats(-1e6, 1e6, width=32)
records = st.builds(
    Record,
    st.binary(max_size=100),
    st.integers(0, 2**40),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.none() | st.tuples(*[st.tuples(floats, floats)] * 5),
    st.none() | st.builds(Box, floats, floats, floats, floats),
    floats,
    st.binary(max_size=512),
    st.text("abc-1.", max_size=10),
    st.none() | st.floats(0, 120, width=32),
    st.sampled_from([None, 0, 1]),
)


def shard(tmp_path: Path, *content: Record) -> bytes:
    assert write_shard(tmp_path / "shard", content) == len(content)
    return (tmp_path / "shard").read_bytes()


def test_a_shard_gives_its_records_back_in_order(tmp_path: Path) -> None:
    data = shard(tmp_path, SEEN, FACELESS, SEEN)
    assert list(read_shard(data)) == list(read_shard(tmp_path / "shard")) == [SEEN, FACELESS, SEEN]


@given(st.lists(records, max_size=4))
@settings(max_examples=40)
def test_any_record_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, content: list[Record]) -> None:
    path = tmp_path_factory.mktemp("shards") / "shard"
    write_shard(path, content)
    assert list(read_shard(path)) == content


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    assert shard(tmp_path, SEEN, FACELESS) == shard(tmp_path, SEEN, FACELESS)
    assert len({to_bytes(replace(SEEN, label=label)) for label in range(3)}) == 3


def test_a_picture_of_unknown_age_has_the_bytes_that_it_had_before_there_were_ages() -> None:
    digests = [hashlib.sha256(to_bytes(record)).hexdigest()[:16] for record in (SEEN, FACELESS)]
    assert digests == ["be7733c99e32a84e", "3463ca6ce3fd85e0"]
    assert to_bytes(replace(SEEN, age=0.0)) != to_bytes(SEEN) != to_bytes(replace(SEEN, gender=0))


@pytest.mark.parametrize("at", [3, 10, 60, -2])
def test_a_damaged_shard_is_noticed(tmp_path: Path, at: int) -> None:
    data = bytearray(shard(tmp_path, SEEN, FACELESS))
    data[at] ^= 1
    with pytest.raises(OmokageError) as caught:
        list(read_shard(bytes(data)))
    assert caught.value.code is ErrorCode.DATASET_CHANGED


@pytest.mark.parametrize("data", [b"something else", b"\0" * 40])
def test_what_is_no_shard_is_refused(data: bytes) -> None:
    with pytest.raises(OmokageError) as caught:
        list(read_shard(data))
    assert caught.value.code is ErrorCode.DATASET_CHANGED


def test_a_shard_that_was_cut_off_is_noticed(tmp_path: Path) -> None:
    data = shard(tmp_path, SEEN, FACELESS)
    with pytest.raises(OmokageError) as caught:
        list(read_shard(data[:-3]))
    assert caught.value.code is ErrorCode.DATASET_CHANGED


def test_other_programs_read_a_shard_as_examples(tmp_path: Path) -> None:
    import tensorflow as tf

    shard(tmp_path, SEEN)
    expected = {
        "image": tf.io.FixedLenFeature([], tf.string),
        "label": tf.io.FixedLenFeature([], tf.int64),
        "landmarks": tf.io.FixedLenFeature([10], tf.float32),
    }
    (row,) = [tf.io.parse_single_example(one, expected) for one in tf.data.TFRecordDataset(str(tmp_path / "shard"))]
    assert (row["image"].numpy(), int(row["label"])) == (b"jpeg", 1)
    assert np.allclose(row["landmarks"].numpy().reshape(5, 2), LANDMARKS)


def test_a_file_name_that_is_no_unicode_is_kept_as_far_as_it_can_be(tmp_path: Path) -> None:
    (read,) = read_shard(shard(tmp_path, replace(SEEN, source="Anna/\udcff.jpg")))
    assert read.source == "Anna/?.jpg"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_a_full_disk_is_an_os_error() -> None:
    with pytest.raises(OSError) as caught:
        write_shard(Path("/dev/full"), [replace(SEEN, image=bytes(200_000))] * 50)
    assert caught.value.errno == errno.ENOSPC
