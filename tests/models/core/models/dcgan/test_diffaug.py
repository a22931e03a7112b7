from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.common.augment import generator
from core.models.dcgan.diffaug import Changes, change, draw_changes, strength_for

SIZE = 16


def pictures(count: int = 6) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (count, SIZE, SIZE, 3)).astype(np.float32)


def none(count: int) -> Changes:
    return draw_changes(count, SIZE, 0.0, generator(0, 1, 0))


def changed(images: np.ndarray, **how: object) -> np.ndarray:
    what = none(len(images))._replace(**{name: np.asarray(value, np.float32) for name, value in how.items()})
    return np.asarray(keras.ops.convert_to_numpy(change(keras.ops.convert_to_tensor(images), what)))


def test_at_strength_nought_nothing_changes() -> None:
    assert changed(pictures()) == pytest.approx(pictures(), abs=1e-5)


def test_brightness_is_added() -> None:
    assert changed(pictures(), brightness=[0.3] * 6) == pytest.approx(pictures() + 0.3, abs=1e-5)


def test_without_saturation_pictures_are_grey_and_as_bright() -> None:
    grey = changed(pictures(), saturation=[0.0] * 6)
    assert grey == pytest.approx(np.repeat(pictures().mean(3, keepdims=True), 3, 3), abs=1e-5)


def test_contrast_keeps_each_pictures_mean() -> None:
    flat = changed(pictures(), contrast=[0.5] * 6)
    assert flat.mean((1, 2, 3)) == pytest.approx(pictures().mean((1, 2, 3)), abs=1e-5)
    assert flat.std((1, 2, 3)) == pytest.approx(pictures().std((1, 2, 3)) / 2, abs=1e-5)


def test_shifts_move_down_and_right_and_leave_grey_behind() -> None:
    images = pictures(2)
    moved = changed(images, shift=[(2, -3), (0, 0)])
    assert moved[0, 2:, :-3] == pytest.approx(images[0, :-2, 3:], abs=1e-5)
    assert not moved[0, :2].any()
    assert not moved[0, :, -3:].any()
    assert moved[1] == pytest.approx(images[1], abs=1e-5)


def test_a_hole_is_grey_and_the_rest_is_as_it_was() -> None:
    images = pictures(1)
    pierced = changed(images, hole=[(4, 15, 3)])
    expected = images.copy()
    expected[0, 2:7, 13:] = 0
    assert pierced == pytest.approx(expected, abs=1e-5)


def test_the_generators_gradient_goes_through() -> None:
    tf = pytest.importorskip("tensorflow")
    what = draw_changes(6, SIZE, 1.0, generator(0, 1, 0))
    images = tf.constant(pictures())
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(tf.square(change(images, what)))
    gradient = tape.gradient(total, images).numpy()
    nudge = np.random.default_rng(1).normal(0, 1, images.shape).astype(np.float32)
    totals = [float(tf.reduce_sum(tf.square(change(images + e * nudge, what)))) for e in (1e-2, -1e-2)]
    assert (gradient * nudge).sum() == pytest.approx((totals[0] - totals[1]) / 2e-2, rel=1e-2)


@settings(max_examples=30)
@given(st.floats(0, 1), st.integers(0, 1000))
def test_changes_stay_within_their_strength_and_are_the_same_for_the_same_step(strength: float, step: int) -> None:
    one, again = (draw_changes(40, 64, strength, generator(3, 1, step)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(one, again, strict=True))
    assert np.abs(one.brightness).max() <= strength * 0.5 + 1e-6
    assert np.abs(one.saturation - 1).max() <= strength + 1e-6
    assert np.abs(one.contrast - 1).max() <= strength * 0.5 + 1e-6
    assert np.abs(one.shift).max() <= round(64 / 8 * strength)
    assert one.hole[:, 2].max() <= 16 * strength
    assert all(part.dtype == np.float32 for part in one)


def test_at_half_strength_every_other_picture_is_changed() -> None:
    hole = draw_changes(4000, 64, 0.5, generator(0, 1, 0)).hole[:, 2]
    assert (hole > 0).mean() == pytest.approx(0.5, abs=0.05)


@given(st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_more_pictures_are_changed_less(one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    assert 1 >= strength_for(fewer) >= strength_for(more) >= 0


def test_few_pictures_are_changed_fully_and_many_not_at_all() -> None:
    assert strength_for(300) == strength_for(2000) == 1
    assert 0.4 < strength_for(9000) < 0.6
    assert strength_for(40_000) == strength_for(200_000) == 0
