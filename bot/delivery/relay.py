"""From the outbox to the chat. The outbox is the truth; the stream only says when to look."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.delivery.answers import Answer
from bot.delivery.post import PASSING, Post, Undeliverable
from bot.delivery.progress import Progress
from bot.errors import job_line, sentence
from bot.ui.i18n import Words, choose
from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JOB_LIMITS, Failure, Job, JobKind, JobState, OutboxEntry

if TYPE_CHECKING:
    from bot.context import Answerer, BotContext

_log = logging.getLogger(__name__)
_LOOK_S = 1.0  # when the stream is away; one indexed query
_AT_A_TIME = 4  # pictures of up to 8 MB in memory
# Between two tries to note that an answer is posted: a database that is locked for seconds is soon free again, and as
# long as it is not, the next process would post the answer once more.
_MARK_AGAIN_S, _LONGEST_MARK_AGAIN_S = 1.0, 30.0


class Relay:
    """Posts each answer once.

    Args:
        bot: whose outbox is looked into.
        post: carries the answers to Discord.
        progress: says nothing more of a job whose answer is posted.
        answerers: who builds the answer to which kind of job.
    """

    def __init__(self, bot: BotContext, post: Post, progress: Progress, answerers: Mapping[JobKind, Answerer]) -> None:
        self._bot = bot
        self._post = post
        self._progress = progress
        self._answerers = answerers
        self._woken = asyncio.Event()
        self._room = asyncio.Semaphore(_AT_A_TIME)
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._delivered: set[int] = set()  # noted as sent since the last look began, which may still show them as due

    def wake(self) -> None:
        """Look into the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Go on for ever."""
        while True:
            self._woken.clear()
            due = await self._bot.threads.quick(self._bot.services.jobs.outbox.pending)
            self._delivered.intersection_update(entry.id for entry in due)
            for entry in due:
                if entry.id not in self._under_way and entry.id not in self._delivered:
                    self._start(entry)
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def settle(self) -> None:
        """Wait for what is being posted."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _start(self, entry: OutboxEntry) -> None:
        task = asyncio.create_task(self._send(entry), name=f"answer-{entry.job_id}")
        self._under_way[entry.id] = task
        task.add_done_callback(lambda _: self._under_way.pop(entry.id, None))
        task.add_done_callback(_log_failure)

    async def _send(self, entry: OutboxEntry) -> None:
        jobs, threads = self._bot.services.jobs, self._bot.threads
        try:
            async with self._room:
                job = await threads.quick(jobs.get, entry.job_id)
                await self._progress.stop(job.id)
                message_id = await self._deliver(job, entry)
        except PASSING as error:
            await self._later(entry, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the entry stays in the outbox
            _log.exception("job %s: its answer could not be posted", entry.job_id)
            await self._later(entry, error)
        else:
            await self._mark(entry, message_id)

    async def _mark(self, entry: OutboxEntry, message_id: int | None) -> None:
        """Note that an answer is in the chat, until that works; under way meanwhile, it is not posted again."""
        pause = _MARK_AGAIN_S
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
            pause = min(2 * pause, _LONGEST_MARK_AGAIN_S)

    async def _deliver(self, job: Job, entry: OutboxEntry) -> int | None:
        try:
            answer = await self.answer_for(job)
            try:
                return await self._post.deliver(job, entry, answer)
            except discord.HTTPException as error:
                if isinstance(error, PASSING) or error.status not in {400, 413}:
                    raise
                # Discord will refuse it every time, so the member gets at least a sentence.
                _log.exception("job %s: Discord refuses its answer", job.id)
                sorry = await self.failure_answer(job, Failure(ErrorCode.INTERNAL, {}))
                return await self._post.deliver(job, entry, sorry)
        except Undeliverable as reason:
            _log.warning("job %s: its answer has nowhere to go: %s", job.id, reason)
            return None

    async def answer_for(self, job: Job) -> Answer:
        """What to post for a job that has ended."""
        if job.state is JobState.DONE:
            try:
                answer = await self._answerers[job.kind].answer(self._bot, job)
            except OmokageError as error:
                return await self.failure_answer(job, Failure(error.code, error.details))
        elif job.state is JobState.CANCELLED:
            words = await self._bot.guild_settings.public(job.origin.guild_id, job.origin.locale)
            answer = Answer(f"{words.say('answer-cancelled')}\n{job_line(words, job.id)}")
        else:
            return await self.failure_answer(job, job.failure or Failure(ErrorCode.INTERNAL, {}))
        words = await self._bot.guild_settings.public(job.origin.guild_id, job.origin.locale)
        return replace(answer, salutation=_salutation(words, job))

    async def failure_answer(self, job: Job, failure: Failure) -> Answer:
        """A sentence for the member who asked, in his language."""
        settings = await self._bot.guild_settings.settings(job.origin.guild_id)
        words = choose(job.origin.locale, settings.language)
        text = sentence(words, failure.code, failure.details, job.id)
        return Answer(text, salutation=_salutation(words, job), private=True)

    async def _later(self, entry: OutboxEntry, error: Exception) -> None:
        wait = min(2.0**entry.attempts, JOB_LIMITS.max_resend_s)
        retry_at = now_utc() + timedelta(seconds=wait)
        kept = await self._bot.threads.quick(self._bot.services.jobs.outbox.note_failure, entry.id, retry_at)
        outlook = f"again in {wait:.0f} s" if kept else "given up after a day"
        _log.warning("job %s: not posted (%s), %s", entry.job_id, type(error).__name__, outlook)


def _salutation(words: Words, job: Job) -> str:
    """Names the member; no mention pings anybody (`AllowedMentions.none`)."""
    return words.say("answer-asked-by", member=str(job.origin.member_id))


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("%s failed; it stays in the outbox", task.get_name(), exc_info=task.exception())
