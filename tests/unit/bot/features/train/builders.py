"""A training, with data and figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.ui.i18n import words_in
from core.domain.data.datasets import Dataset, DatasetClass
from core.domain.jobs import Origin
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
