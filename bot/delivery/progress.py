"""Edit the acknowledgement while a job waits or runs: the latest state, a few seconds between edits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord
from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.building import job_words
from bot.delivery.progress_texts import (
    JobStatus,
    ProgressMessage,
    ProgressRenderer,
    StageReport,
    read_job_status,
    render_progress,
)
from bot.delivery.reply_poster import TRANSIENT_ERRORS, ReplyPoster
from bot.reply import Attachment, Reply
from core.domain.errors import OmokageError
from core.domain.jobs import Job, JobKind

if TYPE_CHECKING:
    from bot.context import BotContext

_log = logging.getLogger(__name__)
FIRST_EDIT_AFTER_S = 1.5  # most answers are there by then, and need no progress
EDIT_INTERVAL_S = 3.0  # five edits in five seconds are allowed; fewer are enough to see that it moves
_INTERVAL_PER_JOB_S = 0.05  # with hundreds of jobs waiting, at most twenty looks a second
_COLOUR = 0x4477AA
_PICTURE = "progress.png"


@dataclass(slots=True)
class _TrackedJob:
    job_id: int
    report: StageReport = field(default_factory=StageReport)
    shown: ProgressMessage | None = None
    away: bool = False
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    editing: asyncio.Lock = field(default_factory=asyncio.Lock)


class ProgressTracker:
    """Shows the progress of jobs that this process accepted, until each has its reply.

    Args:
        bot: whose jobs and blobs are looked at.
        poster: sends what is shown to Discord.
        pages: of those kinds that have more to show than a line.
        cancel_view: the button that ends a job, from its label and the job's id.
    """

    def __init__(
        self,
        bot: BotContext,
        poster: ReplyPoster,
        pages: Mapping[JobKind, ProgressRenderer],
        cancel_view: Callable[[str, int], discord.ui.View],
    ) -> None:
        self._bot = bot
        self._poster = poster
        self._pages = pages
        self._cancel_view = cancel_view
        self._tracked: dict[int, _TrackedJob] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def track(self, job: Job) -> None:
        """Start showing a job's progress."""
        if job.state.is_final or job.id in self._tracked:
            return
        tracked = self._tracked[job.id] = _TrackedJob(job.id)
        task = asyncio.create_task(self._follow(tracked), name=f"progress-{job.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def note_stage(self, job_id: int, stage: str, detail: str = "") -> None:
        """Note the stage that a worker reports; an empty stage means that it starts, perhaps again.

        A detail counts until there is another: not every stage has one.
        """
        if job_id in self._tracked:
            before = self._tracked[job_id].report
            self._tracked[job_id].report = StageReport(stage, detail or before.detail) if stage else StageReport()

    async def stop(self, job_id: int) -> None:
        """Stop showing a job's progress; return when an edit that is under way has ended."""
        tracked = self._tracked.pop(job_id, None)
        if tracked is not None:
            tracked.stopped.set()
            async with tracked.editing:
                pass

    def close(self) -> None:
        """Stop all; what is shown stays until the reply comes."""
        for task in self._tasks:
            task.cancel()

    async def _follow(self, tracked: _TrackedJob) -> None:
        wait = FIRST_EDIT_AFTER_S
        while not await _happens_within(tracked.stopped.wait, wait):
            wait = EDIT_INTERVAL_S + _INTERVAL_PER_JOB_S * len(self._tracked)
            try:
                if await self._refresh(tracked):
                    break
            except SQLAlchemyError as error:  # the database is away for a while; the job is followed all the same
                _log.info("job %s: could not be looked at (%s)", tracked.job_id, type(error).__name__)
        self._tracked.pop(tracked.job_id, None)

    async def _refresh(self, tracked: _TrackedJob) -> bool:
        """Show a job's state; return True if it has ended."""
        status = await self._bot.threads.quick(read_job_status, self._bot.services.jobs, tracked.job_id)
        if status.job.state.is_final:
            return True
        async with tracked.editing:
            if not tracked.stopped.is_set():
                await self._show(tracked, status)
        return False

    async def _show(self, tracked: _TrackedJob, status: JobStatus) -> None:
        words = await job_words(self._bot, status.job)
        # Twice in a row, so that the moment between two jobs of a busy worker does not count.
        away, tracked.away = status.away and tracked.away, status.away
        message = render_progress(words, status, tracked.report, self._pages.get(status.job.kind), away=away)
        if message == tracked.shown:
            return
        view = self._cancel_view(message.button, status.job.id)
        try:
            await self._poster.update_message(
                status.job, Reply(message.text, view=view, **await self._picture(message))
            )
        except (discord.HTTPException, OmokageError, *TRANSIENT_ERRORS) as error:
            # A picture that is gone has been replaced, and the next look finds the new one.
            _log.info("job %s: its progress was not shown (%s)", status.job.id, type(error).__name__)
            return
        tracked.shown = message

    async def _picture(self, message: ProgressMessage) -> dict[str, Any]:
        """Build the embed with the picture, and its file; raises PHOTO_GONE."""
        if message.picture is None:
            return {}
        data = await self._bot.threads.slow(self._bot.services.blobs.get, message.picture)
        frame = discord.Embed(colour=_COLOUR).set_image(url=f"attachment://{_PICTURE}")
        return {"embed": frame, "attachments": (Attachment(_PICTURE, data, message.alt),)}


async def _happens_within(wait: Callable[[], Coroutine[Any, Any, Any]], within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await wait()
    except TimeoutError:
        return False
    return True
