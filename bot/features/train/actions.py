"""Pause, resume, stop and roll back a training: the same by a command as by a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.ui.language import private_words
from bot.ui.permissions import require_answer_channel
from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import Run

if TYPE_CHECKING:
    from bot.context import Interaction


async def change_run(interaction: Interaction, action: str, run: Run) -> Run:
    """Pause, resume or stop a run; return it as it is then.

    Raises:
        OmokageError: RUN_STATE, RUN_UNDER_WAY.
    """
    bot, runs = interaction.client, interaction.client.services.runs
    call = {"pause": runs.control.pause, "resume": runs.control.resume, "stop": runs.control.stop}[action]
    # Slow: a run that is resumed is sent to the broker.
    return await bot.threads.slow(call, run.id, interaction.user.id)


async def change_run_by_button(interaction: Interaction, action: str, run: Run) -> None:
    """Pause, resume or stop a run; its own message shows the result."""
    # First: the broker may take its time, and three seconds are all there is.
    await interaction.response.defer()
    await change_run(interaction, action, run)
    interaction.client.status_messages.wake(run.id)


async def roll_back(interaction: Interaction, run: Run, step: int, *, edit: bool = False) -> None:
    """Roll a run back to a step, and say so; `edit`: in the message whose button was pressed."""
    bot, words = interaction.client, await private_words(interaction)
    after = await bot.threads.quick(bot.services.runs.control.rollback, run.id, step, interaction.user.id)
    text = words.say("run-back-done", number=str(run.number), step=after.step)
    if edit:
        await interaction.response.edit_message(content=text, view=None)
    else:
        await interaction.response.send_message(text, ephemeral=True)
    bot.status_messages.wake(run.id)


async def require_status_channel(interaction: Interaction) -> None:
    """Refuse a channel in which the run's message could not be posted, or is not wanted.

    Raises:
        OmokageError: NOT_ALLOWED.
    """
    await require_answer_channel(interaction)
    needed = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, attach_files=True)
    if not interaction.app_permissions.is_superset(needed):
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="channel")
