"""What is offered while the options of /train are being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.features.train.lookup import find_run
from bot.features.train.status.texts import run_label
from bot.ui.autocomplete import MAX_CHOICES, empty_on_error, matching_choices
from bot.ui.formatting import figure, percent
from bot.ui.i18n import Words
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, moderators_only
from core.domain.training.presets import PRESETS, Preset
from core.domain.training.runs import Checkpoint, RunKind

if TYPE_CHECKING:
    from bot.context import Interaction


@empty_on_error
async def presets(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the presets, and what each is for."""
    words, chosen_kind = await private_words(interaction), getattr(interaction.namespace, "kind", None)
    kinds = [kind for kind in RunKind if kind.value == chosen_kind] or list(RunKind)
    options = [(_preset_label(words, kind, preset), preset.name) for kind in kinds for preset in PRESETS[kind]]
    return matching_choices(options, typed)


@empty_on_error
async def runs(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """Offer the guild's trainings, newest first."""
    bot, words = interaction.client, await private_words(interaction)
    listed = await bot.threads.quick(bot.services.runs.newest, guild_id_of(interaction), MAX_CHOICES)
    return matching_choices(((run_label(words, run), run.number) for run in listed), typed)


@empty_on_error
@moderators_only
async def checkpoints(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """Offer the checkpoints of the chosen training, newest first."""
    bot, words = interaction.client, await private_words(interaction)
    run = await find_run(bot, guild_id_of(interaction), getattr(interaction.namespace, "run", None))
    kept = await bot.threads.quick(bot.services.runs.checkpoints, run.id)
    matches = [checkpoint for checkpoint in reversed(kept) if str(checkpoint.step).startswith(typed.strip())]
    return [
        app_commands.Choice(name=_checkpoint_label(words, checkpoint), value=checkpoint.step)
        for checkpoint in matches[:MAX_CHOICES]
    ]


def _preset_label(words: Words, kind: RunKind, preset: Preset) -> str:
    recipe = f"{kind.value}-{preset.name}"
    return words.say("preset-choice", preset=preset.name, recipe=recipe, steps=preset.steps)


def _checkpoint_label(words: Words, checkpoint: Checkpoint) -> str:
    accuracy, kid = checkpoint.values.get("held_out_accuracy"), checkpoint.values.get("kid")
    if kid is not None:
        return words.say("step-kid-choice", step=checkpoint.step, kid=figure(kid))
    if accuracy is None:
        return words.say("step-choice", step=checkpoint.step)
    return words.say("step-choice-accuracy", step=checkpoint.step, share=percent(accuracy))
