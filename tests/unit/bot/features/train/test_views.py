"""Buttons under a run's message."""

from __future__ import annotations

from typing import Any

import pytest

from bot.features.train.views import BackButton, RunButton, actions_of, run_view
from core.domain.training.runs import DesiredState, RunState
from tests.unit.bot.features.train.builders import SNOWFLAKE, WORDS, a_run


@pytest.mark.parametrize(
    ("state", "changes", "actions"),
    [
        (RunState.WAITING, {}, ("pause", "stop")),
        (RunState.RUNNING, {}, ("pause", "stop")),
        (RunState.RUNNING, {"desired_state": DesiredState.PAUSE}, ("resume", "stop", "best")),
        (RunState.RUNNING, {"desired_state": DesiredState.STOP}, ("resume",)),
        (RunState.PAUSED, {}, ("resume", "stop", "best")),
        (RunState.PAUSED, {"step": 0}, ("resume", "stop")),
        (RunState.STOPPED, {}, ("resume", "best")),
        (RunState.FAILED, {"step": 0}, ("resume",)),
        (RunState.FINISHED, {}, ("promote", "card")),
    ],
)
def test_only_what_makes_sense_can_be_pressed(state: RunState, changes: Any, actions: tuple[str, ...]) -> None:
    assert actions_of(a_run(state, **changes)) == actions


async def test_custom_ids_are_short_enough_and_found_again() -> None:
    for state in RunState:
        for item in run_view(WORDS, a_run(state)).children:
            assert isinstance(item, RunButton)
            assert RunButton.__discord_ui_compiled_template__.fullmatch(str(item.item.custom_id))
            assert not BackButton.__discord_ui_compiled_template__.fullmatch(str(item.item.custom_id))
    back = f"run:back:{SNOWFLAKE}:999999999"
    assert len(back) <= 100
    assert BackButton.__discord_ui_compiled_template__.fullmatch(back)
