"""Trains the recogniser's CNN, a step at a time; everything that the next step depends on is in the saved state."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from core.models.cnn.network import build_net
from core.models.cnn.presets import CnnPreset
from core.models.common import augment
from core.models.common.backend import Tensors, best_policy, make_forward, make_step
from core.models.common.base_training import BaseTraining
from core.models.common.batches import batch_rows
from core.models.common.ema import update_ema
from core.models.common.prefetch import Batch
from core.models.common.schedule import warm_up_cosine
from core.models.common.seeds import Seeds

_STEP = 1  # stream of random numbers; 0 are the epochs
_EVALUATED = 128  # pictures at a time; more gain nothing on a CPU
_GREY = (0.299, 0.587, 0.114)


class CnnTraining(BaseTraining):
    """The training of one network on one training set.

    Args:
        images: (N, S, S, 3), S at least the preset's input size; may be a memory map.
        labels: (N,), 0 to `classes` - 1.
        held_out: (N,), the pictures that are only evaluated on.
        classes: people.
        preset: the network, and how it is trained.
        seed: of the weights, the order of the pictures and the augmentation.
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[np.integer],
        held_out: NDArray[np.bool_],
        *,
        classes: int,
        preset: CnnPreset,
        seed: int = 0,
    ) -> None:
        super().__init__(preset.steps)
        self._images = images
        self._labels = labels.astype(np.int32)
        self._rows, self._held_out = np.flatnonzero(~held_out), np.flatnonzero(held_out)
        self._classes = classes
        self._preset = preset
        self._seed = seed
        self.net = self._build(best_policy(), Seeds(seed))
        self.ema_net = self._build("float32")
        self.ema_net.set_weights(self.net.get_weights())
        self._optimizer = self._make_optimizer()
        self._train_step = make_step(self._compute, self.net.trainable_variables, self._optimizer, self._update_ema)
        self._plain, self._mirrored = make_forward(self._infer), make_forward(self._infer_mirrored)

    def evaluate(self) -> dict[str, float]:
        """Accuracy and loss on the held-out pictures, with the averaged weights; without mirror images, to be quick."""
        if not len(self._held_out):
            return {}
        logits, labels = self.held_out_logits(mirrored=False)
        shifted = logits - logits.max(1, keepdims=True)
        losses = np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(labels)), labels]
        return {
            "held_out_accuracy": float((logits.argmax(1) == labels).mean()),
            "held_out_loss": float(losses.mean()),
        }

    def held_out_logits(self, *, mirrored: bool = True) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """(H, classes) and (H,); with `mirrored` the mean of each picture's and its mirror image's."""
        infer = self._mirrored if mirrored else self._plain
        parts = [
            infer(middle(self._images[self._held_out[at : at + _EVALUATED]], self._preset.size))
            for at in range(0, len(self._held_out), _EVALUATED)
        ]
        logits = np.concatenate([np.zeros((0, self._classes), np.float32), *parts])
        return logits, self._labels[self._held_out]

    def _build(self, policy: str, seeds: Seeds | None = None) -> keras.Model:
        preset = self._preset
        channels = 1 if preset.grey else 3
        return build_net(preset.net, preset.size, self._classes, policy=policy, channels=channels, seeds=seeds)

    def _make_optimizer(self) -> Any:
        preset = self._preset
        optimizer = keras.optimizers.AdamW(preset.learning_rate, weight_decay=preset.decay)
        small = [variable for variable in self.net.trainable_variables if len(variable.shape) == 1]
        optimizer.exclude_from_weight_decay(var_list=small)
        optimizer.build(self.net.trainable_variables)
        return optimizer

    def _variables(self) -> dict[str, Any]:
        return {"net": self.net.variables, "average": self.ema_net.variables, "optimizer": self._optimizer.variables}

    def _learning_rate(self, step: int) -> float:
        preset = self._preset
        return warm_up_cosine(preset.learning_rate, step, preset.steps) if preset.cosine else preset.learning_rate

    def _make_batch(self, step: int) -> Batch:
        preset, count = self._preset, self._preset.batch
        rows = batch_rows(self._rows, count, step, self._seed)
        random = augment.generator(self._seed, _STEP, step)
        pixels = augment.place(self._images[rows], preset.size, preset.augmentation, random)
        colours = augment.draw_colours(count, preset.augmentation, random)
        share = random.beta(preset.mixup, preset.mixup, count) if preset.mixup else np.ones(count)
        return pixels, self._labels[rows], np.maximum(share, 1 - share).astype(np.float32), *colours

    def _compute(self, pixels: Any, labels: Any, share: Any, *colours: Any) -> tuple[Any, Tensors]:
        preset = self._preset
        faces = augment.recolour(shade(pixels) if preset.grey else pixels, *colours)
        targets = ops.one_hot(labels, self._classes)
        if preset.mixup:
            other = ops.flip(faces, axis=0)
            faces = share[:, None, None, None] * faces + (1 - share)[:, None, None, None] * other
            targets = share[:, None] * targets + (1 - share)[:, None] * ops.flip(targets, axis=0)
        targets = targets * (1 - preset.smoothing) + preset.smoothing / self._classes
        logits = self.net(faces[..., :1] if preset.grey else faces, training=True)
        loss = ops.mean(ops.categorical_crossentropy(targets, logits, from_logits=True))
        right = ops.equal(ops.argmax(logits, -1), ops.argmax(targets, -1))
        return loss + self._penalty(), {"loss": loss, "accuracy": ops.mean(ops.cast(right, "float32"))}

    def _penalty(self) -> Any:
        if not self._preset.dense_decay:
            return 0.0
        hidden = [layer.kernel for layer in self.net.layers if layer.name.startswith("dense")]
        return self._preset.dense_decay * sum(ops.sum(ops.square(kernel)) for kernel in hidden) / 2

    def _update_ema(self) -> None:
        update_ema(self.ema_net.variables, self.net.variables, self._preset.ema_decay, self._optimizer.iterations)

    def _infer(self, pixels: Any) -> Any:
        return infer(self.ema_net, pixels, grey=self._preset.grey)

    def _infer_mirrored(self, pixels: Any) -> Any:
        return (self._infer(pixels) + self._infer(ops.flip(pixels, axis=2))) / 2


def middle(images: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """(N, S, S, 3) -> (N, size, size, 3)."""
    at = (images.shape[1] - size) // 2
    return np.ascontiguousarray(images[:, at : at + size, at : at + size])


def infer(net: keras.Model, pixels: Any, *, grey: bool) -> Any:
    """Pictures (N, S, S, 3), 0 to 255, as the network was trained on them -> logits (N, classes)."""
    faces = augment.standardise(shade(pixels) if grey else pixels)
    return net(faces[..., :1] if grey else faces, training=False)


def shade(pixels: Any) -> Any:
    """Colours -> three channels of luma."""
    luma = ops.sum(ops.cast(pixels, "float32") * ops.convert_to_tensor(_GREY, "float32"), axis=-1, keepdims=True)
    return ops.repeat(luma, 3, axis=-1)
