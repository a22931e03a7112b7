"""Parts of a reply that several features build alike: its words, its files, its embeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord

from bot.reply import Attachment
from bot.ui.i18n import Words, choose
from bot.ui.language import public_words
from core.domain.jobs import Job

if TYPE_CHECKING:
    from bot.context import BotContext


async def job_words(bot: BotContext, job: Job) -> Words:
    """Find the language of a public reply: the guild's where it chose one, else that of the member who asked."""
    return await public_words(bot, job.origin.guild_id, job.origin.locale)


async def member_words(bot: BotContext, job: Job) -> Words:
    """Find the language of a reply that only the member who asked sees: the member's own, else the guild's."""
    settings = await bot.guild_settings.settings(job.origin.guild_id)
    return choose(job.origin.locale, settings.language)


async def read_attachment(bot: BotContext, name: str, blob: str, description: str) -> Attachment:
    """Read a picture from the blob store.

    Raises:
        OmokageError: PHOTO_GONE.
    """
    return Attachment(name, await bot.threads.slow(bot.services.blobs.get, blob), description)


def picture_embeds(embed: discord.Embed, files: Sequence[str]) -> tuple[discord.Embed, ...]:
    """Give each attached picture an embed of its own, since an embed shows one: the first is the given embed."""
    embeds = (embed, *(discord.Embed(colour=embed.colour) for _ in files[1:]))
    for frame, name in zip(embeds, files, strict=False):
        frame.set_image(url=f"attachment://{name}")
    return embeds
