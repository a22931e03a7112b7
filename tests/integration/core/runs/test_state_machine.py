"""Whatever is asked of runs, and whoever dies: no two train at once, and no curve has a step twice."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from core.domain.errors import OmokageError
from core.domain.ids import synthetic_id
from core.domain.jobs import JOB_LIMITS, JobKind, JobRequest, JobState, Origin
from core.domain.training.runs import UNDER_WAY, DesiredState, RunState
from core.storage.database import Database
from core.storage.tables import jobs, outbox
from core.storage.training_tables import checkpoints, datasets, points, runs
from tests.integration.core.builders import PHOTO
from tests.integration.core.runs.builders import Bench, Worker
from tests.integration.core.runs.fake_trainer import FakeTrainer, request

STEPS = 12
GUILDS = st.sampled_from([700, 701])
PICK = st.integers(0, 2**16)


class Killed(BaseException):
    """As by SIGKILL."""


class Life(RuleBasedStateMachine):
    """People who ask for all sorts of things, two workers that may die at any step, a broker that loses messages."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        with self.database.write() as connection:
            for table in (points, checkpoints, runs, datasets, outbox, jobs):
                connection.execute(delete(table))
        self.folder = tempfile.TemporaryDirectory()
        self.bench = Bench(self.database, Path(self.folder.name))
        self.workers = [self.bench.worker(slice_s=0), self.bench.worker(slice_s=0)]
        self.started: list[int] = []
        self.dies_at = 0
        self.bench.on_step = self._stepped
        self.asked = 0

    def _stepped(self, step: int) -> None:
        if step == self.dies_at:
            raise Killed

    @rule(guild=GUILDS)
    def start(self, guild: int) -> None:
        with suppress(OmokageError):
            self.started.append(self.bench.runs.start(request(STEPS, guild=guild)).id)

    @precondition(lambda self: self.started)
    @rule(pick=PICK, ask=st.sampled_from(["pause", "resume", "stop"]))
    def ask(self, pick: int, ask: str) -> None:
        with suppress(OmokageError):
            getattr(self.bench.runs.control, ask)(self._any(pick), by=1)

    @precondition(lambda self: self.started)
    @rule(pick=PICK, step=st.integers(0, STEPS))
    def rollback(self, pick: int, step: int) -> None:
        with suppress(OmokageError):
            run = self.bench.runs.control.rollback(self._any(pick), step, by=1)
            assert run.step <= step

    @precondition(lambda self: self.started)
    @rule(pick=PICK, step=st.integers(0, STEPS))
    def branch(self, pick: int, step: int) -> None:
        parent = self.bench.runs.get(self._any(pick))
        with suppress(OmokageError):
            branch = self.bench.runs.branch(parent.id, step, synthetic_id(), parent.origin)
            self.started.append(branch.id)

    @precondition(lambda self: self.bench.broker.messages)
    @rule(which=st.integers(0, 1), segments=st.integers(1, 8))
    def work(self, which: int, segments: int) -> None:
        for _ in range(segments):
            self._work(self.workers[which])

    @precondition(lambda self: self.bench.broker.messages)
    @rule(which=st.integers(0, 1), step=st.integers(1, STEPS))
    def a_worker_dies(self, which: int, step: int) -> None:
        self.dies_at = step
        try:
            self._work(self.workers[which])
        except Killed:
            self.workers[which] = self.bench.worker(slice_s=0)
        self.dies_at = 0

    @precondition(lambda self: self.bench.broker.messages)
    @rule(which=st.integers(0, 1))
    def a_slow_worker_comes_back(self, which: int) -> None:
        """Its lease runs out while it works, and whatever may be done meanwhile is done."""
        worker = self.workers[which]
        job = worker.claim()
        if job is None or job.kind is not JobKind.TRAIN:
            return
        self.bench.clock.advance(JOB_LIMITS.lease_s + 1)
        self.bench.jobs.recovery.recover()
        self._work(self.workers[1 - which])
        before = self.bench.runs.get(int(job.params["run_id"]))  # type: ignore[arg-type]
        if worker.training.run(job, lambda: False) is None:
            assert self.bench.runs.get(before.id) == before

    @rule()
    def lose_all_messages(self) -> None:
        self.bench.broker.take()

    @rule(seconds=st.sampled_from([1.0, JOB_LIMITS.lease_s + 1, JOB_LIMITS.max_redispatch_s]))
    def time_passes(self, seconds: float) -> None:
        self.bench.clock.advance(seconds)
        self.bench.jobs.recovery.recover()

    @rule()
    def somebody_asks_for_an_evaluation(self) -> None:
        self.asked += 1
        origin = Origin(700, 1, self.asked, "en", 1, "token")
        self.bench.jobs.receive(JobRequest(self.asked, JobKind.EVALUATE, origin, {}))
        self.bench.jobs.submit(self.asked, PHOTO)

    def _work(self, worker: Worker) -> None:
        job = worker.claim()
        if job is None:
            return
        if job.kind is JobKind.EVALUATE:
            self.bench.jobs.leases.finish(job.id, str(job.lease_owner), {})
        else:
            worker.training.run(job, lambda: False)

    @invariant()
    def all_is_in_order(self) -> None:
        with self.database.read() as connection:
            all_runs = connection.execute(select(runs)).all()
            all_jobs = connection.execute(select(jobs.c.id, jobs.c.kind, jobs.c.state)).all()
            kept = connection.execute(select(checkpoints.c.run_id, checkpoints.c.step, checkpoints.c.blob)).all()
            curves = connection.execute(select(points.c.run_id, points.c.step).order_by(points.c.step)).all()
            answered = set(connection.execute(select(outbox.c.job_id)).scalars())
        self._one_trains_in_a_guild_and_has_a_job(all_runs, all_jobs)
        for run in all_runs:
            assert [curve.step for curve in curves if curve.run_id == run.id] == list(range(1, run.step + 1))
            assert max((one.step for one in kept if one.run_id == run.id), default=0) == run.step
        assert {one.blob for one in kept} <= {file.name for file in self.bench.folder.rglob("*")}
        assert not answered & {job.id for job in all_jobs if job.kind == JobKind.TRAIN}

    def _one_trains_in_a_guild_and_has_a_job(self, all_runs: Sequence[Any], all_jobs: Sequence[Any]) -> None:
        states = {job.id: JobState(job.state) for job in all_jobs if job.kind == JobKind.TRAIN}
        busy = [run for run in all_runs if run.state in UNDER_WAY]
        assert len({run.guild_id for run in busy}) == len(busy)
        # A job that three workers died of has failed; its run is told at the same sweep.
        assert {run.job_id for run in busy} == {job_id for job_id, state in states.items() if not state.is_final}
        assert all(run.job_id is None for run in all_runs if run.state not in UNDER_WAY)

    def teardown(self) -> None:
        """Nobody dies or asks any more: all that is under way comes to its end, as if nothing had happened."""
        for _ in range(60 * (len(self.started) + self.asked + 1)):
            if not any(run.state in UNDER_WAY for run in self._runs()):
                break
            self.bench.clock.advance(JOB_LIMITS.max_redispatch_s)
            self.bench.jobs.recovery.recover()
            self._work(self.workers[0])
        ended = self._runs()
        assert not [run for run in ended if run.state in UNDER_WAY]
        assert all(
            run.desired_state is not DesiredState.RUN
            for run in ended
            if run.state in {RunState.PAUSED, RunState.STOPPED}
        )
        for run in ended:
            if run.state is RunState.FINISHED:
                newest = self.bench.runs.checkpoints(run.id)[-1]
                assert self.bench.blobs.get(newest.blob) == WHOLE
                assert run.id in self.bench.registry.drafts
        self.folder.cleanup()

    def _any(self, pick: int) -> int:
        return self.started[pick % len(self.started)]

    def _runs(self) -> list[Any]:
        return [self.bench.runs.get(run_id) for run_id in self.started]


def whole() -> bytes:
    class Run:
        seed, steps = 5, STEPS

    trainer = FakeTrainer(Run)  # type: ignore[arg-type]
    for _ in range(STEPS):
        trainer.advance()
    return trainer.save_state()


WHOLE = whole()


def test_runs_survive_whatever_happens(database: Database) -> None:
    machine = type("LifeOnThisDatabase", (Life,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15 if database.is_sqlite else 5,  # a segment is some ten transactions
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
