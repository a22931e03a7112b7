from __future__ import annotations

import math
import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.common.event_files import EventFiles


def events(folder: Path) -> Iterator[tf.compat.v1.Event]:
    """As TensorBoard reads a folder: file after file by name, each until its end or its torn record."""
    for path in sorted(folder.iterdir()):
        try:
            for record in tf.data.TFRecordDataset(str(path)):
                yield tf.compat.v1.Event.FromString(record.numpy())
        except tf.errors.DataLossError:
            continue


def shown(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard shows: a start takes back the figures from its step on, except the first start of all."""
    curves: dict[str, list[tuple[int, float]]] = {}
    started = False
    for event in events(folder):
        if event.session_log.status == tf.compat.v1.SessionLog.START:
            keep = event.step if started else math.inf
            curves = {name: [one for one in curve if one[0] < keep] for name, curve in curves.items()}
            started = True
        for value in event.summary.value:
            curves.setdefault(value.tag, []).append((event.step, value.simple_value))
    return curves


def shown_by_the_fast_reader(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """TensorBoard's data server knows no session logs: a step that is not later takes back those from it on."""
    curves: dict[str, list[tuple[int, float]]] = {}
    for event in events(folder):
        for value in event.summary.value:
            before = [one for one in curves.get(value.tag, []) if one[0] < event.step]
            curves[value.tag] = [*before, (event.step, value.simple_value)]
    return curves


def test_figures_are_read_back_by_tensorflow(tmp_path: Path) -> None:
    with EventFiles(tmp_path / "run-3") as files:
        files.add(10, {"loss": 2.5, "accuracy": 0.25})
        files.add(20, {"loss": 1.5})
        files.add(20, {"held_out_accuracy": 0.5})
    expected = {"loss": [(10, 2.5), (20, 1.5)], "accuracy": [(10, 0.25)], "held_out_accuracy": [(20, 0.5)]}
    assert shown(tmp_path / "run-3") == expected
    assert shown_by_the_fast_reader(tmp_path / "run-3") == expected


def test_a_file_begins_with_its_version_and_has_a_name_that_tensorboard_looks_for(tmp_path: Path) -> None:
    with EventFiles(tmp_path) as files:
        files.add(1, {"loss": 1.0})
    assert next(events(tmp_path)).file_version == "brain.Event:2"
    assert all("tfevents" in path.name for path in tmp_path.iterdir())


def test_without_a_figure_there_is_no_folder(tmp_path: Path) -> None:
    EventFiles(tmp_path / "run-3").close()
    assert not (tmp_path / "run-3").exists()


def test_what_is_written_is_there_before_the_file_is_closed(tmp_path: Path) -> None:
    files = EventFiles(tmp_path)
    files.add(1, {"loss": 1.0})
    assert shown(tmp_path) == {"loss": [(1, 1.0)]}
    files.close()


def test_a_run_that_goes_on_begins_a_file_that_sorts_last(tmp_path: Path) -> None:
    for step in range(1, 5):
        with EventFiles(tmp_path, after=step - 1) as files:
            files.add(step, {"loss": float(step)})
    assert len(list(tmp_path.iterdir())) == 4
    assert shown(tmp_path) == {"loss": [(step, float(step)) for step in range(1, 5)]}


def test_steps_that_a_killed_life_wrote_beyond_the_checkpoint_are_not_shown_twice(tmp_path: Path) -> None:
    with EventFiles(tmp_path, after=0) as files:
        for step in (10, 20, 30, 40):
            files.add(step, {"loss": float(step)})
    with EventFiles(tmp_path, after=20) as files:
        files.add(35, {"loss": -35.0})
    assert shown(tmp_path) == {"loss": [(10, 10.0), (20, 20.0), (35, -35.0)]}


def test_without_a_checkpoint_the_first_step_says_what_is_void(tmp_path: Path) -> None:
    for sign in (1, -1):
        with EventFiles(tmp_path) as files:
            for step in (10, 20, 30) if sign > 0 else (20, 30):
                files.add(step, {"loss": float(sign * step)})
    expected = {"loss": [(10, 10.0), (20, -20.0), (30, -30.0)]}
    assert shown(tmp_path) == expected
    assert shown_by_the_fast_reader(tmp_path) == expected


def test_a_step_back_in_one_life_takes_back_what_was_after_it(tmp_path: Path) -> None:
    with EventFiles(tmp_path) as files:
        for step in (10, 20, 30):
            files.add(step, {"loss": 1.0})
        files.add(15, {"loss": 2.0})
        files.add(25, {"loss": 3.0})
    expected = {"loss": [(10, 1.0), (15, 2.0), (25, 3.0)]}
    assert shown(tmp_path) == expected
    assert shown_by_the_fast_reader(tmp_path) == expected


def test_a_figure_that_a_step_has_already_is_not_written_twice(tmp_path: Path) -> None:
    with EventFiles(tmp_path) as files:
        files.add(10, {"loss": 1.0})
        files.add(10, {"loss": 1.0, "accuracy": 0.5})
    assert shown(tmp_path) == {"loss": [(10, 1.0)], "accuracy": [(10, 0.5)]}


@settings(max_examples=30)  # each opens a file a life through TensorFlow, a tenth of a second
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=25))
def test_whatever_happens_no_step_is_shown_twice_and_the_last_word_counts(
    tmp_path_factory: pytest.TempPathFactory, happened: list[tuple[int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("run")
    files = EventFiles(folder)
    kept: dict[int, float] = {}
    for number, (step, dies) in enumerate(happened):
        if dies:
            files.close()
            files = EventFiles(folder)
        if step not in kept or dies or step < max(kept):
            kept = {one: value for one, value in kept.items() if one < step} | {step: float(number)}
        files.add(step, {"loss": float(number)})
    files.close()
    assert shown(folder) == shown_by_the_fast_reader(folder) == {"loss": sorted(kept.items())}


def test_a_figure_that_is_no_number_is_left_out(tmp_path: Path) -> None:
    with EventFiles(tmp_path) as files:
        files.add(1, {"loss": math.nan, "accuracy": 0.5})
    assert shown(tmp_path) == {"accuracy": [(1, 0.5)]}


def fill(files: EventFiles) -> None:
    for step in range(2, 1000):
        files.add(step, {"loss": 1.0})


def test_a_full_disk_is_an_os_error(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits on files are POSIX's")
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    files = EventFiles(tmp_path)
    files.add(1, {"loss": 1.0})
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
    try:
        with pytest.raises(OSError, match=r"."):
            fill(files)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert shown(tmp_path)["loss"][0] == (1, 1.0)


def test_a_torn_record_at_the_end_loses_only_itself(tmp_path: Path) -> None:
    with EventFiles(tmp_path, after=0) as files:
        files.add(10, {"loss": 1.0})
        files.add(20, {"loss": 2.0})
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-7])
    with EventFiles(tmp_path, after=10) as files:
        files.add(20, {"loss": 3.0})
    assert shown(tmp_path) == {"loss": [(10, 1.0), (20, 3.0)]}


def _train_and_die(folder: Path) -> None:
    files = EventFiles(folder, after=0)
    for step in range(1, 8):
        files.add(step, {"loss": float(step)})
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL")
def test_a_killed_process_leaves_what_it_wrote(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_train_and_die, args=(tmp_path,))
    process.start()
    process.join(100)
    assert process.exitcode == -signal.SIGKILL
    assert shown(tmp_path) == {"loss": [(step, float(step)) for step in range(1, 8)]}
