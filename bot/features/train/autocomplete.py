"""What is offered while the options of /train are being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import empty_on_error
from bot.features.dataset.autocomplete import _CHOICES, _fitting
from bot.features.train.lookup import find_run
from bot.features.train.status.texts import run_label
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
    """The recipes, and what each is for."""
    words, chosen_kind = await private_words(interaction), getattr(interaction.namespace, "kind", None)
    kinds = [kind for kind in RunKind if kind.value == chosen_kind] or list(RunKind)
    known = [(kind, preset) for kind in kinds for preset in PRESETS[kind]]
    return _fitting(((_preset_choice(words, *one), one[1].name) for one in known), typed)


@empty_on_error
async def runs(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """The guild's trainings, newest first."""
    bot, words = interaction.client, await private_words(interaction)
    known = await bot.threads.quick(bot.services.runs.list, guild_id_of(interaction), _CHOICES)
    names = [(run_label(words, run), run.number) for run in known]
    return [app_commands.Choice(name=name, value=number) for name, number in names if typed.lower() in name.lower()]


@empty_on_error
@moderators_only
async def steps(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """The checkpoints of the chosen training, newest first."""
    bot, words = interaction.client, await private_words(interaction)
    run = await find_run(bot, guild_id_of(interaction), getattr(interaction.namespace, "run", None))
    known = await bot.threads.quick(bot.services.runs.checkpoints, run.id)
    fitting = [one for one in reversed(known) if str(one.step).startswith(typed.strip())]
    return [app_commands.Choice(name=_step_choice(words, one), value=one.step) for one in fitting[:_CHOICES]]


def _preset_choice(words: Words, kind: RunKind, preset: Preset) -> str:
    recipe = f"{kind.value}-{preset.name}"
    return words.say("preset-choice", preset=preset.name, recipe=recipe, steps=preset.steps)


def _step_choice(words: Words, checkpoint: Checkpoint) -> str:
    accuracy, kid = checkpoint.values.get("held_out_accuracy"), checkpoint.values.get("kid")
    if kid is not None:
        return words.say("step-kid-choice", step=checkpoint.step, kid=figure(kid))
    if accuracy is None:
        return words.say("step-choice", step=checkpoint.step)
    return words.say("step-choice-accuracy", step=checkpoint.step, share=percent(accuracy))
