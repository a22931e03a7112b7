"""Trains the conditional adversarial autoencoder, a step at a time; all that the next step needs is in its tensors.

All four networks change in the same step, by the same pictures (as in the published code, `ZZUTK/Face-Aging-CAAE`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from core.models.ageing.conditions import bin_probabilities
from core.models.caae.network import (
    CONDITION_SIZE,
    LATENT_SIZE,
    build_discriminator,
    build_encoder,
    build_generator,
    build_latent_discriminator,
)
from core.models.common import augment
from core.models.common.backend import Tensors, best_policy, make_adversarial_step, make_forward
from core.models.common.base_training import BaseTraining
from core.models.common.batches import batch_rows
from core.models.common.drawn_faces import to_range
from core.models.common.ema import update_ema
from core.models.common.seeds import Seeds
from core.models.common.variables import assign, values_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.ageing.training_set import AgedPictures
    from core.models.caae.presets import CaaePreset
    from core.models.common.prefetch import Batch

_STEP = 1  # stream of random numbers; 0 are the epochs
_TOGETHER = 32  # pictures at a time where nothing is trained; more gain nothing on a CPU
# How often a picture's gender is not told: a photo's is unknown, so the networks must know what that means.
_GENDER_UNKNOWN = 0.5


class CaaeTraining(BaseTraining):
    """The training of the four networks on one training set.

    Args:
        data: the pictures, of the preset's size, and which of them are only evaluated on.
        preset: the networks, and how they are trained.
        seed: of the weights, the order of the pictures and the noise.
    """

    def __init__(self, data: AgedPictures, *, preset: CaaePreset, seed: int = 0) -> None:
        super().__init__(preset.steps)
        self._images, self._ages, self._genders = data.images, data.ages, data.genders
        self._rows, self._held_out = data.rows, data.held_out
        self._preset = preset
        self._seed = seed
        policy, seeds = best_policy(), Seeds(seed)
        self._nets = [build(preset, policy, seeds) for build in (build_encoder, build_generator)]
        self._ema_nets = [build(preset) for build in (build_encoder, build_generator)]
        for ema_net, net in zip(self._ema_nets, self._nets, strict=True):
            ema_net.set_weights(net.get_weights())
        self._discriminator = build_discriminator(preset, policy, seeds)
        self._latent_discriminator = build_latent_discriminator(seeds)
        trainable = [
            [variable for net in self._nets for variable in net.trainable_variables],
            self._discriminator.trainable_variables,
            self._latent_discriminator.trainable_variables,
        ]
        self._optimizers = [self._make_optimizer(variables) for variables in trainable]
        networks = list(zip(trainable, self._optimizers, strict=True))
        self._train_step = make_adversarial_step(self._compute, networks, self._update_ema)
        self._errors = make_forward(self._infer_errors)

    def held_out_loss(self) -> float:
        """Return the mean error of held-out pictures' reconstructions at their own age, by the averaged weights."""
        rows = [self._held_out[at : at + _TOGETHER] for at in range(0, len(self._held_out), _TOGETHER)]
        parts = [self._errors(self._images[part], self._conditions(part)) for part in rows]
        return float(np.concatenate(parts).mean())

    def ema_weights(self) -> dict[str, NDArray[np.float32]]:
        """Return the averaged encoder and generator, as `CaaeAger` takes them."""
        return values_of(named(*self._ema_nets))

    def set_ema_weights(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        """Let `held_out_loss` use what `ema_weights` gave; the training goes on from there no more.

        Raises:
            ValueError: tensors of another network.
        """
        assign(named(*self._ema_nets), tensors)

    def _make_optimizer(self, variables: Sequence[Any]) -> Any:
        optimizer = keras.optimizers.Adam(self._preset.learning_rate, beta_1=self._preset.momentum)
        optimizer.build(variables)
        return optimizer

    def _variables(self) -> dict[str, Any]:
        names = ("optimizer", "discriminator-optimizer", "latent-discriminator-optimizer")
        return {
            "net": _variables_of(self._nets),
            "average": _variables_of(self._ema_nets),
            "discriminator": self._discriminator.variables,
            "latent-discriminator": self._latent_discriminator.variables,
            **{name: optimizer.variables for name, optimizer in zip(names, self._optimizers, strict=True)},
        }

    def _make_batch(self, step: int) -> Batch:
        random = augment.generator(self._seed, _STEP, step)
        rows = batch_rows(self._rows, self._preset.batch, step, self._seed)
        pixels = self._images[rows]
        mirrored = random.random(len(pixels)) < 0.5
        pixels = np.where(mirrored[:, None, None, None], pixels[:, :, ::-1], pixels)
        condition = self._conditions(rows)
        condition[random.random(len(rows)) < _GENDER_UNKNOWN, -1] = 0
        prior = random.uniform(-1, 1, (len(rows), LATENT_SIZE)).astype(np.float32)
        return pixels, condition, prior

    def _conditions(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        genders = self._genders[rows]
        return make_condition(self._ages[rows], np.where(genders < 0, 0, 2 * genders - 1).astype(np.float32))

    def _compute(self, pixels: Any, condition: Any, prior: Any) -> tuple[list[Any], Tensors]:
        encoder, generator = self._nets
        real = to_range(pixels)
        latents = encoder(real, training=True)
        drawn = generator([latents, condition], training=True)
        # One batch after the other: each has the norms' statistics to itself, as in the published code.
        real_logits, drawn_logits = (self._discriminator([each, condition], training=True) for each in (real, drawn))
        prior_logits, latent_logits = (self._latent_discriminator(each, training=True) for each in (prior, latents))
        error = ops.mean(ops.abs(drawn - real))
        generator_loss, latent_loss = _taken_for_real(drawn_logits), _taken_for_real(latent_logits)
        loss = error + self._preset.adversarial * (generator_loss + latent_loss)
        if self._preset.variation:
            loss += self._preset.variation * total_variation(drawn)
        discriminator_loss = _told_apart(real_logits, drawn_logits)
        latent_discriminator_loss = _told_apart(prior_logits, latent_logits)
        return [loss, discriminator_loss, latent_discriminator_loss], {
            "reconstruction_loss": error,
            "generator_loss": generator_loss,
            "discriminator_loss": discriminator_loss,
            "latent_discriminator_loss": latent_discriminator_loss,
        }

    def _infer_errors(self, pixels: Any, condition: Any) -> Any:
        encoder, generator = self._ema_nets
        real = to_range(pixels)
        drawn = generator([encoder(real, training=False), condition], training=False)
        return ops.mean(ops.abs(drawn - real), axis=(1, 2, 3))

    def _update_ema(self) -> None:
        averages, variables = _variables_of(self._ema_nets), _variables_of(self._nets)
        update_ema(averages, variables, self._preset.ema_decay, self._optimizers[0].iterations)


def make_condition(ages: NDArray[np.floating], genders: NDArray[np.floating] | None = None) -> NDArray[np.float32]:
    """Return what generator and discriminator are told, (N, 11): the bins' probabilities as -1 to 1, and the gender.

    Args:
        ages: (N,) years.
        genders: (N,), -1 male, 1 female, 0 unknown; None: all unknown.
    """
    condition = np.zeros((len(ages), CONDITION_SIZE), np.float32)
    condition[:, :-1] = 2 * bin_probabilities(ages) - 1
    condition[:, -1] = 0 if genders is None else genders
    return condition


def total_variation(pictures: Any) -> Any:
    """Return the mean absolute difference between neighbouring pixels of pictures (N, S, S, C), a scalar."""
    down, right = pictures[:, 1:] - pictures[:, :-1], pictures[:, :, 1:] - pictures[:, :, :-1]
    return ops.mean(ops.abs(down)) + ops.mean(ops.abs(right))


def named(encoder: keras.Model, generator: keras.Model) -> dict[str, Any]:
    """Return the variables of both by name, `encoder/down1/kernel`."""
    nets = (("encoder", encoder), ("generator", generator))
    return {f"{name}/{variable.path}": variable for name, net in nets for variable in net.variables}


def _taken_for_real(logits: Any) -> Any:
    return ops.mean(ops.softplus(-logits))


def _told_apart(real: Any, drawn: Any) -> Any:
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(drawn))


def _variables_of(nets: Sequence[keras.Model]) -> list[Any]:
    return [variable for net in nets for variable in net.variables]
