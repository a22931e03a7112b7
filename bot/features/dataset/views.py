"""The button below the report of a curation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.intake.lookup import ID, find_job, parse_id
from bot.ui.i18n import Words
from bot.ui.permissions import require_moderator
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobKind

if TYPE_CHECKING:
    from bot.context import Interaction


class KeepButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"dataset:kept:(?P<job>{ID})"):
    """Makes a data set of what a curation keeps."""

    def __init__(self, button: discord.ui.Button[Any], job_id: int) -> None:
        super().__init__(button)
        self.job_id = job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> KeepButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Request the data set: a job of its own, since a worker copies the pictures."""
        require_moderator(interaction)
        job = await find_job(interaction, self.job_id, JobKind.CURATE)
        report = (job.result or {}).get("report")
        if report is None:
            raise OmokageError(ErrorCode.UNKNOWN_JOB)
        params = {"dataset_id": job.params["dataset_id"], "title": job.params["title"], "report": report}
        await interaction.client.intake.request_job(interaction, JobKind.CURATE, params)


def keep_view(words: Words, job: Job) -> discord.ui.View:
    """Offer to make a data set of what a curation keeps."""
    label, custom_id = words.say("dataset-kept-button"), f"dataset:kept:{job.id}"
    button = discord.ui.Button[Any](label=label, custom_id=custom_id, style=discord.ButtonStyle.success)
    view = discord.ui.View(timeout=None)
    view.add_item(KeepButton(button, job.id))
    return view
