"""Submitted forms, routed by custom id: discord.py knows open forms only until it is restarted."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.errors import guarded, reply_unknown_item

if TYPE_CHECKING:
    from bot.context import Interaction

FormHandler: TypeAlias = "Callable[[Interaction, re.Match[str], list[dict[str, Any]]], Awaitable[None]]"


class FormRouter:
    """Routes each submitted form to its handler, whichever process opened it."""

    def __init__(self, handlers: Mapping[re.Pattern[str], FormHandler]) -> None:
        self._handlers = handlers

    @guarded
    async def route(self, interaction: Interaction) -> None:
        """Call the form's handler; a form without one is of an older version, or forged."""
        data: dict[str, Any] = dict(interaction.data or {})
        for pattern, handler in self._handlers.items():
            match = pattern.fullmatch(str(data.get("custom_id")))
            if match is not None:
                await handler(interaction, match, data.get("components") or [])
                return
        await reply_unknown_item(interaction)
