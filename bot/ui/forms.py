"""Submitted forms, routed by custom id: discord.py knows open forms only until it is restarted."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.errors import guarded, reply_unknown_item

if TYPE_CHECKING:
    from bot.context import Interaction

FormHandler: TypeAlias = "Callable[[Interaction, re.Match[str], list[dict[str, Any]]], Awaitable[None]]"


class FormRouter:
    """Routes each submitted form to its handler, whichever process opened it."""

    def __init__(self, takers: Mapping[re.Pattern[str], FormHandler]) -> None:
        self._takers = takers

    @guarded
    async def route(self, interaction: Interaction) -> None:
        """Call the form's handler; a form without one is of an older version, or forged."""
        data: dict[str, Any] = dict(interaction.data or {})
        for pattern, taker in self._takers.items():
            match = pattern.fullmatch(str(data.get("custom_id")))
            if match is not None:
                await taker(interaction, match, data.get("components") or [])
                return
        await reply_unknown_item(interaction)


def text_value(components: Sequence[dict[str, Any]], field: str) -> str:
    """Read the text of a field; empty where there is no such field."""
    return next((text for custom_id, text in text_values(components) if custom_id == field), "")


def text_values(components: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """List the custom id and the text of every text field, in the form's order."""
    for component in _inputs(components):
        if "value" in component:
            yield str(component["custom_id"]), str(component["value"] or "")


def selected_values(components: Sequence[dict[str, Any]], field: str) -> list[str]:
    """List the values that are chosen in a select; none where there is no such select."""
    selected = (
        component for component in _inputs(components) if component["custom_id"] == field and "values" in component
    )
    return [str(value) for value in next(selected, {"values": []})["values"]]


def _inputs(components: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """List the filled-in components: alone, in a label, or in a row."""
    for component in components:
        if "custom_id" in component:
            yield component
        inner = [component["component"]] if "component" in component else component.get("components", [])
        yield from _inputs(inner)
