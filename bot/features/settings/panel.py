"""All settings of a guild in one message, with a select for each; a choice is in force at once, and shown in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.settings.changes import OWN, SHOWN, Setting, change
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.menus import rows_view, selected_value
from bot.ui.permissions import guild_id_of, require_moderator
from bot.ui.places import channel_links, existing_channels, existing_roles, role_links
from core.domain.people import ChatLearning, LabellingPolicy
from core.domain.storage_limits import size_text

if TYPE_CHECKING:
    from bot.context import Interaction
    from core.domain.guilds import GuildSettings

COLOUR = 0x4477AA
_MAX_LABEL = 100  # Discord's, for an option
# The texts that name a setting, and each of its values.
_NAMES = {
    Setting.LABELLING: "settings-labelling-field",
    Setting.LANGUAGE: "settings-language-field",
    Setting.AGES: "settings-ages-field",
    Setting.LEARNING: "settings-learning-field",
}
_CHOICES = {
    Setting.LABELLING: {
        LabellingPolicy.MODERATORS.value: "settings-labelling-moderators-choice",
        LabellingPolicy.EVERYONE.value: "settings-labelling-everyone-choice",
        LabellingPolicy.OFF.value: "settings-labelling-off-choice",
    },
    Setting.LANGUAGE: {
        "en": "settings-language-en-choice",
        "ja": "settings-language-ja-choice",
        OWN: "settings-language-own-choice",
    },
    Setting.AGES: dict(zip(SHOWN, ("settings-ages-yes-choice", "settings-ages-no-choice"), strict=True)),
    Setting.LEARNING: {
        ChatLearning.OFF.value: "settings-learning-off-choice",
        ChatLearning.PUBLIC.value: "settings-learning-public-choice",
        ChatLearning.SELF.value: "settings-learning-self-choice",
        ChatLearning.BOTH.value: "settings-learning-both-choice",
    },
}


class SettingSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"settings:(?P<action>labelling|language|ages|learning)"
):
    """Changes a setting to the option that is chosen."""

    def __init__(self, select: discord.ui.Select[Any], setting: Setting) -> None:
        super().__init__(select)
        self.setting = setting

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> SettingSelect:
        """Rebuild the select from its custom id."""
        return cls(item, Setting(match["action"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Store the choice, and show the panel as it is now."""
        require_moderator(interaction)
        await change(interaction, self.setting, selected_value(self.item))
        embed, view = await read_panel(interaction)
        await interaction.response.edit_message(embed=embed, view=view)


async def read_panel(interaction: Interaction) -> tuple[discord.Embed, discord.ui.View]:
    """Build the panel from the guild's settings and what it has stored."""
    bot, guild_id = interaction.client, guild_id_of(interaction)
    settings = await bot.guild_settings.settings(guild_id)
    stored = await bot.threads.quick(bot.services.guilds.stored_bytes, guild_id)
    words = await private_words(interaction)
    values = _values(settings)
    embed = discord.Embed(colour=COLOUR, title=words.say("settings-title"))
    for setting, value in values.items():
        chosen = words.say(_CHOICES[setting][value])
        embed.add_field(name=words.say(_NAMES[setting]), value=chosen, inline=False)
    for key, text in _places(interaction, words, settings):
        embed.add_field(name=words.say(key), value=text, inline=False)
    quota = bot.settings.storage.guild_quota
    key = "settings-storage" if quota else "settings-storage-unlimited"
    used = words.say(key, used=size_text(stored), quota=size_text(quota))
    embed.add_field(name=words.say("settings-storage-field"), value=used, inline=False)
    return embed, rows_view([[_select(words, setting, value)] for setting, value in values.items()])


def _places(interaction: Interaction, words: Words, settings: GuildSettings) -> list[tuple[str, str]]:
    """The keys of the fields about roles and channels, with their texts; what was deleted is left out."""
    guild = interaction.guild
    roles = role_links(guild_id_of(interaction), existing_roles(guild, settings.labeller_roles))
    channels = channel_links(existing_channels(guild, settings.answer_channels))
    gallery = channel_links(existing_channels(guild, tuple(filter(None, [settings.gallery_channel]))))
    return [
        ("settings-labellers-field", roles or words.say("settings-labellers-nobody")),
        ("settings-channels-field", channels or words.say("settings-channels-all")),
        ("settings-gallery-field", gallery or words.say("settings-gallery-round")),
    ]


def _values(settings: GuildSettings) -> dict[Setting, str]:
    return {
        Setting.LABELLING: settings.labelling.value,
        Setting.LANGUAGE: settings.language or OWN,
        Setting.AGES: SHOWN[0] if settings.age_answers else SHOWN[1],
        Setting.LEARNING: settings.chat_learning.value,
    }


def _select(words: Words, setting: Setting, value: str) -> SettingSelect:
    """Build a select whose options say what they are about: a closed select shows nothing but the chosen option."""
    field = words.say(_NAMES[setting])
    options = [
        discord.SelectOption(
            label=clip(words.say("settings-option", field=field, choice=words.say(key)), _MAX_LABEL),
            value=choice,
            default=choice == value,
        )
        for choice, key in _CHOICES[setting].items()
    ]
    return SettingSelect(discord.ui.Select[Any](custom_id=f"settings:{setting}", options=options), setting)
