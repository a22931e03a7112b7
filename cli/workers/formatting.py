"""Workers, hosts and queues as tables and as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cli.output.table import table
from cli.training.formatting import duration
from core.domain.jobs import QueueName
from core.domain.storage_limits import size_text
from core.domain.workers import Oddity, Overview, QueueStatus, WorkerStatus, group_by_host

_QUEUE_HEADING = ("QUEUE", "WAITING", "OLDEST", "BACKGROUND", "RUNNING", "WORKERS")
_WORKER_HEADING = ("HOST", "QUEUE", "STATE", "SEEN", "UP", "JOB", "GPU", "CODE", "NOTES")
_ODDITIES = {
    Oddity.OTHER_CODE: "other code than the newest worker",
    Oddity.OTHER_LIBRARIES: "other libraries than the newest worker",
    Oddity.NO_GPU: "TensorFlow uses no GPU",
}
_NOTHING = "-"


def overview_text(overview: Overview) -> str:
    """Write two tables, and a line for each queue that nobody serves although jobs wait."""
    now = overview.taken_at
    parts = [table([_QUEUE_HEADING, *(_queue_row(queue, now) for queue in overview.queues)])]
    if overview.workers:
        parts.append(table([_WORKER_HEADING, *(_worker_row(status, now) for status in overview.workers)]))
    else:
        parts.append("No worker has run within the last hour.")
    unattended = [queue.queue.value for queue in overview.queues if queue.is_unattended]
    parts += [f"Jobs wait in the {name} queue, and no worker takes them." for name in unattended]
    return "\n\n".join(parts)


def overview_json(overview: Overview) -> dict[str, Any]:
    """Return what `--json` prints; ids are text, since they have more digits than some readers of JSON keep."""
    now = overview.taken_at
    return {
        "ok": not any(queue.is_unattended for queue in overview.queues),
        "queues": [_queue_json(queue, now) for queue in overview.queues],
        "hosts": [_host_json(host, workers, now) for host, workers in group_by_host(overview.workers).items()],
    }


def _queue_row(queue: QueueStatus, now: datetime) -> list[str]:
    oldest = _NOTHING if queue.oldest_waiting_at is None else duration(_age_s(queue.oldest_waiting_at, now))
    return [
        queue.queue.value,
        str(queue.waiting),
        oldest,
        str(queue.background),
        str(queue.running),
        str(queue.workers),
    ]


def _worker_row(status: WorkerStatus, now: datetime) -> list[str]:
    profile = status.profile
    jobs = ", ".join(f"{job.kind.value} {duration(_age_s(job.started_at, now))}" for job in status.jobs)
    return [
        profile.host,
        profile.queue.value,
        status.state.value,
        f"{duration(_age_s(status.worker.seen_at, now))} ago",
        duration(_age_s(profile.started_at, now)),
        jobs or _NOTHING,
        _gpu_text(status),
        f"{profile.version} {profile.revision}",
        "; ".join(_ODDITIES[oddity] for oddity in status.oddities) or _NOTHING,
    ]


def _gpu_text(status: WorkerStatus) -> str:
    """Write the driver's GPUs; where there is no such driver, those that TensorFlow uses."""
    if status.profile.queue is QueueName.CPU:
        return _NOTHING
    report = status.worker.report
    listed = [f"{gpu.name} ({size_text(gpu.memory)}, driver {gpu.driver})" for gpu in report.gpus]
    return ", ".join(listed or report.tensorflow_gpus or ()) or _NOTHING


def _queue_json(queue: QueueStatus, now: datetime) -> dict[str, Any]:
    oldest = queue.oldest_waiting_at
    return {
        "queue": queue.queue.value,
        "waiting": queue.waiting,
        "oldest_waiting_s": None if oldest is None else _age_s(oldest, now),
        "background": queue.background,
        "running": queue.running,
        "workers": queue.workers,
    }


def _host_json(host: str, workers: list[WorkerStatus], now: datetime) -> dict[str, Any]:
    newest = workers[0]
    return {
        "host": host,
        "cpus": newest.profile.cpus,
        "memory": newest.profile.memory,
        "gpus": [{"name": gpu.name, "driver": gpu.driver, "memory": gpu.memory} for gpu in newest.worker.report.gpus],
        "workers": [_worker_json(status, now) for status in workers],
    }


def _worker_json(status: WorkerStatus, now: datetime) -> dict[str, Any]:
    profile, report = status.profile, status.worker.report
    return {
        "pid": profile.pid,
        "queue": profile.queue.value,
        "state": status.state.value,
        "started_at": profile.started_at.isoformat(timespec="seconds"),
        "seen_s": _age_s(status.worker.seen_at, now),
        "version": profile.version,
        "revision": profile.revision,
        "python": profile.python,
        "libraries": dict(profile.libraries),
        "tensorflow_gpus": None if report.tensorflow_gpus is None else list(report.tensorflow_gpus),
        "models": [
            {"label": model.label, "guild": None if model.guild_id is None else str(model.guild_id)}
            for model in status.models
        ],
        "jobs": [
            {
                "id": str(job.id),
                "kind": job.kind.value,
                "guild": str(job.guild_id),
                "seconds": _age_s(job.started_at, now),
            }
            for job in status.jobs
        ],
        "oddities": [oddity.value for oddity in status.oddities],
    }


def _age_s(at: datetime, now: datetime) -> float:
    """Return seconds since a time; 0 where the clock of a host is ahead of this one's."""
    return round(max(0.0, (now - at).total_seconds()), 1)
