"""Workers that exist as rows only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.domain.jobs import QueueName
from core.domain.workers import WorkerProfile

STARTED = datetime(2026, 11, 21, 11, tzinfo=UTC)


def a_profile(worker_id: str = "here:1:aa", **changes: Any) -> WorkerProfile:
    host, pid, _ = worker_id.split(":")
    values: dict[str, Any] = {
        "id": worker_id,
        "host": host,
        "pid": int(pid),
        "queue": QueueName.CPU,
        "started_at": STARTED,
        "version": "0.1.0",
        "revision": "aaaa",
        "python": "3.12.3",
        "libraries": {"tensorflow": "2.21.0", "keras": "3.15.1"},
        "cpus": 4,
        "memory": 16 * 2**30,
    }
    return WorkerProfile(**values | changes)
