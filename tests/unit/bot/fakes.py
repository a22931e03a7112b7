"""Stand-ins that have what the real classes have, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import discord

from core.domain.guilds import GuildSettings
from core.domain.jobs import Job, JobKind, JobState, Origin, QueueName
from core.domain.people import LabellingPolicy

JOB_ID = 1573616009967828992
GUILD, CHANNEL, MEMBER, BOT = 11, 22, 33, 44
TOKEN = "aW50ZXJhY3Rpb246c2VjcmV0"


def a_job(state: JobState = JobState.DONE, **changes: Any) -> Job:
    created = discord.utils.snowflake_time(JOB_ID)
    values: dict[str, Any] = {
        "id": JOB_ID,
        "kind": JobKind.CLASSIFY,
        "state": state,
        "queue": QueueName.CPU,
        "priority": 0,
        "origin": Origin(GUILD, CHANNEL, MEMBER, "en-GB", BOT, TOKEN),
        "params": {"photo_url": "https://cdn.discordapp.com/a.jpg", "filename": "party.jpg"},
        "photo": None,
        "attempts": 0,
        "cancel_requested": False,
        "created_at": created,
        "dispatched_at": created,
        "started_at": None,
        "finished_at": None,
        "lease_owner": None,
        "lease_until": None,
        "result": None,
        "failure": None,
        "answer_message_id": None,
    }
    return Job(**values | changes)


def an_interaction(
    *,
    locale: discord.Locale = discord.Locale.british_english,
    policy: LabellingPolicy = LabellingPolicy.MODERATORS,
    settings: GuildSettings | None = None,
) -> Any:
    """A command in a guild that has not been answered yet."""
    interaction = create_autospec(discord.Interaction, instance=True)
    interaction.id, interaction.guild_id, interaction.token = JOB_ID, GUILD, TOKEN
    interaction.locale, interaction.guild_locale = locale, None
    interaction.data = {"name": "classify"}
    interaction.permissions = discord.Permissions.none()
    interaction.response = create_autospec(discord.InteractionResponse, instance=True)
    interaction.response.is_done.return_value = False
    interaction.followup = create_autospec(discord.Webhook, instance=True)
    read = AsyncMock(return_value=settings or GuildSettings(policy))
    interaction.client = SimpleNamespace(guild_settings=SimpleNamespace(settings=read))
    return interaction


def http_error(status: int, code: int) -> discord.HTTPException:
    """Discord's refusal."""
    kinds = {403: discord.Forbidden, 404: discord.NotFound, 500: discord.DiscordServerError}
    response: Any = SimpleNamespace(status=status, reason="")
    return kinds.get(status, discord.HTTPException)(response, {"code": code, "message": ""})


def at(minutes: float = 0.0) -> datetime:
    """A moment after the job was asked for."""
    return datetime.fromtimestamp(discord.utils.snowflake_time(JOB_ID).timestamp() + 60 * minutes, UTC)
