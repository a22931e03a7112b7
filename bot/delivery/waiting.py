"""What is said of a job until it has its answer: rules alone, without Discord."""

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
class Look:
    """A job and its surroundings at one moment."""

    job: Job
    place: QueuePosition
    away: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a worker said last: `stage`, a word; `detail`, JSON that the job's kind understands, or nothing."""

    stage: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Showing:
    """What the acknowledgement becomes: a line, what the button says, and the blob of a PNG (`alt` describes it)."""

    text: str
    button: str
    picture: str | None = None
    alt: str = ""


# A kind's own, while a worker is at it. None: there is nothing to show yet beyond what is said of all kinds.
Page: TypeAlias = "Callable[[Words, Look, Said], Showing | None]"


def look_at(jobs: JobService, job_id: int) -> Look:
    """One visit to the database."""
    job = jobs.get(job_id)
    return Look(job, jobs.queue_position(job_id), is_away(job, jobs.backlog()))


def is_away(job: Job, backlog: dict[QueueName, Backlog]) -> bool:
    """Whether nobody works on this job's queue although there is work."""
    queue = backlog[job.queue]
    since = queue.oldest_dispatched_at or job.created_at
    idle = queue.running == 0 and job.state in {JobState.WAITING, JobState.DISPATCHED}
    return idle and (now_utc() - since).total_seconds() > AWAY_S


def showing(words: Words, look: Look, said: Said, page: Page | None, *, away: bool) -> Showing:
    """The kind's own page once it is being worked on, else a line."""
    own = page(words, look, said) if page is not None and look.job.state is JobState.RUNNING else None
    return own or Showing(progress_text(words, look, said.stage, away=away), words.say("cancel-button"))


def progress_text(words: Words, look: Look, stage: str, *, away: bool) -> str:
    """One line: what happens now, and how long it will take."""
    if look.job.cancel_requested:
        return words.say("progress-cancelling")
    if look.job.kind is not JobKind.CLASSIFY:
        return _job_text(words, look, away=away)
    if look.job.state is JobState.RECEIVED:
        return words.say("progress-working")
    if look.job.state is JobState.RUNNING:
        return words.say("progress-stage", stage=stage)
    if away:
        return words.say("progress-no-worker")
    queued = words.say("progress-queued", ahead=look.place.ahead)
    return queued if look.place.estimate_s is None else f"{queued} {remaining(words, look.place.estimate_s)}"


def remaining(words: Words, seconds: float) -> str:
    """Rounded up to five seconds, from two minutes on to minutes: it is an estimate, and each change is an edit."""
    if seconds >= 120:
        return words.say("progress-estimate-minutes", minutes=round(seconds / 60))
    return words.say("progress-estimate", seconds=max(5, 5 * round(seconds / 5 + 0.49)))


def _job_text(words: Words, look: Look, *, away: bool) -> str:
    """Of a job without a photo."""
    if look.job.state is JobState.RUNNING:
        return words.say("progress-job-running", kind=look.job.kind.value)
    return words.say("progress-job-no-worker") if away else words.say("progress-job-queued", ahead=look.place.ahead)
