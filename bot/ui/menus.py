"""Buttons and selects in the rows below a message: Discord allows five rows, and 25 options in a select."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import discord

MAX_OPTIONS = 25
_ROWS = 5


def selected_value(select: discord.ui.Select[Any]) -> str:
    """Read what was chosen in a select of which one option is chosen; empty where a forged answer has none."""
    return select.values[0] if select.values else ""


def select_pages(hint: str, options: Sequence[discord.SelectOption]) -> Iterator[tuple[int, discord.ui.Select[Any]]]:
    """Make as many selects as the options need, each with the index of its first option, without custom ids."""
    for first in range(0, len(options), MAX_OPTIONS):
        page = list(options[first : first + MAX_OPTIONS])
        reach = "" if len(options) <= MAX_OPTIONS else f" ({page[0].label} – {page[-1].label})"
        yield first, discord.ui.Select(placeholder=f"{hint}{reach}", options=page)


def rows_view(rows: Sequence[Sequence[discord.ui.DynamicItem[Any]]]) -> discord.ui.View:
    """Put as many rows into a view as there is room for."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows[:_ROWS]):
        for item in row:
            item.row = number
            view.add_item(item)
    return view
