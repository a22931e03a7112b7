"""Who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.ui.places import channel_links, existing_channels, role_links
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import LabellingPolicy, may_label

if TYPE_CHECKING:
    from bot.context import Interaction
    from core.domain.jobs import Job


def is_moderator(interaction: Interaction) -> bool:
    """Say whether the member may manage messages or the server, here."""
    permissions = interaction.permissions
    return permissions.administrator or permissions.manage_messages or permissions.manage_guild


# For commands that change something, and for what is offered while their options are typed. Discord could hide only
# whole groups (`/train` with its `status`), so the bot itself refuses; nothing is offered to who may not use it.
moderators_only = app_commands.check(is_moderator)


def require_moderator(interaction: Interaction) -> None:
    """Raise NOT_ALLOWED for everybody else."""
    if not is_moderator(interaction):
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="moderators")


def require_server_manager(interaction: Interaction) -> None:
    """Raise NOT_ALLOWED for whoever may not manage the server: what concerns all people of it is theirs to decide."""
    permissions = interaction.permissions
    if not (permissions.administrator or permissions.manage_guild):
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="server-managers")


def require_requester(interaction: Interaction, job: Job) -> None:
    """Raise NOT_ALLOWED for everybody but the member who asked for a job, and moderators."""
    if job.origin.member_id != interaction.user.id and not is_moderator(interaction):
        raise OmokageError(ErrorCode.NOT_ALLOWED)


async def require_labeller(interaction: Interaction) -> int:
    """Return the guild's id, where this member may name faces in it.

    Raises:
        OmokageError: NOT_ALLOWED, with the guild's policy in `reason`; `labelling-roles`, and the `roles`, where
            members with some roles may.
    """
    guild_id = guild_id_of(interaction)
    settings = await interaction.client.guild_settings.settings(guild_id)
    policy, allowed = settings.labelling, settings.labeller_roles
    member = interaction.user
    has_role = isinstance(member, discord.Member) and any(role.id in allowed for role in member.roles)
    if may_label(policy, is_moderator(interaction), has_role):
        return guild_id
    if allowed and policy is LabellingPolicy.MODERATORS:
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="labelling-roles", roles=role_links(guild_id, allowed))
    raise OmokageError(ErrorCode.NOT_ALLOWED, reason=f"labelling-{policy}")


async def require_answer_channel(interaction: Interaction) -> None:
    """Refuse a channel in which the guild does not want answers that everybody sees.

    Whatever posts such an answer calls this before it begins, and before it opens a form: `Intake.request_job` for all
    jobs, and each command and button that posts without a job. What only the member sees is answered in every channel.

    Raises:
        OmokageError: NOT_ALLOWED, with links to the `channels` that are allowed.
    """
    elsewhere = await other_answer_channels(interaction)
    if elsewhere:
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="elsewhere", channels=channel_links(elsewhere))


async def other_answer_channels(interaction: Interaction) -> tuple[int, ...]:
    """List the channels in which the guild wants answers that everybody sees; empty where this one is allowed.

    A thread counts as its channel. Channels that were deleted do not count: where no other is on the list, every
    channel is allowed.
    """
    settings = await interaction.client.guild_settings.settings(guild_id_of(interaction))
    allowed = existing_channels(interaction.guild, settings.answer_channels)
    channel = interaction.channel
    parent = channel.parent_id if isinstance(channel, discord.Thread) else None
    return () if interaction.channel_id in allowed or parent in allowed else allowed


def guild_id_of(interaction: Interaction) -> int:
    """Return the guild's id; commands and buttons exist only in guilds."""
    if interaction.guild_id is None:
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="server")
    return interaction.guild_id
