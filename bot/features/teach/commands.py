"""/teach, and "Teach these faces" in a message's menu: explicit acts of whoever may name faces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.features.teach.form import TeachForm, pending
from bot.intake.photos import all_photos
from bot.ui.i18n import localised
from bot.ui.language import private_words
from bot.ui.permissions import require_answer_channel, require_labeller
from core.domain.teaching import MAX_PHOTOS

if TYPE_CHECKING:
    from bot.context import Interaction


@app_commands.command(name=localised("teach-name"), description=localised("teach-description"))
@app_commands.guild_only
async def teach(interaction: Interaction) -> None:
    """Contribute photos from which this server's recogniser may learn."""
    await require_labeller(interaction)
    await require_answer_channel(interaction)
    await interaction.response.send_modal(TeachForm(await private_words(interaction)))


@app_commands.context_menu(
    name=localised("teach-faces-menu"), extras={"name": "teach-faces-menu", "description": "teach-faces-description"}
)
@app_commands.guild_only
async def teach_faces(interaction: Interaction, message: discord.Message) -> None:
    """Contribute the photos of this message, once you have said that those in them agreed."""
    await require_labeller(interaction)
    await require_answer_channel(interaction)
    photos = all_photos(message, interaction.client.intake.allows)[:MAX_PHOTOS]
    pending.put(interaction.id, photos)
    await interaction.response.send_modal(TeachForm(await private_words(interaction), interaction.id))
