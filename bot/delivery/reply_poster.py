"""Post a reply so that it appears exactly once, even if a process dies in between.

While the interaction's token lives, the reply takes the place of the acknowledgement: an edit can be repeated.
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

from bot.reply import Reply
from core.domain.jobs import EPHEMERAL_KINDS, Job, OutboxEntry

if TYPE_CHECKING:
    from bot.context import BotClient

_log = logging.getLogger(__name__)
TOKEN_LIFE = timedelta(minutes=14)  # Discord's quarter of an hour, less what a slow upload takes
_EDITABLE = timedelta(minutes=55)  # Discord counts edits of messages over an hour old, and allows few
_NONCE_LIFE = timedelta(minutes=2)  # Discord remembers nonces for "a few minutes"
_HISTORY_LIMIT = 50  # messages, once a nonce may be forgotten

_TOKEN_DEAD = frozenset({50027, 10015, 10062})  # invalid webhook token, unknown webhook, unknown interaction
_UNKNOWN_MESSAGE = 10008
_APPLICATION = discord.WebhookType.application.value
_ORIGINAL: Any = "@original"  # discord.py asks for a number, and hands on whatever it is given
# Unknown channel or guild; no access or permission to post there; archived or locked thread; too many active threads.
_CHANNEL_UNUSABLE = frozenset({10003, 10004, 50001, 50013, 50083, 160005, 160006})
# Worth another try later; so is everything that discord.py could not even send.
TRANSIENT_ERRORS = (discord.DiscordServerError, discord.RateLimited, aiohttp.ClientError, TimeoutError, OSError)


class Undeliverable(Exception):  # noqa: N818 - a state of the world, not an error of ours
    """No channel or message is left to which this reply could go."""


class _EditFailure(Enum):
    """Why the interaction's own message could not be edited."""

    TOKEN_DEAD = auto()
    MESSAGE_GONE = auto()


class ReplyPoster:
    """Sends replies to Discord.

    Args:
        bot: whose HTTP client and identity are used.
        clock: aware UTC.
    """

    def __init__(self, bot: BotClient, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._clock = clock
        self._unsaved: dict[int, int] = {}  # by job: the message that shows it, where the database does not know it yet

    async def note_message(self, job_id: int, message_id: int) -> None:
        """Save which message shows a job; until the database can be written, this process remembers it."""
        self._unsaved[job_id] = message_id
        try:
            await self._bot.threads.quick(self._bot.services.jobs.outbox.set_answer_message, job_id, message_id)
        except SQLAlchemyError as error:
            _log.warning("job %s: its message could not be noted (%s)", job_id, type(error).__name__)
        else:
            self._unsaved.pop(job_id, None)

    async def deliver(self, job: Job, entry: OutboxEntry, reply: Reply) -> int | None:
        """Post the reply; return the message's id, or None where nobody can be shown it again.

        Raises:
            Undeliverable: the channel is gone or closed to the bot, or the message was deleted by somebody.
            discord.HTTPException, OSError: see TRANSIENT_ERRORS; anything else is a bug in the reply.
        """
        job = self._with_message(job)
        message_id = await self._deliver(job, entry, reply)
        self._unsaved.pop(job.id, None)  # the outbox saves the message's id
        return message_id

    async def _deliver(self, job: Job, entry: OutboxEntry, reply: Reply) -> int | None:
        if job.kind in EPHEMERAL_KINDS:
            if isinstance(await self._edit_original(job, reply), int):
                return None
            raise Undeliverable("only the member may see it, and the interaction is over")
        if reply.private:
            done = await self._reply_ephemerally(job, reply)
            return None if done is None else await self._send_message(job, entry, reply)
        edited = await self._edit_original(job, reply)
        if isinstance(edited, int):
            return edited
        if edited is _EditFailure.MESSAGE_GONE and job.answer_message_id is not None:
            raise Undeliverable("its message was deleted")
        return await self._send_message(job, entry, reply)

    async def post_elsewhere(self, job: Job, entry: OutboxEntry, reply: Reply, channel_id: int) -> int:
        """Post the reply in a channel other than the job's own, in which nothing changes; return the message's id.

        Raises:
            Undeliverable: the channel is gone or closed to the bot.
            discord.HTTPException, OSError: as `deliver`.
        """
        return await self._send_once(self._channel(job, channel_id), job, entry, reply)

    async def replace_progress(self, job: Job, reply: Reply) -> None:
        """Put the reply in the place of the message that shows the job's progress, where there is one; can be repeated.

        A message that can hardly be edited any more is deleted instead.

        Raises:
            discord.HTTPException, OSError: as `deliver`.
        """
        job = self._with_message(job)
        try:
            if await self._edit_original(job, reply) is not _EditFailure.TOKEN_DEAD or job.answer_message_id is None:
                return
            channel = self._channel(job)
            if self._clock() - discord.utils.snowflake_time(job.answer_message_id) < _EDITABLE:
                await channel.get_partial_message(job.answer_message_id).edit(**reply.edit_arguments())
            else:
                await self._remove_old(channel, job, 0)
        except (discord.NotFound, discord.Forbidden) as error:
            _log.info("job %s: its old message stays as it is (%s)", job.id, error.code)

    async def update_message(self, job: Job, reply: Reply) -> None:
        """Show progress: edit the message, or put a new one in its place before it is too old for that."""
        job = self._with_message(job)
        if job.id in self._unsaved:
            await self.note_message(job.id, self._unsaved[job.id])
        if await self._edit_original(job, reply) is not _EditFailure.TOKEN_DEAD or job.answer_message_id is None:
            return
        channel = self._channel(job)
        if self._clock() - discord.utils.snowflake_time(job.answer_message_id) < _EDITABLE:
            await channel.get_partial_message(job.answer_message_id).edit(**reply.edit_arguments())
            return
        message = await channel.send(**reply.message_arguments(addressed=True))
        await self.note_message(job.id, message.id)
        await self._remove_old(channel, job, message.id)

    def _with_message(self, job: Job) -> Job:
        return replace(job, answer_message_id=self._unsaved.get(job.id, job.answer_message_id))

    async def _edit_original(self, job: Job, reply: Reply) -> int | _EditFailure:
        """Replace the acknowledgement by this message; can be repeated."""
        if not self._token_lives(job):
            return _EditFailure.TOKEN_DEAD
        try:
            message = await self._webhook(job).edit_message(_ORIGINAL, **reply.edit_arguments())
        except discord.HTTPException as error:
            return _edit_failure(error)
        return int(message.id)

    async def _reply_ephemerally(self, job: Job, reply: Reply) -> _EditFailure | None:
        """Show the reply to the member alone; first delete the public "thinking", which a follow-up would replace."""
        if not self._token_lives(job):
            return _EditFailure.TOKEN_DEAD
        webhook = self._webhook(job)
        try:
            await webhook.delete_message(_ORIGINAL)
        except discord.HTTPException as error:
            if _edit_failure(error) is _EditFailure.TOKEN_DEAD:
                return _EditFailure.TOKEN_DEAD
        try:
            await webhook.send(**reply.message_arguments(), ephemeral=True)
        except discord.HTTPException as error:
            return _edit_failure(error)
        return None

    async def _send_message(self, job: Job, entry: OutboxEntry, reply: Reply) -> int:
        """Send a new message to the channel, in place of an old one that can hardly be edited any more."""
        if not job.origin.channel_id:
            raise Undeliverable("it was not asked for in a channel")
        channel = self._channel(job)
        message_id = await self._send_once(channel, job, entry, reply)
        await self._remove_old(channel, job, message_id)
        return message_id

    async def _send_once(self, channel: discord.PartialMessageable, job: Job, entry: OutboxEntry, reply: Reply) -> int:
        """Send a new message, unless an earlier attempt has sent it; return its id."""
        try:
            message_id = await self._find_sent_message(channel, job, entry)
            if message_id is None:
                message = await channel.send(**reply.message_arguments(addressed=True), nonce=entry.nonce)
                message_id = message.id
        except discord.HTTPException as error:
            if error.code in _CHANNEL_UNUSABLE:
                raise Undeliverable(f"Discord says {error.code}") from error
            raise
        return message_id

    async def _find_sent_message(self, channel: discord.PartialMessageable, job: Job, entry: OutboxEntry) -> int | None:
        """Find the reply's message, if a process posted it and died, and Discord may have forgotten its nonce."""
        if self._clock() - entry.created_at < _NONCE_LIFE:
            return None
        own, mark = self._bot.application_id, str(job.id)
        try:
            async for message in channel.history(limit=_HISTORY_LIMIT, after=entry.created_at - _NONCE_LIFE):
                texts = [message.content, *(embed.footer.text or "" for embed in message.embeds)]
                if message.author.id == own and any(mark in text for text in texts):
                    return message.id
        except discord.Forbidden:
            _log.info("job %s: the bot may not read the channel's history", job.id)
        return None

    async def _remove_old(self, channel: discord.PartialMessageable, job: Job, message_id: int) -> None:
        """Delete the message that showed the job's progress."""
        if job.answer_message_id is None or job.answer_message_id == message_id:
            return
        try:
            await channel.get_partial_message(job.answer_message_id).delete()
        except (discord.HTTPException, *TRANSIENT_ERRORS) as error:
            # Not worth posting the reply a second time: it is there already.
            _log.info("job %s: its old message stays (%s)", job.id, type(error).__name__)

    def _token_lives(self, job: Job) -> bool:
        age = self._clock() - discord.utils.snowflake_time(job.id)
        return bool(job.origin.interaction_token) and age < TOKEN_LIFE

    def _channel(self, job: Job, channel_id: int | None = None) -> discord.PartialMessageable:
        """Return a channel of the job's guild, by default that in which it was asked for."""
        return self._bot.get_partial_messageable(
            channel_id or job.origin.channel_id, guild_id=job.origin.guild_id or None
        )

    def _webhook(self, job: Job) -> discord.Webhook:
        # As discord.py does for its own `followup`; Webhook.partial makes one that may not be ephemeral.
        data: Any = {"id": job.origin.application_id, "type": _APPLICATION, "token": job.origin.interaction_token}
        return discord.Webhook.from_state(data=data, state=self._bot._connection)  # noqa: SLF001 - no public way


def _edit_failure(error: discord.HTTPException) -> _EditFailure:
    """Say why the interaction's own message cannot be edited; raise errors that do not say so."""
    if error.code in _TOKEN_DEAD:
        return _EditFailure.TOKEN_DEAD
    if error.code == _UNKNOWN_MESSAGE:
        return _EditFailure.MESSAGE_GONE
    raise error
