"""/train: everybody may look, moderators start and control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.features.dataset.autocomplete import data_sets
from bot.features.model.options import KINDS, Number
from bot.features.train import actions, lookup
from bot.features.train.autocomplete import checkpoints, presets, runs
from bot.features.train.options import (
    LOSS_CHOICES,
    SIZE_CHOICES,
    Augment,
    Batch,
    Fold,
    Kl,
    Rate,
    Seed,
    Steps,
    descriptions,
    names,
)
from bot.features.train.start import TrainingOptions, start_branch, start_training
from bot.features.train.status.content import build_content_in, picture_files
from bot.features.train.status.texts import history_embed
from bot.intake.lookup import parse_enum
from bot.ui.groups import guild_group
from bot.ui.i18n import localised
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, is_moderator, moderators_only
from core.domain.clock import now_utc
from core.domain.jobs import JSON, JobKind
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import Interaction

LABELS = "labels"  # what /jobs calls it; the data set has the same name
_HISTORY = 15  # lines of an embed that is read at a glance
_OPTIONS = ("steps", "size", "batch", "learning_rate")
_DRAWING = ("loss", "augment", "kl")  # options of generators

train = guild_group("train-name", "train-description")


@train.command(name=localised("train-start-name"), description=localised("train-start-description"))
@app_commands.rename(**names("kind", "preset", "data", *_OPTIONS, "fold", *_DRAWING, "seed"))
@app_commands.describe(**descriptions("kind", "preset", "data", *_OPTIONS, "fold", *_DRAWING, "seed"))
@app_commands.choices(kind=KINDS)
@app_commands.choices(size=SIZE_CHOICES)
@app_commands.choices(loss=LOSS_CHOICES)
@app_commands.autocomplete(preset=presets, data=data_sets)
@moderators_only
async def start(  # noqa: PLR0917 - the options, as discord.py wants them
    interaction: Interaction,
    kind: str,
    preset: str | None = None,
    data: str | None = None,
    steps: Steps | None = None,
    size: int | None = None,
    batch: Batch | None = None,
    learning_rate: Rate | None = None,
    fold: Fold | None = None,
    loss: str | None = None,
    augment: Augment | None = None,
    kl: Kl | None = None,
    seed: Seed | None = None,
) -> None:
    """Start a training."""
    config = _given_options(
        size=size, batch=batch, learning_rate=learning_rate, fold=fold, loss=loss, augment=augment, kl=kl
    )
    await start_training(
        interaction, TrainingOptions(parse_enum(RunKind, "kind", kind), preset, data, steps or 0, config, seed or 0)
    )


@train.command(name=localised("train-status-name"), description=localised("train-status-description"))
@app_commands.rename(**names("run"))
@app_commands.describe(**descriptions("run"))
@app_commands.autocomplete(run=runs)
async def status(interaction: Interaction, run: Number | None = None) -> None:
    """Show a copy of the run's message."""
    bot = interaction.client
    found_run = await lookup.find_run(bot, guild_id_of(interaction), run)
    words, for_moderators = await private_words(interaction), is_moderator(interaction)
    content = await build_content_in(bot, found_run, words, now_utc(), for_moderators=for_moderators)
    files = await picture_files(bot, content) or []
    embeds = list(content.embeds) if files else content.without_pictures()
    await interaction.response.send_message(embeds=embeds, view=content.view, files=files, ephemeral=True)


@train.command(name=localised("train-pause-name"), description=localised("train-pause-description"))
@app_commands.rename(**names("run"))
@app_commands.describe(**descriptions("run"))
@app_commands.autocomplete(run=runs)
@moderators_only
async def pause(interaction: Interaction, run: Number | None = None) -> None:
    """Pause a training."""
    await _change_run(interaction, "pause", run)


@train.command(name=localised("train-resume-name"), description=localised("train-resume-description"))
@app_commands.rename(**names("run"))
@app_commands.describe(**descriptions("run"))
@app_commands.autocomplete(run=runs)
@moderators_only
async def resume(interaction: Interaction, run: Number | None = None) -> None:
    """Resume a training."""
    await _change_run(interaction, "resume", run)


@train.command(name=localised("train-stop-name"), description=localised("train-stop-description"))
@app_commands.rename(**names("run"))
@app_commands.describe(**descriptions("run"))
@app_commands.autocomplete(run=runs)
@moderators_only
async def stop(interaction: Interaction, run: Number | None = None) -> None:
    """Stop a training."""
    await _change_run(interaction, "stop", run)


@train.command(name=localised("train-rollback-name"), description=localised("train-rollback-description"))
@app_commands.rename(**names("step", "run"))
@app_commands.describe(**descriptions("step", "run"))
@app_commands.autocomplete(step=checkpoints, run=runs)
@moderators_only
async def rollback(interaction: Interaction, step: Steps, run: Number | None = None) -> None:
    """Roll a training back to a checkpoint."""
    found_run = await lookup.find_run(interaction.client, guild_id_of(interaction), run)
    await actions.roll_back(interaction, found_run, step)


@train.command(name=localised("train-branch-name"), description=localised("train-branch-description"))
@app_commands.rename(**names("step", "run", *_OPTIONS, *_DRAWING))
@app_commands.describe(**descriptions("step", "run", *_OPTIONS, *_DRAWING))
@app_commands.choices(size=SIZE_CHOICES)
@app_commands.choices(loss=LOSS_CHOICES)
@app_commands.autocomplete(step=checkpoints, run=runs)
@moderators_only
async def branch(  # noqa: PLR0917 - the options, as discord.py wants them
    interaction: Interaction,
    step: Steps,
    run: Number | None = None,
    steps: Steps | None = None,
    size: int | None = None,
    batch: Batch | None = None,
    learning_rate: Rate | None = None,
    loss: str | None = None,
    augment: Augment | None = None,
    kl: Kl | None = None,
) -> None:
    """Start a training of its own from a checkpoint."""
    found_run = await lookup.find_run(interaction.client, guild_id_of(interaction), run)
    changes = _given_options(size=size, batch=batch, learning_rate=learning_rate, loss=loss, augment=augment, kl=kl)
    await start_branch(interaction, found_run, step, steps, changes)


@train.command(name=localised("train-snapshot-name"), description=localised("train-snapshot-description"))
@moderators_only
async def snapshot(interaction: Interaction) -> None:
    """Request a data set of the named faces: a job, since a worker reads the photos."""
    await interaction.client.intake.request_job(interaction, JobKind.SNAPSHOT, {"title": LABELS})


@train.command(name=localised("train-history-name"), description=localised("train-history-description"))
async def history(interaction: Interaction) -> None:
    """List the latest trainings."""
    bot, guild_id, words = interaction.client, guild_id_of(interaction), await private_words(interaction)
    latest = await bot.threads.quick(bot.services.runs.newest, guild_id, _HISTORY)
    if not latest:
        await interaction.response.send_message(words.say("train-history-none"), ephemeral=True)
        return
    versions_by_kind = [await bot.threads.quick(bot.services.registry.list, guild_id, kind) for kind in RunKind]
    versions = {
        version.run_id: version
        for versions_of_kind in versions_by_kind
        for version in versions_of_kind
        if version.run_id is not None
    }
    await interaction.response.send_message(embed=history_embed(words, latest, versions), ephemeral=True)


async def _change_run(interaction: Interaction, action: str, number: int | None) -> None:
    bot, words = interaction.client, await private_words(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    run = await actions.change_run(interaction, action, await lookup.find_run(bot, guild_id_of(interaction), number))
    bot.status_messages.wake(run.id)
    text = words.say("train-asked", action=action, number=str(run.number), step=run.step)
    await interaction.edit_original_response(content=text)


def _given_options(**options: JSON) -> dict[str, JSON]:
    return {name: value for name, value in options.items() if value is not None}
