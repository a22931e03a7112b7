"""A training in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.features.train.status.texts import RunStatus, phase_of, run_embed, step_of
from core.domain.errors import ErrorCode
from core.domain.jobs import Failure
from core.domain.training.costs import Price
from core.domain.training.runs import DesiredState, Run, RunState
from tests.unit.bot.features.train.builders import DATASET, WORDS, a_run


def text_of(
    run: Run, price: Price | None = None, moment: str | None = None
) -> tuple[str, dict[str | None, str | None]]:
    shown = RunStatus(run, DATASET, None, price, moment or phase_of(run, idle=timedelta()))
    embed = run_embed(WORDS, shown)
    return str(embed.description), {field.name: field.value for field in embed.fields}


def test_a_run_says_how_far_it_is_how_well_it_does_and_what_it_costs() -> None:
    text, fields = text_of(a_run(), Price(1.0, "USD"))

    assert text.splitlines() == [
        "**🏋️ Training**",
        "▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱▱▱▱▱▱ **30 %** · step 60 of 200",
        "-# family v2 (2 people, 18 pictures) · size 32 · for <@33>",
    ]
    assert fields == {
        "Loss": "0.123",
        "Right in training": "50.0 %",
        "Right when held out": "25.0 %",
        "Speed": "4.00 steps/s",
        "Time left": "35 s",
        "Trained for": "2 min · 0.03 USD",
    }


def test_nobody_trains_a_paused_run_so_it_has_no_speed_and_is_at_its_checkpoint() -> None:
    run = a_run(RunState.PAUSED, desired_state=DesiredState.PAUSE)
    text, fields = text_of(run)

    assert step_of(run) == 50
    assert "step 50 of 200" in text
    assert not {"Speed", "Time left"} & set(fields)


def test_a_run_whose_worker_had_to_go_says_where_it_goes_on() -> None:
    waiting = a_run(RunState.WAITING)
    assert waiting.live is not None
    handed_over = replace(waiting, live=replace(waiting.live, handed_over=True))
    assert "Its worker had to go. Step 50 is saved" in text_of(handed_over)[0]
    assert "had to go" not in text_of(waiting)[0]
    assert "had to go" not in text_of(replace(handed_over, state=RunState.RUNNING))[0]


def test_a_failure_says_why_and_what_to_do() -> None:
    failed = a_run(RunState.FAILED, failure=Failure(ErrorCode.DIVERGED, {"step": 55, "name": "loss"}))
    full = a_run(RunState.PAUSED, failure=Failure(ErrorCode.DISK_FULL, {"step": 50}))

    assert "came off the rails at step 55" in text_of(failed)[0]
    assert "a training can be resumed from its last checkpoint" in text_of(full)[0]


@pytest.mark.parametrize(
    ("state", "desired_state", "idle", "moment"),
    [
        (RunState.WAITING, DesiredState.RUN, 1, "running"),  # between two segments
        (RunState.WAITING, DesiredState.RUN, 11, "waiting"),
        (RunState.RUNNING, DesiredState.PAUSE, 0, "pausing"),
        (RunState.RUNNING, DesiredState.STOP, 0, "stopping"),
        (RunState.PAUSED, DesiredState.PAUSE, 0, "paused"),
        (RunState.FINISHED, DesiredState.RUN, 0, "finished"),
    ],
)
def test_what_happens_now(state: RunState, desired_state: DesiredState, idle: int, moment: str) -> None:
    assert phase_of(a_run(state, desired_state=desired_state), idle=timedelta(seconds=idle)) == moment


def test_a_run_that_no_worker_has_taken_yet_waits() -> None:
    assert phase_of(a_run(RunState.WAITING, segments=0), idle=timedelta()) == "waiting"
