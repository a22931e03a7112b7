"""/privacy: what is kept and why, the own data as counts and as a file, and forgetting."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.features.people.autocomplete import all_people
from bot.features.privacy import texts, views
from bot.ui.groups import guild_group
from bot.ui.i18n import localised
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, moderators_only
from core.domain.people import MAX_NAME_LENGTH
from core.domain.storage_limits import MAX_UPLOAD_BYTES

if TYPE_CHECKING:
    from bot.context import Interaction

EXPORT_NAME = "my-data.zip"

privacy = guild_group("privacy-name", "privacy-description")


@privacy.command(name=localised("privacy-about-name"), description=localised("privacy-about-description"))
async def privacy_about(interaction: Interaction) -> None:
    """Say what is kept, why, and what everybody may ask for."""
    words = await private_words(interaction)
    await interaction.response.send_message(embed=texts.about_embed(words), ephemeral=True)


@privacy.command(name=localised("privacy-policy-name"), description=localised("privacy-policy-description"))
async def privacy_policy(interaction: Interaction) -> None:
    """Say how long what is kept, and what laws call it."""
    words, limits = await private_words(interaction), interaction.client.settings.storage
    await interaction.response.send_message(embed=texts.policy_embed(words, limits.keep_days), ephemeral=True)


@privacy.command(name=localised("privacy-my-data-name"), description=localised("privacy-my-data-description"))
async def privacy_my_data(interaction: Interaction) -> None:
    """Count what is kept of the member in this guild."""
    bot = interaction.client
    counts = await bot.threads.quick(bot.services.member_data.counts, guild_id_of(interaction), interaction.user.id)
    words = await private_words(interaction)
    await interaction.response.send_message(embed=texts.counts_embed(words, counts), ephemeral=True)


@privacy.command(name=localised("privacy-export-name"), description=localised("privacy-export-description"))
async def privacy_export(interaction: Interaction) -> None:
    """Send the member a zip of what is kept of them in this guild."""
    bot, guild_id = interaction.client, guild_id_of(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)  # files are read
    words = await private_words(interaction)
    export = await bot.threads.slow(bot.services.member_data.export, guild_id, interaction.user.id, MAX_UPLOAD_BYTES)
    file = discord.File(io.BytesIO(export.data), EXPORT_NAME, description=words.say("privacy-export-alt"))
    text = (
        words.say("privacy-export-parts", files=export.left_out) if export.left_out else words.say("privacy-exported")
    )
    await interaction.followup.send(text, file=file, ephemeral=True)


@privacy.command(name=localised("privacy-forget-me-name"), description=localised("privacy-forget-me-description"))
async def privacy_forget_me(interaction: Interaction) -> None:
    """Ask whether what the member did in this guild is to be deleted."""
    await views.ask_to_forget_member(interaction)


@privacy.command(
    name=localised("privacy-forget-person-name"), description=localised("privacy-forget-person-description")
)
@app_commands.rename(name=localised("people-person-name"))
@app_commands.describe(name=localised("people-person-description"))
@app_commands.autocomplete(name=all_people)
@moderators_only
async def privacy_forget_person(interaction: Interaction, name: app_commands.Range[str, 1, MAX_NAME_LENGTH]) -> None:
    """Ask whether a person is to be forgotten."""
    await views.ask_to_forget_person(interaction, name)
