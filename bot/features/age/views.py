"""Buttons and selects under faces at another age. All state is in the custom ids, so they survive a restart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.age import requests
from bot.intake.lookup import ID, find_job, parse_id, parse_number
from bot.ui.i18n import Words
from bot.ui.menus import rows_view, select_pages
from bot.ui.permissions import require_requester
from core.domain.ageing import AgedFace, AgeOutput, AgeRequest, AgeResult
from core.domain.jobs import Job, JobKind

if TYPE_CHECKING:
    from bot.context import Interaction

_LABELS = {AgeOutput.STRIP: "age-strip-button", AgeOutput.FILM: "age-film-button"}


class AgeButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"aged:(?P<action>to|strip|film):(?P<job>{ID}):(?P<age>\d{{1,2}})",
):
    """Asks for the same faces at another age, or for a strip or film; `age` is 0 where all ages are shown."""

    def __init__(self, button: discord.ui.Button[Any], action: str, job_id: int, age: int) -> None:
        super().__init__(button)
        self.action, self.job_id, self.age = action, job_id, age

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> AgeButton:
        """Rebuild the button from its custom id."""
        return cls(item, match["action"], parse_id(match["job"]), int(match["age"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Request what its label says, as a job of its own."""
        job = await _find_answer(interaction, self.job_id)
        if self.action == "to":
            await _request(interaction, requests.with_age(job, self.age))
        else:
            await _request(interaction, requests.as_series(job, AgeOutput(self.action)))


class AgedFacesSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"aged:faces:(?P<job>{ID}):(?P<first>\d{{1,3}})s"
):
    """Chooses faces; `first` is the index of its first option."""

    def __init__(self, select: discord.ui.Select[Any], job_id: int) -> None:
        super().__init__(select)
        self.job_id = job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> AgedFacesSelect:
        """Rebuild the select from its custom id."""
        return cls(item, parse_id(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Request the same of the chosen faces, as a job of its own."""
        job = await _find_answer(interaction, self.job_id)
        await _request(interaction, requests.with_faces(job, [parse_number(value) for value in self.item.values]))


def aged_view(words: Words, job: Job, request: AgeRequest, result: AgeResult) -> discord.ui.View | None:
    """Build the controls that make sense with a result; None: there are none."""
    ages = [_age_button(words, job, age) for age in requests.possible_ages(request, result)]
    series = [_series_button(words, job, output) for output in requests.possible_series(request, result)]
    faces = requests.faces_to_choose(request, result)
    selects = [[select] for select in _selects(words, job, words.say("age-faces-placeholder"), faces)]
    rows: list[Sequence[discord.ui.DynamicItem[Any]]] = [row for row in (ages, series) if row]
    return rows_view([*rows, *selects]) if rows or selects else None


def question_view(words: Words, job: Job, request: AgeRequest, result: AgeResult) -> discord.ui.View:
    """Build a select of one face."""
    faces = requests.faces_to_choose(request, result)
    selects = _selects(words, job, words.say("choice-placeholder"), faces, max_chosen=1)
    return rows_view([[select] for select in selects])


def _age_button(words: Words, job: Job, age: int) -> AgeButton:
    return _button(words.say("age-to-button", age=age), "to", job, age)


def _series_button(words: Words, job: Job, output: AgeOutput) -> AgeButton:
    return _button(words.say(_LABELS[output]), output.value, job, 0)


def _button(label: str, action: str, job: Job, age: int) -> AgeButton:
    custom_id = f"aged:{action}:{job.id}:{age}"
    button = discord.ui.Button[Any](label=label, custom_id=custom_id, style=discord.ButtonStyle.secondary)
    return AgeButton(button, action, job.id, age)


def _selects(
    words: Words, job: Job, hint: str, faces: Sequence[AgedFace], max_chosen: int | None = None
) -> list[AgedFacesSelect]:
    """Make as many selects as the options need, of which all may be chosen, or `max_chosen`."""
    options = [
        discord.SelectOption(label=words.say("choice-face-option", number=str(face.index + 1)), value=str(face.index))
        for face in faces
    ]
    selects = []
    for first, select in select_pages(hint, options):
        select.custom_id = f"aged:faces:{job.id}:{first}s"
        select.max_values = max_chosen or len(select.options)
        selects.append(AgedFacesSelect(select, job.id))
    return selects


async def _find_answer(interaction: Interaction, job_id: int) -> Job:
    """Find the job of the answer that something was pressed under.

    Raises:
        OmokageError: UNKNOWN_JOB; NOT_ALLOWED, nobody else has seen the photo of a question.
    """
    job = await find_job(interaction, job_id, JobKind.AGE)
    if requests.is_question(requests.result_of(job)):
        require_requester(interaction, job)
    return job


async def _request(interaction: Interaction, request: AgeRequest) -> None:
    await interaction.client.intake.request_job(interaction, JobKind.AGE, requests.params_of(request))
