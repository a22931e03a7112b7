from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.models.common.drawn_faces import to_pixels
from core.models.dcgan.generator import DcganGenerator, generator_tensors
from core.models.dcgan.network import LATENT_SIZE, SHAPES, Shape, build_discriminator, build_generator, tensors_of
from core.vision.views import Framing, View

TINY = Shape(4, (24, 16, 8))  # 32 pixels a side
CONFIG: dict[str, Any] = {"preset": "tiny", "size": 32, "codes": LATENT_SIZE, "framing": "portrait"}
SMILE = np.linspace(-1, 1, LATENT_SIZE, dtype=np.float32)


def tensors() -> dict[str, np.ndarray]:
    """Of a generator whose pictures differ: the first weights of a DCGAN draw next to nothing."""
    net = build_generator(TINY)
    random = np.random.default_rng(0)
    for variable in net.trainable_variables:
        variable.assign(random.normal(0, 0.1, variable.shape) + ("gamma" in variable.name))
    return generator_tensors(tensors_of(net)) | {"trait/smile": SMILE}


@pytest.fixture(scope="module")
def faces() -> DcganGenerator:
    return DcganGenerator(CONFIG, tensors(), {}, TINY)


def test_a_face_is_the_same_to_the_byte_however_many_are_drawn_beside_it(faces: DcganGenerator) -> None:
    many = faces.render(faces.latents(range(21)))
    assert many.shape == (21, 32, 32, 3)
    for first, count in ((0, 1), (3, 8), (5, 13), (20, 1)):
        assert (faces.render(faces.latents(range(first, first + count))) == many[first : first + count]).all()
    assert many.std(0).max() > 5  # they do differ


def test_drawing_no_faces_gives_none(faces: DcganGenerator) -> None:
    assert faces.render(faces.latents([])).shape == (0, 32, 32, 3)


def test_a_code_depends_on_its_own_seed_alone(faces: DcganGenerator) -> None:
    assert (faces.latents([7, 9])[1] == faces.latents([9])[0]).all()
    latents = faces.latents(range(200))
    assert latents.dtype == np.float32
    assert (latents.min(), latents.max()) == pytest.approx((-1, 1), abs=0.01)
    assert len(np.unique(latents[:, 0])) == 200


def test_less_truncation_brings_codes_nearer_to_the_mean_face(faces: DcganGenerator) -> None:
    whole, half = faces.latents([5]), faces.latents([5], truncation=0.5)
    assert half == pytest.approx(whole / 2)
    assert not faces.mean().any()


@settings(max_examples=50)
@given(st.integers(0, 999), st.integers(0, 999), st.floats(0, 1))
def test_on_a_path_codes_are_as_long_as_at_its_ends(faces: DcganGenerator, a: int, b: int, share: float) -> None:
    start, end = faces.latents([a, b])
    (between,) = faces.path(start, end, [share])
    expected = (1 - share) * np.linalg.norm(start) + share * np.linalg.norm(end)
    assert np.linalg.norm(between) == pytest.approx(expected, rel=1e-4)


def test_a_path_begins_and_ends_where_it_should_and_steps_evenly(faces: DcganGenerator) -> None:
    start, end = faces.latents([1, 2])
    path = faces.path(start, end, np.linspace(0, 1, 9).tolist())
    assert path[0] == pytest.approx(start, abs=1e-5)
    assert path[-1] == pytest.approx(end, abs=1e-5)
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert steps.max() / steps.min() < 1.1


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.0, -1.0])
def test_a_path_between_codes_in_one_line_has_no_holes(faces: DcganGenerator, scale: float) -> None:
    (start,) = faces.latents([1])
    path = faces.path(start, scale * start, [0.0, 0.5, 1.0])
    assert np.isfinite(path).all()
    assert path[-1] == pytest.approx(scale * start, abs=1e-5)


def test_variations_are_near_the_face_and_as_far_out_as_codes_are(faces: DcganGenerator) -> None:
    (latent,) = faces.latents([3])
    assert faces.variations(latent, [1, 2], spread=0.0) == pytest.approx(np.stack([latent, latent]))
    assert faces.variations(latent, [3], spread=1.0) != pytest.approx(latent)  # its own seed gives another face, too
    near = faces.variations(latent, range(50))
    others = faces.latents(range(100, 150))
    assert (np.linalg.norm(near - latent, axis=1) < np.linalg.norm(others - latent, axis=1) / 2).all()
    assert np.linalg.norm(near, axis=1).mean() == pytest.approx(np.linalg.norm(latent), rel=0.1)


def test_traits_are_those_in_the_file(faces: DcganGenerator) -> None:
    assert faces.traits == ("smile",)
    assert (faces.direction("smile") == SMILE).all()
    with pytest.raises(OmokageError) as refused:
        faces.direction("wings")
    assert refused.value.code is ErrorCode.UNKNOWN_TRAIT
    assert refused.value.details == {"trait": "wings", "known": "smile"}


def test_it_draws_and_takes_no_photos(faces: DcganGenerator) -> None:
    assert not faces.encodes
    assert faces.view == View(Framing.PORTRAIT, 32)
    with pytest.raises(OmokageError) as refused:
        faces.encode(np.zeros((1, 32, 32, 3), np.uint8))
    assert refused.value.code is ErrorCode.NO_ENCODER


def test_tensors_or_cards_of_another_network_are_refused() -> None:
    lacking = tensors()
    del lacking["net/up1/kernel"]
    wrong = tensors() | {"net/up1/kernel": np.zeros((5, 5, 2, 2), np.float32)}
    trait = tensors() | {"trait/smile": np.zeros(3, np.float32)}
    for config, given_ in ((CONFIG, lacking), (CONFIG, wrong), (CONFIG, trait), (CONFIG | {"size": 64}, tensors())):
        with pytest.raises((KeyError, ValueError)):
            DcganGenerator(config, given_, {}, TINY)
    with pytest.raises(KeyError):
        DcganGenerator(CONFIG, tensors(), {})


def test_a_light_generators_file_is_small_and_draws_96_pixels() -> None:
    kept = generator_tensors(tensors_of(build_generator(SHAPES["light"])))
    assert sum(one.nbytes for one in kept.values()) < 5_000_000
    drawer = DcganGenerator(CONFIG | {"preset": "light", "size": 96}, kept, {})
    assert drawer.render(drawer.latents([1])).shape == (1, 96, 96, 3)


def test_networks_have_the_shapes_of_system_2() -> None:
    for name, sides in {"classic": [6, 12, 24, 48], "light": [6, 12, 24, 48], "small": [4, 8, 16, 32]}.items():
        shape = SHAPES[name]
        drawn = build_generator(shape)
        seen = [(drawn.get_layer(f"norm{place}").output.shape[1:]) for place in range(1, 5)]
        assert seen == [(side, side, depth) for side, depth in zip(sides, shape.depths, strict=True)]
        assert drawn.output.shape == (None, shape.size, shape.size, 3)
        judge = build_discriminator(shape, 2)
        down = [judge.get_layer(f"down{place}").output.shape[1:] for place in range(4, 0, -1)]
        assert down == seen
        assert judge.output.shape == (None, 2)


def test_colours_come_from_the_transposed_convolution_that_is_described() -> None:
    last = build_generator(TINY).get_layer("up3")
    same = keras.layers.Conv2DTranspose(3, 5, 2, "same")
    seen = np.random.default_rng(0).normal(0, 1, (2, 16, 16, 8)).astype(np.float32)
    same(seen)
    same.set_weights([last.kernel, np.float32([1, 2, 3])])
    last.bias.assign([1, 2, 3])
    assert np.asarray(last(seen)) == pytest.approx(np.asarray(same(seen)), abs=1e-5)


def test_pixels_come_out_as_they_went_in() -> None:
    pixels = np.arange(256)
    assert (np.asarray(to_pixels((pixels / 127.5 - 1).astype(np.float32))) == pixels).all()
    assert np.asarray(to_pixels(np.array([-3.0, 3.0]))).tolist() == [0, 255]
