from __future__ import annotations

import hashlib
import os
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.storage.blobs import Blobs

PHOTO = b"a photo"
NAME = hashlib.sha256(PHOTO).hexdigest()


def set_time(blobs: Blobs, when: datetime) -> None:
    files: Any = blobs._files
    path = blobs._path(NAME)
    if blobs._renames:
        os.utime(path, (when.timestamp(),) * 2)
    else:
        files.store[path].created = files.store[path].modified = when


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs") if request.param == "folder" else f"memory://{uuid.uuid4()}")


@given(st.binary(max_size=2000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_put_is_got_under_its_sha256(blobs: Blobs, data: bytes) -> None:
    name = blobs.put(data)
    assert name == hashlib.sha256(data).hexdigest()
    assert blobs.exists(name)
    assert blobs.get(name) == data


def test_what_is_not_there_is_gone(blobs: Blobs) -> None:
    assert not blobs.exists(NAME)
    with pytest.raises(OmokageError) as caught:
        blobs.get(NAME)
    assert caught.value.code is ErrorCode.PHOTO_GONE


@pytest.mark.parametrize("name", ["", "../../etc/passwd", NAME.upper(), NAME + "\n", NAME[:-1] + "/"])
def test_only_a_sha256_is_a_name(blobs: Blobs, name: str) -> None:
    for ask in (blobs.get, blobs.exists):
        with pytest.raises(ValueError, match="not a sha256"):
            ask(name)


def test_many_blobs_are_spread_over_folders(tmp_path: Path) -> None:
    Blobs(str(tmp_path)).put(PHOTO)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        f"{NAME[:2]}/{NAME}"
    ]


def test_putting_again_writes_nothing_but_that_it_was_put_now(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path))
    blobs.put(PHOTO)
    path = tmp_path / NAME[:2] / NAME
    os.utime(path, (0, 0))
    before = path.stat()
    blobs.put(PHOTO)
    after = path.stat()
    assert after.st_ino == before.st_ino
    assert time.time() - after.st_mtime < 60


def test_what_was_put_again_long_ago_counts_as_new_in_any_store(blobs: Blobs) -> None:
    blobs.put(PHOTO)
    set_time(blobs, datetime(2026, 1, 1, tzinfo=UTC))
    (file,) = blobs.files()
    assert (file.name, file.size, file.modified) == (NAME, len(PHOTO), datetime(2026, 1, 1, tzinfo=UTC))
    blobs.put(PHOTO)
    (file,) = blobs.files()
    assert datetime.now(UTC) - file.modified < timedelta(minutes=1)


def test_only_what_nobody_has_put_since_is_removed(blobs: Blobs) -> None:
    now = datetime.now(UTC)
    blobs.put(PHOTO)
    assert not blobs.remove(NAME, now - timedelta(hours=1))
    assert blobs.get(NAME) == PHOTO
    assert blobs.remove(NAME, now + timedelta(hours=1))
    assert not blobs.exists(NAME)
    assert not blobs.remove(NAME, now + timedelta(hours=1))
    assert list(blobs.files()) == []


def test_what_is_put_while_it_is_being_removed_is_there_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = Blobs(str(tmp_path))
    blobs.put(PHOTO)
    set_time(blobs, datetime(2026, 1, 1, tzinfo=UTC))
    rename = os.rename

    def put_before_it(source: str, target: str) -> None:
        monkeypatch.setattr(os, "rename", rename)
        blobs.put(PHOTO)
        rename(source, target)

    monkeypatch.setattr(os, "rename", put_before_it)
    assert not blobs.remove(NAME, datetime.now(UTC) - timedelta(hours=1))
    assert blobs.get(NAME) == PHOTO


def test_what_a_killed_writer_left_is_listed_and_can_be_removed(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path))
    blobs.put(PHOTO)
    (tmp_path / NAME[:2] / NAME).rename(tmp_path / NAME[:2] / f"{NAME}.{uuid.uuid4().hex}.part")
    (tmp_path / NAME[:2] / "README").write_text("not ours", "utf-8")
    (file,) = blobs.files()
    assert blobs.remove(file.name, datetime.now(UTC) + timedelta(hours=1))
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["README"]


@pytest.mark.parametrize("name", ["../../etc/passwd", NAME + "/..", NAME + ".part", "README"])
def test_nothing_else_can_be_removed(blobs: Blobs, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        blobs.remove(name, datetime.now(UTC))


def test_a_size_is_told_without_reading(blobs: Blobs) -> None:
    assert blobs.size(NAME) == 0
    blobs.put(PHOTO)
    assert blobs.size(NAME) == len(PHOTO)


def test_a_damaged_blob_is_gone_rather_than_wrong(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path))
    blobs.put(PHOTO)
    (tmp_path / NAME[:2] / NAME).write_bytes(b"A photo")
    with pytest.raises(OmokageError) as caught:
        blobs.get(NAME)
    assert caught.value.code is ErrorCode.PHOTO_GONE


def test_a_truncated_blob_is_healed_by_putting_it_again(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path))
    blobs.put(PHOTO)
    (tmp_path / NAME[:2] / NAME).write_bytes(b"a ph")
    blobs.put(PHOTO)
    assert blobs.get(NAME) == PHOTO


def test_a_write_that_breaks_leaves_nothing_under_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs(str(tmp_path))

    def full_disk(path: str, _data: bytes, **_options: Any) -> None:
        Path(path).write_bytes(b"a ph")
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(blobs._files, "pipe_file", full_disk)
        with pytest.raises(OSError, match="No space"):
            blobs.put(PHOTO)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert blobs.put(PHOTO) == NAME


def test_the_same_photo_may_be_put_by_many_at_once(tmp_path: Path) -> None:
    photo, start = b"x" * 1_000_000, threading.Barrier(4)

    def put(_number: int) -> bytes:
        start.wait()
        blobs = Blobs(str(tmp_path))
        return blobs.get(blobs.put(photo))

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(put, range(4))) == {photo}
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("name", ["st?te", "a%20b", "a#b", "a::b", "[a]*"])
def test_a_folder_may_be_called_anything(tmp_path: Path, name: str) -> None:
    blobs = Blobs(str(tmp_path / name))
    stored = blobs.put(b"picture")
    assert (tmp_path / name / stored[:2] / stored).read_bytes() == b"picture"
    assert blobs.get(stored) == b"picture"
    blobs.delete(stored)
    assert not blobs.exists(stored)


@pytest.mark.parametrize("url", ["nosuch://bucket", "hdfs://bucket"])
def test_a_store_that_cannot_be_had_is_a_sentence(url: str) -> None:
    with pytest.raises(RuntimeError, match="OMOKAGE_BLOBS: "):
        Blobs(url)


def test_a_store_that_is_away_raises_what_a_disk_would(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a store whose client raises errors of its own kind
    store = Blobs(f"memory://{uuid.uuid4()}")

    def refuse(*_: Any, **__: Any) -> Any:
        raise RuntimeError("could not connect to the endpoint")

    for method in ("cat_file", "exists", "rm_file", "size", "info", "ls"):
        monkeypatch.setattr(store._files, method, refuse)
    # Then each use of it fails like a disk, which callers take for a fault of the host
    for use in (store.get, store.exists, store.size, store.delete):
        with pytest.raises(OSError, match="could not connect"):
            use(NAME)
    with pytest.raises(OSError, match="could not connect"):
        list(store.files())
    with pytest.raises(OSError, match="could not connect"):
        store.put(PHOTO)
