"""Buttons under an optimised picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.features.optimize.views import OptimizedButton, optimized_view
from tests.unit.bot.features.optimize.builders import (
    EN,
    FOOL,
    OTIS,
    a_fooling,
    made,
)


async def test_custom_ids_are_found_again() -> None:
    job = replace(a_fooling(), id=18_446_744_073_709_551_615)
    view: Any = optimized_view(EN, job, FOOL, made(OTIS))

    assert [item.item.label for item in view.children] == ["▶️ Continue", "↔️ Allow twice the change"]
    for item in view.children:
        assert OptimizedButton.__discord_ui_compiled_template__.fullmatch(item.item.custom_id)
    assert optimized_view(EN, job, FOOL, made(steps=3)) is None
