"""Jobs that draw faces, and their results."""

from __future__ import annotations

from typing import Any

from bot.ui.i18n import words_in
from core.domain.generation import (
    GenerationResult,
    GridRequest,
)
from core.domain.jobs import Job, JobKind
from tests.unit.bot.fakes import a_job

EN, JA = words_in("en"), words_in("ja")

PHOTO = "ab" * 32

SNOWFLAKE = 18_446_744_073_709_551_615


def a_grid_job(count: int = 8, seed: int = 41, **more: Any) -> Job:
    asked = GridRequest(count, seed, **more)
    return a_job(
        kind=JobKind.GENERATE, params=asked.to_json(), result=generation_result(range(seed, seed + count)).to_json()
    )


def generation_result(seeds: Any = (), **more: Any) -> GenerationResult:
    values: dict[str, Any] = {"version_id": 7, "picture": PHOTO, "seeds": tuple(seeds)} | more
    return GenerationResult("dcgan v3", "dcgan v3 (dcgan light)", **values)
