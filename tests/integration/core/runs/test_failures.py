"""What goes wrong in a training: the run says so, and nothing that was reached is lost."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JOB_LIMITS
from core.domain.training.runs import Run, RunState
from core.storage.blobs import Blobs
from core.storage.database import Database
from tests.integration.core.runs.builders import Bench, whole_state
from tests.integration.core.runs.fake_trainer import FakeTrainer, request


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Bench:
    return Bench(database, tmp_path / "blobs")


def trained_to(bench: Bench, step: int, steps: int = 100) -> Run:
    """A run that is paused at a checkpoint."""
    run = bench.runs.start(request(steps))
    bench.on_step = lambda at: bench.runs.control.pause(run.id, by=30) and None if at == step else None
    paused = bench.worker().until_rest()
    assert (paused.state, paused.step) == (RunState.PAUSED, step)
    bench.on_step = None
    return paused


def failed_with(run: Run, code: ErrorCode, **details: Any) -> bool:
    assert run.failure is not None
    assert (run.failure.code, run.failure.details) == (code, details)
    return True


@pytest.mark.parametrize("figure", ["report", "evaluate"])
def test_a_loss_that_is_no_number_ends_the_run_at_its_step(bench: Bench, figure: str) -> None:
    paused = trained_to(bench, 50)
    bench.runs.control.resume(paused.id, by=30)

    def change(trainer: FakeTrainer) -> None:
        sound = getattr(trainer, figure)
        setattr(trainer, figure, lambda: {"loss": float("nan")} if trainer.step >= 73 else sound())

    bench.change = change
    failed = bench.worker().until_rest()
    assert (failed.state, failed.step, failed.finished_at) == (RunState.FAILED, 50, bench.clock.now)
    assert failed_with(failed, ErrorCode.DIVERGED, step=80 if figure == "report" else 75, name="loss")
    assert bench.steps_of(failed)[-1] == (75 if figure == "report" else 70), "the curves show how it went"
    assert [checkpoint.step for checkpoint in bench.runs.checkpoints(failed.id)] == [50]
    bench.change = None
    bench.runs.control.resume(failed.id, by=30)
    assert bench.worker().until_rest().state is RunState.FINISHED


class FullDisk(Blobs):
    """Takes nothing while it is full; what is there stays."""

    full = False

    def put(self, data: bytes) -> str:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().put(data)


def test_a_full_disk_at_a_checkpoint_pauses_the_run_and_the_old_checkpoint_stays_good(bench: Bench) -> None:
    bench.blobs = disk = FullDisk(str(bench.folder))
    paused = trained_to(bench, 50)
    bench.runs.control.resume(paused.id, by=30)
    disk.full = True
    full = bench.worker(slice_s=0).until_rest()
    assert (full.state, full.step, full.finished_at) == (RunState.PAUSED, 50, None)
    assert failed_with(full, ErrorCode.DISK_FULL, step=50)
    assert bench.steps_of(full)[-1] == 50
    disk.full = False
    resumed = bench.runs.control.resume(full.id, by=30)
    assert resumed.failure is None
    assert bench.worker().until_rest().state is RunState.FINISHED


def test_a_disk_too_full_for_a_trainers_pictures_pauses_the_run_too(bench: Bench) -> None:
    run = bench.runs.start(request(20))

    def full(trainer: FakeTrainer) -> None:
        raise OmokageError(ErrorCode.DISK_FULL, needed=100)

    bench.change = full
    paused = bench.worker().until_rest()
    assert (paused.state, paused.step) == (RunState.PAUSED, 0)
    assert failed_with(paused, ErrorCode.DISK_FULL, needed=100)
    bench.change = None
    bench.runs.control.resume(run.id, by=30)
    assert bench.worker().until_rest().state is RunState.FINISHED


def test_a_disk_that_fails_otherwise_leaves_the_segment_to_another_attempt(bench: Bench) -> None:
    run = bench.runs.start(request(20))

    class BrokenDisk(Blobs):
        def put(self, data: bytes) -> str:
            raise OSError(errno.EIO, "Input/output error")

    sound, bench.blobs = bench.blobs, BrokenDisk(str(bench.folder))
    with pytest.raises(OSError, match="Input/output"):
        bench.worker().segment()
    bench.blobs = sound
    bench.clock.advance(JOB_LIMITS.lease_s + 1)
    bench.jobs.recovery.recover()
    assert bench.worker().until_rest().state is RunState.FINISHED
    assert bench.runs.get(run.id).step == 20


def test_a_data_set_that_has_changed_ends_the_run_and_may_be_put_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = trained_to(bench, 50)
    bench.runs.control.resume(paused.id, by=30)

    def changed(dataset: object, on_embedded: object) -> None:
        raise OmokageError(ErrorCode.DATASET_CHANGED, shard=1)

    with monkeypatch.context() as patch:
        patch.setattr(bench, "open_dataset", changed)
        failed = bench.worker().until_rest()
    assert (failed.state, failed.step) == (RunState.FAILED, 50)
    assert failed_with(failed, ErrorCode.DATASET_CHANGED, shard=1)
    bench.runs.control.resume(failed.id, by=30)
    assert bench.worker().until_rest().state is RunState.FINISHED


@pytest.mark.parametrize("damage", ["gone", "truncated", "other"])
def test_a_damaged_checkpoint_is_noticed_and_an_older_one_is_still_good(bench: Bench, damage: str) -> None:
    trained_to(bench, 30)
    run = bench.runs.find(700)
    bench.runs.control.resume(run.id, by=30)
    bench.on_step = lambda at: bench.runs.control.pause(run.id, by=30) and None if at == 60 else None
    bench.worker().until_rest()
    bench.on_step = None
    newest = bench.runs.checkpoints(run.id)[-1]
    file = bench.folder / newest.blob[:2] / newest.blob
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(data[:100] if damage == "truncated" else data.replace(b"60", b"61"))

    bench.runs.control.resume(run.id, by=30)
    failed = bench.worker().until_rest()
    assert failed_with(failed, ErrorCode.BAD_WEIGHTS, step=60)
    bench.runs.control.rollback(run.id, 59, by=30)
    bench.runs.control.resume(run.id, by=30)
    assert bench.worker().until_rest().state is RunState.FINISHED


def test_a_bug_ends_the_run_and_not_the_worker(bench: Bench) -> None:
    first = bench.runs.start(request(50))
    worker = bench.worker()

    def bug(step: int) -> None:
        raise ZeroDivisionError

    bench.on_step = bug
    failed = worker.until_rest()
    assert failed.state is RunState.FAILED
    assert failed_with(failed, ErrorCode.INTERNAL, reason="ZeroDivisionError")
    assert bench.trainers[0].closed
    bench.on_step = None
    bench.runs.start(request(20))
    assert worker.until_rest().state is RunState.FINISHED
    assert bench.runs.get(first.id).state is RunState.FAILED


def test_a_worker_killed_while_it_makes_the_version_leaves_that_to_the_next(bench: Bench) -> None:
    run = bench.runs.start(request(20))

    class Killed(BaseException):
        pass

    def change(trainer: FakeTrainer) -> None:
        def finish() -> Any:
            raise Killed

        trainer.finish = finish  # type: ignore[method-assign]

    bench.change = change
    with pytest.raises(Killed):
        bench.worker().until_rest()
    assert bench.runs.get(run.id).step == 20, "the last step's checkpoint is safe"
    bench.change = None
    bench.clock.advance(JOB_LIMITS.lease_s + 1)
    bench.jobs.recovery.recover()
    assert bench.worker().until_rest().state is RunState.FINISHED
    assert bench.trainers[-1].step == 20


def test_a_killed_worker_after_the_version_was_made_makes_no_second_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = bench.runs.start(request(20))

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(bench.runs.segments, "finish", die)
        with pytest.raises(Killed):
            bench.worker().until_rest()
    bench.clock.advance(JOB_LIMITS.lease_s + 1)
    bench.jobs.recovery.recover()
    assert bench.worker().until_rest().state is RunState.FINISHED
    assert list(bench.registry.drafts) == [run.id]


def test_embedding_a_data_set_anew_is_cut_into_segments_and_loses_no_step(bench: Bench) -> None:
    # Given a run whose data set an earlier face network embedded
    run = trained_to(bench, 30, 60)
    bench.runs.control.resume(run.id, by=30)
    bench.portions = 2
    # When a segment's time is over between two portions of it
    after = bench.worker(slice_s=0).segment()
    # Then the next segment goes on, and the run is where it was
    assert after is not None
    assert (after.state, after.step, bench.portions) == (RunState.WAITING, 30, 0)
    assert bench.worker().until_rest().state is RunState.FINISHED
    assert bench.trainers[-1].state() == whole_state(60)
