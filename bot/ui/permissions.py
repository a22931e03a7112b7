"""Who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import may_label

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


def require_requester(interaction: Interaction, job: Job) -> None:
    """Raise NOT_ALLOWED for everybody but the member who asked for a job, and moderators."""
    if job.origin.member_id != interaction.user.id and not is_moderator(interaction):
        raise OmokageError(ErrorCode.NOT_ALLOWED)


async def require_labeller(interaction: Interaction) -> int:
    """Return the guild's id, where this member may name faces in it.

    Raises:
        OmokageError: NOT_ALLOWED, with the guild's policy in `reason`.
    """
    guild_id = guild_id_of(interaction)
    policy = (await interaction.client.guild_settings.settings(guild_id)).labelling
    if not may_label(policy, is_moderator(interaction)):
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason=f"labelling-{policy}")
    return guild_id


def guild_id_of(interaction: Interaction) -> int:
    """Return the guild's id; commands and buttons exist only in guilds."""
    if interaction.guild_id is None:
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="server")
    return interaction.guild_id
