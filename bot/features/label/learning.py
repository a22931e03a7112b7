"""What the recogniser has learnt: by `/label learn`, or by itself after a round, told in one thread."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import discord
from discord.utils import escape_markdown
from sqlalchemy.exc import SQLAlchemyError

from bot.delivery.building import job_words
from bot.reply import Reply
from bot.ui.places import announcement_channel
from core.domain.errors import ErrorCode, OmokageError
from core.domain.learning import LearnOutcome, LearnResult

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction
    from bot.ui.i18n import Words
    from core.domain.jobs import Job

_log = logging.getLogger(__name__)
_COLOUR = 0x228833
_OUTCOMES = {
    LearnOutcome.UNCHANGED: "learn-unchanged",
    LearnOutcome.PROMOTED: "learn-promoted",
    LearnOutcome.NOT_BETTER: "learn-not-better",
    LearnOutcome.OTHER_SERVES: "learn-other-serves",
}


class LearnAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message.

        Raises:
            OmokageError: UNKNOWN_DATASET, the job has no result.
        """
        return await self.redraw(bot, job)

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the same message: there is no picture."""
        if job.result is None:
            raise OmokageError(ErrorCode.UNKNOWN_DATASET)
        words, result = await job_words(bot, job), LearnResult.from_json(job.result)
        objecting = await bot.threads.quick(bot.services.people.objecting, job.origin.guild_id)
        gains = tuple(gain for gain in result.gains if not objecting.include(None, gain.name))
        result = replace(result, gains=gains)
        embed = discord.Embed(colour=_COLOUR, title=words.say("learn-title", faces=result.new_faces))
        embed.description = "\n".join(_lines(words, result))
        return Reply(embed=embed.set_footer(text=words.say("learn-footer", job=str(job.id))))


async def learn_soon(interaction: Interaction) -> None:
    """Let a worker train on the guild's labels, where enough are new.

    Its answer is posted in the guild's thread (`bot.delivery.learning_thread`). As long as there is none, and where it
    cannot be begun, it goes to the gallery channel; where the guild has none, or has closed it to the bot, to this
    channel, or to another that `/settings channels` allows. Nobody waits for that, so a failure is only logged.
    """
    bot, guild_id = interaction.client, interaction.guild_id or 0
    try:
        settings = await bot.guild_settings.settings(guild_id)
        channel_id = announcement_channel(interaction.guild, settings, interaction.channel_id or 0)
        place = guild_id, channel_id, interaction.application_id
        await bot.threads.slow(bot.services.labelling_jobs.learn_if_due, *place, interaction.locale.value)
    except (OmokageError, SQLAlchemyError, OSError) as error:
        _log.warning("guild %s: nothing was learnt (%s)", guild_id, type(error).__name__)


def _lines(words: Words, result: LearnResult) -> list[str]:
    title = escape_markdown(result.title)
    lines = [words.say("learn-data", title=title, pictures=result.pictures, people=result.people)]
    for gain in result.gains:
        name = escape_markdown(gain.name)
        shares = {"before": gain.before, "after": gain.after}
        lines.append(words.say("learn-gain", name=name, faces=gain.faces, **shares))
    if result.accuracy is not None and result.baseline is not None:
        lines.append(words.say("learn-accuracy", accuracy=result.accuracy, baseline=result.baseline))
    lines.append(words.say(_OUTCOMES[result.outcome], version=result.version or 0))
    return lines
