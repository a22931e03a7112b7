"""Requests to optimise a picture, and their results."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.features.optimize.requests import (
    params_of,
)
from bot.ui.i18n import words_in
from core.domain.faces import Candidate
from core.domain.generation import Face
from core.domain.jobs import Job, JobKind
from core.domain.optimisation import (
    OptimizeMode,
    OptimizeRequest,
    OptimizeResult,
    Prediction,
)
from core.services.attack.targets import Target
from tests.unit.bot.fakes import a_job

EN, JA = words_in("en"), words_in("ja")

PHOTO, PICTURE, SHEET = "ab" * 32, "cd" * 32, "ef" * 32

MINA = Target("Mina", 7)

OTIS = Prediction(True, (Candidate(8, "Otis", 0.97), Candidate(7, "Mina", 0.02)), 0.02, 0.01, "Otis")

NAMED = Prediction(True, (Candidate(7, "Mina", 0.9996), Candidate(8, "Otis", 0.0003)), 0.9996, 0.004, "Mina")

LEANING = Prediction(True, (Candidate(7, "Mina", 0.7), Candidate(8, "Otis", 0.2)), 0.7, 0.6, None)

UNSEEN = replace(NAMED, found=False, named=None)

NOWHERE = Prediction(False, (Candidate(8, "Otis", 0.5), Candidate(9, "Rosa", 0.3)), 0.0002, 0.9, None)

FOOL = OptimizeRequest("Mina", OptimizeMode.FOOL, 7, Face(photo=PHOTO, index=1), epsilon=8, seed=41)

NOISE = OptimizeRequest("Mina", OptimizeMode.NOISE, 7, seed=41)


def optimize_result(
    after: Prediction | None = NAMED, mode: OptimizeMode = OptimizeMode.FOOL, **more: Any
) -> OptimizeResult:
    values: dict[str, Any] = {"picture": PICTURE, "sheet": SHEET, "before": OTIS, "steps": 100, "seconds": 4.25}
    return OptimizeResult(mode, "Mina", "recogniser v2 (cnn modern)", 5, after=after, **(values | more))


def an_optimize_job(asked: OptimizeRequest = FOOL, result: OptimizeResult | None = None) -> Job:
    done = (result or optimize_result()).to_json()
    photos = {"photos": {"start": {"photo_url": "https://cdn.discordapp.com/a.jpg"}}}
    return a_job(kind=JobKind.OPTIMIZE, params=params_of(asked) | photos, result=done)
