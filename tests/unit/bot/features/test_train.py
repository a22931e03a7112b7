"""A training in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.errors import error_reason
from bot.features.dataset.texts import preflight_lines
from bot.features.train.lookup import find_run
from bot.features.train.status.content import StatusContent
from bot.features.train.status.texts import RunStatus, phase_of, run_embed, step_of
from bot.features.train.status.updater import PostedStatus, final_prefix, fingerprint_of
from bot.features.train.views import BackButton, RunButton, actions_of, run_view
from bot.ui.formatting import cost, duration, figure, file_size, percent, progress_bar
from bot.ui.i18n import words_in
from core.domain.data.datasets import Dataset, DatasetClass, Preflight, Remark
from core.domain.errors import ErrorCode
from core.domain.jobs import Failure, Origin
from core.domain.training.costs import Price
from core.domain.training.runs import DesiredState, LiveStatus, Run, RunKind, RunState

NOW = datetime(2026, 11, 21, tzinfo=UTC)
WORDS = words_in("en")
SNOWFLAKE = 18_446_744_073_709_551_615
DATASET = Dataset(
    1, 11, "family", 2, "ab" * 32, (DatasetClass("A_ki", 1, 9), DatasetClass("Ben", 2, 9)), (), 18, 0, 33, NOW
)


def a_run(state: RunState = RunState.RUNNING, **changes: Any) -> Run:
    run = Run(
        id=SNOWFLAKE,
        guild_id=11,
        number=3,
        kind=RunKind.RECOGNISER,
        preset="slim",
        config={"head": "cnn", "size": 32, "fold": 0},
        seed=0,
        dataset_id=1,
        state=state,
        desired_state=DesiredState.RUN,
        step=50,
        steps=200,
        seconds=90.0,
        segments=1,
        job_id=7,
        parent_id=None,
        parent_step=None,
        origin=Origin(11, 22, 33, "en-GB", 44, ""),
        created_at=NOW,
        started_at=NOW,
        updated_at=NOW,
        finished_at=NOW if state.is_over else None,
        failure=None,
        live=LiveStatus(60, {"loss": 0.1234, "accuracy": 0.5, "held_out_accuracy": 0.25}, 4.0, 35.0, "aa", None),
    )
    return replace(run, **changes)


def text_of(
    run: Run, price: Price | None = None, moment: str | None = None
) -> tuple[str, dict[str | None, str | None]]:
    shown = RunStatus(run, DATASET, None, price, moment or phase_of(run, idle=timedelta()))
    embed = run_embed(WORDS, shown)
    return str(embed.description), {field.name: field.value for field in embed.fields}


@pytest.mark.parametrize(
    ("share", "full"), [(-1.0, 0), (0.0, 0), (0.049, 0), (0.05, 1), (0.999, 19), (1.0, 20), (1.5, 20)]
)
def test_the_bar_is_full_only_at_the_end(share: float, full: int) -> None:
    assert progress_bar(share) == "▰" * full + "▱" * (20 - full)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (89 * 60, "89 min"), (5400, "1 h 30 min"), (90_000, "25 h 0 min")],
)
def test_durations_are_as_exact_as_anybody_needs(seconds: float, text: str) -> None:
    assert duration(WORDS, seconds) == text


def test_figures_are_short() -> None:
    assert [figure(value) for value in (0.0, 0.01234, 1.0, 12.345, 99.96, 150.0, 1234.5, 1e-5)] == [
        "0.00",
        "0.0123",
        "1.00",
        "12.3",
        "100",
        "150",
        "1,234",
        "< 0.001",
    ]
    assert percent(0.9876) == "98.8 %"
    assert cost(Price(0.6, "USD"), 60) == "0.01 USD"
    assert cost(Price(360, "JPY"), 3600) == "360 JPY"


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


@pytest.mark.parametrize(
    ("typed", "number"), [(None, None), (3, 3), ("3", 3), ("", 0), (2**63, 0), ("x", 0), (True, 0)]
)
async def test_whatever_stands_in_the_run_option_is_a_number_or_that_of_nothing(typed: Any, number: int | None) -> None:
    asked: list[int | None] = []

    async def quick(call: Any, *args: Any) -> Any:
        return call(*args)

    runs = SimpleNamespace(find=lambda _guild, wanted: asked.append(wanted))
    bot: Any = SimpleNamespace(threads=SimpleNamespace(quick=quick), services=SimpleNamespace(runs=runs))

    await find_run(bot, 11, typed)

    assert asked == [number]


async def test_a_mark_fits_its_column_and_tells_ends_apart() -> None:
    run = a_run(RunState.FAILED)
    page = StatusContent(
        WORDS, (run_embed(WORDS, RunStatus(run, DATASET, None, None, "failed")),), run_view(WORDS, run), ()
    )
    other = replace(page, pictures=(("curves.png", "bb", ""),))
    again = replace(run, finished_at=NOW + timedelta(hours=1))

    assert len(fingerprint_of(run, page)) <= 64
    assert fingerprint_of(run, page) != fingerprint_of(run, other)
    assert PostedStatus(1, NOW, fingerprint_of(run, page)).is_settled(run)
    assert not PostedStatus(1, NOW, fingerprint_of(run, page)).is_settled(again)
    assert not PostedStatus(1, NOW, fingerprint_of(a_run(), page)).is_settled(a_run())
    assert final_prefix(a_run()) == "running:0:"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "code", ["few-people", "few-pictures", "unbalanced", "duplicates", "without-face", "small", "damaged", "new-code"]
)
def test_every_remark_is_a_sentence(language: str, code: str) -> None:
    names = [f"{'N' * 64}_{number}" for number in range(10)]
    details: dict[str, Any] = {"names": names, "count": 1, "minimum": 3, "people": 1, "fewest": 1, "most": 9}
    found = Preflight(2, 18, 9, 9, (Remark(code, details, blocks=False),))

    lines = preflight_lines(words_in(language), DATASET, found).splitlines()

    assert len(lines) == 2
    assert lines[1].startswith("⚠️ ")
    assert len("\n".join(lines)) < 1000
    assert ("new-code" in lines[1]) == (code == "new-code")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("code", ErrorCode)
def test_a_failure_without_its_details_is_still_a_sentence(language: str, code: ErrorCode) -> None:
    assert error_reason(words_in(language), code, {})


def test_sizes_are_never_nothing() -> None:
    assert [file_size(size) for size in (1, 12_345, 99_999, 480_000, 12_340_000)] == [
        "1 kB",
        "12 kB",
        "100 kB",
        "0.5 MB",
        "12.3 MB",
    ]
