"""Cost of accepting and claiming jobs for a thousand guilds, with months of history, on PostgreSQL.

`python -m benchmarks guilds`; target p99 <= 10 ms for both. Four processes accept jobs while two claim and end them, as
bots and workers of several hosts do; each has a connection of its own. Where there is no PostgreSQL it is skipped.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.pool import Pool
from typing import Any

from sqlalchemy import create_engine, insert, text

from benchmarks.helpers.postgres import server
from benchmarks.helpers.report import Figures, percentile
from core.domain.jobs import JobKind, JobRequest, JobState, Origin
from core.services.jobs.service import JobService
from core.storage.database import Database
from core.storage.schema import migrate
from core.storage.tables import jobs as table

GUILDS = 1000
HISTORY = 200  # finished jobs of each guild
WAITING = 3  # jobs that wait in every tenth guild
PER_PROCESS = 500  # jobs that each process accepts
ACCEPTING, CLAIMING = 4, 2
PHOTO = "ab" * 32


def run() -> Figures:
    """Milliseconds of each call, and how many a second came through."""
    with server() as url:
        admin = create_engine(url.format(database="postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE omokage"))
        admin.dispose()
        return _measure(url.format(database="omokage"))


def _measure(url: str) -> Figures:
    database = Database(url)
    migrate(database)
    _fill(database)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # as autovacuum does in time
    database.close()
    context = multiprocessing.get_context("spawn")
    began = time.perf_counter()
    with context.Pool(ACCEPTING + CLAIMING) as pool:
        accepted = _start(pool, _accept, url, ACCEPTING)
        claimed = _start(pool, _claim, url, CLAIMING)
        accept_s = [seconds for part in accepted for seconds in part.get()]
        claim_s = [seconds for part in claimed for seconds in part.get()]
    return {
        "guilds": GUILDS,
        "jobs in history": GUILDS * HISTORY,
        "accepted": len(accept_s),
        "claimed": len(claim_s),
        "jobs a second": len(accept_s) / (time.perf_counter() - began),
        **_figures("accept", accept_s),
        **_figures("claim", claim_s),
    }


def _start(pool: Pool, work: Callable[[str, int], list[float]], url: str, count: int) -> list[Any]:
    return [pool.apply_async(work, (url, number)) for number in range(count)]


def _figures(name: str, seconds: list[float]) -> Figures:
    return {f"{name}, p50, ms": 1000 * percentile(seconds, 0.5), f"{name}, p99, ms": 1000 * percentile(seconds, 0.99)}


def _accept(url: str, process: int) -> list[float]:
    """Accept jobs of all guilds in turn, as a bot does: receive, store the photo (left out), submit."""
    database = Database(url)
    jobs = JobService(database, lambda *_message: None)
    seconds = []
    for number in range(PER_PROCESS):
        job_id = 1 + process * PER_PROCESS + number
        request = JobRequest(job_id, JobKind.CLASSIFY, Origin(job_id % GUILDS, 1, job_id, "en", 1, "token"), {})
        began = time.perf_counter()
        jobs.receive(request)
        jobs.submit(job_id, PHOTO)
        seconds.append(time.perf_counter() - began)
    database.close()
    return seconds


def _claim(url: str, process: int) -> list[float]:
    """Claim every other of those jobs, as a worker does that got their messages, and end it (not timed)."""
    database = Database(url)
    jobs = JobService(database, lambda *_message: None)
    seconds: list[float] = []
    left = list(range(1 + process, 1 + ACCEPTING * PER_PROCESS, CLAIMING))
    deadline = time.monotonic() + 120.0
    while left and time.monotonic() < deadline:
        later = []
        for job_id in left:
            began = time.perf_counter()
            job = jobs.leases.claim(job_id, f"worker-{process}")
            if job is None:  # it is not accepted yet
                later.append(job_id)
                continue
            seconds.append(time.perf_counter() - began)
            jobs.leases.finish(job_id, f"worker-{process}", {})
        left = later
        time.sleep(0.01)
    database.close()
    return seconds


def _fill(database: Database) -> None:
    now = datetime.now(UTC)
    done = {"state": JobState.DONE, "result": {"faces": "x" * 500}, "finished_at": now, "started_at": now}
    number = 0
    for guild in range(GUILDS):
        rows = []
        for _ in range(HISTORY):
            number += 1
            rows.append({**_row(number, guild, now), **done, "dispatched_at": now})
        waiting = []
        for _ in range(WAITING if guild % 10 == 0 else 0):
            number += 1
            waiting.append({**_row(number, guild, now), "state": JobState.WAITING})
        with database.write() as connection:
            connection.execute(insert(table), rows)
            if waiting:
                connection.execute(insert(table), waiting)


def _row(number: int, guild: int, now: datetime) -> dict[str, Any]:
    return {
        "id": 1_000_000 + number,
        "kind": JobKind.CLASSIFY,
        "queue": "cpu",
        "priority": 0,
        "guild_id": guild,
        "channel_id": 1,
        "member_id": 10_000 + number % 97,
        "locale": "ja",
        "application_id": 1,
        "interaction_token": "",
        "params": {},
        "photo": PHOTO,
        "created_at": now - timedelta(seconds=number % 2_000_000),
    }
