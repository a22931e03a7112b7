"""Groups of slash commands: `/train start`, `/train stop`."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.ui.i18n import localised


def guild_group(
    name_key: str, description_key: str, *, default_permissions: discord.Permissions | None = None
) -> app_commands.Group:
    """Make a group of commands that exists in guilds only.

    Args:
        name_key: of the text that names it.
        description_key: of the text that describes it.
        default_permissions: whom Discord shows it to, until a guild's administrators decide otherwise; None: everybody.
    """
    return app_commands.Group(
        name=localised(name_key),
        description=localised(description_key),
        guild_only=True,
        allowed_contexts=app_commands.AppCommandContext(guild=True),
        default_permissions=default_permissions,
    )
