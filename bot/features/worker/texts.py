"""The texts of /worker."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import discord
from discord.utils import escape_markdown

from bot.ui.formatting import duration
from bot.ui.i18n import Words, clip
from core.domain.jobs import QueueName
from core.domain.workers import JobInHand, Overview, QueueStatus, WorkerState, WorkerStatus

COLOUR = 0x4477AA
_FAULT = 0xCC6677
_MAX_DESCRIPTION = 4096  # Discord's
_ROOM_FOR_REST = 100  # characters, for the line that counts workers that are not listed
_MAX_NAMES = 120  # characters for GPUs, and for models: with 63 of a host's name some dozen workers fit in any case


def workers_embed(words: Words, overview: Overview, guild_id: int) -> discord.Embed:
    """Show queues and workers; of workers that do not fit, those that started first are only counted.

    Hosts are everybody's. Of jobs and models only this guild's are named.
    """
    unattended = any(queue.is_unattended for queue in overview.queues)
    states = Counter(status.state for status in overview.workers)
    title = words.say("worker-status-title", alive=states[WorkerState.ALIVE], gone=states[WorkerState.GONE])
    lines = [_queue_line(words, queue, overview.taken_at) for queue in overview.queues]
    if not overview.workers:
        lines.append(words.say("worker-none"))
    room = _MAX_DESCRIPTION - len("\n".join(lines)) - _ROOM_FOR_REST
    for number, status in enumerate(overview.workers):
        entry = _worker_entry(words, status, guild_id, overview.taken_at)
        room -= len(entry) + 1
        if room < 0:
            lines.append(words.say("worker-rest", count=len(overview.workers) - number))
            break
        lines.append(entry)
    colour = _FAULT if unattended or states[WorkerState.GONE] else COLOUR
    return discord.Embed(colour=colour, title=title, description="\n".join(lines))


def _queue_line(words: Words, queue: QueueStatus, now: datetime) -> str:
    counts = {"waiting": queue.waiting, "background": queue.background, "running": queue.running}
    parts = [words.say("worker-queue", queue=queue.queue.value, workers=queue.workers, **counts)]
    if queue.oldest_waiting_at is not None:
        parts.append(words.say("worker-oldest", age=_age(words, queue.oldest_waiting_at, now)))
    if queue.is_unattended:
        parts.append(words.say("worker-unattended"))
    return " · ".join(parts)


def _worker_entry(words: Words, status: WorkerStatus, guild_id: int, now: datetime) -> str:
    """Write a worker in two lines: which it is and how it is, then what it does and holds, and what is odd."""
    profile, age = status.profile, _age(words, status.worker.seen_at, now)
    state = words.say("worker-state", state=status.state.value, seen=age)
    heading = f"**{escape_markdown(profile.host)}** · {profile.queue.value} · {state}"
    models = ", ".join(model.label for model in status.models if model.guild_id in {None, guild_id})
    parts = [
        ", ".join(_job_text(words, job, guild_id, now) for job in status.jobs) or words.say("worker-idle"),
        _gpu_text(status),
        words.say("worker-models", models=escape_markdown(clip(models, _MAX_NAMES))) if models else "",
        words.say("worker-code", version=profile.version, revision=profile.revision),
        *(words.say("worker-oddity", oddity=oddity.value) for oddity in status.oddities),
    ]
    return f"{heading}\n-# {' · '.join(filter(None, parts))}"


def _job_text(words: Words, job: JobInHand, guild_id: int, now: datetime) -> str:
    age = _age(words, job.started_at, now)
    if job.guild_id != guild_id:
        return words.say("worker-other-job", age=age)
    return words.say("worker-job", kind=job.kind.value, age=age)


def _gpu_text(status: WorkerStatus) -> str:
    """Name the driver's GPUs; where there is no such driver, those that TensorFlow uses."""
    if status.profile.queue is QueueName.CPU:
        return ""
    report = status.worker.report
    names = [gpu.name for gpu in report.gpus] or list(report.tensorflow_gpus or ())
    return escape_markdown(clip(", ".join(names), _MAX_NAMES))


def _age(words: Words, at: datetime, now: datetime) -> str:
    return duration(words, max(0.0, (now - at).total_seconds()))
