"""What moderators choose for their guild, from a command or from the panel: checked, stored, and in force at once."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.intake.lookup import parse_enum
from bot.ui.i18n import LANGUAGES
from bot.ui.permissions import guild_id_of
from bot.ui.places import existing_channels, existing_roles, may_announce
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import ChatLearning, LabellingPolicy
from core.domain.training.presets import bad_option

if TYPE_CHECKING:
    from bot.context import Interaction

OWN = "own"  # the language of each member
SHOWN = ("yes", "no")


class Setting(StrEnum):
    """What can be chosen; the names are in custom ids."""

    LABELLING = "labelling"
    LANGUAGE = "language"
    AGES = "ages"
    LEARNING = "learning"


async def change(interaction: Interaction, setting: Setting, value: str) -> None:
    """Store what a moderator chose.

    Args:
        interaction: of the moderator, in the guild.
        setting: which one.
        value: a `LabellingPolicy`; a language or `OWN`; whether ages are shown, of `SHOWN`; a `ChatLearning`.

    Raises:
        OmokageError: BAD_OPTION, a value that is not offered.
    """
    bot, guild_id, by = interaction.client, guild_id_of(interaction), interaction.user.id
    guilds = bot.services.guilds
    if setting is Setting.LABELLING:
        await bot.threads.quick(guilds.update, guild_id, by, parse_enum(LabellingPolicy, "who", value))
    elif setting is Setting.LANGUAGE:
        _check("which", value, (*LANGUAGES, OWN))
        await bot.threads.quick(guilds.set_language, guild_id, by, None if value == OWN else value)
    elif setting is Setting.LEARNING:
        learning = parse_enum(ChatLearning, "whose", value)
        await bot.threads.quick(guilds.set_chat_learning, guild_id, by, learning)
    else:
        _check("shown", value, SHOWN)
        await bot.threads.quick(guilds.set_age_answers, guild_id, by, value == SHOWN[0])
    bot.guild_settings.forget(guild_id)


async def allow_role(interaction: Interaction, role_id: int, *, allowed: bool) -> None:
    """Let the members with a role name faces, or no longer.

    Raises:
        OmokageError: BAD_OPTION, too many roles are on the list.
    """
    bot, guild_id = interaction.client, guild_id_of(interaction)
    listed = (await bot.guild_settings.settings(guild_id)).labeller_roles
    gone = set(listed).difference(existing_roles(interaction.guild, listed))
    await bot.threads.quick(bot.services.guilds.allow_role, guild_id, interaction.user.id, role_id, allowed, gone)
    bot.guild_settings.forget(guild_id)


async def allow_channel(interaction: Interaction, channel_id: int, *, allowed: bool) -> None:
    """Put a channel on the list of those in which everybody sees answers, or take it off.

    Raises:
        OmokageError: BAD_OPTION, too many channels are on the list.
    """
    bot, guild_id = interaction.client, guild_id_of(interaction)
    listed = (await bot.guild_settings.settings(guild_id)).answer_channels
    gone = set(listed).difference(existing_channels(interaction.guild, listed))
    await bot.threads.quick(bot.services.guilds.allow_channel, guild_id, interaction.user.id, channel_id, allowed, gone)
    bot.guild_settings.forget(guild_id)


async def set_gallery(interaction: Interaction, channel_id: int | None) -> None:
    """Announce what was learnt in a channel; None: in the channel of the round.

    Raises:
        OmokageError: NOT_ALLOWED, the bot may not post there.
    """
    bot, guild_id = interaction.client, guild_id_of(interaction)
    if channel_id is not None and not may_announce(interaction.guild, channel_id):
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="gallery")
    await bot.threads.quick(bot.services.guilds.set_gallery, guild_id, interaction.user.id, channel_id)
    bot.guild_settings.forget(guild_id)


def _check(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise bad_option(option, value[:20], ", ".join(allowed))
