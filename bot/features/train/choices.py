"""What is offered while the options of /train are being typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import offering
from bot.features.train.texts import run_choice
from bot.intake.lookup import id_in
from bot.ui.formatting import figure, percent
from bot.ui.i18n import Words, clip
from bot.ui.language import private
from bot.ui.permissions import guild_of, moderators_only
from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.presets import PRESETS, Preset
from core.domain.training.runs import Checkpoint, Run, RunKind

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction

_CHOICES = 25  # Discord's limit
_NAME = 100  # Discord's, for the name of a choice
_TITLE = re.compile(r"(?P<name>.+?)(?:\s+v(?P<version>\d{1,9}))?", re.DOTALL)


@offering
async def data_sets(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The guild's data sets, newest first."""
    bot, words = interaction.client, await private(interaction)
    known = await bot.threads.quick(bot.services.datasets.list, guild_of(interaction))
    return _fitting(((_data_choice(words, one), one.title) for one in known), typed)


@offering
async def presets(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The recipes, and what each is for."""
    words, chosen_kind = await private(interaction), getattr(interaction.namespace, "kind", None)
    kinds = [kind for kind in RunKind if kind.value == chosen_kind] or list(RunKind)
    known = [(kind, preset) for kind in kinds for preset in PRESETS[kind]]
    return _fitting(((_preset_choice(words, *one), one[1].name) for one in known), typed)


@offering
async def runs(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """The guild's trainings, newest first."""
    bot, words = interaction.client, await private(interaction)
    known = await bot.threads.quick(bot.services.runs.newest, guild_of(interaction), _CHOICES)
    names = [(run_choice(words, run), run.number) for run in known]
    return [app_commands.Choice(name=name, value=number) for name, number in names if typed.lower() in name.lower()]


@offering
@moderators_only
async def steps(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """The checkpoints of the chosen training, newest first."""
    bot, words = interaction.client, await private(interaction)
    run = await chosen(bot, guild_of(interaction), getattr(interaction.namespace, "run", None))
    known = await bot.threads.quick(bot.services.runs.checkpoints, run.id)
    fitting = [one for one in reversed(known) if str(one.step).startswith(typed.strip())]
    return [app_commands.Choice(name=_step_choice(words, one), value=one.step) for one in fitting[:_CHOICES]]


async def chosen(bot: BotContext, guild_id: int, number: int | None) -> Run:
    """The training of that number, or the newest.

    Raises:
        OmokageError: UNKNOWN_RUN.
    """
    return await bot.threads.quick(bot.services.runs.find, guild_id, None if number is None else id_in(number))


async def chosen_data(bot: BotContext, guild_id: int, title: str | None) -> Dataset:
    """The data set of that title (`family`, `family v2`), or the newest.

    Raises:
        OmokageError: UNKNOWN_DATASET.
    """
    if title is not None and title.strip():
        found = _TITLE.fullmatch(title.strip())
        name, version = (title, None) if found is None else (found["name"], found["version"])
        return await bot.threads.quick(bot.services.datasets.find, guild_id, name, int(version) if version else None)
    known = await bot.threads.quick(bot.services.datasets.list, guild_id)
    if not known:
        raise OmokageError(ErrorCode.UNKNOWN_DATASET, reason="no-data", guild=str(guild_id))
    return known[0]


def _fitting(offers: Iterable[tuple[str, str]], typed: str) -> list[app_commands.Choice[str]]:
    fitting = [(name, value) for name, value in offers if typed.lower() in name.lower()]
    return [app_commands.Choice(name=clip(name, _NAME), value=clip(value, _NAME)) for name, value in fitting[:_CHOICES]]


def _preset_choice(words: Words, kind: RunKind, preset: Preset) -> str:
    recipe = f"{kind.value}-{preset.name}"
    return words.say("preset-choice", preset=preset.name, recipe=recipe, steps=preset.steps)


def _data_choice(words: Words, dataset: Dataset) -> str:
    if not dataset.people:
        return words.say("data-unnamed-choice", data=dataset.title, pictures=dataset.pictures)
    return words.say("data-choice", data=dataset.title, people=dataset.people, pictures=dataset.pictures)


def _step_choice(words: Words, checkpoint: Checkpoint) -> str:
    accuracy, kid = checkpoint.values.get("held_out_accuracy"), checkpoint.values.get("kid")
    if kid is not None:
        return words.say("step-kid-choice", step=checkpoint.step, kid=figure(kid))
    if accuracy is None:
        return words.say("step-choice", step=checkpoint.step)
    return words.say("step-choice-accuracy", step=checkpoint.step, share=percent(accuracy))
