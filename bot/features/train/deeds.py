"""What moderators do to a run that is there: the same by a command as by a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.ui.language import private
from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Version
from core.domain.training.runs import Run

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction


async def ask(interaction: Interaction, action: str, run: Run) -> Run:
    """Pause, resume or stop; the run as it is then.

    Raises:
        OmokageError: RUN_STATE, RUN_UNDER_WAY.
    """
    bot, runs = interaction.client, interaction.client.services.runs
    call = {"pause": runs.control.pause, "resume": runs.control.resume, "stop": runs.control.stop}[action]
    # Slow: a run that is resumed is sent to the broker.
    return await bot.threads.slow(call, run.id, interaction.user.id)


async def press(interaction: Interaction, action: str, run: Run) -> None:
    """The same from a button: the message itself shows what came of it."""
    # First: the broker may take its time, and three seconds are all there is.
    await interaction.response.defer()
    await ask(interaction, action, run)
    interaction.client.status_messages.wake(run.id)


async def roll_back(interaction: Interaction, run: Run, step: int, *, edit: bool = False) -> None:
    """Go back, and say to which step; `edit`: in the message whose button was pressed."""
    bot, words = interaction.client, await private(interaction)
    after = await bot.threads.quick(bot.services.runs.control.rollback, run.id, step, interaction.user.id)
    text = words.say("run-back-done", number=str(run.number), step=after.step)
    if edit:
        await interaction.response.edit_message(content=text, view=None)
    else:
        await interaction.response.send_message(text, ephemeral=True)
    bot.status_messages.wake(run.id)


async def version_of(bot: BotContext, run: Run) -> Version:
    """What a run left behind.

    Raises:
        OmokageError: UNKNOWN_VERSION.
    """
    found = await find_version(bot, run)
    if found is None:
        raise OmokageError(ErrorCode.UNKNOWN_VERSION)
    return found


async def find_version(bot: BotContext, run: Run) -> Version | None:
    """What a run left behind, if it is finished."""
    known = await bot.threads.quick(bot.services.registry.list, run.guild_id, run.kind)
    return next((one for one in known if one.run_id == run.id), None)


def may_show(interaction: Interaction) -> None:
    """Refuse a channel in which the run's message could not be posted, before anything is begun.

    Raises:
        OmokageError: NOT_ALLOWED.
    """
    needed = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, attach_files=True)
    if not interaction.app_permissions.is_superset(needed):
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="channel")
