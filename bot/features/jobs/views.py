"""The button that cancels a job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.intake.lookup import ID, find_job, parse_id
from bot.ui.i18n import clip
from bot.ui.language import private_words
from bot.ui.permissions import is_moderator
from core.domain.jobs import JobState

if TYPE_CHECKING:
    from bot.context import Interaction


class CancelButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"cancel:(?P<job>{ID})"):
    """Cancels a job: for the member who requested it, and for moderators."""

    def __init__(self, button: discord.ui.Button[Any], job_id: int) -> None:
        super().__init__(button)
        self.job_id = job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> CancelButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Cancel, or ask the worker to stop."""
        bot, service = interaction.client, interaction.client.services.jobs
        await find_job(interaction, self.job_id)  # another guild's job is unknown here
        # Slow: what was cancelled makes room, and the next job is sent to the broker.
        job = await bot.threads.slow(service.cancel, self.job_id, interaction.user.id, is_moderator(interaction))
        if interaction.message is not None and not interaction.message.flags.ephemeral:
            await interaction.response.defer()  # the message itself is about to say so
        else:
            words = await private_words(interaction)
            text = words.say("cancel-done") if job.state is JobState.CANCELLED else words.say("cancel-asked")
            await interaction.response.send_message(text, ephemeral=True)
        bot.relay.wake()


def cancel_button(label: str, job_id: int) -> CancelButton:
    """Make the button for one job."""
    style = discord.ButtonStyle.secondary
    return CancelButton(discord.ui.Button(label=clip(label, 80), custom_id=f"cancel:{job_id}", style=style), job_id)


def cancel_view(label: str, job_id: int) -> discord.ui.View:
    """Make a view with just that button."""
    view = discord.ui.View(timeout=None)
    view.add_item(cancel_button(label, job_id))
    return view
