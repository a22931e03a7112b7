"""What the options of /generate, /morph and /mix are called, and which values Discord lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.ui.i18n import localised
from core.domain.generation import MAX_FACES, MAX_SEED

if TYPE_CHECKING:
    pass

Count = app_commands.Range[int, 1, MAX_FACES]
GridSeed = app_commands.Range[int, 0, MAX_SEED - MAX_FACES]
Seed = app_commands.Range[int, 0, MAX_SEED]
Truncation = app_commands.Range[float, 0.1, 1.0]
Typed = app_commands.Range[str, 1, 200]
FILMS = [app_commands.Choice(name="WebP", value="webp"), app_commands.Choice(name="GIF", value="gif")]

_NAMES = {
    "count": localised("draw-count-name"),
    "seed": localised("draw-seed-name"),
    "model": localised("draw-model-name"),
    "truncation": localised("draw-truncation-name"),
    "photo": localised("draw-photo-name"),
    "a_photo": localised("draw-a-photo-name"),
    "b_photo": localised("draw-b-photo-name"),
    "a_seed": localised("draw-a-seed-name"),
    "b_seed": localised("draw-b-seed-name"),
    "add": localised("draw-add-name"),
    "subtract": localised("draw-subtract-name"),
    "add_photo": localised("draw-add-photo-name"),
    "subtract_photo": localised("draw-subtract-photo-name"),
    "traits": localised("draw-traits-name"),
    "film": localised("draw-film-name"),
}
_DESCRIPTIONS = {
    "count": localised("draw-count-description"),
    "seed": localised("draw-seed-description"),
    "model": localised("draw-model-description"),
    "truncation": localised("draw-truncation-description"),
    "photo": localised("draw-photo-description"),
    "a_photo": localised("draw-a-photo-description"),
    "b_photo": localised("draw-b-photo-description"),
    "a_seed": localised("draw-a-seed-description"),
    "b_seed": localised("draw-b-seed-description"),
    "add": localised("draw-add-description"),
    "subtract": localised("draw-subtract-description"),
    "add_photo": localised("draw-add-photo-description"),
    "subtract_photo": localised("draw-subtract-photo-description"),
    "traits": localised("draw-traits-description"),
    "film": localised("draw-film-description"),
}


def names(*options: str) -> dict[str, app_commands.locale_str]:
    """For `app_commands.rename`."""
    return {option: _NAMES[option] for option in options}


def descriptions(*options: str) -> dict[str, app_commands.locale_str]:
    """For `app_commands.describe`."""
    return {option: _DESCRIPTIONS[option] for option in options}
