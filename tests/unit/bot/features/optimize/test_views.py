"""Buttons under an optimised picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.features.optimize.views import OptimizedButton, optimized_view
from tests.unit.bot.features.optimize.builders import (
    EN,
    FOOL,
    OTIS,
    an_optimize_job,
    optimize_result,
)


async def test_custom_ids_are_found_again() -> None:
    job = replace(an_optimize_job(), id=18_446_744_073_709_551_615)
    view: Any = optimized_view(EN, job, FOOL, optimize_result(OTIS))

    assert [item.item.label for item in view.children] == ["▶️ Continue", "↔️ Allow twice the change"]
    for item in view.children:
        assert OptimizedButton.__discord_ui_compiled_template__.fullmatch(item.item.custom_id)
    assert optimized_view(EN, job, FOOL, optimize_result(steps=3)) is None
