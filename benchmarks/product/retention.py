"""Cost of an hourly sweep, with 30,000 jobs of 20 guilds, 60,000 files, and a quarter of them too old.

`python -m benchmarks retention`. SQLite and a folder; a minute on an idle machine, mostly pauses.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.helpers.report import percentile
from core.domain.clock import now_utc
from core.domain.fairness import OPERATOR_GUILD
from core.domain.jobs import JobKind, JobRequest, Origin
from core.domain.storage_limits import StorageLimits
from core.services.jobs.service import JobService
from core.services.retention import RetentionService
from core.storage.blob_references import still_referenced
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.schema import migrate
from core.storage.tables import guild_blobs, jobs

JOBS, GUILDS, DAYS = 30_000, 20, 40  # a thousand a day; those beyond thirty days go
BETWEEN_S = 0.05  # commands that come while it sweeps


def run() -> dict[str, float | int | str]:
    """Seconds of processor and in all, of each step; and how long a command takes meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        database, blobs = Database(f"sqlite:///{folder}/omokage.db"), Blobs(f"{folder}/blobs")
        migrate(database)
        fill(database, Path(folder) / "blobs")
        retention = RetentionService(database, blobs, StorageLimits())
        figures: dict[str, float | int | str] = {
            "is a file still needed: cpu, all, s": timed(lambda: is_needed(database)),
            "what would go: cpu, all, s": timed(retention.plan),
        }
        with Commands(JobService(database, lambda *_message: None, blob_size=blobs.size)) as commands:
            figures["a quarter goes: cpu, all, s"] = timed(retention.prune)
            figures["nothing goes: cpu, all, s"] = timed(retention.prune)
        figures["a command meanwhile: p50, p95, max, ms"] = commands.figures()
        database.close()
    return figures


def timed(step: Callable[[], object]) -> str:
    """Processor and wall clock."""
    began, used = time.perf_counter(), time.thread_time()
    step()
    return f"{time.thread_time() - used:.1f}, {time.perf_counter() - began:.1f}"


def is_needed(database: Database) -> set[str]:
    """A look for one file."""
    with database.read() as connection:
        return still_referenced(connection, ["ab" * 32])


class Commands:
    """A member who asks again and again, in a thread."""

    def __init__(self, service: JobService) -> None:
        self._service = service
        self._took: list[float] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Commands:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def figures(self) -> str:
        """Milliseconds."""
        took = sorted(self._took)
        return f"{percentile(took, 0.5):.1f}, {percentile(took, 0.95):.1f}, {took[-1]:.1f}"

    def _ask(self) -> None:
        number = JOBS
        while not self._stopped.wait(BETWEEN_S):
            number += 1
            origin = Origin(OPERATOR_GUILD, 1, 1, "en", 1, "token")  # which no limit refuses
            began = time.perf_counter()
            self._service.receive(JobRequest(number, JobKind.CLASSIFY, origin, {"size": 1}))
            self._took.append(1000 * (time.perf_counter() - began))


def fill(database: Database, folder: Path) -> None:
    """Answered photos of forty days, each with six faces."""
    now = now_utc()
    names = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(2 * JOBS)]
    long_ago = (now - timedelta(days=3)).timestamp()
    for name in names:
        path = folder / name[:2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (long_ago, long_ago))
    stored = [
        {"guild_id": place % GUILDS + 1, "sha256": name, "size": 1, "created_at": now - timedelta(days=3)}
        for place, name in enumerate(names)
    ]
    with database.write() as connection:
        connection.execute(insert(jobs), [_row(place, names, now) for place in range(JOBS)])
        connection.execute(insert(guild_blobs), stored)


def _row(place: int, names: list[str], now: datetime) -> dict[str, Any]:
    at = now - timedelta(days=place % DAYS)
    top = [[1, "Hanako", 0.9], [2, "Taro", 0.05], [3, "Jiro", 0.02]]
    face = {"number": 1, "box": [1.0, 2.0, 3.0, 4.0], "score": 0.9, "person": 1, "name": "Hanako", "top": top}
    values = {"id": place + 1, "kind": "classify", "state": "done", "queue": "cpu", "priority": 0, "member_id": 1}
    values |= {"guild_id": place % GUILDS + 1, "channel_id": 1, "locale": "en", "application_id": 1}
    values |= {"interaction_token": "", "params": {"filename": "a.jpg", "size": 1}, "photo": names[place]}
    result = {"picture": names[JOBS + place], "faces": [face] * 6}
    return {**values, "created_at": at, "finished_at": at, "result": result}
