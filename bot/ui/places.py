"""Roles and channels that a guild's settings name: which still exist, and how a message links to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from core.domain.guilds import GuildSettings


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


def announcement_channel(guild: discord.Guild | None, settings: GuildSettings, here: int) -> int:
    """Choose the channel of what everybody should read: the gallery, else `here`, else another that is allowed.

    Args:
        guild: None where Discord has not said what is in it.
        settings: the guild's.
        here: a channel or a thread; a thread counts as its channel.

    Returns:
        The channel's id, 0 where the bot may post in none of those allowed.
    """
    gallery, allowed = settings.gallery_channel, existing_channels(guild, settings.answer_channels)
    if gallery is not None and may_announce(guild, gallery):
        return gallery
    if not allowed or here in allowed or _parent(guild, here) in allowed:
        return here
    return next((channel for channel in allowed if may_announce(guild, channel)), 0)


def may_hold_announcements(guild: discord.Guild | None, settings: GuildSettings, channel_id: int) -> bool:
    """Say whether a channel may have the thread of announcements: the gallery, else any that is allowed."""
    gallery, allowed = settings.gallery_channel, existing_channels(guild, settings.answer_channels)
    if gallery is not None and may_announce(guild, gallery):
        return channel_id == gallery
    return not allowed or channel_id in allowed


def may_begin_thread(guild: discord.Guild | None, channel_id: int) -> bool:
    """Say whether the bot may begin a thread from a message in a channel, and write in it."""
    channel = None if guild is None else guild.get_channel(channel_id)
    if guild is None or not isinstance(channel, discord.TextChannel):
        return False
    permissions = channel.permissions_for(guild.me)
    return permissions.create_public_threads and permissions.send_messages_in_threads


def may_announce(guild: discord.Guild | None, channel_id: int) -> bool:
    """Say whether a channel exists in which the bot may post an embed of its own."""
    channel = None if guild is None else guild.get_channel(channel_id)
    if guild is None or channel is None:
        return False
    permissions = channel.permissions_for(guild.me)
    return permissions.view_channel and permissions.send_messages and permissions.embed_links


def _parent(guild: discord.Guild | None, thread_id: int) -> int | None:
    thread = None if guild is None else guild.get_thread(thread_id)
    return None if thread is None else thread.parent_id
