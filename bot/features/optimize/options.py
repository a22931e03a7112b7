"""What the options of /optimize are called, and which values Discord lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.ui.i18n import localised
from core.domain.generation import MAX_SEED
from core.domain.optimisation import MAX_EPSILON, MAX_STEPS, OptimizeMode

if TYPE_CHECKING:
    pass

Typed = app_commands.Range[str, 1, 100]
Steps = app_commands.Range[int, 1, MAX_STEPS]
Epsilon = app_commands.Range[int, 1, MAX_EPSILON]
Seed = app_commands.Range[int, 0, MAX_SEED]
MODES = [
    app_commands.Choice(name=localised("optimize-fool-choice"), value=OptimizeMode.FOOL.value),
    app_commands.Choice(name=localised("optimize-noise-choice"), value=OptimizeMode.NOISE.value),
    app_commands.Choice(name=localised("optimize-dream-choice"), value=OptimizeMode.DREAM.value),
]

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
