"""Formats data sets as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cli.output.escaping import escape
from cli.output.table import table
from core.domain.age_bins import AGE_BINS, bin_name
from core.domain.data.datasets import NOBODY, Dataset, Preflight, Remark


def dataset_json(dataset: Dataset, preflight: Preflight) -> dict[str, Any]:
    """As docs/cli.md describes it."""
    return {
        "name": dataset.name,
        "version": dataset.version,
        "hash": dataset.hash,
        "created": dataset.created_at.isoformat(timespec="seconds"),
        "pictures": dataset.pictures,
        "ages": [
            {"from": first, "to": None if index == len(AGE_BINS) - 1 else last, "pictures": count}
            for index, ((first, last), count) in enumerate(zip(AGE_BINS, dataset.age_counts, strict=False))
        ],
        "people": [{"name": one.name, "pictures": one.pictures} for one in dataset.classes if one.person_id != NOBODY],
        "fit": preflight.is_fit,
        "remarks": [
            {"code": remark.code, "blocks": remark.blocks, "text": remark_text(remark), **remark.details}
            for remark in preflight.remarks
        ],
    }


def dataset_lines(dataset: Dataset, preflight: Preflight) -> list[str]:
    """What is in it, what was noticed, and whether it can be trained on."""
    if not dataset.people:
        use = "with ages: to learn ageing from" if dataset.age_counts else "without names: to learn to draw from"
        first = f"{escape(dataset.title)}: {_pictures(dataset.pictures)}, {use}"
        return [first, *_age_lines(dataset), *_remarks(preflight)]
    between = f"{preflight.fewest} to {preflight.most}" if preflight.fewest != preflight.most else f"{preflight.most}"
    people = _count(preflight.people, "person", "people")
    return [
        f"{escape(dataset.title)}: {_pictures(dataset.pictures)} of {people}, {between} each",
        *_age_lines(dataset),
        *_remarks(preflight),
    ]


def dataset_row(dataset: Dataset | None = None) -> Sequence[str]:
    """A line of the list; without a data set, its heading."""
    if dataset is None:
        return ["NAME", "VERSION", "PICTURES", "PEOPLE", "MADE"]
    made = f"{dataset.created_at:%Y-%m-%d %H:%M}"
    return [dataset.name, str(dataset.version), str(dataset.pictures), str(dataset.people), made]


def remark_text(remark: Remark) -> str:
    """One sentence, with the numbers that were found."""
    write = _SENTENCES.get(remark.code)
    return remark.code if write is None else escape(write(remark.details))


def _age_lines(dataset: Dataset) -> list[str]:
    if not dataset.age_counts:
        return []
    names = [bin_name(index) for index in range(len(dataset.age_counts))]
    return table([["AGE", *names], ["PICTURES", *map(str, dataset.age_counts)]]).splitlines()


def _remarks(preflight: Preflight) -> list[str]:
    return [
        *(f"{'FAULT' if remark.blocks else 'note '}  {remark_text(remark)}" for remark in preflight.remarks),
        "It can be trained on." if preflight.is_fit else "It cannot be trained on.",
    ]


def _duplicates(said: Mapping[str, Any]) -> str:
    parts = [
        (said["identical"], "{} the same file of the same person (kept once)"),
        (said["alike"], "{} saved anew of one of the same person (kept)"),
        (said["shared"], "{} given to more than one person (kept for each; one of them is wrong)"),
    ]
    return ", ".join(text.format(count) for count, text in parts if count)


def _names(said: Mapping[str, Any]) -> str:
    names, count = list(said["names"]), int(said["count"])
    more = f" and {count - len(names)} more" if count > len(names) else ""
    return ", ".join(map(str, names)) + more


def _pictures(count: Any) -> str:
    return _count(count, "picture")


def _count(count: Any, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "few-people": lambda said: f"There must be two people at least, to tell them apart; there is {said['people']}.",
    "few-pictures": lambda said: (
        f"At least {said['minimum']} pictures of each person are needed; there are fewer of {_names(said)}."
    ),
    "few-to-generate": lambda said: (
        f"At least {said['minimum']} pictures are needed to learn to draw; there are {said['count']}."
    ),
    "will-copy": lambda said: (
        f"There are {said['count']} pictures: what draws faces will remember some rather than make new ones up; "
        f"from {said['minimum']} on it does less."
    ),
    "no-ages": lambda _: (
        "The pictures have no ages, so nothing can be learnt of them; `omokage data import FOLDER --ages` reads them."
    ),
    "missing-ages": lambda said: (
        f"At least {said['minimum']} pictures of any two neighbouring age groups are needed; there are fewer of "
        f"{', '.join(said['names'])}."
    ),
    "unbalanced-ages": lambda said: (
        f"There are {said['most']} pictures of the age {said['names'][1]} and {said['fewest']} of {said['names'][0]}; "
        "ages with few will be learnt worse."
    ),
    "unbalanced": lambda said: (
        f"There are {said['most']} pictures of one person and {said['fewest']} of another; "
        "those with few will be recognised worse."
    ),
    "duplicates": lambda said: f"Pictures that are there more than once: {_duplicates(said)}.",
    "without-face": lambda said: f"No face was found in {_pictures(said['count'])}; they are kept as they are.",
    "small": lambda said: f"The face has fewer than {said['pixels']} pixels a side in {_pictures(said['count'])}.",
    "turned": lambda said: f"Lay on a side or upside down and kept upright: {_pictures(said['count'])}.",
    "damaged": lambda said: f"Could not be read and left out: {_count(said['count'], 'picture')}.",
}
