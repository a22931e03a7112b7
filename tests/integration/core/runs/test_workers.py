"""The workers of a run: they are killed, thought dead, wanted by others, and nothing is lost or done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JOB_LIMITS, Failure, Job, JobKind, JobRequest, JobState
from core.domain.training.runs import RunState
from core.storage.database import Database
from tests.integration.core import builders
from tests.integration.core.runs.builders import Bench, whole_state
from tests.integration.core.runs.fake_trainer import ORIGIN, request

_LOOK_S = 10.0  # between two looks for lost jobs; all pauses are multiples of it


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Bench:
    return Bench(database, tmp_path / "blobs")


def raised(code: ErrorCode):
    return pytest.raises(OmokageError, match=f"^{code.value}$")


class Killed(BaseException):
    """Nothing of ours is run after a SIGKILL."""


def killed_at(bench: Bench, steps: set[int]) -> set[int]:
    """Let a worker die once at each of these steps; the set holds those that are to come."""

    def after(step: int) -> None:
        if step in steps:
            steps.discard(step)
            raise Killed

    bench.on_step = after
    return steps


def test_a_killed_worker_loses_one_segment_and_no_step_is_twice_in_the_curves(bench: Bench) -> None:
    run = bench.runs.start(request(60))
    killed_at(bench, {1, 20, 45})
    while bench.runs.get(run.id).state is not RunState.FINISHED:
        worker = bench.worker(slice_s=0)
        try:
            worker.until_rest()
        except Killed:
            before = bench.runs.get(run.id)
            bench.clock.advance(JOB_LIMITS.lease_s + 1)
            bench.jobs.recovery.recover()
            after = bench.runs.get(run.id)
            assert (after.state, after.step) == (RunState.WAITING, before.step)
    assert bench.steps_of(run) == list(range(1, 61))
    assert bench.trainers[-1].state() == whole_state(60)


@pytest.mark.parametrize("step", [1, 30])
def test_workers_that_die_end_no_run_it_goes_on_after_growing_pauses_and_says_so(bench: Bench, step: int) -> None:
    # Given a run whose workers die at the same step, again and again
    run = bench.runs.start(request(60))
    killed = killed_at(bench, {step})
    pauses = []
    for _ in range(6):
        killed.add(step)
        with pytest.raises(Killed):
            bench.worker(slice_s=0).until_rest()
        bench.clock.advance(JOB_LIMITS.lease_s + 1)
        bench.jobs.recovery.recover()
        # Then it waits at its last checkpoint, from the third death on for longer each time
        pauses.append(paused_for(bench))
        waiting = bench.runs.get(run.id)
        assert (waiting.state, waiting.step) == (RunState.WAITING, step - 1)
    assert pauses == [0, 0, 30, 60, 120, 240]
    assert waiting.failure == Failure(ErrorCode.WORKERS_DIED, {"attempts": 6})
    # When the host is well again
    finished = bench.worker().until_rest()
    # Then it goes on to its end, and speaks of no death any more
    assert (finished.state, finished.failure) == (RunState.FINISHED, None)
    assert bench.trainers[-1].state() == whole_state(60)


def test_workers_that_die_before_they_begin_are_told_too(bench: Bench) -> None:
    run = bench.runs.start(request(60))
    for _ in range(3):
        assert bench.worker().claim() is not None
        bench.clock.advance(JOB_LIMITS.lease_s + 1)
        bench.jobs.recovery.recover()
    waiting = bench.runs.get(run.id)
    assert (waiting.state, waiting.failure) == (RunState.WAITING, Failure(ErrorCode.WORKERS_DIED, {"attempts": 3}))
    # And a pause and a resume begin anew, at once
    bench.runs.control.pause(run.id, by=30)
    assert bench.runs.control.resume(run.id, by=30).failure is None
    assert bench.worker().until_rest().state is RunState.FINISHED


def paused_for(bench: Bench) -> float:
    """Seconds until the run's next message, to which the clock is put forward."""
    waited = 0.0
    while not bench.broker.messages:
        bench.clock.advance(_LOOK_S)
        waited += _LOOK_S
        bench.jobs.recovery.recover()
        assert waited < JOB_LIMITS.max_pause_s
    return waited


def test_a_worker_that_was_thought_dead_writes_nothing(bench: Bench) -> None:
    run = bench.runs.start(request(60))
    slow = bench.worker()
    job: list[Job] = []

    def after(step: int) -> None:
        if step == 30 and not job:
            bench.clock.advance(JOB_LIMITS.lease_s + 1)
            bench.jobs.recovery.recover()
            again = bench.worker().claim()
            assert again is not None
            job.append(again)

    bench.on_step = after
    assert slow.segment() is None
    untouched = bench.runs.get(run.id)
    assert (untouched.step, bench.runs.points(run.id), bench.runs.checkpoints(run.id)) == (0, [], [])
    assert bench.worker().training.run(job[0], lambda: False) is not None
    assert bench.runs.get(run.id).step == 60


def test_a_pause_while_nobody_lives_who_has_the_run_is_at_once(bench: Bench) -> None:
    run = bench.runs.start(request(60))
    killed_at(bench, {10})
    with pytest.raises(Killed):
        bench.worker().segment()
    assert bench.runs.control.pause(run.id, by=30).state is RunState.RUNNING, "the lease holds still"
    bench.clock.advance(JOB_LIMITS.lease_s + 1)
    assert bench.runs.control.pause(run.id, by=30).state is RunState.PAUSED
    bench.jobs.recovery.recover()
    assert bench.runs.get(run.id).state is RunState.PAUSED
    assert bench.worker().claim() is None


def test_a_silent_job_is_ended_without_an_answer_also_when_its_worker_dies(bench: Bench) -> None:
    run = bench.runs.start(request(60))
    job_id = bench.runs.get(run.id).job_id
    assert job_id is not None
    with raised(ErrorCode.UNKNOWN_JOB):
        bench.jobs.cancel(job_id, 30, is_moderator=True)
    with raised(ErrorCode.UNKNOWN_JOB):
        bench.jobs.get(job_id, guild_id=700)
    bench.runs.control.stop(run.id, by=30)
    assert bench.jobs.get(job_id).state is JobState.CANCELLED
    assert bench.jobs.outbox.pending() == []


def test_segments_take_nobodys_turn(bench: Bench) -> None:
    for guild in (700, 701, 702):
        bench.runs.start(request(10, guild=guild))
    busy = [builders.submitted_job(bench.jobs, job_id, member=30) for job_id in (1, 2, 3)]
    assert [job.state for job in busy] == [JobState.DISPATCHED, JobState.DISPATCHED, JobState.WAITING]
    assert len(bench.broker.messages) == 5, "and a member with photos under way does not hold up his run"


def test_a_run_begins_though_its_member_has_as_many_jobs_under_way_as_he_may(bench: Bench) -> None:
    for job_id in range(1, 8):
        builders.submitted_job(bench.jobs, job_id, member=30)
    bench.runs.start(request(10))
    assert bench.runs.find(700).job_id in bench.broker.messages


def test_nobody_waits_behind_a_training(bench: Bench) -> None:
    bench.runs.start(request(10))
    job = bench.worker().claim()
    assert job is not None
    evaluation = JobRequest(1, JobKind.EVALUATE, job.origin, {})
    bench.jobs.receive(evaluation)
    bench.jobs.submit(1, builders.PHOTO)
    assert bench.jobs.queue_position(1).ahead == 0


def test_a_worker_is_wanted_by_those_who_came_since_it_began(bench: Bench) -> None:
    run = bench.runs.start(request(10))
    ask(bench, 1)
    bench.clock.advance(60)  # its message is lost, or another worker has it
    job = bench.jobs.leases.claim(run.job_id or 0, "worker")
    assert job is not None
    bench.clock.advance(1)
    assert not bench.runs.segments.preemption_requested(job)
    builders.submitted_job(bench.jobs, 3, member=4)
    bench.clock.advance(1)
    assert not bench.runs.segments.preemption_requested(job), "a photo is the other queue's"
    ask(bench, 2)
    assert not bench.runs.segments.preemption_requested(job), "a worker with nothing to do would have it by now"
    bench.clock.advance(1)
    assert bench.runs.segments.preemption_requested(job)


def test_a_training_that_was_just_started_or_resumed_is_waited_for_until_it_has_begun(bench: Bench) -> None:
    ask(bench, 1, JobKind.CHECK)
    check = bench.worker().claim()
    assert check is not None

    def preemption_requested() -> bool:
        bench.clock.advance(1)
        return bench.runs.segments.preemption_requested(check)

    assert not preemption_requested()
    run = bench.runs.start(request(10))
    assert bench.jobs.get(run.job_id or 0).priority < check.priority
    assert preemption_requested()
    bench.worker(slice_s=0).segment()
    assert bench.runs.get(run.id).step == 1
    assert not preemption_requested(), "it has begun"
    bench.runs.control.pause(run.id, by=30)
    assert not preemption_requested()
    bench.runs.control.resume(run.id, by=30)
    assert preemption_requested()


def test_a_training_that_only_has_to_make_its_version_is_waited_for(bench: Bench) -> None:
    run, worker = bench.runs.start(request(2)), bench.worker(slice_s=0)
    urgency = []
    for _ in range(3):
        urgency.append(bench.jobs.get(bench.runs.get(run.id).job_id or 0).priority)
        worker.segment()
    assert bench.runs.get(run.id).state is RunState.FINISHED
    assert urgency[0] == urgency[2] < urgency[1]


def ask(bench: Bench, job_id: int, kind: JobKind = JobKind.EVALUATE) -> None:
    bench.jobs.receive(JobRequest(job_id, kind, ORIGIN, {}))
    bench.jobs.submit(job_id, builders.PHOTO)
