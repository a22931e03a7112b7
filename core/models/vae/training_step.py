"""Trains the autoencoder, a step at a time; everything that the next step depends on is in its tensors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from core.models.common import augment
from core.models.common.backend import Tensors, best_policy, make_forward, make_step
from core.models.common.base_training import BaseTraining
from core.models.common.batches import batch_rows
from core.models.common.drawn_faces import to_pixels, to_range
from core.models.common.ema import update_ema
from core.models.common.prefetch import Batch
from core.models.common.schedule import warm_up_cosine
from core.models.common.seeds import Seeds
from core.models.common.variables import assign, values_of
from core.models.vae.network import build_decoder, build_encoder
from core.models.vae.presets import VaePreset

_STEP, _HELD_OUT = 1, 2  # streams of random numbers; 0 are the epochs
_TOGETHER = 32  # pictures that are looked at or drawn at a time; more gain nothing on a CPU
_SURE = (-12.0, 6.0)  # the log variance stays within: further out, its exponential only hurts
_SMOOTH = 1e-3  # the error's absolute value is rounded so far, for a gradient that ends


class VaeTraining(BaseTraining):
    """The training of an encoder and a decoder on one training set.

    Args:
        images: (N, S, S, 3) RGB, S the preset's size; may be a memory map.
        held_out: (N,), the pictures that are only evaluated on.
        preset: the network, and how it is trained.
        seed: of the weights, the order of the pictures and the noise.
    """

    def __init__(
        self, images: NDArray[np.uint8], held_out: NDArray[np.bool_], *, preset: VaePreset, seed: int = 0
    ) -> None:
        super().__init__(preset.steps)
        self._images = images
        self._rows, self._held_out = np.flatnonzero(~held_out), np.flatnonzero(held_out)
        self._preset = preset
        self._seed = seed
        self._nets = self._build(best_policy(), Seeds(seed))
        self._ema_nets = self._build("float32")
        for ema_net, net in zip(self._ema_nets, self._nets, strict=True):
            ema_net.set_weights(net.get_weights())
        trained = [variable for net in self._nets for variable in net.trainable_variables]
        self._optimizer = keras.optimizers.Adam(preset.learning_rate)
        self._optimizer.build(trained)
        self._train_step = make_step(self._compute, trained, self._optimizer, self._update_ema)
        self._encode, self._decode = make_forward(self._infer_latents), make_forward(self._infer_pictures)
        self._losses = make_forward(self._infer_losses)

    def held_out_loss(self) -> float:
        """Of the averaged weights, with the divergence at its full weight and always the same noise."""
        random = augment.generator(self._seed, _HELD_OUT, 0)
        noise = self._noise(len(self._held_out), random)
        parts = [
            self._losses(self._images[self._held_out[at : at + _TOGETHER]], noise[at : at + _TOGETHER])
            for at in range(0, len(self._held_out), _TOGETHER)
        ]
        return float(np.concatenate(parts).mean())

    def encode(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(N, S, S, 3) RGB -> means of the latents (N, Z), by the averaged weights."""
        parts = [self._encode(pictures[at : at + _TOGETHER]) for at in range(0, len(pictures), _TOGETHER)]
        return np.concatenate([np.zeros((0, self._preset.latent_size), np.float32), *parts])

    def decode(self, latents: NDArray[np.float32]) -> NDArray[np.uint8]:
        """(N, Z) -> (N, S, S, 3) RGB, by the averaged weights."""
        size = self._preset.size
        parts = [self._decode(latents[at : at + _TOGETHER]) for at in range(0, len(latents), _TOGETHER)]
        return np.concatenate([np.zeros((0, size, size, 3), np.uint8), *parts])

    def ema_weights(self) -> dict[str, NDArray[np.float32]]:
        """Return the averaged weights, as `VaeGenerator` takes them."""
        return weights_of(*self._ema_nets)

    def set_ema_weights(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        """Let `encode` and `decode` use what `ema_weights` gave; the training goes on from there no more.

        Raises:
            ValueError: tensors of another network.
        """
        assign(named(*self._ema_nets), tensors)

    def _build(self, policy: str, seeds: Seeds | None = None) -> tuple[keras.Model, keras.Model]:
        preset = self._preset
        builders = (build_encoder, build_decoder)
        encoder, decoder = (build(preset.size, preset.latent_size, policy, seeds) for build in builders)
        return encoder, decoder

    def _variables(self) -> dict[str, Any]:
        return {
            "net": _variables_of(self._nets),
            "average": _variables_of(self._ema_nets),
            "optimizer": self._optimizer.variables,
        }

    def _learning_rate(self, step: int) -> float:
        return warm_up_cosine(self._preset.learning_rate, step, self.steps)

    def _make_batch(self, step: int) -> Batch:
        preset = self._preset
        random = augment.generator(self._seed, _STEP, step)
        pixels = self._images[batch_rows(self._rows, preset.batch, step, self._seed)]
        mirrored = random.random(len(pixels)) < 0.5
        pixels = np.where(mirrored[:, None, None, None], pixels[:, :, ::-1], pixels)
        share = 1.0 if not preset.warm_up else min(1.0, (step + 1) / (preset.warm_up * preset.steps))
        return pixels, self._noise(len(pixels), random), np.array(share, np.float32)

    def _noise(self, count: int, random: np.random.Generator) -> NDArray[np.float32]:
        return random.standard_normal((count, self._preset.latent_size), np.float32)

    def _compute(self, pixels: Any, noise: Any, share: Any) -> tuple[Any, Tensors]:
        error, divergence = self._terms(self._nets, pixels, noise, training=True)
        error, divergence = ops.mean(error), ops.mean(divergence)
        loss = error + self._preset.kl * share * divergence
        return loss, {"loss": loss, "reconstruction_loss": error, "divergence_loss": divergence}

    def _terms(self, nets: Any, pixels: Any, noise: Any, *, training: bool) -> tuple[Any, Any]:
        """Of each picture (N,): the error of its reconstruction, and its divergence over the number of its values."""
        encoder, decoder = nets
        real = to_range(pixels)
        mean, log = _split(encoder(real, training=training), self._preset.latent_size)
        z = mean + ops.exp(log / 2) * noise if self._preset.kl else mean
        error = reconstruction(real, decoder(z, training=training), self._preset.coarse)
        divergence = ops.sum(ops.exp(log) + ops.square(mean) - 1.0 - log, axis=-1) / 2
        return error, divergence / math.prod(pixels.shape[1:])

    def _infer_losses(self, pixels: Any, noise: Any) -> Any:
        error, divergence = self._terms(self._ema_nets, pixels, noise, training=False)
        return error + self._preset.kl * divergence

    def _infer_latents(self, pixels: Any) -> Any:
        return self._ema_nets[0](to_range(pixels), training=False)[:, : self._preset.latent_size]

    def _infer_pictures(self, z: Any) -> Any:
        return to_pixels(self._ema_nets[1](z, training=False))

    def _update_ema(self) -> None:
        averages, variables = _variables_of(self._ema_nets), _variables_of(self._nets)
        update_ema(averages, variables, self._preset.ema_decay, self._optimizer.iterations)


def reconstruction(real: Any, drawn: Any, coarse: float) -> Any:
    """How far pictures (N, S, S, 3) are from others, (N,): the mean error, and that of the means of 4 by 4 pixels.

    Errors count by their size (Charbonnier), not by its square, which would forgive everything that is slightly
    blurred. The coarse term has shapes and colours come first.
    """
    error = drawn - real
    return _size(error) + coarse * _size(ops.average_pool(error, 4, 4))


def named(encoder: keras.Model, decoder: keras.Model) -> dict[str, Any]:
    """The variables of both, by their layer's path."""
    nets = (("encoder", encoder), ("decoder", decoder))
    return {f"{name}/{variable.path}": variable for name, net in nets for variable in net.variables}


def weights_of(encoder: keras.Model, decoder: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Their values."""
    return values_of(named(encoder, decoder))


def _split(both: Any, latent_size: int) -> tuple[Any, Any]:
    return both[:, :latent_size], ops.clip(both[:, latent_size:], *_SURE)


def _size(error: Any) -> Any:
    return ops.mean(ops.sqrt(ops.square(error) + _SMOOTH**2) - _SMOOTH, axis=(1, 2, 3))


def _variables_of(nets: Sequence[keras.Model]) -> list[Any]:
    return [variable for net in nets for variable in net.variables]
