from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from core.models.common.backend import make_deterministic, to_numpy
from core.models.vae.network import SIZES, build_decoder, build_encoder
from core.models.vae.presets import VAE_PRESETS, VaePreset
from core.models.vae.training_step import VaeTraining, reconstruction
from tests.models.core.models.vae.builders import COUNT, LATENT_SIZE, SIZE, pictures


@pytest.fixture(scope="module", autouse=True)
def deterministic() -> None:
    make_deterministic()


def small(name: str = "vae", **changes: object) -> VaePreset:
    return replace(VAE_PRESETS[name], **{"size": SIZE, "latent_size": LATENT_SIZE, "batch": 8, "steps": 8, **changes})  # type: ignore[arg-type]


def vae(preset: str = "vae", **changes: object) -> VaeTraining:
    return VaeTraining(pictures(), np.arange(COUNT) < 4, preset=small(preset, **changes), seed=5)


@dataclass(frozen=True)
class Straight:
    """A new one that went straight to its sixth step, and its tensors before the first step and after the sixth."""

    vae: VaeTraining
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]

    def begun_again(self) -> VaeTraining:
        """For several tests, at its beginning: TensorFlow takes seconds to trace the step of a new one."""
        self.vae.set_tensors(self.before, 0)
        return self.vae


@pytest.fixture(scope="module")
def straight() -> Iterator[Callable[[str], Straight]]:
    with ExitStack() as stack:

        @cache
        def made(preset: str) -> Straight:
            one = stack.enter_context(closing(vae(preset, steps=40, learning_rate=3e-3, ema_decay=0.5)))
            before = one.tensors()
            for _ in range(6):
                one.advance()
            return Straight(one, before, one.tensors())

        yield made


@pytest.mark.parametrize("size", SIZES)
def test_each_size_goes_to_codes_and_back_in_less_than_four_megabytes(size: int) -> None:
    latent_size = VAE_PRESETS["vae"].latent_size
    encoder, decoder = build_encoder(size, latent_size), build_decoder(size, latent_size)
    assert encoder.output_shape == (None, 2 * latent_size)
    assert decoder.output_shape == (None, size, size, 3)
    assert 2 * (encoder.count_params() + decoder.count_params()) < 4e6  # in half precision


def test_each_of_a_pixels_four_channels_goes_to_its_own_place() -> None:
    decoder = build_decoder(64, 4)
    last = decoder.get_layer("quarters")
    bias = np.repeat([0.1, 0.2, 0.3, 0.4], 3)
    last.set_weights([np.zeros(last.kernel.shape), bias])
    picture = np.arctanh(to_numpy(decoder(np.zeros((1, 4), np.float32))))[0]
    for (row, column), value in {(0, 0): 0.1, (0, 1): 0.2, (1, 0): 0.3, (1, 1): 0.4}.items():
        assert np.allclose(picture[row::2, column::2], value, atol=1e-5)


def test_a_network_that_was_not_trained_draws_no_grid() -> None:
    decoder = build_decoder(64, 4)
    picture = to_numpy(decoder(np.random.default_rng(0).normal(size=(1, 4)).astype(np.float32)))[0]
    assert (picture[::2] == picture[1::2]).all()
    assert (picture[:, ::2] == picture[:, 1::2]).all()
    assert picture.std() > 0


@pytest.mark.parametrize("preset", ["vae", pytest.param("autoencoder", marks=pytest.mark.long)])
def test_a_few_steps_learn_to_draw_what_was_seen(straight: Callable[[str], Straight], preset: str) -> None:
    one = straight(preset).begun_again()
    before = one.held_out_loss()
    for _ in range(40):
        one.advance()
    figures = one.report()
    held_out = pictures()[:4]
    again = one.decode(one.encode(held_out))
    assert one.held_out_loss() < 0.75 * before  # with the divergence, which only grows
    assert set(figures) == {"loss", "reconstruction_loss", "divergence_loss"}
    assert np.abs(again.astype(float) - held_out).mean() < 40
    assert again.shape == held_out.shape


def test_an_autoencoder_pays_for_no_divergence_and_a_vae_does(straight: Callable[[str], Straight]) -> None:
    for preset, pays in (("vae", True), ("autoencoder", False)):
        one = straight(preset).begun_again()
        for _ in range(5):  # in the first four the divergence comes to its weight
            one.report()
            one.advance()
        figures = one.report()
        assert (figures["loss"] > figures["reconstruction_loss"] + 1e-5) is pays


def test_the_divergence_comes_to_its_weight_slowly() -> None:
    with closing(vae(steps=100, warm_up=0.5, kl=10.0)) as one:
        one.advance()
        figures = one.report()
    added = figures["loss"] - figures["reconstruction_loss"]
    assert added == pytest.approx(10 / 50 * figures["divergence_loss"], rel=1e-2)


def test_going_on_after_a_restart_is_going_on_bit_for_bit(straight: Callable[[str], Straight]) -> None:
    preset = "autoencoder"  # the other one's trainer is looked at in test_vae_trainer.py
    expected, first = straight(preset).after, straight(preset).begun_again()
    for _ in range(3):
        first.advance()
    with closing(vae(preset, steps=40, learning_rate=3e-3, ema_decay=0.5)) as second:
        second.set_tensors(first.tensors(), 3)
        for _ in range(3):
            second.advance()
        result = second.tensors()
    assert expected.keys() == result.keys()
    assert all((expected[name] == result[name]).all() for name in expected)


def test_tensors_of_another_network_are_refused() -> None:
    with (
        closing(vae()) as one,
        closing(vae(latent_size=LATENT_SIZE + 1)) as other,
        pytest.raises(ValueError, match="not the tensors"),
    ):
        one.set_tensors(other.tensors(), 3)


def test_an_error_costs_its_size_and_once_more_where_it_is_coarse() -> None:
    real = np.zeros((2, 8, 8, 3), np.float32)
    drawn = np.full_like(real, 0.5)
    drawn[1, ::2] = -0.5  # stripes, which cancel out
    fine, both = (to_numpy(reconstruction(real, drawn, coarse)) for coarse in (0.0, 1.0))
    assert np.allclose(fine, 0.5, atol=2e-3)
    assert np.allclose(both, [1.0, 0.5], atol=2e-3)
