"""What the options of /optimize are called, and which values Discord lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import offering
from bot.ui.i18n import clip, localised
from bot.ui.permissions import guild_of
from core.domain.generation import MOST_SEED
from core.domain.optimisation import MOST_EPSILON, MOST_STEPS, OptimizeMode
from core.services.attack.targets import fitting, targets

if TYPE_CHECKING:
    from bot.context import Interaction

Typed = app_commands.Range[str, 1, 100]
Steps = app_commands.Range[int, 1, MOST_STEPS]
Epsilon = app_commands.Range[int, 1, MOST_EPSILON]
Seed = app_commands.Range[int, 0, MOST_SEED]
MODES = [
    app_commands.Choice(name=localised("optimize-fool-choice"), value=OptimizeMode.FOOL.value),
    app_commands.Choice(name=localised("optimize-noise-choice"), value=OptimizeMode.NOISE.value),
    app_commands.Choice(name=localised("optimize-dream-choice"), value=OptimizeMode.DREAM.value),
]
_NAME = 100  # Discord's, for the name and the value of a choice

NAMES = {
    "target": localised("optimize-target-name"),
    "mode": localised("optimize-mode-name"),
    "photo": localised("optimize-photo-name"),
    "steps": localised("optimize-steps-name"),
    "epsilon": localised("optimize-epsilon-name"),
    "robust": localised("optimize-robust-name"),
    "seed": localised("optimize-seed-name"),
}
DESCRIPTIONS = {
    "target": localised("optimize-target-description"),
    "mode": localised("optimize-mode-description"),
    "photo": localised("optimize-photo-description"),
    "steps": localised("optimize-steps-description"),
    "epsilon": localised("optimize-epsilon-description"),
    "robust": localised("optimize-robust-description"),
    "seed": localised("optimize-seed-description"),
}


@offering
async def people(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Whom the recogniser that serves here knows; nobody, where none does."""
    bot = interaction.client
    known = await bot.threads.quick(targets, bot.services.registry, bot.services.people, guild_of(interaction))
    return [app_commands.Choice(name=clip(one.name, _NAME), value=one.name[:_NAME]) for one in fitting(known, typed)]
