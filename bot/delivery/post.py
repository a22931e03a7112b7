"""Posting an answer so that it appears once, whatever died in between.

While the interaction's token lives, the answer takes the place of the acknowledgement: an edit can be repeated.
After that it is a new message, and Discord tells a repetition by its nonce; once it may have forgotten that, a look
at the channel does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.answers import Answer
from core.domain.jobs import Job, OutboxEntry

if TYPE_CHECKING:
    from bot.context import BotClient

_log = logging.getLogger(__name__)
TOKEN_LIFE = timedelta(minutes=14)  # Discord's quarter of an hour, less what a slow upload takes
_EDITABLE = timedelta(minutes=55)  # Discord counts edits of messages over an hour old, and allows few
_NONCE_LIFE = timedelta(minutes=2)  # Discord remembers nonces for "a few minutes"
_LOOK_BACK = 50  # messages, once a nonce may be forgotten

_TOKEN_DEAD = frozenset({50027, 10015, 10062})  # invalid webhook token, unknown webhook, unknown interaction
_UNKNOWN_MESSAGE = 10008
_APPLICATION = discord.WebhookType.application.value
_ORIGINAL: Any = "@original"  # discord.py asks for a number, and hands on whatever it is given
# Unknown channel or guild; no access or permission to post there; archived thread.
_NOWHERE = frozenset({10003, 10004, 50001, 50013, 50083})
# Worth another try later; so is everything that discord.py could not even send.
PASSING = (discord.DiscordServerError, discord.RateLimited, aiohttp.ClientError, TimeoutError, OSError)


class Undeliverable(Exception):  # noqa: N818 - a state of the world, not an error of ours
    """There is no place left where this answer could go."""


class _Original(Enum):
    """What became of an attempt on the interaction's own message."""

    TOKEN_DEAD = auto()
    MESSAGE_GONE = auto()


class Post:
    """Carries answers to Discord.

    Args:
        bot: whose HTTP client and identity are used.
        clock: aware UTC.
    """

    def __init__(self, bot: BotClient, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._clock = clock
        self._unnoted: dict[int, int] = {}  # by job: the message that shows it, where the database does not know it yet

    async def remember(self, job_id: int, message_id: int) -> None:
        """Note which message shows a job; while the database cannot be written, this process knows it."""
        self._unnoted[job_id] = message_id
        try:
            await self._bot.threads.quick(self._bot.services.jobs.outbox.set_answer_message, job_id, message_id)
        except SQLAlchemyError as error:
            _log.warning("job %s: its message could not be noted (%s)", job_id, type(error).__name__)
        else:
            self._unnoted.pop(job_id, None)

    async def deliver(self, job: Job, entry: OutboxEntry, answer: Answer) -> int | None:
        """Post the answer; the message's id, or None for one that nobody can be shown again.

        Raises:
            Undeliverable: the channel is gone or closed to the bot, or the message was deleted by somebody.
            discord.HTTPException, OSError: see PASSING; anything else is a bug in the answer.
        """
        job = self._with_message(job)
        message_id = await self._deliver(job, entry, answer)
        self._unnoted.pop(job.id, None)  # the outbox says the rest
        return message_id

    async def _deliver(self, job: Job, entry: OutboxEntry, answer: Answer) -> int | None:
        if answer.private:
            done = await self._whisper(job, answer)
            return None if done is None else await self._post(job, entry, answer)
        edited = await self._edit_original(job, answer)
        if isinstance(edited, int):
            return edited
        if edited is _Original.MESSAGE_GONE and job.answer_message_id is not None:
            raise Undeliverable("its message was deleted")
        return await self._post(job, entry, answer)

    async def update(self, job: Job, answer: Answer) -> None:
        """Show progress: edit the message, or put a new one in its place before it is too old for that."""
        job = self._with_message(job)
        if job.id in self._unnoted:
            await self.remember(job.id, self._unnoted[job.id])
        if await self._edit_original(job, answer) is not _Original.TOKEN_DEAD or job.answer_message_id is None:
            return
        channel = self._channel(job)
        if self._clock() - discord.utils.snowflake_time(job.answer_message_id) < _EDITABLE:
            await channel.get_partial_message(job.answer_message_id).edit(**answer.edit())
            return
        message = await channel.send(**answer.post(addressed=True))
        await self.remember(job.id, message.id)
        await self._remove_old(channel, job, message.id)

    def _with_message(self, job: Job) -> Job:
        return replace(job, answer_message_id=self._unnoted.get(job.id, job.answer_message_id))

    async def _edit_original(self, job: Job, answer: Answer) -> int | _Original:
        """Make the acknowledgement this message; can be repeated."""
        if not self._token_lives(job):
            return _Original.TOKEN_DEAD
        try:
            message = await self._webhook(job).edit_message(_ORIGINAL, **answer.edit())
        except discord.HTTPException as error:
            return _why(error)
        return int(message.id)

    async def _whisper(self, job: Job, answer: Answer) -> _Original | None:
        """Show it to the member alone. First the public "thinking" goes: a follow-up would take its place."""
        if not self._token_lives(job):
            return _Original.TOKEN_DEAD
        webhook = self._webhook(job)
        try:
            await webhook.delete_message(_ORIGINAL)
        except discord.HTTPException as error:
            if _why(error) is _Original.TOKEN_DEAD:
                return _Original.TOKEN_DEAD
        try:
            await webhook.send(**answer.post(), ephemeral=True)
        except discord.HTTPException as error:
            return _why(error)
        return None

    async def _post(self, job: Job, entry: OutboxEntry, answer: Answer) -> int:
        """A new message in the channel, in place of an old one that can no longer be edited for long."""
        if not job.origin.channel_id:
            raise Undeliverable("it was not asked for in a channel")
        channel = self._channel(job)
        try:
            message_id = await self._already_there(channel, job, entry)
            if message_id is None:
                message = await channel.send(**answer.post(addressed=True), nonce=entry.nonce)
                message_id = message.id
        except discord.HTTPException as error:
            if error.code in _NOWHERE:
                raise Undeliverable(f"Discord says {error.code}") from error
            raise
        await self._remove_old(channel, job, message_id)
        return message_id

    async def _already_there(self, channel: discord.PartialMessageable, job: Job, entry: OutboxEntry) -> int | None:
        """The answer's message, if a former process posted it, died, and its nonce may be forgotten by now."""
        if self._clock() - entry.created_at < _NONCE_LIFE:
            return None
        own, mark = self._bot.application_id, str(job.id)
        try:
            async for message in channel.history(limit=_LOOK_BACK, after=entry.created_at - _NONCE_LIFE):
                texts = [message.content, *(embed.footer.text or "" for embed in message.embeds)]
                if message.author.id == own and any(mark in text for text in texts):
                    return message.id
        except discord.Forbidden:
            _log.info("job %s: the bot may not read the channel's history", job.id)
        return None

    async def _remove_old(self, channel: discord.PartialMessageable, job: Job, message_id: int) -> None:
        """Take away the message that said it was being worked on."""
        if job.answer_message_id is None or job.answer_message_id == message_id:
            return
        try:
            await channel.get_partial_message(job.answer_message_id).delete()
        except (discord.HTTPException, *PASSING) as error:
            # Not worth a second post of the answer, which is there already.
            _log.info("job %s: its old message stays (%s)", job.id, type(error).__name__)

    def _token_lives(self, job: Job) -> bool:
        age = self._clock() - discord.utils.snowflake_time(job.id)
        return bool(job.origin.interaction_token) and age < TOKEN_LIFE

    def _channel(self, job: Job) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(job.origin.channel_id, guild_id=job.origin.guild_id or None)

    def _webhook(self, job: Job) -> discord.Webhook:
        # As discord.py does for its own `followup`; Webhook.partial makes one that may not be ephemeral.
        data: Any = {"id": job.origin.application_id, "type": _APPLICATION, "token": job.origin.interaction_token}
        return discord.Webhook.from_state(data=data, state=self._bot._connection)  # noqa: SLF001 - no public way


def _why(error: discord.HTTPException) -> _Original:
    """Why the interaction's own message cannot be used; raises what says nothing about it."""
    if error.code in _TOKEN_DEAD:
        return _Original.TOKEN_DEAD
    if error.code == _UNKNOWN_MESSAGE:
        return _Original.MESSAGE_GONE
    raise error
