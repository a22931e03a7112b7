"""Buttons and selects under drawn faces. All state is in the custom ids, so they survive a restart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.generate import requests
from bot.features.generate.requests import JobSpec
from bot.features.generate.texts import trait_name
from bot.intake.lookup import ID, find_job, parse_id, parse_number
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.menus import MAX_OPTIONS, rows_view, select_pages, selected_value
from core.domain.generation import GenerationResult, GridRequest
from core.domain.jobs import Job, JobKind

if TYPE_CHECKING:
    from bot.context import Interaction

_LABEL = 100  # Discord's, for an option
_MORE, _LESS = "+", "-"


class DrawnButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"drawn:(?P<action>again|film|like|near):(?P<job>{ID}):(?P<seed>\d{{1,10}})",
):
    """Asks for more faces, a film through them, or something about one; `seed` is 0 where it concerns all."""

    def __init__(self, button: discord.ui.Button[Any], action: str, job_id: int, seed: int) -> None:
        super().__init__(button)
        self.action, self.job_id, self.seed = action, job_id, seed

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> DrawnButton:
        """Rebuild the button from its custom id."""
        return cls(item, match["action"], parse_id(match["job"]), parse_id(match["seed"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Request what its label says, as a job of its own."""
        job = await find_job(interaction, self.job_id, JobKind.GENERATE)
        drawn = requests.result_of(job)
        if self.action == "again":
            order = requests.again(job, drawn, requests.random_seed())
        elif self.action == "film":
            order = requests.film(job, drawn)
        else:
            order = _about(self.action, job, drawn, self.seed)
        await _request(interaction, order)


class DrawnSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=rf"drawn:(?P<action>like|near|face|trait):(?P<job>{ID}):(?P<first>\d{{1,3}})s",
):
    """Chooses one of the faces, or more or less of a trait; `first` is the index of its first option."""

    def __init__(self, select: discord.ui.Select[Any], action: str, job_id: int) -> None:
        super().__init__(select)
        self.action, self.job_id = action, job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> DrawnSelect:
        """Rebuild the select from its custom id."""
        return cls(item, match["action"], parse_id(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Request it as a job of its own; where many faces are drawn, the choice of one is shown first."""
        kinds = (JobKind.GENERATE, JobKind.MIX) if self.action == "trait" else (JobKind.GENERATE,)
        job, value = await find_job(interaction, self.job_id, *kinds), selected_value(self.item)
        drawn = requests.result_of(job)
        if self.action == "face":
            words, seed = await private_words(interaction), requests.check_seed(drawn, parse_number(value))
            text, view = words.say("draw-face-prompt", seed=str(seed)), _face_view(words, job, drawn, seed)
            await interaction.response.send_message(text, view=view, ephemeral=True)
        elif self.action == "trait":
            step = -requests.TRAIT_STEP if value.startswith(_LESS) else requests.TRAIT_STEP
            await _request(interaction, requests.with_trait(job, drawn, requests.check_trait(drawn, value[1:]), step))
        else:
            await _request(interaction, _about(self.action, job, drawn, parse_number(value)))


def drawn_view(words: Words, job: Job, drawn: GenerationResult) -> discord.ui.View | None:
    """Build the controls that make sense with these faces; None: there are none."""
    rows: list[Sequence[discord.ui.DynamicItem[Any]]] = []
    if job.kind is JobKind.GENERATE:
        rows = _grid_rows(words, job, drawn)
    if job.kind in {JobKind.GENERATE, JobKind.MIX} and drawn.traits:
        rows.append([_trait_select(words, job, drawn)])
    return rows_view(rows) if rows else None


def _grid_rows(words: Words, job: Job, drawn: GenerationResult) -> list[Sequence[discord.ui.DynamicItem[Any]]]:
    request = GridRequest.from_json(job.params)
    buttons = [_button(words.say("draw-again-button"), "again", job, discord.ButtonStyle.primary)]
    seeds = drawn.seeds if request.like is None else ()  # a variation's seed alone does not lead back to it
    if len(seeds) > 1:
        buttons.append(_button(words.say("draw-film-button"), "film", job))
    rows: list[Sequence[discord.ui.DynamicItem[Any]]] = [buttons]
    options = [
        discord.SelectOption(label=words.say("draw-seed-option", seed=str(seed)), value=str(seed)) for seed in seeds
    ]
    if len(seeds) > MAX_OPTIONS:
        return [*rows, *([select] for select in _selects(words.say("draw-face-placeholder"), "face", job, options))]
    actions = ["like", "near"] if _has_nearest(drawn) else ["like"]
    hints = {"like": words.say("draw-like-placeholder"), "near": words.say("draw-near-placeholder")}
    return [*rows, *([select] for action in actions for select in _selects(hints[action], action, job, options))]


def _face_view(words: Words, job: Job, drawn: GenerationResult, seed: int) -> discord.ui.View:
    """Build the controls for one of many faces."""
    row = [_button(words.say("draw-like-button"), "like", job, seed=seed)]
    if _has_nearest(drawn):
        row.append(_button(words.say("draw-near-button"), "near", job, seed=seed))
    return rows_view([row])


def _trait_select(words: Words, job: Job, drawn: GenerationResult) -> DrawnSelect:
    options = [
        discord.SelectOption(label=clip(words.say("draw-trait-option", sign=sign, trait=name), _LABEL), value=value)
        for trait in drawn.traits[: MAX_OPTIONS // 2]
        for name in [trait_name(words, trait)]
        for sign, value in (("more", f"{_MORE}{trait}"), ("less", f"{_LESS}{trait}"))
    ]
    return _selects(words.say("draw-trait-placeholder"), "trait", job, options)[0]


def _selects(hint: str, action: str, job: Job, options: list[discord.SelectOption]) -> list[DrawnSelect]:
    """Make as many selects as the options need."""
    selects = []
    for first, select in select_pages(hint, options):
        select.custom_id = f"drawn:{action}:{job.id}:{first}s"
        selects.append(DrawnSelect(select, action, job.id))
    return selects


def _button(
    label: str,
    action: str,
    job: Job,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    seed: int = 0,
) -> DrawnButton:
    button = discord.ui.Button[Any](label=label, custom_id=f"drawn:{action}:{job.id}:{seed}", style=style)
    return DrawnButton(button, action, job.id, seed)


def _has_nearest(drawn: GenerationResult) -> bool:
    """Say whether there are training pictures to search: models that come with the product have none."""
    return drawn.version_id is not None


def _about(action: str, job: Job, drawn: GenerationResult, number: int | None) -> JobSpec:
    seed = requests.check_seed(drawn, number)
    if action == "like":
        return requests.variations(job, drawn, seed, requests.random_seed())
    return requests.nearest(job, drawn, seed)


async def _request(interaction: Interaction, order: JobSpec) -> None:
    await interaction.client.intake.request_job(interaction, order.kind, order.params)
