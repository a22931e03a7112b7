"""A run's life: started, trained in segments, paused, resumed, stopped, finished."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from core.domain.data.datasets import Remark
from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import DesiredState, RunState
from core.storage.database import Database
from core.storage.tables import jobs, outbox
from tests.integration.core.runs.builders import Bench
from tests.integration.core.runs.fake_trainer import request


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Bench:
    return Bench(database, tmp_path / "blobs")


def raised(code: ErrorCode):
    return pytest.raises(OmokageError, match=f"^{code.value}$")


def test_a_run_is_trained_to_its_end_in_segments_and_becomes_a_version(bench: Bench) -> None:
    run = bench.runs.start(request(40))
    assert (run.number, run.state, run.step, run.steps) == (1, RunState.WAITING, 0, 40)
    assert run.config == {"head": "cnn", "fold": 0}

    done = bench.worker(slice_s=0).until_rest()

    assert (done.state, done.step, done.job_id, done.finished_at) == (RunState.FINISHED, 40, None, bench.clock.now)
    assert done.segments == 41  # a step each, and the version
    assert bench.registry.drafts.keys() == {run.id}
    assert bench.steps_of(run) == list(range(1, 41))
    assert bench.runs.points(run.id)[-1].values.keys() == {"loss", "held_out_accuracy"}
    assert len(bench.trainers) == 1, "it stays in memory between segments"
    assert bench.trainers[0].closed


def test_the_answer_to_a_segment_is_the_runs_own_message(bench: Bench) -> None:
    bench.runs.start(request(10))
    bench.worker().until_rest()
    with bench.database.read() as connection:
        assert connection.execute(select(outbox)).all() == []
    assert bench.jobs.newest(700, None) == []


def test_segments_leave_no_rows_behind(bench: Bench) -> None:
    bench.runs.start(request(20))
    bench.worker(slice_s=0).until_rest()
    with bench.database.read() as connection:
        assert len(connection.execute(select(jobs)).all()) == 1, "the last one"


def test_a_replay_is_the_same_run(bench: Bench) -> None:
    asked = request()
    assert bench.runs.start(asked) == bench.runs.start(asked)
    assert len(bench.broker.messages) == 1


def test_a_second_run_of_a_kind_in_a_guild_is_refused_unless_the_first_rests(bench: Bench) -> None:
    first = bench.runs.start(request())
    with raised(ErrorCode.RUN_UNDER_WAY) as caught:
        bench.runs.start(request())
    assert caught.value.details == {"number": 1}
    bench.runs.control.pause(first.id, by=30)
    second = bench.runs.start(request())
    assert second.number == 2
    with raised(ErrorCode.RUN_UNDER_WAY):
        bench.runs.control.resume(first.id, by=30)


def test_an_unknown_preset_is_refused_with_the_known_ones(bench: Bench) -> None:
    with raised(ErrorCode.UNKNOWN_PRESET) as caught:
        bench.runs.start(request(preset="huge"))
    assert caught.value.details == {"preset": "huge", "known": "embedding, modern, classic, slim, gray"}


def test_a_data_set_that_cannot_be_trained_on_is_refused_with_the_reason(bench: Bench) -> None:
    bench.datasets.blocks = (Remark("unbalanced", {}, False), Remark("few-pictures", {"names": ["Anna", "Ben"]}, True))
    with raised(ErrorCode.DATASET_UNFIT) as caught:
        bench.runs.start(request())
    assert caught.value.details == {"remark": "few-pictures", "names": "Anna, Ben"}


def test_a_waiting_run_pauses_at_once(bench: Bench) -> None:
    run = bench.runs.start(request())
    paused = bench.runs.control.pause(run.id, by=30)
    assert (paused.state, paused.job_id) == (RunState.PAUSED, None)
    assert bench.worker().claim() is None, "its message finds nothing to do"


@pytest.mark.parametrize(("ask", "state"), [("pause", RunState.PAUSED), ("stop", RunState.STOPPED)])
def test_what_is_asked_of_a_training_run_takes_effect_within_two_steps(bench: Bench, ask: str, state: RunState) -> None:
    run = bench.runs.start(request())

    def after(step: int) -> None:
        if step == 33:
            assert getattr(bench.runs.control, ask)(run.id, by=30).state is RunState.RUNNING

    bench.on_step = after
    rests = bench.worker().until_rest()
    assert (rests.state, rests.job_id) == (state, None)
    assert 33 <= rests.step <= 35
    assert bench.steps_of(run)[-1] == rests.step
    assert [checkpoint.step for checkpoint in bench.runs.checkpoints(run.id)] == [rests.step]


def test_a_wish_may_be_taken_back_before_it_takes_effect(bench: Bench) -> None:
    run = bench.runs.start(request(50))

    def after(step: int) -> None:
        if step == 20:
            bench.runs.control.pause(run.id, by=30)
            assert bench.runs.control.resume(run.id, by=30).desired_state is DesiredState.RUN

    bench.on_step = after
    assert bench.worker().until_rest().state is RunState.FINISHED


@pytest.mark.parametrize("state", ["paused", "stopped", "failed"])
def test_a_run_that_rests_goes_on_where_it_was(bench: Bench, state: str) -> None:
    run = bench.runs.start(request(60))

    def after(step: int) -> None:
        if step == 30:
            if state == "failed":
                raise ZeroDivisionError
            (bench.runs.control.pause if state == "paused" else bench.runs.control.stop)(run.id, by=30)

    bench.on_step = after
    worker = bench.worker(slice_s=0)
    assert worker.until_rest().state.value == state
    bench.on_step = None

    resumed = bench.runs.control.resume(run.id, by=30)
    assert (resumed.state, resumed.failure, resumed.finished_at) == (RunState.WAITING, None, None)
    done = worker.until_rest()
    assert (done.state, done.step) == (RunState.FINISHED, 60)
    steps = bench.steps_of(run)
    assert steps == sorted(set(steps))
    assert steps[-1] == 60


def test_nothing_is_asked_of_a_finished_run(bench: Bench) -> None:
    run = bench.runs.start(request(10))
    bench.worker().until_rest()
    for ask in (bench.runs.control.pause, bench.runs.control.stop, bench.runs.control.resume):
        with raised(ErrorCode.RUN_STATE) as caught:
            ask(run.id, by=30)
        assert caught.value.details == {"state": "finished", "number": 1}
    with raised(ErrorCode.RUN_STATE):
        bench.runs.control.rollback(run.id, 10, by=30)


def test_a_worker_that_ends_saves_and_gives_the_run_back(bench: Bench) -> None:
    run = bench.runs.start(request(80))
    worker = bench.worker()

    def after(step: int) -> None:
        worker.ending = step >= 40

    bench.on_step = after
    given_back = worker.segment()
    assert given_back is not None
    assert (given_back.state, given_back.step) == (RunState.WAITING, 40)
    bench.on_step = None
    assert bench.worker().until_rest().step == 80
    assert bench.steps_of(run)[-1] == 80


def test_half_and_half_is_the_same_as_whole(bench: Bench) -> None:
    whole = bench.runs.start(request(100))
    bench.worker().until_rest()
    halves = bench.runs.start(request(100))

    def after(step: int) -> None:
        if step == 50:
            bench.runs.control.pause(halves.id, by=30)

    bench.on_step = after
    bench.worker().until_rest()
    bench.on_step = None
    bench.runs.control.resume(halves.id, by=30)
    bench.worker().until_rest()

    first, second, third = bench.trainers
    assert third is not second, "another process"
    assert third.state() == first.state()
    assert bench.runs.points(halves.id) == bench.runs.points(whole.id)
    last = [bench.runs.checkpoints(run.id)[-1].blob for run in (whole, halves)]
    assert last[0] == last[1]
