"""Submitted forms, by their custom id: discord.py knows open forms only until it is restarted."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.errors import guarded, say_unknown

if TYPE_CHECKING:
    from bot.types import Interaction

Taker: TypeAlias = "Callable[[Interaction, re.Match[str], list[dict[str, Any]]], Awaitable[None]]"


class FormTaker:
    """Hands each form to whom it belongs, whichever process opened it."""

    def __init__(self, takers: Mapping[re.Pattern[str], Taker]) -> None:
        self._takers = takers

    @guarded
    async def take(self, interaction: Interaction) -> None:
        """Find out whose it is; a form that nobody knows is of an older version, or forged."""
        data: dict[str, Any] = dict(interaction.data or {})
        for pattern, taker in self._takers.items():
            match = pattern.fullmatch(str(data.get("custom_id")))
            if match is not None:
                await taker(interaction, match, data.get("components") or [])
                return
        await say_unknown(interaction)


def typed_in(components: Sequence[dict[str, Any]], field: str) -> str:
    """The text of a field of a submitted form."""
    for component in components:
        inner = [component["component"]] if "component" in component else component.get("components", [])
        if component.get("custom_id") == field:
            return str(component["value"])
        found = typed_in(inner, field) if inner else ""
        if found:
            return found
    return ""
