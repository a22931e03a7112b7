"""What the options of /train are called, and which values Discord lets through."""

from __future__ import annotations

from discord import app_commands

from bot.ui.i18n import localised
from core.domain.training.presets import ALL_SIZES, AUGMENT, BATCH, FOLD, KL, LEARNING_RATE, LOSSES, MAX_STEPS

Steps = app_commands.Range[int, 1, MAX_STEPS]
Batch = app_commands.Range[int, BATCH.min, BATCH.max]
Rate = app_commands.Range[float, LEARNING_RATE.min, LEARNING_RATE.max]
Fold = app_commands.Range[int, FOLD.min, FOLD.max]
Seed = app_commands.Range[int, 0, 2_147_483_647]
Augment = app_commands.Range[float, AUGMENT.min, AUGMENT.max]
Kl = app_commands.Range[float, KL.min, KL.max]
LOSS_CHOICES = [app_commands.Choice(name=loss, value=loss) for loss in LOSSES]
SIZE_CHOICES = [app_commands.Choice(name=str(size), value=size) for size in ALL_SIZES]

_NAMES = {
    "kind": localised("train-kind-name"),
    "preset": localised("train-preset-name"),
    "data": localised("train-data-name"),
    "steps": localised("train-steps-name"),
    "size": localised("train-size-name"),
    "batch": localised("train-batch-name"),
    "learning_rate": localised("train-learning-rate-name"),
    "fold": localised("train-fold-name"),
    "loss": localised("train-loss-name"),
    "augment": localised("train-augment-name"),
    "kl": localised("train-kl-name"),
    "seed": localised("train-seed-name"),
    "run": localised("train-run-name"),
    "step": localised("train-step-name"),
}
_DESCRIPTIONS = {
    "kind": localised("train-kind-description"),
    "preset": localised("train-preset-description"),
    "data": localised("train-data-description"),
    "steps": localised("train-steps-description"),
    "size": localised("train-size-description"),
    "batch": localised("train-batch-description"),
    "learning_rate": localised("train-learning-rate-description"),
    "fold": localised("train-fold-description"),
    "loss": localised("train-loss-description"),
    "augment": localised("train-augment-description"),
    "kl": localised("train-kl-description"),
    "seed": localised("train-seed-description"),
    "run": localised("train-run-description"),
    "step": localised("train-step-description"),
}


def names(*options: str) -> dict[str, app_commands.locale_str]:
    """Name options, for `app_commands.rename`."""
    return {option: _NAMES[option] for option in options}


def descriptions(*options: str) -> dict[str, app_commands.locale_str]:
    """Describe options, for `app_commands.describe`."""
    return {option: _DESCRIPTIONS[option] for option in options}
