"""One public thread a guild, in which anybody can follow what its recogniser has learnt.

The first answer is posted as a message, by the same means as any other answer, and the thread is begun from it; what
follows is posted in the thread. A thread that is begun from a message has the message's id, and a message has one
thread at most. So the id is noted before the thread is there, and every step can be repeated by whoever comes after a
process that died, without a second thread. No answer waits for a thread: where none can be had, it stays a message.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import discord
from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.building import job_words
from bot.delivery.reply_poster import TRANSIENT_ERRORS, Undeliverable
from bot.reply import Reply
from bot.ui.i18n import clip
from bot.ui.places import announcement_channel, channel_links, may_begin_thread, may_hold_announcements
from core.domain.jobs import Job, JobKind, JobState, OutboxEntry

if TYPE_CHECKING:
    from bot.context import BotClient
    from bot.delivery.reply_poster import ReplyPoster

_log = logging.getLogger(__name__)
_MAX_NAME = 100  # of a thread
_SHOWN_MINUTES: Final = 10_080  # the longest that Discord lists a thread in which nothing happens: a week
_THREAD_EXISTS = 160004


class LearningThread:
    """Posts answers: of learn jobs in the guild's thread, of all others as the poster does.

    Args:
        bot: whose threads these are.
        poster: sends the messages.
    """

    def __init__(self, bot: BotClient, poster: ReplyPoster) -> None:
        self._bot = bot
        self._poster = poster
        # By guild: two answers at the same moment shall not both be the first.
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def deliver(self, job: Job, entry: OutboxEntry, reply: Reply) -> int | None:
        """Post the reply to a job; see `ReplyPoster.deliver`.

        Raises:
            Undeliverable, discord.HTTPException, OSError: as `ReplyPoster.deliver`. TimeoutError: Discord has not
                said yet which channels there are.
        """
        if job.kind is not JobKind.LEARN or job.state is not JobState.DONE or reply.private:
            return await self._poster.deliver(job, entry, reply)
        if self._bot.get_guild(job.origin.guild_id) is None and not self._bot.is_ready():
            raise TimeoutError
        async with self._locks[job.origin.guild_id]:
            return await self._deliver(job, entry, reply)

    async def announce(self, interaction: discord.Interaction[BotClient], text: str) -> None:
        """Say in the guild's thread, too, what was answered in a channel; where there is no thread, it was said there.

        Nothing is told twice, and a failure is only logged: the answer is posted already.
        """
        guild_id = interaction.guild_id or 0
        try:
            thread_id = await self._bot.threads.quick(self._bot.services.guilds.learning_thread, guild_id)
            if thread_id is None or thread_id == interaction.channel_id:
                return
            thread = await self._fetch(thread_id)
            if thread is not None and await self._is_open(interaction.guild, thread):
                await thread.send(text, nonce=str(interaction.id))
        except (discord.HTTPException, SQLAlchemyError, *TRANSIENT_ERRORS) as error:
            _log.warning("guild %s: not told in its thread (%s)", guild_id, type(error).__name__)

    async def _deliver(self, job: Job, entry: OutboxEntry, reply: Reply) -> int | None:
        bot, here = self._bot, job.origin.channel_id
        guild, settings = bot.get_guild(job.origin.guild_id), await bot.guild_settings.settings(job.origin.guild_id)
        thread_id = await bot.threads.quick(bot.services.guilds.learning_thread, job.origin.guild_id)
        # Read after the thread's id, with which it is written: another process may have begun the thread just now.
        job = await bot.threads.quick(bot.services.jobs.get, job.id)
        if thread_id is not None and thread_id == job.answer_message_id:
            # This answer is there, as the message of the thread; that it is sent was not noted yet.
            await self._create(job, announcement_channel(guild, settings, here), thread_id)
            return thread_id
        thread = None if thread_id is None else await self._fetch(thread_id)
        if thread is not None and await self._is_open(guild, thread):
            message_id = await self._post_inside(thread, job, entry, reply)
            if message_id is not None:
                return message_id
        if thread is not None and thread.id == here:
            here = thread.parent_id  # it was asked for in that thread, which is closed by now
        return await self._post_first(announcement_channel(guild, settings, here), thread_id, job, entry, reply)

    async def _post_inside(self, thread: discord.Thread, job: Job, entry: OutboxEntry, reply: Reply) -> int | None:
        """Post an answer in the guild's thread; None where that is not possible any more."""
        if job.origin.channel_id == thread.id:
            return await self._poster.deliver(job, entry, reply)
        try:
            message_id = await self._poster.post_elsewhere(job, entry, reply, thread.id)
        except Undeliverable as reason:
            _log.info("guild %s: nothing can be posted in its thread: %s", job.origin.guild_id, reason)
            return None
        await self._point_to(job, thread.id)
        return message_id

    async def _post_first(
        self, channel_id: int, former: int | None, job: Job, entry: OutboxEntry, reply: Reply
    ) -> int | None:
        """Post an answer as a message, and begin the guild's thread from it where the bot may; `former`: of no use."""
        guild_id, is_elsewhere = job.origin.guild_id, channel_id != job.origin.channel_id
        if not may_begin_thread(self._bot.get_guild(guild_id), channel_id):
            return await self._poster.deliver(job, entry, reply)
        if is_elsewhere:
            try:
                message_id: int | None = await self._poster.post_elsewhere(job, entry, reply, channel_id)
            except Undeliverable as reason:
                _log.info("job %s: not posted in the channel for that: %s", job.id, reason)
                return await self._poster.deliver(job, entry, reply)
            await self._point_to(job, channel_id)
        else:
            message_id = await self._poster.deliver(job, entry, reply)
        if message_id is None:
            return None
        begin = self._bot.services.guilds.begin_learning_thread
        thread_id = await self._bot.threads.quick(begin, guild_id, job.id, message_id, former)
        if thread_id == message_id and await self._create(job, channel_id, thread_id) and is_elsewhere:
            await self._point_to(job, thread_id)
        return message_id

    async def _fetch(self, thread_id: int) -> discord.Thread | None:
        """Return a thread as it is now; None where it is gone, or the bot may not see it any more."""
        try:
            thread = await self._bot.fetch_channel(thread_id)
        except (discord.NotFound, discord.Forbidden) as error:
            _log.info("the thread %s is of no use any more: Discord says %s", thread_id, error.code)
            return None
        return thread if isinstance(thread, discord.Thread) else None

    async def _is_open(self, guild: discord.Guild | None, thread: discord.Thread) -> bool:
        """Open a thread that is archived or locked; say whether it is open, and the guild wants such answers in it."""
        settings = await self._bot.guild_settings.settings(thread.guild.id)
        if not may_hold_announcements(guild, settings, thread.parent_id):
            return False
        try:
            if thread.locked:
                await thread.edit(archived=False, locked=False)
            elif thread.archived:  # a message would open it, but not the edit by which a command in it is answered
                await thread.edit(archived=False)
        except TRANSIENT_ERRORS:
            raise
        except discord.HTTPException as error:
            _log.info("the thread %s stays closed: Discord says %s", thread.id, error.code)
            return False
        return True

    async def _create(self, job: Job, channel_id: int, message_id: int) -> bool:
        """Begin the thread of a message, which may have it already; False where Discord does not allow it."""
        name = clip((await job_words(self._bot, job)).say("learn-thread-name"), _MAX_NAME)
        channel = self._bot.get_partial_messageable(channel_id, guild_id=job.origin.guild_id)
        try:
            message = channel.get_partial_message(message_id)
            await message.create_thread(name=name, auto_archive_duration=_SHOWN_MINUTES)
        except TRANSIENT_ERRORS:
            raise
        except discord.HTTPException as error:
            if error.code != _THREAD_EXISTS:
                _log.warning("job %s: no thread was begun from its answer: Discord says %s", job.id, error.code)
                return False
        return True

    async def _point_to(self, job: Job, place_id: int) -> None:
        """Let the message below the command say where its answer is."""
        words = await job_words(self._bot, job)
        await self._poster.replace_progress(job, Reply(words.say("learn-elsewhere", place=channel_links([place_id]))))
