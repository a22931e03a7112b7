"""Pictures that follow a gradient."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.models.attack.fourier import COLOURS, FourierImage
from core.models.attack.parameterisations import BoundedPixels, FreePixels, Parameterisation

ALL = slice(0, 40), slice(0, 40)


def photo(seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (40, 40, 3), np.uint8)


def towards(wanted: NDArray[np.uint8], parameters: Parameterisation) -> NDArray[np.float32]:
    """The gradient of half the squared distance to a picture."""
    return parameters.picture.astype(np.float32) - wanted


@given(st.integers(1, 32), st.integers(1, 30), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_no_pixel_leaves_its_bound(epsilon: int, steps: int, seed: int) -> None:
    parameters, random = BoundedPixels(photo(), epsilon), np.random.default_rng(seed)
    for step in range(steps):
        parameters.update(random.normal(0, 1, (40, 40, 3)).astype(np.float32), ALL, 1 - step / steps)
        assert np.abs(parameters.picture.astype(np.int16) - photo()).max() <= epsilon


@pytest.mark.parametrize("epsilon", [1, 2, 8, 32])
def test_forty_steps_reach_the_bound_wherever_the_gradient_says_so(epsilon: int) -> None:
    start = np.full((40, 40, 3), 128, np.uint8)
    parameters = BoundedPixels(start, epsilon)
    gradient = np.where(np.random.default_rng(0).random((40, 40, 3)) < 0.5, -1.0, 1.0).astype(np.float32)
    for step in range(40):
        parameters.update(gradient, ALL, 1 - step / 40)
    assert (parameters.picture == 128 - epsilon * np.sign(gradient)).all()


def test_a_gradient_that_turns_round_is_soon_followed_however_long_it_went_the_other_way() -> None:
    parameters, gradient = BoundedPixels(photo(), 32), np.ones((40, 40, 3), np.float32)
    for _ in range(20):
        parameters.update(gradient, ALL, 0.05)
    before = parameters.picture.astype(np.int16)
    for _ in range(8):
        parameters.update(-gradient, ALL, 0.05)
    free = (before > 8) & (before < 240) & (photo() > 40)  # nothing is cut off there
    assert (parameters.picture[free] > before[free]).all()


@pytest.mark.parametrize(("first", "levels"), [(0.125, 1), (0.5, 4), (1.0, 8)])
def test_the_first_step_is_a_fraction_of_the_bound_and_the_last_is_one_level(first: float, levels: int) -> None:
    start = np.full((40, 40, 3), 128, np.uint8)
    for left, moved in ((1.0, levels), (0.01, 1)):
        parameters = BoundedPixels(start, 8, first_step=first)
        parameters.update(np.ones((40, 40, 3), np.float32), ALL, left)
        assert (parameters.picture == 128 - moved).all()


def test_a_pixel_on_which_nothing_depends_stays() -> None:
    parameters = BoundedPixels(photo(), 8)
    gradient = np.zeros((40, 40, 3), np.float32)
    parameters.update(gradient, ALL, 1.0)
    assert (parameters.picture == photo()).all()
    gradient[5:9, 6:8] = 1.0
    parameters.update(gradient, (slice(3, 12), slice(2, 20)), 1.0)
    changed = (parameters.picture != photo()).any(2)
    assert changed[5:9, 6:8].any()
    assert not changed[(gradient == 0).all(2)].any()


def test_a_bounded_picture_goes_on_from_an_earlier_one_as_far_as_the_bound_allows() -> None:
    start = np.full((40, 40, 3), 100, np.uint8)
    earlier = start.copy()
    earlier[0, 0], earlier[1, 1] = 105, 180
    picture = BoundedPixels(start, 8, earlier).picture
    assert picture[0, 0].tolist() == [105] * 3
    assert picture[1, 1].tolist() == [108] * 3


def test_a_photo_is_not_changed_in_its_place() -> None:
    start = photo()
    BoundedPixels(start, 8).update(np.ones((40, 40, 3), np.float32), ALL, 1.0)
    assert (start == photo()).all()


def test_free_pixels_go_where_the_gradient_leads() -> None:
    parameters = FreePixels(photo(1))
    far = float(np.abs(towards(photo(2), parameters)).mean())
    for step in range(200):
        parameters.update(towards(photo(2), parameters), ALL, 1 - step / 200)
    assert float(np.abs(towards(photo(2), parameters)).mean()) < far / 20


def test_coefficients_go_where_the_gradient_leads() -> None:
    rows, columns = np.mgrid[:40, :40] / 40
    expected = (128 + 60 * np.sin(6 * rows)[..., None] * np.cos(9 * columns)[..., None] * [1, 0.8, 0.5]).astype(
        np.uint8
    )
    parameters = FourierImage(40, np.random.default_rng(0))
    far = float(np.abs(towards(expected, parameters)).mean())
    for step in range(200):
        parameters.update(towards(expected, parameters), ALL, 1 - step / 200)
    assert float(np.abs(towards(expected, parameters)).mean()) < far / 5


def test_coefficients_begin_as_a_grey_picture_that_the_seed_decides() -> None:
    first, again, other = (FourierImage(40, np.random.default_rng(seed)).picture for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    assert 80 < first.mean() < 176


def test_coefficients_go_on_from_a_picture_as_it_was() -> None:
    picture = np.clip(photo(), 4, 251)
    result = FourierImage(40, np.random.default_rng(0), picture).picture
    assert np.abs(result.astype(np.int16) - picture).max() <= 1


@pytest.mark.parametrize("side", [24, 25])
def test_the_gradient_by_coefficients_is_what_a_small_change_of_one_makes(side: int) -> None:
    parameters = FourierImage(side, np.random.default_rng(4))
    weights = np.random.default_rng(5).normal(0, 1, (side, side, 3)).astype(np.float32)

    def value(waves: NDArray[np.complexfloating]) -> float:
        parameters._coefficients = waves
        return float((weights * 255 / (1 + np.exp(-parameters._colours().astype(np.float64)))).sum())

    waves = parameters._coefficients
    gradient = parameters._coefficient_gradient(weights)
    for place in [(0, 0, 0), (1, 3, 4), (2, 0, side // 2), (0, 5, 1), (1, 7, 0)]:
        for unit, found in ((1.0, gradient[place].real), (1.0j, gradient[place].imag)):
            change = np.zeros_like(waves)
            change[place] = unit * 1e-2
            expected = (value(waves + change) - value(waves - change)) / 2e-2
            if place[1] == 0 and place[2] in {0, side / 2} and unit == 1.0j:
                continue  # a real picture has no such part
            assert found == pytest.approx(expected, rel=0.02, abs=0.05 * float(np.abs(gradient).mean())), (place, unit)


def test_brightness_varies_most() -> None:
    sizes = np.linalg.norm(COLOURS, axis=0)
    assert sizes[0] > 2 * sizes[1] > 2 * sizes[2] > 0
    assert abs(np.linalg.det(COLOURS)) > 1e-3


def test_no_frequency_exceeds_the_maximum() -> None:
    parameters = FourierImage(40, np.random.default_rng(0), max_frequency=0.1)
    for step in range(5):
        parameters.update(np.random.default_rng(step).normal(0, 1, (40, 40, 3)).astype(np.float32), ALL, 1.0)
    spectrum = np.abs(np.fft.rfft2(parameters._colours(), axes=(0, 1)))
    fine = np.hypot(np.fft.fftfreq(40)[:, None], np.fft.rfftfreq(40)) > 0.1
    assert spectrum[fine].max() < 1e-3 * spectrum[~fine].max()


def test_coefficients_go_on_from_a_picture_without_what_is_too_fine() -> None:
    result = FourierImage(40, np.random.default_rng(0), photo(), max_frequency=0.2).picture.astype(np.float32)
    assert np.abs(np.diff(result, axis=0)).mean() < np.abs(np.diff(photo().astype(np.float32), axis=0)).mean() / 2
