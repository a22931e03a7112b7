"""The texts about data sets: lists, preflight checks, reports of curations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import discord
from discord.utils import escape_markdown, format_dt

from bot.ui.i18n import Value, Words, clip
from core.domain.data.curation import Reason
from core.domain.data.datasets import Dataset, Preflight, Remark
from core.domain.jobs import JSON
from core.domain.objections import LEFT_OUT, ObjectingPeople

_COLOUR = 0x4477AA
_LINES = 25  # of a list that is read at a glance
DROPPED, KEPT = "dropped.png", "kept.png"


def list_embed(words: Words, datasets: Sequence[Dataset]) -> discord.Embed:
    """List data sets, newest first."""
    lines = [_line(words, dataset) for dataset in datasets[:_LINES]]
    if len(datasets) > _LINES:
        lines.append(words.say("dataset-list-more", count=len(datasets) - _LINES))
    return discord.Embed(colour=_COLOUR, title=words.say("dataset-list-title"), description="\n".join(lines))


def curation_embed(words: Words, title: str, result: Mapping[str, Any], job_id: int) -> discord.Embed:
    """Say how many pictures are kept, and why the others are not."""
    kept, pictures = int(result["kept"]), int(result["pictures"])
    lines = [words.say("dataset-kept-line", kept=kept, pictures=pictures)]
    # In the order of the reasons, whatever the database made of the object.
    dropped = {Reason(why): int(count) for why, count in result["dropped"].items()}
    lines += [words.say("dataset-reason", reason=why.value, count=dropped[why]) for why in Reason if why in dropped]
    lines.append(f"-# {words.say('dataset-untouched', subject=str(result['subject']))}")
    text = "\n".join(lines)
    embed = discord.Embed(
        colour=_COLOUR, title=words.say("dataset-curated-title", data=escape_markdown(title)), description=text
    )
    embed.set_footer(text=words.say("dataset-curated-footer", job=str(job_id)))
    return embed


def _line(words: Words, dataset: Dataset) -> str:
    people = dataset.people
    key = "dataset-list-line" if people else "dataset-list-unnamed-line"
    values = {"data": escape_markdown(dataset.title), "when": format_dt(dataset.created_at, "R")}
    more = {"people": people} if people else {}
    return words.say(key, pictures=dataset.pictures, **values, **more)


_MAX_LIST = 300  # names in a remark


def data_line(words: Words, dataset: Dataset) -> str:
    """Write a data set's title and size."""
    values: dict[str, Value] = {"data": escape_markdown(dataset.title), "pictures": dataset.pictures}
    if not dataset.people:
        return words.say("run-data-unnamed", **values)
    return words.say("run-data", people=dataset.people, **values)


def preflight_lines(words: Words, dataset: Dataset, preflight: Preflight, objecting: ObjectingPeople) -> str:
    """Describe a data set and the remarks of its preflight check; those that block come first.

    Nobody is named who objected.
    """
    ids = {person.name: person.person_id for person in dataset.classes}
    hidden = {name for name, person_id in ids.items() if objecting.include(person_id, name)}
    remarks = (remark_line(words, remark, hidden) for remark in preflight.remarks)
    return "\n".join([_counts(words, dataset, preflight), *remarks])


def remark_line(words: Words, remark: Remark, hidden: Collection[str]) -> str:
    """Write one remark, marked by whether it blocks a training; `hidden` names are left out."""
    details = {name: _word(_without(value, hidden)) for name, value in remark.details.items()}
    names = escape_markdown(clip(str(details.get("names", "…")), _MAX_LIST))
    count, minimum = details.get("count", 0), details.get("minimum", 0)
    text = words.say("preflight-remark", code=remark.code, names=names, count=count, minimum=minimum)
    return f"{'⛔' if remark.blocks else '⚠️'} {text}"


def _counts(words: Words, dataset: Dataset, preflight: Preflight) -> str:
    values: dict[str, Value] = {"pictures": preflight.pictures, "data": escape_markdown(dataset.title)}
    if not preflight.people:
        return words.say("preflight-pictures", **values)
    even = "yes" if preflight.fewest == preflight.most else "no"
    values |= {"people": preflight.people, "fewest": preflight.fewest, "most": preflight.most}
    return words.say("preflight-counts", even=even, **values)


def _without(value: JSON, hidden: Collection[str]) -> JSON:
    if not isinstance(value, list | tuple):
        return value
    return [LEFT_OUT if entry in hidden else entry for entry in value]


def _word(value: JSON) -> Value:
    if isinstance(value, str | int | float):
        return value
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
