"""Keeps the acknowledgement up to date while a job waits. Latest wins, a few seconds between edits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord
from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.post import PASSING, Post
from bot.delivery.progress_texts import Look, Page, Said, Showing, look_at, showing
from bot.delivery.reply import Answer, Attachment
from core.domain.errors import OmokageError
from core.domain.jobs import Job, JobKind

if TYPE_CHECKING:
    from bot.context import BotContext

_log = logging.getLogger(__name__)
FIRST_AFTER_S = 1.5  # most answers are there by then, and need no progress
BETWEEN_S = 3.0  # five edits in five seconds are allowed; fewer are enough to see that it moves
_EACH_S = 0.05  # with hundreds of jobs waiting, at most twenty looks a second
_COLOUR = 0x4477AA
_PICTURE = "progress.png"


@dataclass(slots=True)
class _Watched:
    job_id: int
    said: Said = field(default_factory=Said)
    shown: Showing | None = None
    away: bool = False
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    editing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Progress:
    """Follows the jobs that this process accepted, until each has its answer.

    Args:
        bot: whose jobs and blobs are looked at.
        post: carries what is shown to Discord.
        pages: of those kinds that have more to show than a line.
        cancel_view: the button that ends a job, from its label and the job's id.
    """

    def __init__(
        self,
        bot: BotContext,
        post: Post,
        pages: Mapping[JobKind, Page],
        cancel_view: Callable[[str, int], discord.ui.View],
    ) -> None:
        self._bot = bot
        self._post = post
        self._pages = pages
        self._cancel_view = cancel_view
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

    def note(self, job_id: int, stage: str, detail: str = "") -> None:
        """The worker says what it is doing; without a stage it begins, perhaps anew.

        A detail counts until there is another: not every stage has one.
        """
        if job_id in self._watched:
            before = self._watched[job_id].said
            self._watched[job_id].said = Said(stage, detail or before.detail) if stage else Said()

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
            wait = BETWEEN_S + _EACH_S * len(self._watched)
            try:
                if await self._look(watched):
                    break
            except SQLAlchemyError as error:  # the database is away for a while; the job is followed all the same
                _log.info("job %s: could not be looked at (%s)", watched.job_id, type(error).__name__)
        self._watched.pop(watched.job_id, None)

    async def _look(self, watched: _Watched) -> bool:
        """Show what happens to a job now; True: it has ended."""
        look = await self._bot.threads.quick(look_at, self._bot.services.jobs, watched.job_id)
        if look.job.state.is_final:
            return True
        async with watched.editing:
            if not watched.stopped.is_set():
                await self._show(watched, look)
        return False

    async def _show(self, watched: _Watched, look: Look) -> None:
        words = await self._bot.guild_settings.public(look.job.origin.guild_id, look.job.origin.locale)
        # Twice in a row, so that the moment between two jobs of a busy worker does not count.
        away, watched.away = look.away and watched.away, look.away
        new = showing(words, look, watched.said, self._pages.get(look.job.kind), away=away)
        if new == watched.shown:
            return
        view = self._cancel_view(new.button, look.job.id)
        try:
            await self._post.update(look.job, Answer(new.text, view=view, **await self._picture(new)))
        except (discord.HTTPException, OmokageError, *PASSING) as error:
            # A picture that is gone has been replaced, and the next look finds the new one.
            _log.info("job %s: its progress was not shown (%s)", look.job.id, type(error).__name__)
            return
        watched.shown = new

    async def _picture(self, new: Showing) -> dict[str, Any]:
        """The rest of an answer: the frame with the picture, and its file; raises PHOTO_GONE."""
        if new.picture is None:
            return {}
        data = await self._bot.threads.slow(self._bot.services.blobs.get, new.picture)
        frame = discord.Embed(colour=_COLOUR).set_image(url=f"attachment://{_PICTURE}")
        return {"embed": frame, "attachments": (Attachment(_PICTURE, data, new.alt),)}


async def _happens(wait: Callable[[], Coroutine[Any, Any, Any]], within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await wait()
    except TimeoutError:
        return False
    return True
