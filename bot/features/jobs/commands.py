"""/jobs and /show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.errors import error_message
from bot.features.jobs.autocomplete import recent_jobs
from bot.features.jobs.texts import jobs_embed, state_text
from bot.features.jobs.views import cancel_button
from bot.intake.lookup import find_job, parse_id
from bot.ui.i18n import Words, localised
from bot.ui.language import private_words
from bot.ui.permissions import (
    guild_id_of,
    require_answer_channel,
    require_moderator,
    require_requester,
    require_server_manager,
)
from core.domain.fairness import QueuePosition
from core.domain.jobs import EPHEMERAL_KINDS, Job, JobKind, JobState
from core.services.jobs.service import JobService

if TYPE_CHECKING:
    from bot.context import Interaction

_SHOWN = 10
_BUTTONS = 5  # a member has two jobs running and ten waiting at most; a row of buttons is enough


@app_commands.command(name=localised("jobs-name"), description=localised("jobs-description"))
@app_commands.rename(everyone=localised("jobs-everyone-name"))
@app_commands.describe(everyone=localised("jobs-everyone-description"))
@app_commands.guild_only
async def jobs(interaction: Interaction, everyone: bool = False) -> None:
    """List the latest jobs."""
    if everyone:
        require_moderator(interaction)
    bot, member = interaction.client, None if everyone else interaction.user.id
    listed, positions = await bot.threads.quick(_latest, bot.services.jobs, guild_id_of(interaction), member)
    words = await private_words(interaction)
    if not listed:
        await interaction.response.send_message(words.say("jobs-none"), ephemeral=True)
        return
    embed = jobs_embed(words, listed, positions, everyone=everyone)
    await interaction.response.send_message(embed=embed, view=_cancel_buttons(words, listed), ephemeral=True)


@app_commands.command(name=localised("show-name"), description=localised("show-description"))
@app_commands.rename(job=localised("show-job-name"))
@app_commands.describe(job=localised("show-job-description"))
@app_commands.autocomplete(job=recent_jobs)
@app_commands.guild_only
async def show(interaction: Interaction, job: str) -> None:
    """Post a job's answer again."""
    bot, words = interaction.client, await private_words(interaction)
    stored = await find_job(interaction, parse_id(job))
    require_requester(interaction, stored)
    if stored.kind is JobKind.SHEET:  # also who asked for it may be no moderator any more
        require_moderator(interaction)
    if stored.kind is JobKind.EXPORT:
        require_server_manager(interaction)
    if stored.state is not JobState.DONE:
        await interaction.response.send_message(_no_answer(words, stored), ephemeral=True)
        return
    is_ephemeral = stored.kind in EPHEMERAL_KINDS
    if not is_ephemeral:
        await require_answer_channel(interaction)
    await interaction.response.defer(thinking=True, ephemeral=is_ephemeral)
    reply = await bot.answerers[stored.kind].answer(bot, stored)
    await interaction.edit_original_response(**reply.edit_arguments())


def _latest(service: JobService, guild_id: int, member_id: int | None) -> tuple[list[Job], dict[int, QueuePosition]]:
    listed = service.newest(guild_id, member_id, _SHOWN)
    return listed, {job.id: service.queue_position(job.id) for job in listed if not job.state.is_final}


def _cancel_buttons(words: Words, listed: list[Job]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for job in [job for job in listed if not job.state.is_final][:_BUTTONS]:
        view.add_item(cancel_button(words.say("jobs-cancel-button", job=str(job.id)), job.id))
    return view


def _no_answer(words: Words, job: Job) -> str:
    if job.state is JobState.CANCELLED:
        return words.say("show-cancelled")
    if job.failure is not None:
        return error_message(words, job.failure.code, job.failure.details, job.id)
    return words.say("show-not-yet", state=state_text(words, job))
