"""What the options of /generate, /morph and /mix are called, and which values Discord lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import offering
from bot.ui.i18n import clip, localised
from bot.ui.permissions import guild_of
from core.domain.generation import MOST_FACES, MOST_SEED
from core.services.generation.generator_lookup import names_for

if TYPE_CHECKING:
    from bot.context import Interaction

Count = app_commands.Range[int, 1, MOST_FACES]
GridSeed = app_commands.Range[int, 0, MOST_SEED - MOST_FACES]
Seed = app_commands.Range[int, 0, MOST_SEED]
Truncation = app_commands.Range[float, 0.1, 1.0]
Typed = app_commands.Range[str, 1, 200]
FILMS = [app_commands.Choice(name="WebP", value="webp"), app_commands.Choice(name="GIF", value="gif")]
_CHOICES = 25  # Discord's limit
_NAME = 100  # Discord's, for the name of a choice

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


@offering
async def models(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """What can draw here: what was promoted first, what comes with the product last."""
    bot = interaction.client
    known = await bot.threads.quick(names_for, bot.services.registry, guild_of(interaction))
    offers = [(f"✅ {one.label}" if one.is_serving else one.label, one.name) for one in known]
    fitting = [(label, name) for label, name in offers if typed.lower() in f"{label} {name}".lower()]
    return [app_commands.Choice(name=clip(label, _NAME), value=name) for label, name in fitting[:_CHOICES]]
