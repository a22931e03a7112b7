from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.domain.errors import ErrorCode, OmokageError
from core.services.generation.latent_paths import add_traits, closed_path, ease_in_out, latent_arithmetic
from tests.unit.core.services.generation.linear_generator import LATENT_SIZE, LinearGenerator

NO_FACES = np.zeros((0, 3), np.float32)
latents = arrays(np.float32, (3, 3), elements=st.floats(-4, 4, width=32))


def unit(axis: int) -> np.ndarray:
    return np.eye(3, dtype=np.float32)[axis]


def test_a_face_alone_stays_as_it_is() -> None:
    face = np.array([1.0, -2.0, 0.5], np.float32)
    assert latent_arithmetic(unit(1), face[None], NO_FACES) == pytest.approx(face)


def test_woman_with_glasses_minus_woman_plus_man_is_a_man_with_glasses() -> None:
    woman, man, glasses = np.array([2, 0, 0]), np.array([0, 2, 0]), np.array([0, 0, 0.1])
    mix = latent_arithmetic(
        np.zeros(3, np.float32), np.array([woman + glasses, man], np.float32), np.array([woman], np.float32)
    )
    assert mix == pytest.approx(man + glasses, abs=0.01)


def test_many_faces_added_are_no_further_out_than_one() -> None:
    added = np.array([[3, 0, 0], [0, 3, 0], [0, 0, 3]], np.float32)
    mix = latent_arithmetic(np.zeros(3, np.float32), added, NO_FACES)
    assert mix == pytest.approx(np.full(3, 3**0.5))


def test_the_same_face_added_and_subtracted_leaves_the_mean_face() -> None:
    mean, face = unit(0), np.array([[2, 2, 2]], np.float32)
    assert latent_arithmetic(mean, face, face) == pytest.approx(mean)


@given(latents, latents, arrays(np.float32, 3, elements=st.floats(-4, 4, width=32)))
def test_a_mix_is_never_further_from_the_mean_than_the_added_ones_are(
    added: np.ndarray, subtracted: np.ndarray, mean: np.ndarray
) -> None:
    mix = latent_arithmetic(mean, added, subtracted)
    mean_length = np.linalg.norm(added - mean, axis=1).mean()
    assert mix.dtype == np.float32
    assert np.linalg.norm(mix - mean) <= mean_length * (1 + 1e-4) + 1e-4


def test_traits_are_added_to_every_face() -> None:
    model = LinearGenerator()
    faces = model.latents([1, 2])
    changed = add_traits(model, faces, {"smile": 1.5, "glasses": -1.0})
    assert changed - faces == pytest.approx(np.tile([1.5, -1, *[0] * (LATENT_SIZE - 2)], (2, 1)))
    assert changed.dtype == np.float32


def test_an_unknown_trait_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(OmokageError) as caught:
        add_traits(LinearGenerator(), LinearGenerator().latents([1]), {"horns": 1.0})
    assert (caught.value.code, caught.value.details["known"]) == (ErrorCode.UNKNOWN_TRAIT, "smile, glasses")


def test_a_walk_passes_every_face_and_ends_where_it_began() -> None:
    model = LinearGenerator()
    keys = model.latents([1, 2, 3])
    walk = np.concatenate(list(closed_path(model, keys, 10)))
    assert walk.shape == (30, LATENT_SIZE)
    assert walk[::10] == pytest.approx(keys)
    steps = np.linalg.norm(walk - np.roll(walk, 1, axis=0), axis=1)
    assert steps.max() < 0.2 * np.linalg.norm(keys - np.roll(keys, 1, axis=0), axis=1).max()  # nowhere a jump


def test_a_walk_between_two_goes_back_the_way_that_it_came() -> None:
    model = LinearGenerator()
    walk = np.concatenate(list(closed_path(model, model.latents([1, 2]), 12)))
    assert walk[1:12] == pytest.approx(walk[:12:-1], abs=1e-6)


@given(st.integers(1, 60))
def test_the_way_begins_slowly_and_never_goes_back(frames: int) -> None:
    shares = [*ease_in_out(frames), 1.0]
    steps = np.diff(shares)
    assert (shares[0], len(shares)) == (0.0, frames + 1)
    assert (steps > 0).all()
    assert frames < 3 or steps[0] < steps[len(steps) // 2]
