"""/settings: a panel with all of them, and a command for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.features.settings.changes import OWN, SHOWN, Setting, allow_channel, allow_role, change, set_gallery
from bot.features.settings.panel import read_panel
from bot.ui.groups import guild_group
from bot.ui.i18n import localised
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, moderators_only
from bot.ui.places import channel_links, role_links
from core.domain.people import ChatLearning, LabellingPolicy

if TYPE_CHECKING:
    from bot.context import Interaction

# All of them change something, so Discord need not show them to others; server administrators may decide otherwise in
# its settings, and then the bot refuses.
_MODERATORS = discord.Permissions(manage_messages=True)

settings = guild_group("settings-name", "settings-description", default_permissions=_MODERATORS)


@settings.command(name=localised("settings-show-name"), description=localised("settings-show-description"))
@moderators_only
async def show_settings(interaction: Interaction) -> None:
    """Show what this guild has chosen, with a select for each setting."""
    embed, view = await read_panel(interaction)
    await interaction.response.send_message(embed=embed, view=view, ephemeral=True)


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
    await change(interaction, Setting.LABELLING, who)
    words = await private_words(interaction)
    await interaction.response.send_message(words.say("settings-labelling-done", who=who), ephemeral=True)


@settings.command(name=localised("settings-language-name"), description=localised("settings-language-description"))
@app_commands.rename(which=localised("settings-language-which-name"))
@app_commands.describe(which=localised("settings-language-which-description"))
@app_commands.choices(
    which=[
        app_commands.Choice(name=localised("settings-language-en-choice"), value="en"),
        app_commands.Choice(name=localised("settings-language-ja-choice"), value="ja"),
        app_commands.Choice(name=localised("settings-language-own-choice"), value=OWN),
    ]
)
@moderators_only
async def language(interaction: Interaction, which: str) -> None:
    """Choose the language of public answers."""
    await change(interaction, Setting.LANGUAGE, which)
    words = await private_words(interaction)
    await interaction.response.send_message(words.say("settings-language-done", language=which), ephemeral=True)


@settings.command(name=localised("settings-learning-name"), description=localised("settings-learning-description"))
@app_commands.rename(whose=localised("settings-learning-whose-name"))
@app_commands.describe(whose=localised("settings-learning-whose-description"))
@app_commands.choices(
    whose=[
        app_commands.Choice(name=localised("settings-learning-off-choice"), value=ChatLearning.OFF),
        app_commands.Choice(name=localised("settings-learning-public-choice"), value=ChatLearning.PUBLIC),
        app_commands.Choice(name=localised("settings-learning-self-choice"), value=ChatLearning.SELF),
        app_commands.Choice(name=localised("settings-learning-both-choice"), value=ChatLearning.BOTH),
    ]
)
@moderators_only
async def learning(interaction: Interaction, whose: str) -> None:
    """Choose whose faces in photos of /classify members may be asked about."""
    await change(interaction, Setting.LEARNING, whose)
    text = (await private_words(interaction)).say("settings-learning-done", whose=whose)
    await interaction.response.send_message(text, ephemeral=True)


@settings.command(name=localised("settings-ages-name"), description=localised("settings-ages-description"))
@app_commands.rename(shown=localised("settings-ages-shown-name"))
@app_commands.describe(shown=localised("settings-ages-shown-description"))
@moderators_only
async def ages(interaction: Interaction, shown: bool) -> None:
    """Choose whether the answers of /classify say how old faces look."""
    value = SHOWN[0] if shown else SHOWN[1]
    await change(interaction, Setting.AGES, value)
    text = (await private_words(interaction)).say("settings-ages-done", shown=value)
    await interaction.response.send_message(text, ephemeral=True)


@settings.command(name=localised("settings-labellers-name"), description=localised("settings-labellers-description"))
@app_commands.rename(role=localised("settings-labellers-role-name"), allowed=localised("settings-allowed-name"))
@app_commands.describe(
    role=localised("settings-labellers-role-description"), allowed=localised("settings-allowed-description")
)
@moderators_only
async def labellers(interaction: Interaction, role: discord.Role, allowed: bool = True) -> None:
    """Choose a role whose members may name faces beside those whom /settings labelling allows."""
    await allow_role(interaction, role.id, allowed=allowed)
    link = role_links(guild_id_of(interaction), [role.id])
    key = "settings-labellers-allowed" if allowed else "settings-labellers-taken-off"
    text = (await private_words(interaction)).say(key, role=link)
    await interaction.response.send_message(text, ephemeral=True)


@settings.command(name=localised("settings-channels-name"), description=localised("settings-channels-description"))
@app_commands.rename(channel=localised("settings-channels-channel-name"), allowed=localised("settings-allowed-name"))
@app_commands.describe(
    channel=localised("settings-channels-channel-description"), allowed=localised("settings-allowed-description")
)
@moderators_only
async def channels(interaction: Interaction, channel: discord.TextChannel, allowed: bool = True) -> None:
    """Choose a channel in which everybody sees answers; none at all: every channel."""
    await allow_channel(interaction, channel.id, allowed=allowed)
    key = "settings-channels-allowed" if allowed else "settings-channels-taken-off"
    text = (await private_words(interaction)).say(key, channel=channel_links([channel.id]))
    await interaction.response.send_message(text, ephemeral=True)


@settings.command(name=localised("settings-gallery-name"), description=localised("settings-gallery-description"))
@app_commands.rename(channel=localised("settings-gallery-channel-name"))
@app_commands.describe(channel=localised("settings-gallery-channel-description"))
@moderators_only
async def gallery(interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
    """Choose where the bot announces what it has learnt by itself."""
    await set_gallery(interaction, None if channel is None else channel.id)
    words = await private_words(interaction)
    if channel is None:
        text = words.say("settings-gallery-none")
    else:
        text = words.say("settings-gallery-done", channel=channel_links([channel.id]))
    await interaction.response.send_message(text, ephemeral=True)
