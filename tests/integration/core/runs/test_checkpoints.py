"""Going back to a checkpoint, branching from one, and which are kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.ids import synthetic_id
from core.domain.training.kept_checkpoints import NEWEST, SPREAD
from core.domain.training.runs import Run, RunState, StatusMessage
from core.storage.database import Database
from tests.integration.core.runs.builders import Bench, whole_state
from tests.integration.core.runs.fake_trainer import ORIGIN, request


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Bench:
    return Bench(database, tmp_path / "blobs")


def trained(bench: Bench, *stops: int, steps: int = 60) -> Run:
    """A run that is paused at the last of these steps, with a checkpoint at each."""
    run = bench.runs.start(request(steps))
    bench.on_step = lambda at: bench.runs.control.pause(run.id, by=30) and None if at in stops else None
    for number, _ in enumerate(stops):
        if number:
            bench.runs.control.resume(run.id, by=30)
        run = bench.worker().until_rest()
    bench.on_step = None
    return run


def steps_kept(bench: Bench, run: Run) -> list[int]:
    return [checkpoint.step for checkpoint in bench.runs.checkpoints(run.id)]


@pytest.mark.parametrize(("asked", "gets"), [(20, 20), (39, 20), (40, 40), (1000, 40)])
def test_a_rollback_goes_to_the_nearest_checkpoint_before_a_step(bench: Bench, asked: int, gets: int) -> None:
    run = trained(bench, 20, 40)
    back = bench.runs.control.rollback(run.id, asked, by=30)
    assert (back.state, back.step, back.job_id) == (RunState.PAUSED, gets, None)
    assert steps_kept(bench, run) == [one for one in (20, 40) if one <= gets]
    assert bench.steps_of(run)[-1] == gets
    assert back.live is not None
    assert back.live.step == gets
    bench.runs.control.resume(run.id, by=30)
    assert bench.worker().until_rest().state is RunState.FINISHED
    assert bench.trainers[-1].state() == whole_state(60)


def test_before_the_first_checkpoint_there_is_nothing_to_go_back_to(bench: Bench) -> None:
    run = trained(bench, 20, 40)
    for ask in (
        lambda: bench.runs.control.rollback(run.id, 19, by=30),
        lambda: bench.runs.branch(run.id, 19, synthetic_id(), ORIGIN),
    ):
        with pytest.raises(OmokageError, match="unknown-checkpoint") as caught:
            ask()
        assert caught.value.details == {"step": 19, "known": "20, 40"}


def test_the_blobs_of_forgotten_checkpoints_are_deleted(bench: Bench) -> None:
    run = trained(bench, 20, 40)
    first, second = (checkpoint.blob for checkpoint in bench.runs.checkpoints(run.id))
    bench.runs.control.rollback(run.id, 20, by=30)
    assert (bench.blobs.exists(first), bench.blobs.exists(second)) == (True, False)


def test_a_rollback_takes_the_run_from_the_worker_that_has_it(bench: Bench) -> None:
    run = trained(bench, 20)
    bench.runs.control.resume(run.id, by=30)

    def after(step: int) -> None:
        if step == 45:
            assert bench.runs.control.rollback(run.id, 20, by=30).state is RunState.PAUSED

    bench.on_step = after
    assert bench.worker().segment() is None
    now = bench.runs.get(run.id)
    assert (now.state, now.step, bench.steps_of(run)[-1]) == (RunState.PAUSED, 20, 20)
    assert steps_kept(bench, run) == [20]


def test_a_trainer_in_memory_is_not_gone_on_with_after_a_rollback(bench: Bench) -> None:
    run = bench.runs.start(request(60))
    worker = bench.worker(slice_s=0)
    for _ in range(30):
        worker.segment()
    bench.runs.control.rollback(run.id, 10, by=30)
    step = bench.runs.get(run.id).step
    assert step <= 10
    bench.runs.control.resume(run.id, by=30)
    assert worker.until_rest().state is RunState.FINISHED
    assert len(bench.trainers) == 2
    assert bench.trainers[-1].state() == whole_state(60)
    assert bench.steps_of(run) == list(range(1, 61))


def test_a_branch_goes_on_from_a_checkpoint_of_another_run(bench: Bench) -> None:
    parent = trained(bench, 20, 40)
    branch_id = synthetic_id()
    child = bench.runs.branch(parent.id, 30, branch_id, ORIGIN, {"learning_rate": 0.01, "fold": 2}, steps=80)
    assert bench.runs.branch(parent.id, 30, branch_id, ORIGIN) == child, "a replay is the same run"
    assert (child.parent_id, child.parent_step, child.step, child.steps) == (parent.id, 20, 20, 80)
    assert (child.number, child.preset, child.seed) == (2, parent.preset, parent.seed)
    assert child.config == {"head": "cnn", "fold": 2, "learning_rate": 0.01}
    assert bench.steps_of(child) == [10, 20]

    assert bench.worker().until_rest().state is RunState.FINISHED
    assert bench.trainers[-1].state() == whole_state(80)
    untouched = bench.runs.get(parent.id)
    assert (untouched.state, untouched.step) == (RunState.PAUSED, 40)


def test_a_checkpoint_that_a_branch_has_too_outlives_its_parents(bench: Bench) -> None:
    parent = trained(bench, 20, 40)
    bench.runs.branch(parent.id, 40, synthetic_id(), ORIGIN)
    shared = bench.runs.checkpoints(parent.id)[-1].blob
    bench.runs.control.rollback(parent.id, 20, by=30)
    assert bench.blobs.exists(shared)


def test_a_branch_is_a_run_like_any_other(bench: Bench) -> None:
    parent = trained(bench, 20)
    bench.runs.start(request(60))
    with pytest.raises(OmokageError, match="run-under-way"):
        bench.runs.branch(parent.id, 20, synthetic_id(), ORIGIN)
    with pytest.raises(OmokageError, match="bad-option"):
        bench.runs.branch(parent.id, 20, synthetic_id(), ORIGIN, {"size": 7})


def test_no_run_is_known_in_another_guild(bench: Bench) -> None:
    run = trained(bench, 20)
    for ask in (lambda: bench.runs.get(run.id, guild_id=1), lambda: bench.runs.find(1, run.number)):
        with pytest.raises(OmokageError, match=ErrorCode.UNKNOWN_RUN.value):
            ask()
    assert bench.runs.find(700, run.number) == bench.runs.find(700) == bench.runs.get(run.id, guild_id=700)
    assert bench.runs.newest(1) == []


def test_few_of_many_checkpoints_are_kept(bench: Bench) -> None:
    run = bench.runs.start(request(60))
    bench.worker(slice_s=0).until_rest()
    kept = bench.runs.checkpoints(run.id)
    assert len(kept) <= NEWEST + SPREAD + 2
    assert [one.step for one in kept][-NEWEST:] == [58, 59, 60]
    stored = sorted(file.name for file in bench.folder.rglob("*") if file.is_file())
    assert stored == sorted(one.blob for one in kept)


def test_the_message_of_a_run_hears_of_changes_and_is_remembered(bench: Bench) -> None:
    run = bench.runs.start(request(60))
    began = bench.clock.now
    assert bench.runs.changed_since(began) == []
    assert [one.id for one in bench.runs.changed_since(began - timedelta(seconds=1))] == [run.id]
    bench.clock.advance(10)
    bench.runs.status_messages.save(run.id, StatusMessage(99, bench.clock.now, "hash"))
    assert bench.runs.status_messages.get(run.id) == StatusMessage(99, bench.clock.now, "hash")
    assert bench.runs.changed_since(began) == [], "that is no change of the run"
    bench.runs.control.pause(run.id, by=30)
    assert [one.state for one in bench.runs.changed_since(began)] == [RunState.PAUSED]
    with pytest.raises(OmokageError, match="unknown-run"):
        bench.runs.status_messages.get(1)
