"""All commands and all buttons: what a feature adds is listed here, and nowhere else."""

from __future__ import annotations

from typing import Any

import discord

from bot.features.about.commands import about, health, help_
from bot.features.about.texts import Catalogue
from bot.features.classify.answer import ClassifyAnswerer
from bot.features.classify.commands import classify, who_is_this
from bot.features.jobs.cancel import CancelButton
from bot.features.jobs.commands import jobs, show
from bot.features.people.buttons import FaceButton, FacesSelect
from bot.features.people.commands import PageButton, people
from bot.features.people.pick import PersonSelect
from bot.features.settings.commands import settings
from bot.relay import Answerer
from core.domain.jobs import JobKind

COMMANDS: Catalogue = (classify, who_is_this, show, jobs, people, settings, help_, about, health)
ITEMS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    CancelButton,
    FaceButton,
    FacesSelect,
    PageButton,
    PersonSelect,
)


def answerers() -> dict[JobKind, Answerer]:
    """Who builds the answer to which kind of job."""
    return {JobKind.CLASSIFY: ClassifyAnswerer()}
