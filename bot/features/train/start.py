"""Start a training: preflight check, request, confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import job_number_line
from bot.features.dataset.lookup import find_dataset
from bot.features.dataset.texts import preflight_lines
from bot.features.train.actions import require_status_channel
from bot.intake.origin import origin_of
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of
from core.domain.jobs import JSON
from core.domain.training.presets import find_preset
from core.domain.training.runs import Run, RunKind, RunRequest

if TYPE_CHECKING:
    from bot.context import Interaction


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """The options that a moderator typed; `steps` 0: as many as the preset says."""

    kind: RunKind
    preset: str | None
    data: str | None
    steps: int
    config: Mapping[str, JSON]
    seed: int


async def start_training(interaction: Interaction, options: TrainingOptions) -> None:
    """Start a run, unless the preflight check of its data refuses it.

    Raises:
        OmokageError: NOT_ALLOWED, UNKNOWN_DATASET, UNKNOWN_PRESET, BAD_OPTION, RUN_UNDER_WAY.
    """
    await require_status_channel(interaction)
    bot, words = interaction.client, await private_words(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    dataset = await find_dataset(bot, guild_id_of(interaction), options.data)
    preflight = bot.services.datasets.preflight(dataset, kind=options.kind)
    objecting = await bot.threads.quick(bot.services.people.objecting, dataset.guild_id)
    remarks = preflight_lines(words, dataset, preflight, objecting)
    if not preflight.is_fit:
        text = f"{words.say('train-unfit')}\n{remarks}\n{job_number_line(words, interaction.id)}"
        await interaction.edit_original_response(content=text)
        return
    preset = find_preset(options.kind, options.preset).name
    request = RunRequest(
        interaction.id,
        options.kind,
        preset,
        dataset.id,
        options.steps,
        origin_of(interaction),
        options.config,
        options.seed,
    )
    run = await bot.threads.slow(bot.services.runs.start, request)
    await _confirm_started(interaction, run, remarks)


async def start_branch(
    interaction: Interaction, parent: Run, step: int, steps: int | None, changes: Mapping[str, JSON]
) -> None:
    """Start a run from a checkpoint of another.

    Raises:
        OmokageError: NOT_ALLOWED, UNKNOWN_CHECKPOINT, BAD_OPTION, RUN_UNDER_WAY.
    """
    await require_status_channel(interaction)
    bot = interaction.client
    await interaction.response.defer(ephemeral=True, thinking=True)
    origin = origin_of(interaction)
    run = await bot.threads.slow(
        bot.services.runs.branch, parent.id, step, interaction.id, origin, changes, steps=steps
    )
    await _confirm_started(interaction, run, "")


async def _confirm_started(interaction: Interaction, run: Run, remarks: str) -> None:
    words = await private_words(interaction)
    text = words.say("train-begun", number=str(run.number))
    await interaction.edit_original_response(content=f"{text}\n{remarks}".rstrip())
    interaction.client.status_messages.wake(run.id)
