from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.common.batches import hold_out_some
from core.models.common.sample_quality import (
    FaceAnalysers,
    SampleQuality,
    describe,
    distances,
    fixed_chips,
    kernel_distance,
)
from core.vision.embedding.align import DLIB_TEMPLATE
from core.vision.views import Framing, framing_of, portrait_template


def embed(chips: np.ndarray) -> np.ndarray:
    """The mean colours of a grid of 6 by 7: three numbers each, and two more."""
    cells = chips[:, :144, :147].reshape(-1, 6, 24, 7, 21, 3).mean((2, 4)).reshape(len(chips), -1)
    return np.pad(cells, ((0, 0), (0, 2)), constant_values=40).astype(np.float32)


JUDGES = FaceAnalysers(embed, lambda picture: bool(picture.mean() > 100))


def pictures(count: int, seed: int, contrast: float = 60) -> np.ndarray:
    random = np.random.default_rng(seed)
    coarse = 128 + random.normal(0, contrast, (count, 4, 4, 3))
    return np.clip(coarse.repeat(8, 1).repeat(8, 2), 0, 255).astype(np.uint8)


def quality(count: int = 120) -> SampleQuality:
    return SampleQuality(pictures(count, 0), np.arange(count) < 40, Framing.WHOLE, JUDGES)


def test_pictures_of_the_same_kind_have_a_kid_near_nought_are_as_various_and_as_new() -> None:
    figures = quality().figures(pictures(80, 1))
    assert figures["kid"] == pytest.approx(0, abs=0.02)
    assert figures["diversity"] == pytest.approx(1, abs=0.1)
    assert figures["novelty"] == pytest.approx(1, abs=0.1)
    assert figures["faces"] > 0.8


def test_copies_of_training_pictures_are_not_new() -> None:
    figures = quality().figures(pictures(120, 0)[40:])
    assert figures["novelty"] == pytest.approx(0, abs=1e-6)
    assert figures["diversity"] == pytest.approx(1, abs=0.1)


def test_one_picture_over_and_over_is_not_various_and_far_from_real() -> None:
    figures = quality().figures(pictures(1, 1).repeat(20, 0))
    assert figures["diversity"] == pytest.approx(0, abs=1e-6)
    assert figures["kid"] > 0.05


def test_duller_pictures_are_further_from_real_ones() -> None:
    judge = quality()
    kids = [judge.figures(pictures(80, 1, contrast))["kid"] for contrast in (60, 40, 20)]
    assert kids == sorted(kids)
    assert kids[0] < kids[2] / 4


def test_faces_are_counted_in_the_first_samples_and_in_all_when_thorough() -> None:
    samples = np.concatenate([np.full((64, 32, 32, 3), 200, np.uint8), np.zeros((64, 32, 32, 3), np.uint8)])
    samples[:, :8] = pictures(128, 3)[:, :8]
    assert quality().figures(samples)["faces"] == 1.0
    assert quality().figures(samples, thorough=True)["faces"] == 0.5


def test_each_training_picture_is_described_once() -> None:
    seen = []
    analysers = FaceAnalysers(lambda chips: (seen.append(len(chips)), embed(chips))[1], lambda _: True)
    judge = SampleQuality(pictures(800, 0), np.arange(800) < 40, Framing.WHOLE, analysers)
    for thorough in (False, False, True):
        judge.figures(pictures(10, 1), thorough=thorough)
    judge.real_kid()
    judge.nearest_real()
    assert sum(seen) == 800 + 3 * 10


def test_what_real_pictures_reach_is_said() -> None:
    assert quality().real_kid() == pytest.approx(0, abs=0.02)
    assert quality().nearest_real() > 0


def test_the_chip_of_a_portrait_has_its_landmarks_where_the_embedding_expects_them() -> None:
    portrait = np.zeros((96, 96, 3), np.uint8)
    for x, y in portrait_template(96):
        portrait[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2] = 255
    chip = fixed_chips(portrait[None], Framing.PORTRAIT)[0]
    for x, y in DLIB_TEMPLATE.points:
        assert chip[int(y), int(x)].min() > 100
    assert chip[75, 20].max() == 0


def test_a_whole_picture_is_its_own_chip() -> None:
    chips = fixed_chips(pictures(2, 5), Framing.WHOLE)
    assert chips.shape == (2, 150, 150, 3)
    assert chips.mean() == pytest.approx(pictures(2, 5).mean(), abs=1)


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_kid_does_not_mind_the_order_and_is_unbiased(seed: int) -> None:
    features = describe(pictures(60, seed), Framing.WHOLE, embed)
    first, second = features[:30], features[30:]
    assert kernel_distance(first, second) == pytest.approx(kernel_distance(second[::-1], first))
    assert (
        kernel_distance(first, first) < 0
    )  # without the pairs of each with itself, the same set is nearer than chance


def test_distances_are_those_of_the_points() -> None:
    features = describe(pictures(6, 1), Framing.WHOLE, embed)
    expected = np.linalg.norm(features[:, None] - features[None], axis=2)
    assert distances(features, features) == pytest.approx(expected, abs=1e-6)


@given(st.integers(2, 20_000), st.integers(0, 100))
def test_some_pictures_are_held_out_the_same_for_the_same_seed(count: int, seed: int) -> None:
    held_out = hold_out_some(count, seed)
    assert held_out.sum() == min(max(50, round(count / 10)), 250, count // 2)
    assert (held_out == hold_out_some(count, seed)).all()


def test_a_data_set_with_faces_is_one_of_portraits() -> None:
    assert framing_of(np.array([True, True, False])) is Framing.PORTRAIT
    assert framing_of(np.array([True, False, False])) is Framing.WHOLE
