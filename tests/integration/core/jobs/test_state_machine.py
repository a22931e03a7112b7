"""Whatever happens in whatever order, an accepted job has one answer, and nobody gets more than his share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Row, delete, select

from core.domain.errors import ErrorCode, OmokageError
from core.domain.fairness import FairShare
from core.domain.jobs import ACTIVE, FINAL, JOB_LIMITS, Failure, JobState
from core.services.jobs.service import JobService
from core.storage.database import Database
from core.storage.tables import faces, jobs, outbox
from tests.integration.core.builders import PHOTO, Broker, Clock, new_face, request

SHARE = FairShare(per_member=2, per_guild=3, waiting_per_member=3, waiting_per_guild=5)
GUILDS = MEMBERS = st.integers(1, 2)
PICK = st.integers(0, 2**16)
FAILURE = Failure(ErrorCode.BROKEN_IMAGE, {})


class Life(RuleBasedStateMachine):
    """A bot, workers that may die at any moment, a broker that loses and repeats messages, and a clock."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        with self.database.write() as connection:
            for table in (faces, outbox, jobs):
                connection.execute(delete(table))
        self.clock, self.broker = Clock(), Broker()
        self.jobs = JobService(self.database, self.broker, self.clock, SHARE)
        self.accepted: list[int] = []
        self.leases: list[tuple[int, str]] = []  # also those that were lost since
        self.runs = 0

    @rule(guild=GUILDS, member=MEMBERS)
    def receive(self, guild: int, member: int) -> None:
        job_id = len(self.accepted) + 1
        with suppress(OmokageError):
            self.jobs.receive(request(job_id, guild, member))
            self.accepted.append(job_id)

    @precondition(lambda self: self.accepted)
    @rule(pick=PICK)
    def replay(self, pick: int) -> None:
        job = self.jobs.get(self._any(pick))
        assert self.jobs.receive(request(job.id, job.origin.guild_id, job.origin.member_id)) == job

    @precondition(lambda self: self.accepted)
    @rule(pick=PICK)
    def submit(self, pick: int) -> None:
        self.jobs.submit(self._any(pick), PHOTO)

    @rule(guild=GUILDS)
    def a_busy_moment(self, guild: int) -> None:
        for _ in range(2):
            for member in (1, 2):
                self.receive(guild, member)
        for job_id in self.accepted:
            self.jobs.submit(job_id, PHOTO)

    @precondition(lambda self: self.accepted)
    @rule(pick=PICK)
    def reject(self, pick: int) -> None:
        self.jobs.reject(self._any(pick), FAILURE)

    @precondition(lambda self: self.accepted)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        with suppress(OmokageError):
            self.jobs.cancel(self._any(pick), 0, is_moderator=True)

    @precondition(lambda self: self.broker.messages)
    @rule(pick=PICK, again=st.booleans())
    def deliver(self, pick: int, again: bool) -> None:
        index = pick % len(self.broker.messages)
        self._claim(self.broker.messages[index])
        if not again:
            del self.broker.messages[index]

    @rule()
    def all_workers_die_at_work(self) -> None:
        for job_id in self.broker.messages:  # they are delivered again, since nobody acknowledged them
            self._claim(job_id)
        self.clock.advance(JOB_LIMITS.lease_s + 1)

    def _claim(self, job_id: int) -> None:
        self.runs += 1
        owner = f"run-{self.runs}"
        if self.jobs.leases.claim(job_id, owner) is not None:
            self.leases.append((job_id, owner))

    @rule()
    def lose_all_messages(self) -> None:
        self.broker.take()

    @rule(away=st.booleans(), deaf=st.booleans())
    def broker_comes_and_goes(self, away: bool, deaf: bool) -> None:
        self.broker.away, self.broker.deaf = away, deaf

    @precondition(lambda self: self.leases)
    @rule(pick=PICK, how=st.sampled_from(["renew", "finish", "fail", "stop", "release"]))
    def work(self, pick: int, how: str) -> None:
        job_id, owner = self.leases[pick % len(self.leases)]
        if how == "renew":
            self.jobs.leases.renew(job_id, owner)
        elif how == "finish":
            self.jobs.leases.finish(job_id, owner, {"by": owner}, [new_face()])
        elif how == "fail":
            self.jobs.leases.fail(job_id, owner, FAILURE)
        else:
            getattr(self.jobs.leases, how)(job_id, owner)

    @rule(
        seconds=st.sampled_from(
            [1.0, JOB_LIMITS.lease_s / 2, JOB_LIMITS.lease_s + 1, JOB_LIMITS.redispatch_after_s + 1]
        )
    )
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def recover(self) -> None:
        self.jobs.recovery.recover()

    @invariant()
    def nobody_has_more_than_his_share(self) -> None:
        active = self._rows(ACTIVE)
        members = Counter((row.guild_id, row.member_id) for row in active)
        guilds = Counter(row.guild_id for row in active)
        assert all(count <= SHARE.per_member for count in members.values()), members
        assert all(count <= SHARE.per_guild for count in guilds.values()), guilds

    @invariant()
    def a_job_has_an_answer_exactly_when_it_has_ended(self) -> None:
        with self.database.read() as connection:
            answers = Counter(connection.execute(select(outbox.c.job_id)).scalars())
            stored = Counter(connection.execute(select(faces.c.job_id)).scalars())
        ended = self._rows(FINAL)
        assert answers == Counter(row.id for row in ended)
        assert stored == Counter(row.id for row in ended if row.state == JobState.DONE)
        assert all(row.attempts <= JOB_LIMITS.max_attempts for row in self._rows(JobState))

    def teardown(self) -> None:
        """The bot goes on, the broker is back, one good worker is there: everything comes to its end."""
        self.broker.away = self.broker.deaf = False
        for job_id in self.accepted:
            self.jobs.submit(job_id, PHOTO)
        for _ in range(20 * len(self.accepted)):
            if len(self._rows(FINAL)) == len(self.accepted):
                break
            self.clock.advance(JOB_LIMITS.max_redispatch_s)
            self.jobs.recovery.recover()
            for job_id in self.broker.take():
                if self.jobs.leases.claim(job_id, "good") is not None:
                    assert self.jobs.leases.finish(job_id, "good", {}, [new_face()])
        assert sorted(row.id for row in self._rows(FINAL)) == self.accepted
        self.a_job_has_an_answer_exactly_when_it_has_ended()

    def _any(self, pick: int) -> int:
        return self.accepted[pick % len(self.accepted)]

    def _rows(self, states: Iterable[JobState]) -> Sequence[Row[Any]]:
        with self.database.read() as connection:
            return connection.execute(select(jobs).where(jobs.c.state.in_(list(states)))).all()


@pytest.mark.slow
def test_every_accepted_job_has_one_answer_and_nobody_more_than_his_share(database: Database) -> None:
    machine = type("LifeOnThisDatabase", (Life,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40 if database.is_sqlite else 10,  # a step takes a few milliseconds
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
