"""Buttons under a run's message. All state is in the custom ids, so they survive a restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.train.start import TrainingOptions, start_training
from bot.intake.lookup import ID, parse_id
from bot.ui.i18n import Words
from bot.ui.permissions import guild_id_of, require_moderator
from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import Interaction

from typing import TYPE_CHECKING

from bot.features.model import promotion
from bot.features.model.views import show_version
from bot.features.train import actions, lookup
from bot.ui.language import private_words
from core.domain.registry.versions import Version
from core.domain.training.kept_checkpoints import best_checkpoint
from core.domain.training.runs import DesiredState, Run, RunState

if TYPE_CHECKING:
    from bot.context import Interaction

_STYLES = {
    "pause": discord.ButtonStyle.secondary,
    "resume": discord.ButtonStyle.success,
    "stop": discord.ButtonStyle.danger,
    "best": discord.ButtonStyle.secondary,
    "promote": discord.ButtonStyle.success,
    "card": discord.ButtonStyle.secondary,
}

_FOR_EVERYBODY = "card"


class RunButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"run:(?P<action>pause|resume|stop|best|promote|card):(?P<run>{ID})",
):
    """Controls a run, or goes on with the version that it produced."""

    def __init__(self, button: discord.ui.Button[Any], action: str, run_id: int) -> None:
        super().__init__(button)
        self.action, self.run_id = action, run_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> RunButton:
        """Rebuild the button from its custom id."""
        return cls(item, match["action"], parse_id(match["run"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Do what its label says."""
        bot, guild_id = interaction.client, guild_id_of(interaction)
        if self.action != _FOR_EVERYBODY:
            require_moderator(interaction)
        run = await bot.threads.quick(bot.services.runs.get, self.run_id, guild_id)
        if self.action == "best":
            await offer_best_checkpoint(interaction, run)
        elif self.action in {"promote", "card"}:
            await self._with_version(interaction, run)
        else:
            await actions.change_run_by_button(interaction, self.action, run)

    async def _with_version(self, interaction: Interaction, run: Run) -> None:
        version = await lookup.require_version(interaction.client, run)
        if self.action == "promote":
            await promotion.promote(interaction, version)
        else:
            await show_version(interaction, version)


class BackButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"run:back:(?P<run>{ID}):(?P<step>\d{{1,9}})"
):
    """Rolls a run back to a step, once its cost has been shown."""

    def __init__(self, button: discord.ui.Button[Any], run_id: int, step: int) -> None:
        super().__init__(button)
        self.run_id, self.step = run_id, step

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> BackButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["run"]), int(match["step"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Roll back."""
        require_moderator(interaction)
        bot = interaction.client
        run = await bot.threads.quick(bot.services.runs.get, self.run_id, guild_id_of(interaction))
        await actions.roll_back(interaction, run, self.step, edit=True)


def run_view(words: Words, run: Run, version: Version | None = None, *, for_moderators: bool = True) -> discord.ui.View:
    """Build the buttons that make sense now; without `for_moderators` only those for everybody."""
    view = discord.ui.View(timeout=None)
    for action in actions_of(run):
        if (for_moderators or action == _FOR_EVERYBODY) and _is_available(action, version):
            view.add_item(_button(words, action, run.id))
    return view


def _is_available(action: str, version: Version | None) -> bool:
    """Say whether there is a version to go on with; a generator that never draws a face is not promoted."""
    if action not in {"promote", "card"}:
        return True
    return version is not None and not (action == "promote" and version.draws_no_face)


def actions_of(run: Run) -> tuple[str, ...]:
    """List the buttons of a run."""
    if run.state is RunState.FINISHED:
        return ("promote", "card")
    if run.state in {RunState.STOPPED, RunState.FAILED}:
        return ("resume", "best") if run.step else ("resume",)
    if run.state is RunState.PAUSED or run.desired_state is DesiredState.PAUSE:
        return ("resume", "stop", "best") if run.step else ("resume", "stop")
    return ("resume",) if run.desired_state is DesiredState.STOP else ("pause", "stop")


async def offer_best_checkpoint(interaction: Interaction, run: Run) -> None:
    """Say what going back to the best checkpoint would cost, and offer it."""
    bot, words = interaction.client, await private_words(interaction)
    best = best_checkpoint(await bot.threads.quick(bot.services.runs.checkpoints, run.id))
    if best is None:
        raise OmokageError(ErrorCode.UNKNOWN_CHECKPOINT, step=run.step, known="–")
    if best.step >= run.step:
        text = words.say("run-best-is-newest", step=best.step)
        await interaction.response.send_message(text, ephemeral=True)
        return
    text = words.say("run-back-question", number=str(run.number), step=best.step, last=run.step)
    view = back_view(words, run, best.step)
    await interaction.response.send_message(text, view=view, ephemeral=True)


def back_view(words: Words, run: Run, step: int) -> discord.ui.View:
    """Build the button that confirms a rollback."""
    label = words.say("run-back-button", step=step)
    custom_id = f"run:back:{run.id}:{step}"
    button = discord.ui.Button[Any](label=label, custom_id=custom_id, style=discord.ButtonStyle.danger)
    view = discord.ui.View(timeout=None)
    view.add_item(BackButton(button, run.id, step))
    return view


def _button(words: Words, action: str, run_id: int) -> RunButton:
    label = words.say("run-button", action=action)
    button = discord.ui.Button[Any](label=label, custom_id=f"run:{action}:{run_id}", style=_STYLES[action])
    return RunButton(button, action, run_id)


class StartButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"train:begin:(?P<data>{ID})"):
    """Starts a training on a data set, with the preset that is ready in seconds."""

    def __init__(self, button: discord.ui.Button[Any], dataset_id: int) -> None:
        super().__init__(button)
        self.dataset_id = dataset_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> StartButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["data"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Start the training."""
        require_moderator(interaction)
        bot = interaction.client
        dataset = await bot.threads.quick(bot.services.datasets.get, self.dataset_id, guild_id_of(interaction))
        await start_training(interaction, TrainingOptions(RunKind.RECOGNISER, None, dataset.title, 0, {}, 0))


def start_view(words: Words, dataset: Dataset) -> discord.ui.View:
    """Offer to train on a new data set."""
    label, custom_id = words.say("snapshot-button"), f"train:begin:{dataset.id}"
    button = discord.ui.Button[Any](label=label, custom_id=custom_id, style=discord.ButtonStyle.success)
    view = discord.ui.View(timeout=None)
    view.add_item(StartButton(button, dataset.id))
    return view
