"""Buttons under an optimised picture. All state is in the custom ids, so they survive a restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.optimize.requests import AGAIN, CONTINUE, ROBUST, WIDER, next_actions, params_of_next
from bot.intake.lookup import ID, find_job, parse_id
from bot.ui.i18n import Words
from bot.ui.menus import rows_view
from core.domain.jobs import Job, JobKind
from core.domain.optimisation import OptimizeRequest, OptimizeResult

if TYPE_CHECKING:
    from bot.context import Interaction

_LABELS = {
    CONTINUE: "optimize-on-button",
    WIDER: "optimize-wider-button",
    ROBUST: "optimize-robust-button",
    AGAIN: "optimize-again-button",
}


class OptimizedButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"optimized:(?P<action>on|wider|robust|again):(?P<job>{ID})",
):
    """Goes on with a picture, or makes another."""

    def __init__(self, button: discord.ui.Button[Any], action: str, job_id: int) -> None:
        super().__init__(button)
        self.action, self.job_id = action, job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> OptimizedButton:
        """Rebuild the button from its custom id."""
        return cls(item, match["action"], parse_id(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Request what its label says, as a job of its own."""
        job = await find_job(interaction, self.job_id, JobKind.OPTIMIZE)
        await interaction.client.intake.request_job(interaction, JobKind.OPTIMIZE, params_of_next(job, self.action))


def optimized_view(
    words: Words, job: Job, request: OptimizeRequest, optimized: OptimizeResult
) -> discord.ui.View | None:
    """Build the buttons that make sense with a result; None: there are none."""
    row = [_button(words, action, job) for action in next_actions(request, optimized)]
    return rows_view([row]) if row else None


def _button(words: Words, action: str, job: Job) -> OptimizedButton:
    style = discord.ButtonStyle.primary if action == CONTINUE else discord.ButtonStyle.secondary
    custom_id = f"optimized:{action}:{job.id}"
    button = discord.ui.Button[Any](label=words.say(_LABELS[action]), custom_id=custom_id, style=style)
    return OptimizedButton(button, action, job.id)
