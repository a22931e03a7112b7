"""/jobs and /show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.errors import offering, sentence
from bot.features.jobs.cancel import cancel_button
from bot.features.jobs.texts import choice_of, jobs_embed, state_of
from bot.intake.lookup import id_in, job_of
from bot.ui.i18n import Words, localised
from bot.ui.language import private
from bot.ui.permissions import guild_of, is_moderator, require_moderator
from core.domain.errors import ErrorCode, OmokageError
from core.domain.fairness import QueuePosition
from core.domain.jobs import Job, JobState
from core.services.jobs.service import JobService

if TYPE_CHECKING:
    from bot.context import Interaction

_SHOWN = 10
_CHOICES = 25  # Discord's limit
_BUTTONS = 5  # a member has two jobs running and ten waiting at most; a row of buttons is enough


@app_commands.command(name=localised("jobs-name"), description=localised("jobs-description"))
@app_commands.rename(everyone=localised("jobs-everyone-name"))
@app_commands.describe(everyone=localised("jobs-everyone-description"))
@app_commands.guild_only
async def jobs(interaction: Interaction, everyone: bool = False) -> None:
    """What was asked for lately."""
    if everyone:
        require_moderator(interaction)
    bot, member = interaction.client, None if everyone else interaction.user.id
    found, places = await bot.threads.quick(_latest, bot.services.jobs, guild_of(interaction), member)
    words = await private(interaction)
    if not found:
        await interaction.response.send_message(words.say("jobs-none"), ephemeral=True)
        return
    embed = jobs_embed(words, found, places, everyone=everyone)
    await interaction.response.send_message(embed=embed, view=_cancel_buttons(words, found), ephemeral=True)


@app_commands.command(name=localised("show-name"), description=localised("show-description"))
@app_commands.rename(job=localised("show-job-name"))
@app_commands.describe(job=localised("show-job-description"))
@app_commands.guild_only
async def show(interaction: Interaction, job: str) -> None:
    """Post a job's answer again."""
    bot, words = interaction.client, await private(interaction)
    found = await job_of(interaction, id_in(job))
    if found.origin.member_id != interaction.user.id and not is_moderator(interaction):
        raise OmokageError(ErrorCode.NOT_ALLOWED)
    if found.state is not JobState.DONE:
        await interaction.response.send_message(_no_answer(words, found), ephemeral=True)
        return
    await interaction.response.defer(thinking=True)
    answer = await bot.answerers[found.kind].answer(bot, found)
    await interaction.edit_original_response(**answer.edit())


@show.autocomplete("job")
@offering
async def recent(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The member's latest jobs, or for a moderator the guild's, that fit what was typed."""
    bot, member = interaction.client, None if is_moderator(interaction) else interaction.user.id
    found = await bot.threads.quick(bot.services.jobs.newest, guild_of(interaction), member, 2 * _CHOICES)
    words = await private(interaction)
    names = [(choice_of(words, job), str(job.id)) for job in found]
    fitting = [app_commands.Choice(name=name, value=value) for name, value in names if typed.lower() in name.lower()]
    return fitting[:_CHOICES]


def _latest(service: JobService, guild_id: int, member_id: int | None) -> tuple[list[Job], dict[int, QueuePosition]]:
    found = service.newest(guild_id, member_id, _SHOWN)
    return found, {job.id: service.queue_position(job.id) for job in found if not job.state.is_final}


def _cancel_buttons(words: Words, found: list[Job]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for job in [job for job in found if not job.state.is_final][:_BUTTONS]:
        view.add_item(cancel_button(words.say("jobs-cancel-button", job=str(job.id)), job.id))
    return view


def _no_answer(words: Words, job: Job) -> str:
    if job.state is JobState.CANCELLED:
        return words.say("show-cancelled")
    if job.failure is not None:
        return sentence(words, job.failure.code, job.failure.details, job.id)
    return words.say("show-not-yet", state=state_of(words, job))
