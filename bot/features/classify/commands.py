"""/classify, and "Who is this?" in a message's menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.intake.photos import first_photo, photo_from_attachment
from bot.ui.i18n import localised

if TYPE_CHECKING:
    from bot.context import Interaction


@app_commands.command(name=localised("classify-name"), description=localised("classify-description"))
@app_commands.rename(photo=localised("classify-photo-name"))
@app_commands.describe(photo=localised("classify-photo-description"))
@app_commands.guild_only
async def classify(interaction: Interaction, photo: discord.Attachment) -> None:
    """Who is in this photo?"""
    await interaction.client.intake.request_classification(interaction, photo_from_attachment(photo))


@app_commands.context_menu(
    name=localised("who-is-this-menu"), extras={"name": "who-is-this-menu", "description": "classify-description"}
)
@app_commands.guild_only
async def who_is_this(interaction: Interaction, message: discord.Message) -> None:
    """Who is in the photo of this message, or of the one that it forwards?"""
    intake = interaction.client.intake
    await intake.request_classification(interaction, first_photo(message, intake.allows))
