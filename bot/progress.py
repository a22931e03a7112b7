"""What the acknowledgement says while a job waits: place, estimate, stage. Latest wins, a few seconds between edits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord

from bot.answers import Answer
from bot.features.jobs.cancel import cancel_view
from bot.post import Post
from core.domain.fairness import Place
from core.domain.jobs import Backlog, Job, JobKind, JobState, QueueName
from core.services.jobs import JobService, now_utc

if TYPE_CHECKING:
    from bot.client import OmokageBot
    from bot.i18n import Words

_log = logging.getLogger(__name__)
FIRST_AFTER_S = 1.5  # most answers are there by then, and need no progress
BETWEEN_S = 3.0  # five edits in five seconds are allowed; fewer are enough to see that it moves
_EACH_S = 0.05  # with hundreds of jobs waiting, at most twenty looks a second
_AWAY_S = 5.0  # a worker takes a message at once, so one that lies longer has nobody to take it


@dataclass(slots=True)
class _Watched:
    job_id: int
    stage: str = ""
    shown: str = ""
    away: bool = False
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    editing: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Look:
    """A job and its surroundings at one moment."""

    job: Job
    place: Place
    away: bool


class Progress:
    """Follows the jobs that this process accepted, until each has its answer."""

    def __init__(self, bot: OmokageBot, post: Post) -> None:
        self._bot = bot
        self._post = post
        self._watched: dict[int, _Watched] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def watch(self, job: Job) -> None:
        """Begin to follow a job."""
        if job.state.is_final or job.id in self._watched:
            return
        watched = self._watched[job.id] = _Watched(job.id)
        task = asyncio.create_task(self._follow(watched), name=f"progress-{job.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def note(self, job_id: int, stage: str) -> None:
        """The worker says what it is doing."""
        if job_id in self._watched:
            self._watched[job_id].stage = stage

    async def stop(self, job_id: int) -> None:
        """Say nothing more of this job; returns when an edit that is under way has ended."""
        watched = self._watched.pop(job_id, None)
        if watched is not None:
            watched.stopped.set()
            async with watched.editing:
                pass

    def close(self) -> None:
        """Stop following; what is shown stays until the answer comes."""
        for task in self._tasks:
            task.cancel()

    async def _follow(self, watched: _Watched) -> None:
        wait = FIRST_AFTER_S
        while not await _happens(watched.stopped.wait, wait):
            look = await self._bot.threads.quick(look_at, self._bot.services.jobs, watched.job_id)
            if look.job.state.is_final:
                break
            async with watched.editing:
                if not watched.stopped.is_set():
                    await self._show(watched, look)
            wait = BETWEEN_S + _EACH_S * len(self._watched)
        self._watched.pop(watched.job_id, None)

    async def _show(self, watched: _Watched, look: Look) -> None:
        words = await self._bot.guilds_chosen.public(look.job.origin.guild_id, look.job.origin.locale)
        # Twice in a row, so that the moment between two jobs of a busy worker does not count.
        away, watched.away = look.away and watched.away, look.away
        text = progress_text(words, look, watched.stage, away=away)
        if text == watched.shown:
            return
        try:
            await self._post.update(look.job, Answer(text, view=cancel_view(words, look.job.id)))
        except (discord.HTTPException, OSError) as error:
            _log.info("job %s: its progress was not shown (%s)", look.job.id, type(error).__name__)
            return
        watched.shown = text


def look_at(jobs: JobService, job_id: int) -> Look:
    """One visit to the database."""
    job = jobs.get(job_id)
    return Look(job, jobs.place(job_id), is_away(job, jobs.backlog()))


def is_away(job: Job, backlog: dict[QueueName, Backlog]) -> bool:
    """Whether nobody works on this job's queue although there is work."""
    queue = backlog[job.queue]
    since = queue.oldest_dispatched_at or job.created_at
    idle = queue.running == 0 and job.state in {JobState.WAITING, JobState.DISPATCHED}
    return idle and (now_utc() - since).total_seconds() > _AWAY_S


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


def _job_text(words: Words, look: Look, *, away: bool) -> str:
    """Of a job without a photo."""
    if look.job.state is JobState.RUNNING:
        return words.say("progress-job-running", kind=look.job.kind.value)
    return words.say("progress-job-no-worker") if away else words.say("progress-job-queued", ahead=look.place.ahead)


def remaining(words: Words, seconds: float) -> str:
    """Rounded up to five seconds, from two minutes on to minutes: it is an estimate, and each change is an edit."""
    if seconds >= 120:
        return words.say("progress-estimate-minutes", minutes=round(seconds / 60))
    return words.say("progress-estimate", seconds=max(5, 5 * round(seconds / 5 + 0.49)))


async def _happens(wait: Callable[[], Coroutine[Any, Any, Any]], within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await wait()
    except TimeoutError:
        return False
    return True
