"""What the options of /model are called, and which values Discord lets through."""

from __future__ import annotations

from discord import app_commands

from bot.ui.i18n import localised
from core.domain.training.runs import RunKind

_NAMES = {"version": localised("model-version-name"), "kind": localised("model-kind-name")}
_DESCRIPTIONS = {"version": localised("model-version-description"), "kind": localised("model-kind-description")}
Number = app_commands.Range[int, 1, 1_000_000]
KINDS = [
    app_commands.Choice(name=localised("train-recogniser-choice"), value=RunKind.RECOGNISER.value),
    app_commands.Choice(name=localised("train-dcgan-choice"), value=RunKind.DCGAN.value),
    app_commands.Choice(name=localised("train-vae-choice"), value=RunKind.VAE.value),
    app_commands.Choice(name=localised("train-reage-choice"), value=RunKind.REAGE.value),
    app_commands.Choice(name=localised("train-caae-choice"), value=RunKind.CAAE.value),
]


def names(*options: str) -> dict[str, app_commands.locale_str]:
    """Name options, for `app_commands.rename`."""
    return {option: _NAMES[option] for option in options}


def descriptions(*options: str) -> dict[str, app_commands.locale_str]:
    """Describe options, for `app_commands.describe`."""
    return {option: _DESCRIPTIONS[option] for option in options}


def parse_kind(value: str | None) -> RunKind:
    """Read the chosen kind; without one it is the recogniser, the kind that `/classify` uses."""
    return next((kind for kind in RunKind if kind.value == value), RunKind.RECOGNISER)
