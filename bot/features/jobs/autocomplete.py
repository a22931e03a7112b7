"""What is offered while the number of a job is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import empty_on_error
from bot.features.jobs.texts import job_label
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, is_moderator

if TYPE_CHECKING:
    from bot.context import Interaction

_CHOICES = 25  # Discord's limit


@empty_on_error
async def recent(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The member's latest jobs, or for a moderator the guild's, that fit what was typed."""
    bot, member = interaction.client, None if is_moderator(interaction) else interaction.user.id
    found = await bot.threads.quick(bot.services.jobs.list, guild_id_of(interaction), member, 2 * _CHOICES)
    words = await private_words(interaction)
    names = [(job_label(words, job), str(job.id)) for job in found]
    fitting = [app_commands.Choice(name=name, value=value) for name, value in names if typed.lower() in name.lower()]
    return fitting[:_CHOICES]
