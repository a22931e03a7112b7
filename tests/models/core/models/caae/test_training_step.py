from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import pytest

from core.models.ageing.training_set import AgedPictures
from core.models.caae.network import CONDITION_SIZE, LATENT_SIZE, build_discriminator, build_encoder, build_generator
from core.models.caae.presets import CAAE_PRESETS
from core.models.caae.training_step import CaaeTraining, make_condition, total_variation
from core.models.common.backend import make_deterministic, to_numpy
from tests.models.core.models.caae.builders import TINY, ages, genders, heads


@pytest.fixture(scope="module", autouse=True)
def deterministic() -> None:
    make_deterministic()


def training(**changes: object) -> CaaeTraining:
    preset = replace(TINY, **{"steps": 60, "learning_rate": 3e-3, "ema_decay": 0.5, **changes})  # type: ignore[arg-type]
    years = ages()
    rows = np.flatnonzero(~np.isnan(years))
    data = AgedPictures(heads(years), years, genders(), rows[rows >= 12], rows[rows < 12])
    return CaaeTraining(data, preset=preset, seed=5)


@dataclass(frozen=True)
class Straight:
    """A new training that went straight to its fourth step, and its tensors before the first and after the fourth."""

    caae: CaaeTraining
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]


@pytest.fixture(scope="module")
def straight() -> Iterator[Straight]:
    with closing(training()) as caae:
        before = caae.tensors()
        for _ in range(4):
            caae.advance()
        yield Straight(caae, before, caae.tensors())


@pytest.mark.parametrize(("name", "size"), [("light", 128), ("light", 96), ("light", 64), ("paper", 128)])
def test_each_size_goes_to_fifty_numbers_and_with_an_age_back_to_a_face(name: str, size: int) -> None:
    preset = replace(CAAE_PRESETS[name], size=size)
    encoder, generator, discriminator = (
        build(preset) for build in (build_encoder, build_generator, build_discriminator)
    )
    assert encoder.output_shape == (None, LATENT_SIZE)
    assert generator.output_shape == (None, size, size, 3)
    assert discriminator.output_shape == (None, 1)


def test_the_light_preset_is_kept_in_six_megabytes() -> None:
    preset = CAAE_PRESETS["light"]
    assert 2 * sum(build(preset).count_params() for build in (build_encoder, build_generator)) < 6e6


def test_a_condition_is_the_age_among_the_bins_and_the_gender() -> None:
    condition = make_condition(np.array([3.0, 80.0]), np.array([1.0, -1.0]))
    assert condition.shape == (2, CONDITION_SIZE)
    assert condition[0, 0] > 0.5 > -0.9 > condition[0, 9]
    assert condition[1, 9] > 0.9
    assert condition[:, -1].tolist() == [1, -1]
    assert make_condition(np.array([30.0]))[0, -1] == 0


def test_a_flat_picture_has_no_variation_and_stripes_have_it_in_one_direction() -> None:
    stripes = np.zeros((1, 8, 8, 3), np.float32)
    stripes[:, ::2] = 1
    assert float(to_numpy(total_variation(stripes * 0))) == 0
    assert float(to_numpy(total_variation(stripes))) == 1


def test_a_few_steps_learn_the_pictures_and_both_discriminators_are_trained(straight: Straight) -> None:
    straight.caae.set_tensors(straight.before, 0)
    before = straight.caae.held_out_loss()
    for _ in range(40):
        straight.caae.advance()
    figures = straight.caae.report()
    after = straight.caae.tensors()
    assert straight.caae.held_out_loss() < 0.7 * before
    assert set(figures) == {
        "reconstruction_loss", "generator_loss", "discriminator_loss", "latent_discriminator_loss",
    }  # fmt: skip
    for network in ("net", "discriminator", "latent-discriminator"):
        changed = [name for name in after if name.startswith(f"{network}/") and "kernel" in name]
        assert changed
        assert all((after[name] != straight.before[name]).any() for name in changed)


def test_going_on_after_a_restart_is_going_on_bit_for_bit(straight: Straight) -> None:
    straight.caae.set_tensors(straight.before, 0)
    for _ in range(2):
        straight.caae.advance()
    with closing(training()) as second:
        second.set_tensors(straight.caae.tensors(), 2)
        for _ in range(2):
            second.advance()
        result = second.tensors()
    assert straight.after.keys() == result.keys()
    assert all((straight.after[name] == result[name]).all() for name in result)


def test_pictures_without_an_age_are_not_trained_on(straight: Straight) -> None:
    caae = straight.caae
    assert not np.isnan(ages()[caae._rows]).any()
    assert len(caae._rows) + len(caae._held_out) == (~np.isnan(ages())).sum()
    _pixels, condition, prior = caae._make_batch(7)
    assert np.isfinite(condition).all()
    assert set(condition[:, -1]) <= {-1, 0, 1}
    assert np.abs(prior).max() <= 1


def test_tensors_of_another_network_are_refused(straight: Straight) -> None:
    tensors = {**straight.before, "net/999/kernel": np.zeros(1, np.float32)}
    with pytest.raises(ValueError, match="not the tensors"):
        straight.caae.set_tensors(tensors, 3)
