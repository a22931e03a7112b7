"""From the outbox in the database to Discord; the event stream only says when to look."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import discord

from bot.delivery.building import job_words, member_words
from bot.delivery.progress import ProgressTracker
from bot.delivery.reply_poster import TRANSIENT_ERRORS, Undeliverable
from bot.errors import error_message, job_number_line
from bot.reply import Reply
from bot.ui.i18n import Words
from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JOB_LIMITS, Failure, Job, JobKind, JobState, OutboxEntry

if TYPE_CHECKING:
    from bot.context import Answerer, BotContext

_log = logging.getLogger(__name__)
_POLL_S = 1.0  # when the stream is away; one indexed query
_MAX_CONCURRENT = 4  # pictures of up to 8 MB in memory
# Between two tries to note that an answer is posted: a database that is locked for seconds is soon free again, and as
# long as it is not, the next process would post the answer once more.
_MARK_RETRY_S, _MAX_MARK_RETRY_S = 1.0, 30.0


class AnswerPoster(Protocol):
    """Sends replies to Discord; see `bot.delivery.reply_poster` and `bot.delivery.learning_thread`."""

    async def deliver(self, job: Job, entry: OutboxEntry, reply: Reply) -> int | None:
        """Post the reply; return the message's id, or None where nobody can be shown it again."""


class Relay:
    """Posts each reply once.

    Args:
        bot: whose outbox is looked into.
        poster: sends the replies to Discord.
        progress: says nothing more of a job whose answer is posted.
        answerers: who builds the answer to which kind of job.
    """

    def __init__(
        self, bot: BotContext, poster: AnswerPoster, progress: ProgressTracker, answerers: Mapping[JobKind, Answerer]
    ) -> None:
        self._bot = bot
        self._poster = poster
        self._progress = progress
        self._answerers = answerers
        self._woken = asyncio.Event()
        self._semaphore = asyncio.Semaphore(_MAX_CONCURRENT)
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        self._delivered: set[int] = (
            set()
        )  # marked as sent since the last look into the outbox began, which may still list them

    def wake(self) -> None:
        """Look into the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Go on until the bot ends."""
        while True:
            self._woken.clear()
            due = await self._bot.threads.quick(self._bot.services.jobs.outbox.pending)
            self._delivered.intersection_update(entry.id for entry in due)
            for entry in due:
                if entry.id not in self._in_flight and entry.id not in self._delivered:
                    self._start(entry)
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def settle(self) -> None:
        """Wait for replies that are being posted."""
        await asyncio.gather(*self._in_flight.values(), return_exceptions=True)

    def _start(self, entry: OutboxEntry) -> None:
        task = asyncio.create_task(self._send(entry), name=f"answer-{entry.job_id}")
        self._in_flight[entry.id] = task
        task.add_done_callback(lambda _: self._in_flight.pop(entry.id, None))
        task.add_done_callback(_log_failure)

    async def _send(self, entry: OutboxEntry) -> None:
        jobs, threads = self._bot.services.jobs, self._bot.threads
        try:
            async with self._semaphore:
                job = await threads.quick(jobs.get, entry.job_id)
                await self._progress.stop(job.id)
                message_id = await self._deliver(job, entry)
        except TRANSIENT_ERRORS as error:
            await self._retry_later(entry, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the entry stays in the outbox
            _log.exception("job %s: its answer could not be posted", entry.job_id)
            await self._retry_later(entry, error)
        else:
            await self._mark_sent(entry, message_id)

    async def _mark_sent(self, entry: OutboxEntry, message_id: int | None) -> None:
        """Mark an entry as sent, until that works; as long as it is in flight, it is not posted again."""
        pause = _MARK_RETRY_S
        while True:
            try:
                await self._bot.threads.quick(self._bot.services.jobs.outbox.mark_sent, entry.id, message_id)
            except Exception as error:  # noqa: BLE001 - whatever it is, the answer must not be posted twice
                reason = type(error).__name__
                _log.warning("job %s: posted, not noted yet (%s); again in %.0f s", entry.job_id, reason, pause)
            else:
                self._delivered.add(entry.id)
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, _MAX_MARK_RETRY_S)

    async def _deliver(self, job: Job, entry: OutboxEntry) -> int | None:
        try:
            reply = await self.reply_for(job)
            try:
                return await self._poster.deliver(job, entry, reply)
            except discord.HTTPException as error:
                if isinstance(error, TRANSIENT_ERRORS) or error.status not in {400, 413}:
                    raise
                # Discord will refuse it every time, so the member gets at least a sentence.
                _log.exception("job %s: Discord refuses its answer", job.id)
                error_reply = await self.failure_reply(job, Failure(ErrorCode.INTERNAL, {}))
                return await self._poster.deliver(job, entry, error_reply)
        except Undeliverable as reason:
            _log.warning("job %s: its answer has nowhere to go: %s", job.id, reason)
            return None

    async def reply_for(self, job: Job) -> Reply:
        """Build the reply to a job that has ended."""
        if job.state is JobState.DONE:
            try:
                reply = await self._answerers[job.kind].answer(self._bot, job)
            except OmokageError as error:
                return await self.failure_reply(job, Failure(error.code, error.details))
        elif job.state is JobState.CANCELLED:
            words = await job_words(self._bot, job)
            reply = Reply(f"{words.say('answer-cancelled')}\n{job_number_line(words, job.id)}")
        else:
            return await self.failure_reply(job, job.failure or Failure(ErrorCode.INTERNAL, {}))
        words = await job_words(self._bot, job)
        return replace(reply, mention_line=_mention_line(words, job))

    async def failure_reply(self, job: Job, failure: Failure) -> Reply:
        """Build an error message for the member who asked, in the member's language."""
        words = await member_words(self._bot, job)
        text = error_message(words, failure.code, failure.details, job.id)
        return Reply(text, mention_line=_mention_line(words, job), private=True)

    async def _retry_later(self, entry: OutboxEntry, error: Exception) -> None:
        wait = min(2.0**entry.attempts, JOB_LIMITS.max_resend_s)
        retry_at = now_utc() + timedelta(seconds=wait)
        kept = await self._bot.threads.quick(self._bot.services.jobs.outbox.note_failure, entry.id, retry_at)
        outlook = f"again in {wait:.0f} s" if kept else "given up after a day"
        _log.warning("job %s: not posted (%s), %s", entry.job_id, type(error).__name__, outlook)


def _mention_line(words: Words, job: Job) -> str:
    """Name the member, if it was one who asked; no mention pings anybody (`AllowedMentions.none`)."""
    if not job.origin.member_id:
        return ""
    return words.say("answer-asked-by", member=str(job.origin.member_id))


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("%s failed; it stays in the outbox", task.get_name(), exc_info=task.exception())
