"""What the options of /age are called, and which values Discord lets through."""

from __future__ import annotations

from discord import app_commands

from bot.ui.i18n import localised
from core.domain.ageing import MAX_AGE, MIN_AGE, AgeOutput

Years = app_commands.Range[int, MIN_AGE - MAX_AGE, MAX_AGE - MIN_AGE]
Age = app_commands.Range[int, MIN_AGE, MAX_AGE]
Typed = app_commands.Range[str, 1, 200]
OUTPUTS = [
    app_commands.Choice(name=localised("age-photo-choice"), value=AgeOutput.PHOTO.value),
    app_commands.Choice(name=localised("age-strip-choice"), value=AgeOutput.STRIP.value),
    app_commands.Choice(name=localised("age-film-choice"), value=AgeOutput.FILM.value),
]

NAMES = {
    "photo": localised("age-photo-name"),
    "years": localised("age-years-name"),
    "to": localised("age-to-name"),
    "output": localised("age-as-name"),  # `as` is a keyword of Python
    "model": localised("age-model-name"),
}
DESCRIPTIONS = {
    "photo": localised("age-photo-description"),
    "years": localised("age-years-description"),
    "to": localised("age-to-description"),
    "output": localised("age-as-description"),
    "model": localised("age-model-description"),
}
