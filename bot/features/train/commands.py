"""/train: everybody may look, moderators decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.features.train import choices, deeds
from bot.features.train.begin import Wanted, begin, begin_branch
from bot.features.train.options import (
    KINDS,
    LOSS_CHOICES,
    SIZE_CHOICES,
    Augment,
    Batch,
    Fold,
    Kl,
    Number,
    Rate,
    Seed,
    Steps,
    descriptions,
    names,
)
from bot.features.train.page import page_in, picture_files
from bot.features.train.texts import history_embed
from bot.intake.lookup import member_of
from bot.ui.i18n import localised
from bot.ui.language import private
from bot.ui.permissions import guild_of, is_moderator, moderators_only
from core.domain.clock import now_utc
from core.domain.jobs import JSON, JobKind
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import Interaction

LABELS = "labels"  # what /jobs calls it; the data set has the same name
_HISTORY = 15  # lines of an embed that is read at a glance
_OPTIONS = ("steps", "size", "batch", "learning_rate")
_DRAWING = ("loss", "augment", "kl")  # of what draws faces

train = app_commands.Group(
    name=localised("train-name"),
    description=localised("train-description"),
    guild_only=True,
    allowed_contexts=app_commands.AppCommandContext(guild=True),
)


@train.command(name=localised("train-start-name"), description=localised("train-start-description"))
@app_commands.rename(**names("kind", "preset", "data", *_OPTIONS, "fold", *_DRAWING, "seed"))
@app_commands.describe(**descriptions("kind", "preset", "data", *_OPTIONS, "fold", *_DRAWING, "seed"))
@app_commands.choices(kind=KINDS)
@app_commands.choices(size=SIZE_CHOICES)
@app_commands.choices(loss=LOSS_CHOICES)
@app_commands.autocomplete(preset=choices.presets, data=choices.data_sets)
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
    """Begin."""
    config = _said(size=size, batch=batch, learning_rate=learning_rate, fold=fold, loss=loss, augment=augment, kl=kl)
    await begin(interaction, Wanted(member_of(RunKind, "kind", kind), preset, data, steps or 0, config, seed or 0))


@train.command(name=localised("train-status-name"), description=localised("train-status-description"))
@app_commands.rename(**names("run"))
@app_commands.describe(**descriptions("run"))
@app_commands.autocomplete(run=choices.runs)
async def status(interaction: Interaction, run: Number | None = None) -> None:
    """The same as the run's message, wherever that is by now."""
    bot = interaction.client
    found = await choices.chosen(bot, guild_of(interaction), run)
    words, steers = await private(interaction), is_moderator(interaction)
    page = await page_in(bot, found, words, now_utc(), steers=steers)
    files = await picture_files(bot, page) or []
    embeds = list(page.embeds) if files else page.without_pictures()
    await interaction.response.send_message(embeds=embeds, view=page.view, files=files, ephemeral=True)


@train.command(name=localised("train-pause-name"), description=localised("train-pause-description"))
@app_commands.rename(**names("run"))
@app_commands.describe(**descriptions("run"))
@app_commands.autocomplete(run=choices.runs)
@moderators_only
async def pause(interaction: Interaction, run: Number | None = None) -> None:
    """Rest."""
    await _ask(interaction, "pause", run)


@train.command(name=localised("train-resume-name"), description=localised("train-resume-description"))
@app_commands.rename(**names("run"))
@app_commands.describe(**descriptions("run"))
@app_commands.autocomplete(run=choices.runs)
@moderators_only
async def resume(interaction: Interaction, run: Number | None = None) -> None:
    """Go on."""
    await _ask(interaction, "resume", run)


@train.command(name=localised("train-stop-name"), description=localised("train-stop-description"))
@app_commands.rename(**names("run"))
@app_commands.describe(**descriptions("run"))
@app_commands.autocomplete(run=choices.runs)
@moderators_only
async def stop(interaction: Interaction, run: Number | None = None) -> None:
    """End."""
    await _ask(interaction, "stop", run)


@train.command(name=localised("train-rollback-name"), description=localised("train-rollback-description"))
@app_commands.rename(**names("step", "run"))
@app_commands.describe(**descriptions("step", "run"))
@app_commands.autocomplete(step=choices.steps, run=choices.runs)
@moderators_only
async def rollback(interaction: Interaction, step: Steps, run: Number | None = None) -> None:
    """Go back to a checkpoint."""
    found = await choices.chosen(interaction.client, guild_of(interaction), run)
    await deeds.roll_back(interaction, found, step)


@train.command(name=localised("train-branch-name"), description=localised("train-branch-description"))
@app_commands.rename(**names("step", "run", *_OPTIONS, *_DRAWING))
@app_commands.describe(**descriptions("step", "run", *_OPTIONS, *_DRAWING))
@app_commands.choices(size=SIZE_CHOICES)
@app_commands.choices(loss=LOSS_CHOICES)
@app_commands.autocomplete(step=choices.steps, run=choices.runs)
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
    """Go on from a checkpoint as a training of its own."""
    found = await choices.chosen(interaction.client, guild_of(interaction), run)
    changes = _said(size=size, batch=batch, learning_rate=learning_rate, loss=loss, augment=augment, kl=kl)
    await begin_branch(interaction, found, step, steps, changes)


@train.command(name=localised("train-snapshot-name"), description=localised("train-snapshot-description"))
@moderators_only
async def snapshot(interaction: Interaction) -> None:
    """A job, since a worker reads the photos."""
    await interaction.client.intake.ask(interaction, JobKind.SNAPSHOT, {"title": LABELS})


@train.command(name=localised("train-history-name"), description=localised("train-history-description"))
async def history(interaction: Interaction) -> None:
    """What there was."""
    bot, guild_id, words = interaction.client, guild_of(interaction), await private(interaction)
    found = await bot.threads.quick(bot.services.runs.newest, guild_id, _HISTORY)
    if not found:
        await interaction.response.send_message(words.say("train-history-none"), ephemeral=True)
        return
    known = [await bot.threads.quick(bot.services.registry.list, guild_id, kind) for kind in RunKind]
    versions = {version.run_id: version for some in known for version in some if version.run_id is not None}
    await interaction.response.send_message(embed=history_embed(words, found, versions), ephemeral=True)


async def _ask(interaction: Interaction, action: str, number: int | None) -> None:
    bot, words = interaction.client, await private(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    run = await deeds.ask(interaction, action, await choices.chosen(bot, guild_of(interaction), number))
    bot.status_messages.wake(run.id)
    text = words.say("train-asked", action=action, number=str(run.number), step=run.step)
    await interaction.edit_original_response(content=text)


def _said(**options: JSON) -> dict[str, JSON]:
    return {name: value for name, value in options.items() if value is not None}
