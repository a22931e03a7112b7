"""Roles and channels that a guild's settings name: which still exist, and how a message links to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import discord


def role_links(guild_id: int, role_ids: Iterable[int]) -> str:
    """Write roles as mentions, which notify nobody: the bot's messages allow none."""
    # Discord's role of everybody has the guild's id, and no mention by its id is shown well.
    return ", ".join("@everyone" if role_id == guild_id else f"<@&{role_id}>" for role_id in role_ids)


def channel_links(channel_ids: Iterable[int]) -> str:
    """Write channels as links."""
    return ", ".join(f"<#{channel_id}>" for channel_id in channel_ids)


def existing_roles(guild: discord.Guild | None, role_ids: tuple[int, ...]) -> tuple[int, ...]:
    """Leave out roles that were deleted; all stay while Discord has not said which there are."""
    if guild is None or not guild.roles:
        return role_ids
    return tuple(role_id for role_id in role_ids if guild.get_role(role_id))


def existing_channels(guild: discord.Guild | None, channel_ids: tuple[int, ...]) -> tuple[int, ...]:
    """Leave out channels that were deleted; all stay while Discord has not said which there are."""
    if guild is None or not guild.channels:
        return channel_ids
    return tuple(channel_id for channel_id in channel_ids if guild.get_channel(channel_id))


def may_announce(guild: discord.Guild | None, channel_id: int) -> bool:
    """Say whether a channel exists in which the bot may post an embed of its own."""
    channel = None if guild is None else guild.get_channel(channel_id)
    if guild is None or channel is None:
        return False
    permissions = channel.permissions_for(guild.me)
    return permissions.view_channel and permissions.send_messages and permissions.embed_links
