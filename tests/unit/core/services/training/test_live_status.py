"""The callbacks for a run's message and for TensorBoard."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.domain.training.runs import CurvePoint, LiveStatus
from core.services.training.live_status import LiveStatusCallback, Pictures, Speed
from core.services.training.tensorboard import TensorBoardLog
from core.storage.blobs import Blobs
from tests.unit.core.services.training.builders import RUN, job


class Runs:
    """Notes what is written."""

    def __init__(self, *points: CurvePoint) -> None:
        self._points = list(points)
        self.live: list[LiveStatus] = []
        self.blobs = Blobs("memory://none")
        self.segments = self

    def points(self, run_id: int) -> list[CurvePoint]:
        return list(self._points)

    def note_live(self, job: object, live: LiveStatus) -> None:
        self.live.append(live)

    def discard_picture(self, name: str) -> None:
        self.blobs.delete(name)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Drawings:
    """Draws its arguments; takes `costs` seconds."""

    def __init__(self, clock: Clock, costs: float = 0.0) -> None:
        self._clock = clock
        self._costs = costs
        self.at: list[float] = []

    def __call__(self, points: Sequence[CurvePoint], steps: int, title: str) -> bytes:
        self._clock.now += self._costs
        self.at.append(self._clock.now)
        return repr(([point.step for point in points], steps, title)).encode()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


def live_status(runs: Runs, blobs: Blobs, clock: Clock, draw: Any) -> LiveStatusCallback:
    runs.blobs = blobs
    made = LiveStatusCallback(runs, blobs, draw, job=job(), run=RUN, clock=clock)  # type: ignore[arg-type]
    made.on_train_begin(0, 100)
    return made


def train(callback: LiveStatusCallback, clock: Clock, steps: range, seconds: float = 0.5) -> None:
    for step in steps:
        clock.now += seconds
        callback.on_figures(CurvePoint(step, {"loss": 1 / step}))
        callback.on_step_end(step)


def test_figures_are_written_at_most_every_second_and_a_half(blobs: Blobs) -> None:
    runs, clock = Runs(), Clock()
    train(live_status(runs, blobs, clock, Drawings(clock)), clock, range(1, 31))
    assert [live.step for live in runs.live] == list(range(1, 31, 3))
    newest = runs.live[-1]
    assert newest.values == {"loss": 1 / 28}
    assert newest.steps_per_second == pytest.approx(2.0)
    assert newest.seconds_left == pytest.approx(36.0)


def test_a_segments_first_steps_have_the_speed_of_the_one_before(blobs: Blobs) -> None:
    runs, clock = Runs(), Clock()
    before = replace(RUN, live=LiveStatus(50, {}, 4.0, 12.5))
    callback = LiveStatusCallback(runs, blobs, None, job=job(), run=before, clock=clock)  # type: ignore[arg-type]
    callback.on_train_begin(50, 100)
    callback.on_step_end(52)
    assert (runs.live[-1].steps_per_second, runs.live[-1].seconds_left) == (4.0, 12.0)


def test_curves_are_drawn_at_most_every_five_seconds_and_at_the_end(blobs: Blobs) -> None:
    runs, clock = Runs(CurvePoint(0, {"loss": 2.0})), Clock()
    drawings = Drawings(clock)
    callback = live_status(runs, blobs, clock, drawings)
    train(callback, clock, range(1, 31))
    assert all(after - before >= 5 for before, after in zip(drawings.at, drawings.at[1:], strict=False))
    assert len(drawings.at) == 3
    last = callback.live_status()
    assert last.picture is not None
    assert blobs.get(last.picture) == repr((list(range(31)), 100, "Run 4: recogniser, slim")).encode()
    drawn = len(drawings.at)
    assert callback.live_status() == last
    assert len(drawings.at) == drawn, "nothing is new"


def test_a_slow_drawing_takes_a_twentieth_of_the_time_at_most(blobs: Blobs) -> None:
    runs, clock = Runs(), Clock()
    drawings = Drawings(clock, costs=2.0)
    train(live_status(runs, blobs, clock, drawings), clock, range(1, 101), seconds=1.0)
    assert all(after - before >= 40 for before, after in zip(drawings.at, drawings.at[1:], strict=False))
    assert len(drawings.at) >= 2


def test_a_run_goes_on_though_its_curves_cannot_be_drawn(blobs: Blobs) -> None:
    runs, clock = Runs(), Clock()

    def broken(*_: object) -> bytes:
        raise ZeroDivisionError

    callback = live_status(runs, blobs, clock, broken)
    train(callback, clock, range(1, 31))
    assert runs.live[-1].step == 28
    assert callback.live_status().picture is None


def test_for_a_shell_nothing_is_drawn(blobs: Blobs) -> None:
    runs, clock = Runs(), Clock()
    callback = live_status(runs, blobs, clock, None)
    train(callback, clock, range(1, 9))
    assert callback.live_status().picture is None


def test_samples_are_shown_where_the_model_makes_some(blobs: Blobs) -> None:
    runs, clock = Runs(), Clock()
    callback = live_status(runs, blobs, clock, None)
    callback.on_sample(lambda: None)
    assert callback.live_status().samples is None
    callback.on_sample(lambda: b"png")
    samples = callback.live_status().samples
    assert samples is not None
    assert blobs.get(samples) == b"png"


def test_of_older_pictures_only_the_last_is_kept(blobs: Blobs) -> None:
    first = blobs.put(b"of the last segment")
    pictures = Pictures(blobs, first, blobs.delete)
    names = [first]
    for content in (b"1", b"2", b"2", b"3"):
        pictures.put(content)
        assert pictures.newest is not None
        names.append(pictures.newest)
    assert [blobs.exists(name) for name in dict.fromkeys(names)] == [False, False, True, True]


def test_the_speed_is_that_of_the_last_half_minute() -> None:
    speed = Speed()
    assert speed.per_second() is None
    speed.note(0.0, 10)
    assert speed.per_second() is None
    for second in range(1, 101):
        speed.note(float(second), 10 + second if second <= 50 else 60 + 4 * (second - 50))
    assert speed.per_second() == pytest.approx(4.0)


class Files:
    """Notes what TensorBoard would be told."""

    def __init__(self, folder: Path, after: int | None) -> None:
        self.opened = (folder.name, after)
        folder.mkdir(parents=True, exist_ok=True)
        self.steps: list[int] = []
        self.fault: OSError | None = None
        self.closed = False

    def add(self, step: int, values: Mapping[str, float]) -> None:
        if self.fault is not None:
            raise self.fault
        self.steps.append(step)

    def close(self) -> None:
        self.closed = True


class Shelf:
    def __init__(self, folder: Path, *points: CurvePoint) -> None:
        self.files: list[Files] = []
        self.log = TensorBoardLog(Runs(*points), folder, self._open)  # type: ignore[arg-type]

    def _open(self, folder: Path, after: int | None) -> Files:
        self.files.append(Files(folder, after))
        return self.files[-1]

    def segment(self, begins: int, *steps: int) -> None:
        callback = self.log.make_callback(job(), replace(RUN, step=begins))
        for step in steps:
            callback.on_figures(CurvePoint(step, {"loss": 1.0}))


def test_segments_that_follow_one_another_share_a_file(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.segment(0, 10, 20, 25)
    shelf.segment(25, 30, 40)
    (file,) = shelf.files
    assert file.opened == (f"run-{RUN.id}", None)
    assert file.steps == [10, 20, 25, 30, 40]


def test_a_run_that_goes_on_after_a_kill_or_a_rollback_begins_a_new_file_from_its_checkpoint(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.segment(0, 10, 20, 30)
    shelf.segment(15, 20, 30)
    first, second = shelf.files
    assert first.closed
    assert second.opened[1] == 15
    assert second.steps == [20, 30]


def test_a_branch_has_its_parents_figures(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, CurvePoint(10, {"loss": 1.0}), CurvePoint(20, {"loss": 1.0}))
    shelf.segment(20, 30)
    assert shelf.files[0].steps == [10, 20, 30]


def test_only_a_full_disk_stops_the_run(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.segment(0, 10)
    shelf.files[0].fault = OSError(errno.EIO, "broken")
    shelf.segment(10, 20)
    shelf.segment(20, 30)
    assert shelf.files[1].steps == [30]
    shelf.files[1].fault = OSError(errno.ENOSPC, "full")
    with pytest.raises(OSError, match="full"):
        shelf.segment(30, 40)
