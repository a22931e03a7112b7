"""/help, /about, /health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.features.about.health import measure
from bot.features.about.texts import about_embed, health_embed, help_embed
from bot.ui.i18n import localised
from bot.ui.language import private_words

if TYPE_CHECKING:
    from bot.context import Interaction


@app_commands.command(name=localised("help-name"), description=localised("help-description"))
@app_commands.guild_only
async def help_(interaction: Interaction) -> None:
    """List every command."""
    embed = help_embed(await private_words(interaction), interaction.client.commands)
    await interaction.response.send_message(embed=embed, ephemeral=True)


@app_commands.command(name=localised("about-name"), description=localised("about-description"))
@app_commands.guild_only
async def about(interaction: Interaction) -> None:
    """Show version, licence, and what happens to pictures."""
    await interaction.response.send_message(embed=about_embed(await private_words(interaction)), ephemeral=True)


@app_commands.command(name=localised("health-name"), description=localised("health-description"))
@app_commands.guild_only
async def health(interaction: Interaction) -> None:
    """Show whether everything works."""
    words, measured = await private_words(interaction), await measure(interaction.client)
    await interaction.response.send_message(embed=health_embed(words, measured), ephemeral=True)
