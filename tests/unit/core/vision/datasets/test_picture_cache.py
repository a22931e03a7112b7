from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.vision.datasets import picture_cache
from core.vision.datasets.picture_cache import memory_map

SHAPE = (5, 4, 4, 3)


class Source:
    """Five pictures, and how often they were asked for."""

    def __init__(self) -> None:
        self.passes = 0

    def __iter__(self) -> Iterator[np.ndarray]:
        self.passes += 1
        for number in range(5):
            yield np.full((4, 4, 3), number * 10, np.uint8)


@pytest.fixture
def source() -> Source:
    return Source()


def check(found: np.ndarray) -> None:
    assert found.shape == SHAPE
    assert found[:, 0, 0, 0].tolist() == [0, 10, 20, 30, 40]


def test_pictures_are_mapped_read_only_and_made_once(tmp_path: Path, source: Source) -> None:
    path = tmp_path / "cache" / "a.npy"
    result = memory_map(path, SHAPE, source)
    check(result)
    assert isinstance(result, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        result[0] = 1
    check(memory_map(path, SHAPE, source))
    assert source.passes == 1


@pytest.mark.parametrize("damage", ["cut", "longer", "empty", "noise", "other-shape"])
def test_a_damaged_file_is_made_again(tmp_path: Path, source: Source, damage: str) -> None:
    path = tmp_path / "a.npy"
    memory_map(path, SHAPE, source)
    raw = path.read_bytes()
    other = np.zeros((2, 4, 4, 3), np.uint8)
    if damage == "other-shape":
        np.save(path, other)
    else:
        path.write_bytes({"cut": raw[:-1], "longer": raw + b"\0", "empty": b"", "noise": b"noise" * 90}[damage])
    check(memory_map(path, SHAPE, source))
    assert source.passes == 2


def test_what_breaks_off_leaves_nothing_and_the_next_call_makes_it(tmp_path: Path, source: Source) -> None:
    def breaks() -> Iterator[np.ndarray]:
        yield np.zeros((4, 4, 3), np.uint8)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        memory_map(tmp_path / "a.npy", SHAPE, breaks())
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]
    check(memory_map(tmp_path / "a.npy", SHAPE, source))


def test_what_killed_processes_left_half_made_is_removed_with_the_next_file(tmp_path: Path, source: Source) -> None:
    ours, fresh, old = (tmp_path / f"{name}.npy.0123.part" for name in ("a", "b", "c"))
    for part in (ours, fresh, old):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    memory_map(tmp_path / "a.npy", SHAPE, source)
    assert [part.exists() for part in (ours, fresh, old)] == [False, True, False]  # b's may be in the making


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_no_half_file(
    tmp_path: Path, source: Source, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(_fd: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(picture_cache.os, "fsync", full)
    with pytest.raises(OmokageError) as caught:
        memory_map(tmp_path / "a.npy", SHAPE, source)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]
    monkeypatch.undo()
    check(memory_map(tmp_path / "a.npy", SHAPE, source))


def test_threads_that_want_the_same_pictures_make_them_once(tmp_path: Path, source: Source) -> None:
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: memory_map(tmp_path / "a.npy", SHAPE, source), range(8)):
            check(found)
    assert source.passes == 1


def test_two_processes_make_them_once(tmp_path: Path) -> None:
    script = f"""
import sys, time, numpy as np
from pathlib import Path
from core.vision.datasets.picture_cache import memory_map
def pictures():
    with open({str(tmp_path / "passes")!r}, "a") as file:
        file.write("x")
    for number in range(5):
        time.sleep(0.05)
        yield np.full((4, 4, 3), number * 10, np.uint8)
print(memory_map(Path({str(tmp_path / "a.npy")!r}), {SHAPE}, pictures())[:, 0, 0, 0].tolist())
"""
    root = Path(__file__).parents[5]
    started = [
        subprocess.Popen([sys.executable, "-c", script], cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [process.communicate()[0].strip() for process in started] == ["[0, 10, 20, 30, 40]"] * 3
    assert (tmp_path / "passes").read_text() == "x"


def test_too_few_or_other_pictures_are_a_bug_and_leave_nothing(tmp_path: Path) -> None:
    for pictures in ([np.zeros((4, 4, 3), np.uint8)], [np.zeros((4, 5, 3), np.uint8)] * 5):
        with pytest.raises(ValueError, match="not"):
            memory_map(tmp_path / "a.npy", SHAPE, pictures)
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]


def test_what_was_not_used_for_longest_goes_when_the_folder_grows(
    tmp_path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, name in enumerate(["a", "b", "c"]):
        memory_map(tmp_path / f"{name}.npy", SHAPE, source)
        os.utime(tmp_path / f"{name}.npy", (place, place))
    monkeypatch.setattr(picture_cache, "MAX_BYTES", 3 * (tmp_path / "a.npy").stat().st_size)
    memory_map(tmp_path / "a.npy", SHAPE, source)  # used again
    memory_map(tmp_path / "d.npy", SHAPE, source)
    assert sorted(path.stem for path in tmp_path.glob("*.npy")) == ["a", "c", "d"]
