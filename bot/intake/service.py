"""From a command to a queued job. Why the row comes first: docs/decisions/006."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import discord
from sqlalchemy.exc import SQLAlchemyError

from bot.intake.face_fields import with_changed_fields
from bot.intake.fetch import Fetcher
from bot.intake.origin import origin_of
from bot.intake.photos import check_photo, photo_url
from bot.photo import Photo
from bot.ui.permissions import require_answer_channel
from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import EPHEMERAL_KINDS, JSON, Failure, Job, JobKind, JobRequest, JobState

if TYPE_CHECKING:
    from bot.context import AnswerRelay, BotContext, Interaction
    from bot.delivery.progress import ProgressTracker
    from bot.delivery.reply_poster import ReplyPoster

_log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
# Half of what the acknowledgement may take: a database that is slower than this must not cost the member the answer.
_ACKNOWLEDGE_AFTER_S = 0.15
_MAX_CONCURRENT = 4  # photos of up to 10 MiB in memory
# A photo that is still not stored after so long was left by a process that died, or by a database that was away.
_ABANDONED_AFTER_S = 60.0
_PHOTOS = "photos"  # of a job that has several: where each is on Discord's CDN, by its path in the parameters


class Intake:
    """Accepts commands, stores their photos, and goes on with those that a former process left.

    Args:
        bot: whose jobs and blobs are written.
        fetcher: reads photos from Discord's CDN.
        poster: remembers which message shows a job.
        progress: follows a job from now on.
        relay: posts the error message of a job that was refused.
    """

    def __init__(
        self, bot: BotContext, fetcher: Fetcher, poster: ReplyPoster, progress: ProgressTracker, relay: AnswerRelay
    ) -> None:
        self._bot = bot
        self._fetcher = fetcher
        self._poster = poster
        self._progress = progress
        self._relay = relay
        self._semaphore = asyncio.Semaphore(_MAX_CONCURRENT)
        self._in_flight: dict[int, asyncio.Task[None]] = {}

    def allows(self, url: str) -> bool:
        """Say whether a photo at this address could be fetched."""
        return self._fetcher.allows(url)

    async def request_classification(self, interaction: Interaction, photo: Photo) -> None:
        """Accept a photo in which people are to be named.

        Raises:
            OmokageError: what is wrong with the photo, or QUEUE_FULL.
        """
        check_photo(photo)
        await self.request_job(interaction, JobKind.CLASSIFY, photo.params())

    async def request_job(
        self,
        interaction: Interaction,
        kind: JobKind,
        params: Mapping[str, JSON],
        photos: Mapping[str, Photo] | None = None,
    ) -> None:
        """Accept a command whose answer a worker makes.

        Args:
            interaction: a command, or a button.
            kind: of the job.
            params: of the job.
            photos: those that it needs, by the path in `params` of the object whose `photo` becomes the stored one's
                name: `a`, `add/0`, or `.` for `params` themselves.

        Raises:
            OmokageError: NOT_ALLOWED, the guild wants such answers in other channels; what is wrong with a photo, or
                QUEUE_FULL.
        """
        if kind not in EPHEMERAL_KINDS:
            await self._await_query(interaction, require_answer_channel(interaction))
        for photo in (photos or {}).values():
            check_photo(photo)
        if photos:
            params = {**params, _PHOTOS: {path: photo.params() for path, photo in photos.items()}}
        request = JobRequest(interaction.id, kind, origin_of(interaction), params)
        if kind in EPHEMERAL_KINDS:
            # At once: later, a slow database would have it acknowledged for everybody. Its message is not noted, since
            # nobody can edit it once the interaction is over.
            await _acknowledge(interaction, ephemeral=True)
        job = await self.run_query(interaction, self._bot.services.jobs.receive, request)
        if job.state is not JobState.RECEIVED or job.id in self._in_flight:
            return  # a replay of an interaction that is taken care of
        # Not before the acknowledgement: a fast worker's reply would find no acknowledgement to replace.
        message_id = await _acknowledge(interaction)
        try:
            if message_id is not None:
                await self._poster.note_message(job.id, message_id)
        finally:
            self._start(job)

    async def run_query(
        self, interaction: Interaction, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one short transaction for a command; where it takes long, the command is acknowledged meanwhile."""
        return await self._await_query(interaction, self._bot.threads.quick(call, *args, **kwargs))

    async def _await_query(self, interaction: Interaction, running: Awaitable[T]) -> T:
        query = asyncio.ensure_future(running)
        done, _ = await asyncio.wait({query}, timeout=_ACKNOWLEDGE_AFTER_S)
        if not done:
            await _acknowledge(interaction)
        return await query

    async def resume(self, older_than_s: float = _ABANDONED_AFTER_S) -> None:
        """Go on with received jobs that nobody works on."""
        left = now_utc() - timedelta(seconds=older_than_s)
        for job in await self._bot.threads.quick(self._bot.services.jobs.received_before, left):
            if job.id not in self._in_flight:
                _log.info("job %s: its photo was not stored yet, going on", job.id)
                self._start(job)

    async def settle(self) -> None:
        """Wait for photos that are being stored."""
        await asyncio.gather(*self._in_flight.values(), return_exceptions=True)

    def _start(self, job: Job) -> None:
        # Before there is anything to see, so that nothing of what the worker says is missed.
        self._progress.track(job)
        task = asyncio.create_task(self._store(job), name=f"intake-{job.id}")
        self._in_flight[job.id] = task
        task.add_done_callback(lambda _: self._in_flight.pop(job.id, None))

    async def _store(self, job: Job) -> None:
        bot, stored = self._bot, list[str]()
        try:
            name = await self._photo(job.params, stored) if job.kind is JobKind.CLASSIFY else None
            await bot.threads.slow(bot.services.jobs.submit, job.id, name, await self._photos(job, stored))
        except OmokageError as error:
            await self._reject(job, Failure(error.code, error.details), stored)
        except Exception:  # noqa: BLE001 - whatever it is, the job must end with an answer
            _log.exception("job %s: its photo could not be stored", job.id)
            await self._reject(job, Failure(ErrorCode.INTERNAL, {}), stored)

    async def _photo(self, params: Mapping[str, Any], stored: list[str]) -> str:
        """Fetch and store a photo; return the blob's name, which is added to `stored`, too."""
        async with self._semaphore:
            data = await self._fetcher.fetch(photo_url(params))
            stored.append(await self._bot.threads.slow(self._bot.services.blobs.put, data))
            return stored[-1]

    async def _photos(self, job: Job, stored: list[str]) -> dict[str, Any]:
        """Fetch and store the photos of a job that has several; return its parameters with the blobs' names."""
        photos: Any = job.params.get(_PHOTOS) or {}
        params: dict[str, Any] = dict(job.params) if photos else {}
        for path, photo in photos.items():
            params = with_changed_fields(params, path, photo=await self._photo(photo, stored))
        return params

    async def _reject(self, job: Job, failure: Failure, stored: list[str]) -> None:
        """End the job, and delete what was stored for it before one of its photos was refused."""
        services, now = self._bot.services, now_utc()
        await self._bot.threads.quick(services.jobs.reject, job.id, failure)
        self._relay.wake()
        if not stored:
            return
        try:
            await self._bot.threads.slow(services.retention.discard, stored, job.origin.guild_id, now)
        except (SQLAlchemyError, OSError) as error:  # they go with the other files that nobody needs
            _log.warning("job %s: its other photos were not deleted (%s)", job.id, type(error).__name__)


async def _acknowledge(interaction: Interaction, *, ephemeral: bool = False) -> int | None:
    """Acknowledge with "thinking", once; return that message's id, or None where it fails."""
    if interaction.response.is_done():
        return None
    try:
        answered = await interaction.response.defer(thinking=True, ephemeral=ephemeral)
    except (discord.HTTPException, OSError) as error:
        reason = error.code if isinstance(error, discord.HTTPException) else type(error).__name__
        _log.warning("job %s: could not be acknowledged (%s)", interaction.id, reason)
        return None
    return None if answered is None else answered.message_id
