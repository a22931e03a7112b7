"""Trains a DCGAN, a step at a time; everything that the next step depends on is among its tensors.

The generator and the discriminator change in the same step, by the same drawn pictures, as in system 2: a third less
work than drawing again in between, and neither is ahead. What draws is the moving average of the generator's
weights over the last thousand steps (Yazici et al. 2018, arXiv 1806.04498), with batch-norm statistics of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from core.models.common import augment
from core.models.common.backend import Tensors, best_policy, make_adversarial_step, make_forward
from core.models.common.base_training import BaseTraining
from core.models.common.batches import batch_rows
from core.models.common.ema import update_ema
from core.models.common.prefetch import Batch
from core.models.common.seeds import Seeds
from core.models.dcgan import diffaug
from core.models.dcgan.network import (
    LATENT_SIZE,
    batch_statistics,
    build_discriminator,
    build_generator,
    named,
    tensors_of,
)
from core.models.dcgan.presets import HINGE, TWO_CLASS, DcganPreset

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEP, _STATISTICS = 1, 2  # streams of random numbers; 0 are the epochs
_SETTLED = 64  # latents at a time for the statistics


class DcganTraining(BaseTraining):
    """The training of a generator and a discriminator on one training set.

    Args:
        images: (N, S, S, 3) RGB, S the preset's; may be a memory map.
        rows: which of them are learnt from.
        preset: the networks, and how they are trained.
        seed: of the weights, the order of the pictures, the latents and the augmentation.
    """

    def __init__(self, images: NDArray[np.uint8], rows: NDArray[np.intp], preset: DcganPreset, seed: int = 0) -> None:
        super().__init__(preset.steps)
        self._images = images
        self._rows = rows
        self._preset = preset
        self._seed = seed
        self.strength = diffaug.strength_for(len(rows)) if preset.augment is None else preset.augment
        policy, seeds = best_policy(), Seeds(seed)
        self.generator = build_generator(preset.shape, policy=policy, seeds=seeds)
        outputs = 2 if preset.loss == TWO_CLASS else 1
        self._discriminator = build_discriminator(preset.shape, outputs, policy=policy, seeds=seeds)
        self.ema_generator = build_generator(preset.shape)
        self.ema_generator.set_weights(self.generator.get_weights())
        self._optimizers = [self._make_optimizer(net) for net in (self.generator, self._discriminator)]
        trainable = [net.trainable_variables for net in (self.generator, self._discriminator)]
        networks = list(zip(trainable, self._optimizers, strict=True))
        self._train_step = make_adversarial_step(self._compute, networks, self._update_ema)
        self._statistics = make_forward(self._measure)

    def ema_tensors(self, batches: int = 4) -> dict[str, NDArray[Any]]:
        """Return the averaged generator's tensors, as `network.set_tensors` takes them, fit to draw with.

        The moving averages of the training generator's statistics are of other weights than these; so the statistics
        are measured anew, over `batches` of 64 latents (Brock et al. 2018, arXiv 1809.11096, "standing statistics").
        """
        random = augment.generator(self._seed, _STATISTICS, 0)
        latents = random.uniform(-1, 1, (batches, _SETTLED, LATENT_SIZE)).astype(np.float32)
        measured = np.mean([self._statistics(batch) for batch in latents], axis=0)
        sizes = {name: variable.shape[0] for name, variable in named(self.ema_generator).items() if "/moving_" in name}
        parts = np.split(measured, np.cumsum(list(sizes.values()))[:-1])
        return tensors_of(self.ema_generator) | dict(zip(sizes, parts, strict=True))

    def _make_optimizer(self, net: keras.Model) -> Any:
        optimizer = keras.optimizers.Adam(self._preset.learning_rate, beta_1=self._preset.momentum)
        optimizer.build(net.trainable_variables)
        return optimizer

    def _variables(self) -> dict[str, Any]:
        return {
            "generator": self.generator.variables,
            "discriminator": self._discriminator.variables,
            "average": self.ema_generator.variables,
            "generator-optimizer": self._optimizers[0].variables,
            "discriminator-optimizer": self._optimizers[1].variables,
        }

    def _make_batch(self, step: int) -> Batch:
        count, size = self._preset.batch, self._preset.shape.size
        random = augment.generator(self._seed, _STEP, step)
        pixels = self._images[batch_rows(self._rows, count, step, self._seed)]
        mirrored = random.random(count) < 0.5
        pixels[mirrored] = pixels[mirrored, :, ::-1]
        latents = random.uniform(-1, 1, (count, LATENT_SIZE)).astype(np.float32)
        if not self.strength:
            return pixels, latents
        changes = [diffaug.draw_changes(count, size, self.strength, random) for _ in range(2)]
        return pixels, latents, *changes[0], *changes[1]

    def _compute(self, pixels: Any, latents: Any, *changes: Any) -> tuple[list[Any], Tensors]:
        pictures = [ops.cast(pixels, "float32") / 127.5 - 1.0, self.generator(latents, training=True)]
        if changes:
            half = len(changes) // 2
            each = (diffaug.Changes(*changes[:half]), diffaug.Changes(*changes[half:]))
            pictures = [diffaug.change(batch, applied) for batch, applied in zip(pictures, each, strict=True)]
        # One batch after the other: each has the norms' statistics to itself, as in the paper's practice.
        real, drawn = (self._logit(batch) for batch in pictures)
        losses = [*adversarial_losses(self._preset.loss, real, drawn)]
        return losses, {
            "generator_loss": losses[0],
            "discriminator_loss": losses[1],
            "d_real": ops.mean(ops.sigmoid(real)),
            "d_fake": ops.mean(ops.sigmoid(drawn)),
        }

    def _logit(self, pictures: Any) -> Any:
        """(N,): how much more likely "real" is; of two classes the difference of their logits is the softmax's."""
        logits = self._discriminator(pictures, training=True)
        return logits[:, 0] if logits.shape[-1] == 1 else logits[:, 1] - logits[:, 0]

    def _update_ema(self) -> None:
        averages, variables = self.ema_generator.variables, self.generator.variables
        update_ema(averages, variables, self._preset.ema_decay, self._optimizers[0].iterations)

    def _measure(self, latents: Any) -> Any:
        return ops.concatenate(batch_statistics(self.ema_generator, latents))


def adversarial_losses(loss: str, real: Any, drawn: Any) -> tuple[Any, Any]:
    """Return the generator's and the discriminator's loss of logits (N,) of real and drawn pictures."""
    if loss == HINGE:
        return -ops.mean(drawn), ops.mean(ops.relu(1.0 - real)) + ops.mean(ops.relu(1.0 + drawn))
    return ops.mean(ops.softplus(-drawn)), ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(drawn))
