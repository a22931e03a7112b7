"""/worker status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.features.worker.texts import workers_embed
from bot.ui.groups import guild_group
from bot.ui.i18n import localised
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, moderators_only

if TYPE_CHECKING:
    from bot.context import Interaction

# Nothing in it is for members, so Discord need not show it to them; the bot refuses by itself, too.
_MODERATORS = discord.Permissions(manage_messages=True)

worker = guild_group("worker-name", "worker-description", default_permissions=_MODERATORS)


@worker.command(name=localised("worker-status-name"), description=localised("worker-status-description"))
@moderators_only
async def worker_status(interaction: Interaction) -> None:
    """Show queues and workers, with the jobs and models of this guild only."""
    bot, guild_id, words = interaction.client, guild_id_of(interaction), await private_words(interaction)
    overview = await bot.threads.quick(bot.services.workers.overview)
    await interaction.response.send_message(embed=workers_embed(words, overview, guild_id), ephemeral=True)
