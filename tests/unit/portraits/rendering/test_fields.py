from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portraits.rendering.fields import blur, bump, hill, mix, noise, step, turn

LINE = np.linspace(-3, 3, 601, dtype=np.float32)


def test_a_step_rises_smoothly_from_0_to_1_between_its_ends() -> None:
    values = step(-1.0, 2.0, LINE)
    assert (values[LINE <= -1] == 0).all()
    assert (values[LINE >= 2] == 1).all()
    assert (np.diff(values) >= 0).all()
    assert np.diff(values).max() < 0.01


def test_a_step_with_swapped_ends_is_turned_round() -> None:
    assert np.allclose(step(2.0, -1.0, LINE), 1 - step(-1.0, 2.0, LINE), atol=1e-6)


def test_a_bump_is_1_at_its_middle_and_0_beyond_its_half_axes() -> None:
    x, y = np.meshgrid(LINE, LINE)
    values = bump(x, y, (0.5, -1.0), (0.8, 0.3))
    assert values.max() == pytest.approx(1, abs=1e-3)
    outside = ((x - 0.5) / 0.8) ** 2 + ((y + 1.0) / 0.3) ** 2 > 1.001
    assert (values[outside] == 0).all()


def test_a_hill_is_1_on_its_ridge_and_0_beyond_its_width() -> None:
    values = hill(LINE, 0.5, 0.25)
    assert values[np.argmin(np.abs(LINE - 0.5))] == pytest.approx(1, abs=1e-3)
    assert (values[np.abs(LINE - 0.5) > 0.25] == 0).all()


def test_mixing_by_0_and_1_gives_the_two() -> None:
    assert (mix(LINE, 2 * LINE, 0.0) == LINE).all()
    assert np.allclose(mix(LINE, 2 * LINE, 1.0), 2 * LINE)


def test_a_blur_leaves_an_even_field_alone_and_spreads_a_point() -> None:
    even = np.full((40, 30), 0.7, np.float32)
    assert np.allclose(blur(even, 3), 0.7, atol=1e-6)
    point = np.zeros((41, 41), np.float32)
    point[20, 20] = 1
    spread = blur(point, 2)
    assert spread.sum() == pytest.approx(1, abs=1e-5)
    assert spread[20, 20] == spread.max() < 0.1
    assert np.allclose(spread, spread.T, atol=1e-7)


@given(st.integers(0, 200), st.floats(-500, 500), st.floats(-500, 500))
def test_noise_stays_between_minus_1_and_1_and_repeats_after_64(seed: int, u: float, v: float) -> None:
    at = np.array([u], np.float32), np.array([v], np.float32)
    value = noise(*at, seed)
    assert -1 <= value[0] <= 1
    assert noise(at[0] + 64, at[1] - 128, seed) == pytest.approx(value, abs=2e-3)


def test_noise_has_no_jumps() -> None:
    assert np.abs(np.diff(noise(LINE * 4, LINE * 0 + 0.3, 5))).max() < 0.15


def test_a_turn_rises_once_around() -> None:
    angle = np.linspace(-np.pi, np.pi, 1000)[1:-1]
    values = turn(np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32))
    assert values.min() >= -2
    assert values.max() <= 2
    assert (np.diff(values) > -1e-4).all()
