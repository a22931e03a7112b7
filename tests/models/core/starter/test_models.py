"""The models that come with the product, as they are in the repository."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core.models.common.sample_quality import load_face_analysers
from core.models.families import load_generator
from core.models.generators.generator import FaceGenerator
from core.starter.models import FOLDER_VARIABLE, starter_model, starter_names
from portraits.random_people import TRAITS

SEEDS = range(16)


@pytest.fixture(params=["starter dcgan", "starter vae"])
def shipped(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> FaceGenerator:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    return load_generator(*starter_model(request.param))


def test_all_of_it_is_small_enough_to_come_with_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    names = starter_names()
    assert names == ("starter dcgan", "starter vae", "starter reage")
    assert 1e6 < sum(len(starter_model(name)[2]) for name in names) <= 12e6


def test_it_draws_faces_and_not_one_face(shipped: FaceGenerator) -> None:
    pictures = shipped.render(shipped.latents(SEEDS))
    result = [load_face_analysers().has_face(picture) for picture in pictures]
    assert sum(result) >= 15
    levels = pictures.astype(float).reshape(len(SEEDS), -1)
    apart = [np.abs(one - other).mean() for one, other in pairwise(levels)]
    assert min(apart) > 3


def test_its_faces_have_the_same_bytes_in_a_whole_grid_as_in_small_ones(shipped: FaceGenerator) -> None:
    latents = shipped.latents(range(72))
    small = [shipped.render(latents[at : at + 8]) for at in range(0, 72, 8)]
    assert (shipped.render(latents) == np.concatenate(small)).all()


def test_its_traits_are_seen_where_they_belong(shipped: FaceGenerator) -> None:
    assert set(shipped.traits) == set(TRAITS)
    latents = shipped.latents(SEEDS)
    for trait, (rows, columns) in {"glasses": (0.45, 0.5), "beard": (0.68, 0.5)}.items():
        more, less = (
            shipped.render(latents + amount * shipped.direction(trait)).astype(float) for amount in (1.5, -1.5)
        )
        changed = np.abs(more - less).mean((0, 3))
        side = len(changed)
        there = changed[_around(rows, side), _around(columns, side)].mean()
        corner = changed[: side // 8, : side // 8].mean()
        assert there > 2 * corner, trait


def _around(place: float, side: int) -> slice:
    return slice(int((place - 0.08) * side), int((place + 0.08) * side))
