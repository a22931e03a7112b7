"""A conditional adversarial autoencoder small enough for tests, and heads whose hair is the lighter the older."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from core.domain.training.runs import Run, RunKind
from core.models.ageing.quality import AgeingAnalysers
from core.models.ageing.typicality import fit_typicality
from core.models.caae.ager import ager_tensors
from core.models.caae.network import build_encoder, build_generator
from core.models.caae.presets import CaaePreset
from core.models.caae.training_step import named
from core.models.common.variables import values_of
from tests.models.core.models.vae import builders as vae

SIZE, COUNT = 64, 120
TINY = CaaePreset((4, 8, 12, 16), (16, 12, 8, 6, 4), (4, 4, 4, 4), 8, steps=8, size=SIZE, batch=8)
CONFIG = {"head": "caae", "size": SIZE, "batch": 8, "learning_rate": 0.003}
VERSION = {"preset": "light", "size": SIZE, "framing": "face"}
HAIR = SIZE // 4  # rows from above


def ages(count: int = COUNT) -> np.ndarray:
    """From 1 to 80 years, in no order; of every tenth picture it is unknown."""
    years = np.random.default_rng(2).permutation(np.linspace(1, 80, count)).astype(np.float32)
    years[::10] = np.nan
    return years


def genders(count: int = COUNT) -> np.ndarray:
    return np.arange(count).astype(np.int8) % 3 - 1


def heads(years: np.ndarray, size: int = SIZE) -> np.ndarray:
    """A face of some colour below, hair that is black at 0 and white at 80 above."""
    random = np.random.default_rng(0)
    pictures = np.empty((len(years), size, size, 3), np.uint8)
    pictures[:] = random.integers(90, 200, (len(years), 1, 1, 3))
    pictures[:, : size // 4] = (np.nan_to_num(years, nan=40) * 3)[:, None, None, None]
    return pictures


def analysers() -> AgeingAnalysers:
    """The hair's lightness stands for the age; everybody is the same person."""
    return AgeingAnalysers(
        lambda chips: chips[:, :4].mean((1, 2, 3)).astype(np.float32) / 3,
        lambda chips: np.ones((len(chips), 128), np.float32),
    )


def run(steps: int = 8, **changes: Any) -> Run:
    whole = replace(vae.run(steps), kind=RunKind.CAAE, preset="light", config=CONFIG)
    return replace(whole, **changes)


def reader(count: int = COUNT, **changes: Any) -> Any:
    years = ages(count)
    values = {
        "found": np.ones(count, np.bool_),
        "ages": years,
        "genders": genders(count),
        "images": lambda view: heads(years, view.size),
    }
    return SimpleNamespace(**{**values, **changes})


def tensors() -> dict[str, np.ndarray]:
    """Of networks that were never trained."""
    typicality = fit_typicality(heads(ages()), np.arange(COUNT) % 3 == 0)
    return ager_tensors(values_of(named(build_encoder(TINY), build_generator(TINY))), typicality)
