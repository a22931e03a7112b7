"""Prompts of earlier versions."""

from __future__ import annotations

from bot.features.people.old_prompt import PersonSelect
from tests.unit.bot.features.people.builders import LOCATION


def test_prompts_of_earlier_versions_are_still_recognised() -> None:
    assert PersonSelect.__discord_ui_compiled_template__.fullmatch(f"person:{LOCATION}")
