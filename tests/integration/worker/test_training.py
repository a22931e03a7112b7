"""Runs on a real worker with a real broker: it dies at any moment, is stopped, is wanted by others."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.bootstrap import Services
from core.domain.jobs import JobKind, JobState
from core.domain.training.runs import Run, RunState
from core.services.runs.service import RunService
from tests.integration.core.runs.fake_trainer import FakeTrainer, prepare, request
from tests.integration.worker.fake_worker import STEPS_LOG, run_service
from tests.integration.worker.processes import Valkey, submit, wait_until, worker
from tests.metadata_service import MetadataService

pytestmark = pytest.mark.slow
ACCURACY = "held_out_accuracy"


@pytest.fixture
def runs(services: Services) -> RunService:
    prepare(services.database)
    return run_service(services)


def steps_done(data: Path) -> list[int]:
    log = data / STEPS_LOG
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def swept_until(services: Services, condition, within: float = 60.0, what: str = "it") -> None:
    """As the bot sweeps."""
    last = 0.0

    def holds() -> bool:
        nonlocal last
        if time.monotonic() - last > 0.3:
            last = time.monotonic()
            services.jobs.recovery.recover()
        return bool(condition())

    wait_until(holds, within, what)


def has_state(runs: RunService, run: Run, *states: RunState):
    return lambda: runs.get(run.id).state in states


@dataclass(frozen=True)
class Deaths:
    """How often workers are killed, after between how many seconds each, in a run of so many steps."""

    count: int
    after_s: tuple[float, float]
    steps: int


@dataclass(frozen=True)
class WholeRun:
    """A run that nothing has interrupted: its trainer at the end, and its accuracy by step."""

    trainer: FakeTrainer
    accuracies: dict[int, float]


def as_if_never_interrupted(run: Run) -> WholeRun:
    trainer, accuracies = FakeTrainer(run), {}
    for _ in range(run.steps):
        trainer.advance()
        if trainer.step % trainer.evaluate_every == 0:
            accuracies[trainer.step] = trainer.evaluate()[ACCURACY]
    return WholeRun(trainer, accuracies)


# The long one is the life of a cheap machine: taken away every three to ten segments, twenty times.
@pytest.mark.parametrize(
    "deaths",
    [
        Deaths(3, (0.0, 0.9), steps=400),
        pytest.param(Deaths(20, (1.5, 5.0), steps=12_000), marks=[pytest.mark.long, pytest.mark.timeout(600)]),
    ],
)
def test_workers_killed_at_random_moments_lose_a_segment_each_and_double_no_step(
    data: Path,
    broker: Valkey,
    services: Services,
    runs: RunService,
    deaths: Deaths,
) -> None:
    chance = random.Random()
    run = runs.start(request(deaths.steps))
    for _ in range(deaths.count):
        with worker(data, broker.url, "train") as mortal:
            before = len(steps_done(data))
            swept_until(services, lambda at=before: len(steps_done(data)) > at + 5, what="training")
            time.sleep(chance.uniform(*deaths.after_s))
            mortal.kill()
            assert runs.get(run.id).state in {RunState.RUNNING, RunState.WAITING}
    with worker(data, broker.url, "train"):
        swept_until(services, has_state(runs, run, RunState.FINISHED, RunState.FAILED), 300.0, what="the end")

    done, whole = runs.get(run.id), as_if_never_interrupted(run)
    assert (done.state, done.step) == (RunState.FINISHED, deaths.steps)
    points = runs.points(run.id)
    assert [point.step for point in points] == sorted({point.step for point in points})
    assert set(range(10, deaths.steps + 1, 10)) <= {point.step for point in points}
    evaluated = {point.step: point.values[ACCURACY] for point in points if ACCURACY in point.values}
    assert evaluated == whole.accuracies
    last = runs.checkpoints(run.id)[-1]
    assert services.blobs.get(last.blob) == whole.trainer.save_state()
    lives = lives_of(steps_done(data))
    assert len(lives) <= deaths.count + 1
    assert all(life == list(range(life[0], life[-1] + 1)) for life in lives)


def lives_of(steps: list[int]) -> list[list[int]]:
    """Each worker goes on from a checkpoint that one before it wrote."""
    lives: list[list[int]] = []
    for step in steps:
        if lives and step == lives[-1][-1] + 1:
            lives[-1].append(step)
        else:
            assert not lives or step <= lives[-1][-1], "a step was left out"
            lives.append([step])
    return lives


def test_a_worker_that_is_stopped_saves_and_gives_the_run_back(
    data: Path, broker: Valkey, services: Services, runs: RunService
) -> None:
    run = runs.start(request(10_000))
    with worker(data, broker.url, "train", SLICE_S="60") as one:
        wait_until(lambda: len(steps_done(data)) > 20, what="training")
        assert one.stop() == 0
    stopped = runs.get(run.id)
    assert stopped.state is RunState.WAITING
    assert stopped.step == steps_done(data)[-1]
    assert services.jobs.get(stopped.job_id or 0).attempts == 0
    runs.control.stop(run.id, by=30)
    assert runs.get(run.id).state is RunState.STOPPED


def test_a_worker_whose_machine_is_taken_away_hands_its_run_over(
    data: Path, broker: Valkey, services: Services, runs: RunService
) -> None:
    run = runs.start(request(10_000))
    with (
        MetadataService() as metadata,
        worker(data, broker.url, "train", SLICE_S="60", OMOKAGE_METADATA=metadata.url) as taken_away,
    ):
        wait_until(lambda: len(steps_done(data)) > 20, what="training")
        metadata.notice = {"action": "terminate", "time": "2026-11-29T18:02:00Z"}
        assert taken_away.process.wait(20.0) == 0
        assert "this machine is to terminate at 2026-11-29T18:02:00Z" in taken_away.log.read_text()
    handed_over = runs.get(run.id)
    assert (handed_over.state, handed_over.step) == (RunState.WAITING, steps_done(data)[-1])
    assert handed_over.live is not None
    assert handed_over.live.handed_over

    with worker(data, broker.url, "train", SLICE_S="60"):
        wait_until(lambda: steps_done(data)[-1] > handed_over.step + 20, what="training again")
        runs.control.pause(run.id, by=30)
        wait_until(has_state(runs, run, RunState.PAUSED), what="the pause")
    after = runs.get(run.id).live
    assert after is not None
    assert not after.handed_over
    assert len(lives_of(steps_done(data))) == 1


def test_a_pause_takes_effect_within_two_steps(
    data: Path, broker: Valkey, services: Services, runs: RunService
) -> None:
    run = runs.start(request(10_000))
    with worker(data, broker.url, "train", SLICE_S="60"):
        wait_until(lambda: len(steps_done(data)) > 20, what="training")
        runs.control.pause(run.id, by=30)
        asked_at = steps_done(data)[-1]
        wait_until(has_state(runs, run, RunState.PAUSED), what="the pause")
        paused = runs.get(run.id)
        assert paused.step <= asked_at + 2
        assert steps_done(data)[-1] == paused.step
        runs.control.resume(run.id, by=30)
        wait_until(lambda: steps_done(data)[-1] > paused.step, what="training again")
        runs.control.stop(run.id, by=30)
        wait_until(has_state(runs, run, RunState.STOPPED), what="the stop")
    assert len(lives_of(steps_done(data))) == 1


def test_somebody_who_waits_for_the_worker_gets_it_within_five_seconds_and_the_run_goes_on(
    data: Path, broker: Valkey, services: Services, runs: RunService
) -> None:
    run = runs.start(request(10_000))
    with worker(data, broker.url, "train", SLICE_S="60"):
        wait_until(lambda: len(steps_done(data)) > 20, what="training")
        for job_id in (1, 2):
            submit(services.jobs, job_id, JobKind.EVALUATE)
            wait_until(lambda one=job_id: services.jobs.get(one).state is JobState.DONE, what="the evaluation")
            job = services.jobs.get(job_id)
            assert job.started_at is not None
            assert (job.started_at - job.created_at).total_seconds() <= 5
            at = steps_done(data)[-1]
            wait_until(lambda before=at: steps_done(data)[-1] > before, what="training again")
        runs.control.stop(run.id, by=30)
        wait_until(has_state(runs, run, RunState.STOPPED), what="the stop")
    assert runs.get(run.id).segments >= 3
    assert len(lives_of(steps_done(data))) == 1, "no step was done twice"


def test_two_guilds_runs_take_turns(data: Path, broker: Valkey, services: Services, runs: RunService) -> None:
    both = [runs.start(request(10_000, guild=guild)) for guild in (700, 701)]
    with worker(data, broker.url, "train"):
        for segments in (1, 2):
            wait_until(lambda least=segments: all(runs.get(run.id).segments >= least for run in both), what="turns")
        counts = [runs.get(run.id).segments for run in both]
        assert abs(counts[0] - counts[1]) <= 1
        for run in both:
            runs.control.stop(run.id, by=30)
            wait_until(has_state(runs, run, RunState.STOPPED), what="the stop")
