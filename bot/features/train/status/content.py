"""Build everything that a run's message shows at one moment."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import discord

from bot.features.train.lookup import find_version
from bot.features.train.status.texts import CURVES, SAMPLES, RunStatus, phase_of, run_embed
from bot.features.train.views import run_view
from bot.ui.i18n import Words
from bot.ui.language import public_words
from core.domain.errors import OmokageError
from core.domain.training.runs import Run, RunState

if TYPE_CHECKING:
    from bot.context import BotContext


@dataclass(frozen=True, slots=True)
class StatusContent:
    """A message's embeds, buttons and pictures: each picture is a file name, a blob and its description."""

    words: Words
    embeds: tuple[discord.Embed, ...]
    view: discord.ui.View
    pictures: tuple[tuple[str, str, str], ...]

    def comparable(self) -> list[Any]:
        """Give what a reader sees, to be compared with another content."""
        return [[embed.to_dict() for embed in self.embeds], self.view.to_components(), self.pictures]

    def without_pictures(self) -> list[discord.Embed]:
        """Copy the embeds without pictures, where one has just been replaced by a newer one."""
        return [embed.copy().set_image(url=None) for embed in self.embeds]


async def build_content(bot: BotContext, run: Run, now: datetime) -> StatusContent:
    """Build it in the guild's language, or in that of the member who started the run."""
    words = await public_words(bot, run.guild_id, run.origin.locale)
    return await build_content_in(bot, run, words, now)


async def build_content_in(
    bot: BotContext, run: Run, words: Words, now: datetime, *, for_moderators: bool = True
) -> StatusContent:
    """Build it in a language; `for_moderators`: with the buttons that only they may press."""
    try:
        dataset = await bot.threads.quick(bot.services.datasets.describe, run.dataset_id)
    except OmokageError:
        dataset = None
    version = await find_version(bot, run) if run.state is RunState.FINISHED else None
    phase = phase_of(run, idle=now - run.updated_at)
    embed = run_embed(words, RunStatus(run, dataset, version, bot.settings.price_per_hour, phase))
    return StatusContent(
        words,
        _with_pictures(words, run, embed),
        run_view(words, run, version, for_moderators=for_moderators),
        _pictures(words, run),
    )


async def picture_files(bot: BotContext, content: StatusContent) -> list[discord.File] | None:
    """Read the pictures, to be uploaded; None: one is gone."""
    try:
        return [await _file(bot, *picture) for picture in content.pictures]
    except OmokageError:
        return None


async def _file(bot: BotContext, name: str, blob: str, alt: str) -> discord.File:
    data = await bot.threads.slow(bot.services.blobs.get, blob)
    return discord.File(io.BytesIO(data), name, description=alt)


def _pictures(words: Words, run: Run) -> tuple[tuple[str, str, str], ...]:
    live = run.live
    if live is None:
        return ()
    number = str(run.number)
    curves = (CURVES, live.picture, words.say("run-curves-alt", number=number))
    samples = (SAMPLES, live.samples, words.say("run-samples", number=number))
    return tuple((name, blob, alt) for name, blob, alt in (curves, samples) if blob)


def _with_pictures(words: Words, run: Run, embed: discord.Embed) -> tuple[discord.Embed, ...]:
    """Put the curves below the figures; samples get an embed of their own, since an embed has one picture."""
    embeds = [embed]
    for name, _, alt in _pictures(words, run):
        if name == CURVES:
            embed.set_image(url=f"attachment://{name}")
        else:
            embeds.append(discord.Embed(colour=embed.colour, title=alt).set_image(url=f"attachment://{name}"))
    return tuple(embeds)
