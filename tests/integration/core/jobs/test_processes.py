"""Many processes on one database: a bot that accepts, workers that die, everybody recovers."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, Select, select

from core.domain.jobs import ACTIVE, FINAL, JobState
from core.storage.database import Database
from core.storage.tables import faces, jobs, outbox
from tests.forked import Forked
from tests.integration.core.builders import submitted_job
from tests.integration.core.jobs import worker_process
from tests.integration.core.jobs.worker_process import SHARE, service

JOBS = 40
DEATHS = 0.05  # at each of four moments: about one job in five kills its worker


class Team:
    """Three worker processes; who dies is replaced."""

    def __init__(self, url: str, folder: Path) -> None:
        self._arguments = (url, folder)
        self._seeds = itertools.count()
        self._workers = [self._start() for _ in range(3)]
        self.deaths = 0

    def revive(self) -> None:
        for place, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self._workers[place] = self._start()
                self.deaths += 1

    def stop(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.wait()

    def _start(self) -> Forked:
        return Forked(worker_process.work, *self._arguments, next(self._seeds), DEATHS)


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    folder = tmp_path / "messages"
    folder.mkdir()
    return folder


@pytest.fixture
def team(database_url: str, messages: Path) -> Iterator[Team]:
    started = Team(database_url, messages)
    yield started
    started.stop()


def test_each_job_is_answered_once_though_workers_die_at_any_moment(
    database: Database, messages: Path, team: Team
) -> None:
    bot = service(database, messages)
    for job_id in range(1, JOBS + 1):
        submitted_job(bot, job_id, guild=1 + job_id % 3, member=job_id % 5)
    deadline = time.monotonic() + 90
    while len(_rows(database, select(jobs.c.id).where(jobs.c.state.in_(FINAL)))) < JOBS:
        assert time.monotonic() < deadline, "some jobs are never answered"
        bot.recovery.recover()
        team.revive()
        check_share(database)
        time.sleep(0.05)
    check_answers(database)
    assert team.deaths > 0


def check_share(database: Database) -> None:
    active = _rows(database, select(jobs.c.guild_id, jobs.c.member_id).where(jobs.c.state.in_(ACTIVE)))
    members, guilds = Counter(tuple(row) for row in active), Counter(row.guild_id for row in active)
    assert all(count <= SHARE.per_member for count in members.values()), members
    assert all(count <= SHARE.per_guild for count in guilds.values()), guilds


def check_answers(database: Database) -> None:
    ended = _rows(database, select(jobs.c.id, jobs.c.state))
    assert {row.state for row in ended} <= {JobState.DONE, JobState.FAILED}
    assert Counter(row.job_id for row in _rows(database, select(outbox.c.job_id))) == Counter(row.id for row in ended)
    done = Counter(row.id for row in ended if row.state == JobState.DONE)
    assert Counter(row.job_id for row in _rows(database, select(faces.c.job_id))) == done


def _rows(database: Database, query: Select[Any]) -> list[Row[Any]]:
    with database.read() as connection:
        return list(connection.execute(query).all())
