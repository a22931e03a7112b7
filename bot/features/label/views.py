"""The rows of buttons and selects below a card: labels and what each does; custom ids come with the card."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import discord

from bot.ui.i18n import Words, clip
from core.domain.labelling.consensus import SOMEBODY_ELSE

if TYPE_CHECKING:
    from core.domain.labelling.cards import ShownCard

# What a button or a select does: an action of `CardButton`, a person's id, or a kind of `CardFacesSelect`.
Item: TypeAlias = "tuple[str, discord.ui.Button[Any] | discord.ui.Select[Any]]"
Rows: TypeAlias = "Sequence[Sequence[Item]]"

_MAX_LABEL = 80  # Discord's, for a button
_MAX_HINT = 100  # Discord's, for a select


def grid_rows(
    words: Words, shown: ShownCard, names: Mapping[int, str], left_out: Collection[int], *, choosing: bool
) -> Rows:
    """Build the rows below a grid.

    Args:
        words: the member's.
        shown: the card.
        names: of the people on it, by id.
        left_out: numbers of faces that show no person, as chosen so far.
        choosing: whether the select asks for faces that show no person.
    """
    numbers = [number for number in range(1, len(shown.card.faces) + 1) if number not in left_out]
    if choosing:
        buttons = [_button(words, "label-back-button", "back")]
    else:
        first = _button(words, "label-all-button", "all", discord.ButtonStyle.success)
        buttons = [first, _button(words, "label-no-person-button", "choose"), *_skip_and_undo(words)]
    if not numbers:
        return [buttons]
    name = names.get(shown.card.person or 0, "…")
    hint = words.say("label-no-person-placeholder") if choosing else words.say("label-others-placeholder", name=name)
    return [[_select("none" if choosing else "others", hint, numbers)], buttons]


def name_rows(words: Words, shown: ShownCard, names: Mapping[int, str]) -> Rows:
    """Build the rows below a name card: those whom the face may show, and what else it may be."""
    style = discord.ButtonStyle
    people: list[Item] = [
        (str(id_), discord.ui.Button(label=clip(names[id_], _MAX_LABEL), style=style.primary))
        for id_ in shown.card.names
        if id_ in names
    ]
    nobody = _button(words, "label-nobody-button", str(SOMEBODY_ELSE))
    new = _button(words, "label-new-button", "new", style.primary)
    others = [new, _button(words, "label-no-person-button", "none"), *_skip_and_undo(words)]
    return [[*people, nobody], others] if people else [others]


def finished_rows(words: Words, *, more: bool, undo: bool) -> Rows:
    """Build the row below the end of a round."""
    row = [_button(words, "label-more-button", "more", discord.ButtonStyle.success)] if more else []
    return [[*row, *([_button(words, "label-undo-button", "undo")] if undo else [])]]


def _skip_and_undo(words: Words) -> list[Item]:
    return [_button(words, "label-skip-button", "skip"), _button(words, "label-undo-button", "undo")]


def _button(words: Words, key: str, action: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> Item:
    return action, discord.ui.Button(label=words.say(key), style=style)


def _select(kind: str, hint: str, numbers: Sequence[int]) -> Item:
    options = [discord.SelectOption(label=str(number), value=str(number)) for number in numbers]
    return kind, discord.ui.Select(
        placeholder=clip(hint, _MAX_HINT), min_values=1, max_values=len(options), options=options
    )
