"""Cost of each step of a job in the database, with 20,000 jobs of history and 2,900 that wait.

`python -m benchmarks jobs`. SQLite in a temporary folder; `OMOKAGE_BENCH_DATABASE` names an empty
PostgreSQL database instead.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from benchmarks.helpers.report import percentile
from core.domain.jobs import JobKind, JobRequest, JobState, Origin
from core.services.jobs.service import JobService
from core.storage.database import Database
from core.storage.schema import migrate
from core.storage.tables import jobs as table

HISTORY, WAITING = 20_000, 2_900  # months of a busy guild; as many as 29 guilds may have waiting
TIMES = 100
PHOTO = "ab" * 32


def run() -> dict[str, float | int | str]:
    """p50 and p95 in milliseconds of each call, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("OMOKAGE_BENCH_DATABASE") or f"sqlite:///{folder}/omokage.db"
        database = Database(url)
        migrate(database)
        fill(database)
        jobs = JobService(database, lambda *_message: None)
        jobs.dispatcher.dispatch()
        steps: dict[str, Callable[[int], object]] = {
            "receive": lambda number: jobs.receive(request(number)),
            "submit": lambda number: jobs.submit(number, PHOTO),
            "place": jobs.queue_position,
            "claim": lambda number: jobs.leases.claim(number, "worker"),
            "renew": lambda number: jobs.leases.renew(number, "worker"),
            "finish": lambda number: jobs.leases.finish(number, "worker", {}),
            "outbox": lambda _number: jobs.outbox.pending(),
            "backlog": lambda _number: jobs.backlog(),
            "recover": lambda _number: jobs.recovery.recover(),
        }
        figures = {f"{name}: p50, p95, ms": timed(step) for name, step in steps.items()}
        database.close()
    return {"database": database.engine.dialect.name, **figures}


def timed(step: Callable[[int], object]) -> str:
    """Each of the measured jobs takes the step once."""
    took = []
    for number in range(1, TIMES + 1):
        began = time.perf_counter()
        step(number)
        took.append((time.perf_counter() - began) * 1000)
    return f"{percentile(took, 0.5):.2f}, {percentile(took, 0.95):.2f}"


def request(number: int) -> JobRequest:
    """Each of a guild of its own, so that fair share holds none back."""
    return JobRequest(number, JobKind.CLASSIFY, Origin(10_000 + number, 1, 1, "ja", 1, "token"), {})


def fill(database: Database) -> None:
    """Rows as they lie there after months."""
    now = datetime.now(UTC)
    done = {"state": JobState.DONE, "result": {"faces": "x" * 500}}
    rows = [
        {**row(number, now), **done, "dispatched_at": now, "started_at": now, "finished_at": now}
        for number in range(HISTORY)
    ]
    late = [
        {**row(HISTORY + number, now), "state": JobState.WAITING, "guild_id": 1 + number % 29}
        for number in range(WAITING)
    ]
    with database.write() as connection:
        connection.execute(insert(table), rows)
        connection.execute(insert(table), late)


def row(number: int, now: datetime) -> dict[str, Any]:
    """A job's columns, without its state."""
    return {
        "id": 1_000_000 + number,
        "kind": JobKind.CLASSIFY,
        "queue": "cpu",
        "priority": 0,
        "guild_id": 1 + number % 40,
        "channel_id": 1,
        "member_id": number % 97,
        "locale": "ja",
        "application_id": 1,
        "interaction_token": "t" * 200,
        "params": {},
        "photo": PHOTO,
        "created_at": now - timedelta(seconds=HISTORY + WAITING - number),
    }
