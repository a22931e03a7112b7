"""What the features add to the client: made in `bot.catalogue`, handed over by `bot.main`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import discord

if TYPE_CHECKING:
    from bot.context import Answerer, BotClient, Commands, StatusMessages
    from bot.delivery.progress_texts import ProgressRenderer
    from bot.form_router import FormHandler
    from core.domain.jobs import JobKind


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """All commands and items of the features, and what builds their answers.

    Attributes:
        commands: with their groups and menus.
        items: buttons and selects, which outlive a restart by their custom ids.
        forms: what takes a submitted form, by its custom id.
        answerers: what builds the answer to a job, by its kind; silent kinds have none.
        progress_pages: what a waiting message shows while a worker is at it, of kinds that have more than a line.
        cancel_view: the button that ends a job, from its label and the job's id.
        status_messages: makes what keeps the trainings' messages up to date, with a clock in aware UTC.
    """

    commands: Commands
    items: tuple[type[discord.ui.DynamicItem[Any]], ...]
    forms: Mapping[re.Pattern[str], FormHandler]
    answerers: Mapping[JobKind, Answerer]
    progress_pages: Mapping[JobKind, ProgressRenderer]
    cancel_view: Callable[[str, int], discord.ui.View]
    status_messages: Callable[[BotClient, Callable[[], datetime]], StatusMessages]

    def has_item(self, custom_id: str) -> bool:
        """Say whether a custom id is that of a button or a select here; an older version's, or a forged one, is not."""
        return any(item.__discord_ui_compiled_template__.fullmatch(custom_id) for item in self.items)
