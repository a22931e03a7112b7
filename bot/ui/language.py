"""The language of a reply: of one that everybody sees, and of one that is ephemeral."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ui.i18n import Words, choose

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction


async def public_words(bot: BotContext, guild_id: int, locale: str) -> Words:
    """Choose the language of what everybody sees: the guild's if it chose one, else that of the member who asked."""
    return choose((await bot.guild_settings.settings(guild_id)).language, locale)


async def private_words(interaction: Interaction) -> Words:
    """Choose the language of what only this member sees: the member's own, else the guild's."""
    guild_language = None
    if interaction.guild_id is not None:
        guild_language = (await interaction.client.guild_settings.settings(interaction.guild_id)).language
    server = None if interaction.guild_locale is None else interaction.guild_locale.value
    return choose(interaction.locale.value, guild_language, server)
