"""What members read while a job waits or runs: rules without Discord."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from core.domain.clock import now_utc
from core.domain.fairness import QueuePosition
from core.domain.jobs import Backlog, Job, JobKind, JobState, QueueName
from core.services.jobs.service import JobService

if TYPE_CHECKING:
    from bot.ui.i18n import Words

AWAY_S = 5.0  # a worker takes a message at once, so one that lies longer has nobody to take it


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job, its position in the queue, and whether no worker is there to take it."""

    job: Job
    queue_position: QueuePosition
    away: bool


@dataclass(frozen=True, slots=True)
class StageReport:
    """What a worker reported last: `stage`, a word; `detail`, JSON that the job's kind understands, or nothing."""

    stage: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProgressMessage:
    """What the acknowledgement is edited to: text, the button's label, the blob of a PNG, and its description."""

    text: str
    button: str
    picture: str | None = None
    alt: str = ""


# Renders a running job of one kind. None: there is nothing to show yet but the line that all kinds have.
ProgressRenderer: TypeAlias = "Callable[[Words, JobStatus, StageReport], ProgressMessage | None]"


def read_job_status(jobs: JobService, job_id: int) -> JobStatus:
    """Read a job's status in one visit to the database."""
    job = jobs.get(job_id)
    return JobStatus(job, jobs.queue_position(job_id), worker_is_away(job, jobs.backlog()))


def worker_is_away(job: Job, backlog: dict[QueueName, Backlog]) -> bool:
    """Say whether nobody works on this job's queue although there is work."""
    queue = backlog[job.queue]
    since = queue.oldest_dispatched_at or job.created_at
    idle = queue.running == 0 and job.state in {JobState.WAITING, JobState.DISPATCHED}
    return idle and (now_utc() - since).total_seconds() > AWAY_S


def render_progress(
    words: Words, status: JobStatus, report: StageReport, render: ProgressRenderer | None, *, away: bool
) -> ProgressMessage:
    """Render a running job as its kind does, others as a line of text."""
    message = render(words, status, report) if render is not None and status.job.state is JobState.RUNNING else None
    return message or ProgressMessage(progress_text(words, status, report.stage, away=away), words.say("cancel-button"))


def progress_text(words: Words, status: JobStatus, stage: str, *, away: bool) -> str:
    """Say what happens now, and how long it will take."""
    if status.job.cancel_requested:
        return words.say("progress-cancelling")
    if status.job.kind is not JobKind.CLASSIFY:
        return _job_text(words, status, away=away)
    if status.job.state is JobState.RECEIVED:
        return words.say("progress-working")
    if status.job.state is JobState.RUNNING:
        return words.say("progress-stage", stage=stage)
    if away:
        return words.say("progress-no-worker")
    queued = words.say("progress-queued", ahead=status.queue_position.ahead)
    return (
        queued
        if status.queue_position.estimate_s is None
        else f"{queued} {remaining(words, status.queue_position.estimate_s)}"
    )


def remaining(words: Words, seconds: float) -> str:
    """Write an estimate, rounded up to five seconds, or to minutes from two on: each change is an edit."""
    if seconds >= 120:
        return words.say("progress-estimate-minutes", minutes=round(seconds / 60))
    return words.say("progress-estimate", seconds=max(5, 5 * round(seconds / 5 + 0.49)))


def _job_text(words: Words, status: JobStatus, *, away: bool) -> str:
    """Say what happens to a job without a photo."""
    if status.job.state is JobState.RUNNING:
        return words.say("progress-job-running", kind=status.job.kind.value)
    if away and status.job.queue is QueueName.CPU:
        return words.say("progress-no-worker")
    return (
        words.say("progress-job-no-worker")
        if away
        else words.say("progress-job-queued", ahead=status.queue_position.ahead)
    )
