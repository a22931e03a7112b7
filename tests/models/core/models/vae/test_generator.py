from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.models.common import weights_file
from core.models.families import load_generator
from core.models.vae.generator import VaeGenerator
from core.vision.views import Framing, View
from tests.models.core.models.vae.builders import LATENT_SIZE, SIZE, VERSION, faces, pictures, tensors

FACES = faces()
MEAN = FACES.mean()
SEEDS = st.integers(0, 2**31 - 1)


def test_it_says_what_it_draws_and_takes() -> None:
    assert FACES.view == View(Framing.PORTRAIT, SIZE)
    assert FACES.encodes
    assert FACES.traits == ("smile",)


def test_a_face_has_the_same_bytes_however_many_are_drawn_beside_it() -> None:
    latents = FACES.latents(range(11))
    together = FACES.render(latents)
    assert together.shape == (11, SIZE, SIZE, 3)
    assert together.dtype == np.uint8
    assert (FACES.render(latents[9:10])[0] == together[9]).all()
    assert (FACES.render(latents[3:]) == together[3:]).all()
    assert not (together[0] == together[1]).all()


def test_a_face_of_a_real_models_size_has_the_same_bytes_in_each_place_of_a_batch() -> None:
    large = VaeGenerator({**VERSION, "codes": 128}, tensors(latent_size=128), {})
    latents, many = large.latents(range(8)), pictures(8)
    drawn, read = large.render(latents), large.encode(many)
    for moved in (1, 3, 7):
        assert (large.render(np.roll(latents, moved, 0)) == np.roll(drawn, moved, 0)).all()
        assert np.abs(large.encode(np.roll(many, moved, 0)) - np.roll(read, moved, 0)).max() < 1e-7 * np.abs(read).max()


def test_no_faces_are_none() -> None:
    assert FACES.render(FACES.latents([])).shape == (0, SIZE, SIZE, 3)
    assert FACES.encode(pictures(0)).shape == (0, LATENT_SIZE)


@given(st.lists(SEEDS, min_size=1, max_size=5), st.floats(0.1, 1.0))
def test_less_truncation_is_nearer_to_the_mean_face_in_the_same_direction(seeds: list[int], truncation: float) -> None:
    whole, less = FACES.latents(seeds), FACES.latents(seeds, truncation)
    assert np.allclose(less - MEAN, truncation * (whole - MEAN), atol=1e-5)


@given(SEEDS, SEEDS)
def test_a_path_ends_where_it_should_and_stays_as_far_from_the_mean(start: int, end: int) -> None:
    first, second = FACES.latents([start, end])
    path = FACES.path(first, second, [0, 0.25, 0.5, 1])
    assert path.shape == (4, LATENT_SIZE)
    assert np.allclose(path[[0, 3]], [first, second], atol=1e-4)
    scale = FACES._scale
    lengths = np.linalg.norm((path - MEAN) / scale, axis=1)
    if np.linalg.norm((first + second) / 2 - MEAN) > 0.5:  # else they are opposite
        assert lengths[2] == pytest.approx((lengths[0] + lengths[3]) / 2, rel=0.02)


def test_a_path_between_opposite_faces_goes_through_the_mean() -> None:
    one = FACES.latents([1])[0]
    path = FACES.path(one, 2 * MEAN - one, [0, 0.5, 1])
    assert np.isfinite(path).all()
    assert np.allclose(path[1], MEAN, atol=1e-3)


@given(SEEDS, st.lists(SEEDS, min_size=1, max_size=4))
def test_variations_are_the_face_itself_or_any_faces_at_the_ends_of_the_spread(seed: int, seeds: list[int]) -> None:
    latent = FACES.latents([seed])[0]
    assert np.allclose(FACES.variations(latent, seeds, 0.0), latent, atol=1e-5)
    assert np.allclose(FACES.variations(latent, seeds, 1.0), FACES.latents(seeds), atol=1e-4)


def test_variations_are_as_far_from_the_mean_as_other_faces() -> None:
    latent = FACES.latents([7])[0]
    near = FACES.variations(latent, range(400), 0.4)
    usual = np.linalg.norm(FACES.latents(range(400)) - MEAN, axis=1).mean()
    assert np.linalg.norm(near - MEAN, axis=1).mean() == pytest.approx(
        np.hypot(0.917 * np.linalg.norm(latent - MEAN), 0.4 * usual), rel=0.1
    )


def test_encoding_a_picture_does_not_depend_on_the_others() -> None:
    many = pictures(10)
    latents = FACES.encode(many)
    assert latents.shape == (10, LATENT_SIZE)
    assert (FACES.encode(many[4:5])[0] == latents[4]).all()


def test_a_trait_that_it_does_not_know_is_answered_with_those_that_it_does() -> None:
    assert FACES.direction("smile").shape == (LATENT_SIZE,)
    with pytest.raises(OmokageError) as refused:
        FACES.direction("wings")
    assert refused.value.code is ErrorCode.UNKNOWN_TRAIT
    assert refused.value.details == {"trait": "wings", "known": "smile"}


def test_a_model_comes_back_from_its_file_half_as_large_and_draws_the_same() -> None:
    data = weights_file.dump(tensors(), {"architecture": "vae-64"})
    loaded = load_generator("vae-64", VERSION, data)
    latents = FACES.latents(range(5))
    assert (loaded.latents(range(5)) == latents).all()
    assert (loaded.render(latents) == FACES.render(latents)).all()
    assert len(data) < 2.5 * sum(tensor.size for tensor in tensors().values())


@pytest.mark.parametrize(
    ("architecture", "config"),
    [
        ("vae-64", {**VERSION, "size": 96}),
        ("vae-64", {**VERSION, "size": 48}),
        ("vae-64", {**VERSION, "codes": LATENT_SIZE + 1}),
        ("vae-64", {**VERSION, "codes": "many"}),
        ("vae-64", {"size": SIZE, "codes": LATENT_SIZE}),
        ("vae-64", {**VERSION, "framing": "upside-down"}),
        ("caae-64", VERSION),
        ("dcgan-light", {**VERSION, "preset": "light"}),
        ("", VERSION),
    ],
)
def test_a_file_that_does_not_fit_its_card_is_bad_weights(architecture: str, config: dict) -> None:
    with pytest.raises(OmokageError) as refused:
        load_generator(architecture, config, weights_file.dump(tensors(), {}))
    assert refused.value.code is ErrorCode.BAD_WEIGHTS


@pytest.mark.parametrize("name", ["decoder/wide/kernel", "mixture/means", "trait/smile"])
def test_a_tensor_of_another_shape_is_refused(name: str) -> None:
    other = {**tensors(), name: np.zeros((3, 2), np.float32)}
    with pytest.raises(ValueError, match=r"not \(|no mixture|another latent space"):
        VaeGenerator(VERSION, other, {})


def test_a_damaged_file_is_bad_weights() -> None:
    data = weights_file.dump(tensors(), {})
    with pytest.raises(OmokageError) as refused:
        load_generator("vae-64", VERSION, data[:-1] + bytes([data[-1] ^ 1]))
    assert refused.value.code is ErrorCode.BAD_WEIGHTS
