"""An autoencoder small enough for tests, pictures that it can learn, and measures that need no network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np

from core.domain.data.datasets import NOBODY, UNNAMED, Dataset, DatasetClass
from core.domain.jobs import Origin
from core.domain.training.runs import DesiredState, Run, RunKind, RunState
from core.models.common.sample_quality import FaceAnalysers
from core.models.vae.generator import VaeGenerator, generator_tensors
from core.models.vae.mixture import fit_mixture
from core.models.vae.network import build_decoder, build_encoder

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIZE, LATENT_SIZE, COUNT = 64, 6, 24
CONFIG = {"head": "vae", "size": SIZE, "batch": 8, "learning_rate": 0.003}
VERSION = {"size": SIZE, "codes": LATENT_SIZE, "framing": "portrait"}


def pictures(count: int = COUNT, size: int = SIZE) -> np.ndarray:
    """Soft ramps of random colours."""
    random = np.random.default_rng(0)
    colours = random.integers(30, 220, (count, 1, 1, 3))
    ramp = np.linspace(0.5, 1.1, size)[None, :, None, None] * np.linspace(0.8, 1, size)[None, None, :, None]
    return np.clip(colours * ramp, 0, 255).astype(np.uint8)


def analysers() -> FaceAnalysers:
    """A chip's mean colours stand for its embedding; a light picture shows a face."""

    def embed(chips: np.ndarray) -> np.ndarray:
        features = np.ones((len(chips), 128), np.float32)
        features[:, :3] = chips.mean((1, 2)) / 25
        return features

    return FaceAnalysers(embed, lambda picture: bool(picture.mean() > 100))


def dataset(count: int = COUNT) -> Dataset:
    classes = (DatasetClass(UNNAMED, NOBODY, count),)
    return Dataset(1, 5, "faces", 2, "ab" * 32, classes, (), count, 0, 9, NOW)


def run(steps: int = 8, **changes: Any) -> Run:
    whole = Run(
        id=11, guild_id=5, number=1, kind=RunKind.VAE, preset="vae", config=CONFIG, seed=3, dataset_id=1,
        state=RunState.RUNNING, desired_state=DesiredState.RUN, step=0, steps=steps, seconds=0.0, segments=0,
        job_id=None,
        parent_id=None, parent_step=None, origin=Origin(5, 6, 7, "en", 8, ""), created_at=NOW, started_at=None,
        updated_at=NOW, finished_at=None, failure=None, live=None,
    )  # fmt: skip
    return replace(whole, **changes)


def reader(count: int = COUNT, found: float = 1.0) -> Any:
    return SimpleNamespace(
        found=np.arange(count) < found * count,
        images=lambda view: pictures(count, view.size),
        sources=["a"] * count,
        ages=np.full(count, np.nan, np.float32),
        genders=np.full(count, -1, np.int8),
    )


def tensors(traits: tuple[str, ...] = ("smile",), latent_size: int = LATENT_SIZE) -> dict[str, np.ndarray]:
    """Of a model that was never trained: its pictures are noise, but as different as its codes."""
    random = np.random.default_rng(5)
    nets = {"encoder": build_encoder(SIZE, latent_size), "decoder": build_decoder(SIZE, latent_size)}
    weights = {
        f"{name}/{variable.path}": random.normal(0, 0.1, variable.shape).astype(np.float32)
        ** (2 if "variance" in variable.path else 1)
        for name, net in nets.items()
        for variable in net.variables
    }
    mixture = fit_mixture(random.normal(1, 1, (200, latent_size)))
    directions = {f"trait/{name}": random.normal(0, 1, latent_size).astype(np.float32) for name in traits}
    return {**generator_tensors(weights, mixture), **directions}


def faces() -> VaeGenerator:
    return VaeGenerator(VERSION, tensors(), {})
