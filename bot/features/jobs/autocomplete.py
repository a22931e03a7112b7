"""What is offered while the number of a job is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.features.jobs.texts import job_label
from bot.ui.autocomplete import MAX_CHOICES, empty_on_error, matching_choices
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, is_moderator

if TYPE_CHECKING:
    from bot.context import Interaction


@empty_on_error
async def recent_jobs(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the member's latest jobs, or to a moderator the guild's."""
    bot, member = interaction.client, None if is_moderator(interaction) else interaction.user.id
    jobs = await bot.threads.quick(bot.services.jobs.newest, guild_id_of(interaction), member, 2 * MAX_CHOICES)
    words = await private_words(interaction)
    objecting = await bot.threads.quick(bot.services.people.objecting, guild_id_of(interaction))
    return matching_choices(((job_label(words, job, objecting), str(job.id)) for job in jobs), typed)
