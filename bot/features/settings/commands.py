"""/settings, for moderators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.i18n import localised
from bot.permissions import guild_of, require_moderator
from bot.speech import private
from core.domain.people import LabellingPolicy

if TYPE_CHECKING:
    from bot.types import Interaction

_OWN = "own"
# Discord hides the commands from all who lack this; server administrators may change that in its settings.
_MODERATORS = discord.Permissions(manage_messages=True)

settings = app_commands.Group(
    name=localised("settings-name"),
    description=localised("settings-description"),
    guild_only=True,
    allowed_contexts=app_commands.AppCommandContext(guild=True),
    default_permissions=_MODERATORS,
)


@settings.command(name=localised("settings-labelling-name"), description=localised("settings-labelling-description"))
@app_commands.rename(who=localised("settings-labelling-who-name"))
@app_commands.describe(who=localised("settings-labelling-who-description"))
@app_commands.choices(
    who=[
        app_commands.Choice(name=localised("settings-labelling-moderators-choice"), value=LabellingPolicy.MODERATORS),
        app_commands.Choice(name=localised("settings-labelling-everyone-choice"), value=LabellingPolicy.EVERYONE),
        app_commands.Choice(name=localised("settings-labelling-off-choice"), value=LabellingPolicy.OFF),
    ]
)
async def labelling(interaction: Interaction, who: str) -> None:
    """Who may name faces."""
    require_moderator(interaction)
    bot, guild_id = interaction.client, guild_of(interaction)
    service = bot.services.guilds
    await bot.threads.quick(service.update, guild_id, interaction.user.id, LabellingPolicy(who))
    bot.guilds_chosen.forget(guild_id)
    words = await private(interaction)
    await interaction.response.send_message(words.say("settings-labelling-done", who=who), ephemeral=True)


@settings.command(name=localised("settings-language-name"), description=localised("settings-language-description"))
@app_commands.rename(which=localised("settings-language-which-name"))
@app_commands.describe(which=localised("settings-language-which-description"))
@app_commands.choices(
    which=[
        app_commands.Choice(name=localised("settings-language-en-choice"), value="en"),
        app_commands.Choice(name=localised("settings-language-ja-choice"), value="ja"),
        app_commands.Choice(name=localised("settings-language-own-choice"), value=_OWN),
    ]
)
async def language(interaction: Interaction, which: str) -> None:
    """The language of public answers."""
    require_moderator(interaction)
    bot, guild_id = interaction.client, guild_of(interaction)
    chosen = None if which == _OWN else which
    await bot.threads.quick(bot.services.guilds.set_language, guild_id, interaction.user.id, chosen)
    bot.guilds_chosen.forget(guild_id)
    words = await private(interaction)
    await interaction.response.send_message(words.say("settings-language-done", language=which), ephemeral=True)
