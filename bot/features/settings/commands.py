"""/settings: who may name faces, the language of public answers, and whether they say how old faces look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.intake.lookup import parse_enum
from bot.ui.groups import guild_group
from bot.ui.i18n import LANGUAGES, localised
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, moderators_only
from core.domain.people import LabellingPolicy
from core.domain.training.presets import bad_option

if TYPE_CHECKING:
    from bot.context import Interaction

_OWN = "own"
# All of them change something, so Discord need not show them to others; server administrators may decide otherwise in
# its settings, and then the bot refuses.
_MODERATORS = discord.Permissions(manage_messages=True)

settings = guild_group("settings-name", "settings-description", default_permissions=_MODERATORS)


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
@moderators_only
async def labelling(interaction: Interaction, who: str) -> None:
    """Choose who may name faces."""
    bot, guild_id = interaction.client, guild_id_of(interaction)
    service, policy = bot.services.guilds, parse_enum(LabellingPolicy, "who", who)
    await bot.threads.quick(service.update, guild_id, interaction.user.id, policy)
    bot.guild_settings.forget(guild_id)
    words = await private_words(interaction)
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
@moderators_only
async def language(interaction: Interaction, which: str) -> None:
    """Choose the language of public answers."""
    if which not in {*LANGUAGES, _OWN}:
        raise bad_option("which", which[:20], ", ".join((*LANGUAGES, _OWN)))
    bot, guild_id = interaction.client, guild_id_of(interaction)
    chosen = None if which == _OWN else which
    await bot.threads.quick(bot.services.guilds.set_language, guild_id, interaction.user.id, chosen)
    bot.guild_settings.forget(guild_id)
    words = await private_words(interaction)
    await interaction.response.send_message(words.say("settings-language-done", language=which), ephemeral=True)


@settings.command(name=localised("settings-ages-name"), description=localised("settings-ages-description"))
@app_commands.rename(shown=localised("settings-ages-shown-name"))
@app_commands.describe(shown=localised("settings-ages-shown-description"))
@moderators_only
async def ages(interaction: Interaction, shown: bool) -> None:
    """Choose whether the answers of /classify say how old faces look."""
    bot, guild_id = interaction.client, guild_id_of(interaction)
    await bot.threads.quick(bot.services.guilds.set_age_answers, guild_id, interaction.user.id, shown)
    bot.guild_settings.forget(guild_id)
    text = (await private_words(interaction)).say("settings-ages-done", shown="yes" if shown else "no")
    await interaction.response.send_message(text, ephemeral=True)
