"""Cost of accepting and claiming jobs for a thousand guilds, with months of history, on PostgreSQL.

`python -m benchmarks guilds`; target p99 <= 10 ms for both. Two processes accept ten jobs a second together, 36 an hour
of each guild, while two others claim and end them, as bots and workers of several hosts do. Then they accept as many as
they can. Where there is no PostgreSQL it is skipped.
"""

from __future__ import annotations

import multiprocessing
import time
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
PER_SECOND = 10
PER_PROCESS = 300  # jobs that each process accepts: a minute
ACCEPTING, CLAIMING = 2, 2
PHOTO = "ab" * 32
_messages: multiprocessing.Queue[int]  # of each process of the pool: the place of the broker


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
    with context.Pool(ACCEPTING + CLAIMING, _share_messages, (context.Queue(),)) as pool:
        accept_s, claim_s, _ = _round(pool, url, first=1, per_second=PER_SECOND)
        *_, jobs_per_second = _round(pool, url, first=100_000, per_second=None)
    return {
        "guilds": GUILDS,
        "jobs in history": GUILDS * HISTORY,
        "accepted": len(accept_s),
        "claimed": len(claim_s),
        **_figures("accept", accept_s),
        **_figures("claim", claim_s),
        "jobs a second, at most": jobs_per_second,
    }


def _round(pool: Pool, url: str, *, first: int, per_second: int | None) -> tuple[list[float], list[float], float]:
    """Return the seconds of each acceptance and of each claim, and how many jobs a second came through."""
    claimed = [pool.apply_async(_claim, (url,)) for _ in range(CLAIMING)]
    accepted = [pool.apply_async(_accept, (url, first + n * PER_PROCESS, per_second)) for n in range(ACCEPTING)]
    began = time.perf_counter()
    accept_s, claim_s = ([seconds for part in parts for seconds in part.get()] for parts in (accepted, claimed))
    return accept_s, claim_s, len(accept_s) / (time.perf_counter() - began)


def _share_messages(messages: multiprocessing.Queue[int]) -> None:
    global _messages  # noqa: PLW0603 - queues are handed to processes when these begin, and not with a call
    _messages = messages


def _figures(name: str, seconds: list[float]) -> Figures:
    return {f"{name}, p50, ms": 1000 * percentile(seconds, 0.5), f"{name}, p99, ms": 1000 * percentile(seconds, 0.99)}


def _accept(url: str, first: int, per_second: int | None) -> list[float]:
    """Accept jobs of all guilds in turn, as a bot does: receive, store the photo (left out), submit."""
    database = Database(url)
    jobs = JobService(database, lambda job_id, _queue, _priority: _messages.put(job_id))
    seconds, start = [], time.perf_counter()
    for number in range(PER_PROCESS):
        if per_second is not None:
            time.sleep(max(0.0, start + number * ACCEPTING / per_second - time.perf_counter()))
        job_id = first + number
        request = JobRequest(job_id, JobKind.CLASSIFY, Origin(job_id % GUILDS, 1, job_id, "en", 1, "token"), {})
        began = time.perf_counter()
        jobs.receive(request)
        jobs.submit(job_id, PHOTO)
        seconds.append(time.perf_counter() - began)
    database.close()
    return seconds


def _claim(url: str) -> list[float]:
    """Claim jobs whose messages come, as a worker does, and end them (not timed)."""
    database = Database(url)
    jobs = JobService(database, lambda *_message: None)
    seconds: list[float] = []
    while len(seconds) < ACCEPTING * PER_PROCESS // CLAIMING:
        job_id = _messages.get(timeout=120.0)
        began = time.perf_counter()
        claimed = jobs.leases.claim(job_id, "worker")
        seconds.append(time.perf_counter() - began)
        if claimed is None or not jobs.leases.finish(job_id, "worker", {}):
            raise RuntimeError(f"job {job_id} was lost")
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
