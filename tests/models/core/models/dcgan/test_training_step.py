from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from core.models.common import augment
from core.models.common.backend import to_numpy
from core.models.dcgan.network import LATENT_SIZE, Shape, build_generator, set_tensors
from core.models.dcgan.presets import HINGE, NON_SATURATING, TWO_CLASS, DcganPreset
from core.models.dcgan.training_step import DcganTraining, adversarial_losses

TINY = Shape(4, (12, 8))
REAL, DRAWN = np.array([2.0, -0.5, 0.3]), np.array([-1.5, 0.4, 0.0])


def training(**changes: Any) -> DcganTraining:
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), np.uint8)
    return DcganTraining(
        images, np.arange(30), DcganPreset("tiny", TINY, 10, **{"batch": 12, "augment": 0.0, **changes})
    )


def losses(name: str) -> tuple[float, float]:
    result = adversarial_losses(name, *(keras.ops.convert_to_tensor(one, "float32") for one in (REAL, DRAWN)))
    return float(to_numpy(result[0])), float(to_numpy(result[1]))


@pytest.mark.parametrize("name", [NON_SATURATING, TWO_CLASS])
def test_the_logistic_losses_are_cross_entropies_of_what_each_player_wants(name: str) -> None:
    real, drawn = (1 / (1 + np.exp(-one)) for one in (REAL, DRAWN))
    expected = -np.log(drawn).mean(), -np.log(real).mean() - np.log(1 - drawn).mean()
    assert losses(name) == pytest.approx(expected, rel=1e-5)


def test_hinge_leaves_alone_what_is_told_apart_clearly() -> None:
    expected = -DRAWN.mean(), np.maximum(0, 1 - REAL).mean() + np.maximum(0, 1 + DRAWN).mean()
    assert losses(HINGE) == pytest.approx(expected, rel=1e-5)


def test_what_is_drawn_with_has_the_statistics_of_its_own_weights() -> None:
    one = training(learning_rate=0.01)
    for _ in range(6):
        one.advance()
    tensors = one.ema_tensors(1)
    net = build_generator(TINY)
    set_tensors(net, tensors)
    latents = (
        augment.generator(0, 2, 0).uniform(-1, 1, (1, 64, LATENT_SIZE))[0].astype(np.float32)
    )  # as it was measured
    settled, in_training = (to_numpy(net(latents, training=training)) for training in (False, True))
    assert settled == pytest.approx(in_training, abs=1e-4)
    moving = to_numpy(one.ema_generator(latents, training=False))
    assert np.abs(moving - in_training).max() > 0.01  # the moving averages would not have done


def test_the_average_follows_the_weights_and_without_it_they_are_themselves() -> None:
    slow, none = training(ema_decay=0.999), training(ema_decay=0.0)
    for one in (slow, none):
        for _ in range(3):
            one.advance()
    kernels = [
        [to_numpy(net.get_layer("up1").kernel) for net in (one.ema_generator, one.generator)] for one in (slow, none)
    ]
    assert (kernels[1][0] == kernels[1][1]).all()
    assert (kernels[0][0] != kernels[0][1]).any()
    assert np.abs(kernels[0][0] - kernels[0][1]).max() < 1e-3


def test_the_strength_of_the_changes_is_the_options_or_as_the_pictures_need_it() -> None:
    assert training(augment=0.3).strength == 0.3
    assert training(augment=None).strength == 1.0


def test_tensors_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match="not the tensors"):
        training().set_tensors(training(loss=TWO_CLASS).tensors(), 1)
