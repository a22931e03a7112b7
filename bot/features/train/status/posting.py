"""Send a run's message to Discord, edit it, and replace it before it is too old to be edited."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.reply_poster import TRANSIENT_ERRORS
from bot.features.train.status.content import StatusContent, picture_files
from bot.features.train.status.texts import moved_embed
from bot.ui.i18n import Words
from core.domain.training.runs import Run

if TYPE_CHECKING:
    from bot.context import BotClient

_log = logging.getLogger(__name__)
EDITABLE = timedelta(minutes=55)  # Discord counts edits of messages over an hour old, and allows few
_NONCE_LIFE = timedelta(minutes=2)  # Discord remembers nonces for "a few minutes"
_HISTORY_LIMIT = 50  # messages, once a nonce may be forgotten
_UNKNOWN_MESSAGE = 10008
# Unknown channel or guild; no access or permission to post there; archived thread.
CHANNEL_UNUSABLE = frozenset({10003, 10004, 50001, 50013, 50083})


class StatusMessagePoster:
    """Sends and edits messages of runs; remembers each one's pictures, so that only new ones are uploaded."""

    def __init__(self, bot: BotClient) -> None:
        self._bot = bot
        self._uploaded: dict[int, tuple[tuple[str, str, str], ...]] = {}

    async def edit(self, run: Run, message_id: int, content: StatusContent) -> bool:
        """Edit a message; return False if somebody has deleted it."""
        arguments: dict[str, Any] = {"embeds": list(content.embeds), "view": content.view}
        # A picture that is gone was replaced a moment ago: the message keeps its older one until the next look.
        files = None if self._uploaded.get(message_id) == content.pictures else await picture_files(self._bot, content)
        if files is not None:
            arguments["attachments"] = files
        try:
            await self._channel(run).get_partial_message(message_id).edit(**arguments)
        except discord.HTTPException as error:
            if error.code == _UNKNOWN_MESSAGE:
                return False
            raise
        if files is not None:
            self._uploaded[message_id] = content.pictures
        return True

    async def new(self, run: Run, content: StatusContent, *, after: int | None, since: datetime, now: datetime) -> int:
        """Post a message, once; return its id.

        Args:
            run: whose it is.
            page: what to show.
            after: the message that it takes the place of.
            since: when that was posted, or the run was started.
            now: aware UTC.
        """
        if now - since > _NONCE_LIFE:
            sent_id = await self._find_sent_message(run, max(since, now - EDITABLE), after)
            if sent_id is not None and await self.edit(run, sent_id, content):
                return sent_id
        files = await picture_files(self._bot, content)
        embeds = list(content.embeds) if files is not None else content.without_pictures()
        nonce = f"{run.id}-{int(1000 * since.timestamp()) % 10_000}"  # of 25 characters at most
        message = await self._channel(run).send(embeds=embeds, view=content.view, files=files or [], nonce=nonce)
        if files is not None:
            self._uploaded[message.id] = content.pictures
        return message.id

    async def retire(self, run: Run, message_id: int, new_id: int, words: Words) -> None:
        """Replace an old message's content by a link to the new message."""
        channel = self._channel(run)
        embed = moved_embed(words, run, channel.get_partial_message(new_id).jump_url)
        self._uploaded.pop(message_id, None)
        try:
            await channel.get_partial_message(message_id).edit(embed=embed, view=None, attachments=[])
        except (discord.HTTPException, *TRANSIENT_ERRORS) as error:
            _log.info("run %s: its old message stays as it is (%s)", run.id, type(error).__name__)

    async def _find_sent_message(self, run: Run, since: datetime, after: int | None) -> int | None:
        """Find the message, by its buttons, if a process posted it and died before it could save its id."""
        own = self._bot.application_id
        try:
            async for message in self._channel(run).history(limit=_HISTORY_LIMIT, after=since):
                if message.author.id == own and message.id != after and _names_run(message, run):
                    return message.id
        except discord.Forbidden:
            _log.info("run %s: the bot may not read the channel's history", run.id)
        return None

    def _channel(self, run: Run) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(run.origin.channel_id, guild_id=run.guild_id or None)


def _names_run(message: discord.Message, run: Run) -> bool:
    return any(
        isinstance(button, discord.Button) and str(button.custom_id).endswith(f":{run.id}")
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for button in row.children
    )
