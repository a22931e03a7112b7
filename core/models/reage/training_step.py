"""Trains `reage`, a step at a time; everything that the next step depends on is among its tensors.

No picture shows the same person at two ages, so that four critics say what a good change is. The first is dlib's age
network: the aged face is to look as real people of that age look to it. It would be fooled by invisible noise, as
`/optimize` fools recognisers; each of its looks is therefore shifted, scaled, mirrored and blurred a little, and loses
some of its colour. It was fooled all the same, by red cheeks and grey lips, so that it only shows the way. What ageing
is the discriminator learns from the pictures: whether features of a face are those of real people of the age, and how
old it looks. Aged faces are to look as old to it as they were before, so that what fools it today is worth nothing
tomorrow. The fourth is dlib's embedding network: the face may move away from itself by what the years excuse, and no
further.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np
from keras import ops

from core.models.ageing.conditions import bin_probabilities, conditions
from core.models.common import augment
from core.models.common.backend import Tensors, best_policy, make_adversarial_step, make_forward
from core.models.common.base_training import BaseTraining
from core.models.common.batches import batch_rows
from core.models.common.drawn_faces import to_range
from core.models.common.ema import update_ema
from core.models.common.schedule import warm_up_cosine
from core.models.common.seeds import Seeds
from core.models.common.variables import values_of
from core.models.reage.critics import AGE_MARGIN
from core.models.reage.network import build_discriminator, build_unet, named, predict_change
from core.models.reage.sampling import matrices, resample
from core.vision.transfer.ellipse import square_opacity
from core.vision.views import Framing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.ageing.training_set import AgedPictures
    from core.models.common.prefetch import Batch
    from core.models.reage.critics import Critics
    from core.models.reage.presets import ReagePreset

_STEP = 1  # stream of random numbers; 0 are the epochs
# How often a picture's gender is left out: a photo's is unknown, so the network must know what that means.
_GENDER_UNKNOWN = 0.5
# Of the discriminator, in the U-Net's learning rates: it has to keep up (Heusel et al. 2017, arXiv 1706.08500).
_FASTER = 2.0
_MIN_GAP = 10.0  # years: smaller steps are within the age critic's error
_MIN_AGE, _MAX_AGE = 2.0, 85.0  # of the ages that are asked for
_EXCUSED, _EXCUSED_BY_YEAR = 0.20, 0.003  # distance of dlib's embeddings at which nothing is wrong, and more each year
_JITTER = 0.04  # of the critics' looks: shift and scale, in parts of the side
_MAX_BLUR = 1.0  # pixels
# Of the discriminator's looks: how much brighter or darker, and more or less coloured they are.
_LIGHT, _COLOUR = 0.15, 0.3
_AT_A_TIME = 32  # pictures that are aged at a time; more gain nothing on a CPU


class _Batch(NamedTuple):
    """What a step is made of, for N faces; arrays on the host, tensors in the step.

    Attributes:
        pixels: the faces, (N, S, S, 3).
        there, back, nowhere: `conditions` (N, 4) of ageing the faces, of the way back, and of no change.
        targets: what the age critic is to see in the aged faces, (N, 81).
        labels, aged_labels: for the discriminator, of the faces as they are and as they are to look, (N, 11).
        excused: how far each may be from itself, (N,).
        growing: the part of their weights that most terms have so far, a scalar.
        rows, columns: of the age critic's looks, matrices (N, 64, S).
        saturation: of these looks, (N, 1, 1, 1).
        feature_rows, feature_columns: of the discriminator's looks at the faces, then at the aged faces, (2N, 128, S).
        light, colour: of these looks, (2N, 1, 1, 1).
    """

    pixels: Any
    there: Any
    back: Any
    nowhere: Any
    targets: Any
    labels: Any
    aged_labels: Any
    excused: Any
    growing: Any
    rows: Any
    columns: Any
    saturation: Any
    feature_rows: Any
    feature_columns: Any
    light: Any
    colour: Any


class ReageTraining(BaseTraining):
    """The training of a U-Net and a discriminator on one training set.

    Args:
        data: the pictures, of the preset's size.
        critics: say how old a face looks, and how far it is from itself.
        preset: the networks, and how they are trained.
        seed: of the weights, the order of the pictures and the ages that are asked for.
    """

    def __init__(self, data: AgedPictures, *, critics: Critics, preset: ReagePreset, seed: int = 0) -> None:
        super().__init__(preset.steps)
        self._images, self._ages, self._genders, self._rows = data.images, data.ages, data.genders, data.rows
        self._critics, self._preset, self._seed = critics, preset, seed
        self._opacity = ops.convert_to_tensor(square_opacity(Framing.FACE, preset.size)[..., None])
        policy, seeds = best_policy(), Seeds(seed)
        self._unet = build_unet(preset.size, preset.channels, policy, seeds, preset.colour)
        self._discriminator = build_discriminator(critics.feature_shapes, policy, seeds)
        self._ema_unet = build_unet(preset.size, preset.channels, colour=preset.colour)
        self._ema_unet.set_weights(self._unet.get_weights())
        rate = preset.learning_rate
        nets = ((self._unet, rate), (self._discriminator, _FASTER * rate))
        networks = [(net.trainable_variables, _make_optimizer(net, rate)) for net, rate in nets]
        self._optimizers = [optimizer for _, optimizer in networks]
        self._optimizer = self._optimizers[0]
        self._train_step = make_adversarial_step(self._compute, networks, self._update_ema)
        self._age_faces = make_forward(self._infer)

    def change(self, pictures: NDArray[np.uint8], condition: NDArray[np.float32]) -> NDArray[np.float32]:
        """Faces (N, S, S, 3) RGB and `conditions` (N, 4) -> delta and mask (N, S, S, 4), by the averaged weights."""
        side = self._preset.size
        parts = [
            self._age_faces(pictures[at : at + _AT_A_TIME], condition[at : at + _AT_A_TIME])
            for at in range(0, len(pictures), _AT_A_TIME)
        ]
        return np.concatenate([np.zeros((0, side, side, 4), np.float32), *parts])

    def ema_weights(self) -> dict[str, NDArray[np.float32]]:
        """Return the averaged weights, as `ReageAger` takes them."""
        return values_of(named(self._ema_unet))

    def _variables(self) -> dict[str, Any]:
        return {
            "unet": self._unet.variables,
            "discriminator": self._discriminator.variables,
            "average": self._ema_unet.variables,
            "unet-optimizer": self._optimizers[0].variables,
            "discriminator-optimizer": self._optimizers[1].variables,
        }

    def _learning_rate(self, step: int) -> float:
        return warm_up_cosine(self._preset.learning_rate, step, self.steps)

    def _make_batch(self, step: int) -> Batch:
        preset, count = self._preset, self._preset.batch
        random = augment.generator(self._seed, _STEP, step)
        rows = batch_rows(self._rows, count, step, self._seed)
        pixels = self._images[rows]
        mirrored = random.random(count) < 0.5
        pixels = np.where(mirrored[:, None, None, None], pixels[:, :, ::-1], pixels)
        # At the end only the estimate is known; labels are noisy, too, in another way.
        estimated = random.random(count) < 0.5
        present = np.where(estimated, self._critics.estimated_ages[rows], self._ages[rows]).astype(np.float32)
        ages = _other_ages(present, random)
        genders = np.where(random.random(count) < _GENDER_UNKNOWN, -1, self._genders[rows])
        rows_seen, columns_seen = _looks(preset.size, self._critics.age_side, count, random)
        saturation = random.random((count, 1, 1, 1), np.float32)
        feature_rows, feature_columns = _looks(preset.size, self._critics.feature_side, 2 * count, random)
        light, colour = (_around_one(spread, 2 * count, random) for spread in (_LIGHT, _COLOUR))
        return _Batch(
            pixels=pixels,
            there=conditions(present, ages, genders),
            back=conditions(ages, present, genders),
            nowhere=conditions(present, present, genders),
            targets=self._critics.targets(ages),
            labels=_labels(self._ages[rows], self._genders[rows]),
            aged_labels=_labels(ages, self._genders[rows]),
            excused=(_EXCUSED + _EXCUSED_BY_YEAR * np.abs(ages - present)).astype(np.float32),
            growing=np.array(min(1.0, (step + 1) / (preset.warm_up * preset.steps)), np.float32),
            rows=rows_seen,
            columns=columns_seen,
            saturation=saturation,
            feature_rows=feature_rows,
            feature_columns=feature_columns,
            light=light,
            colour=colour,
        )

    def _compute(self, *tensors: Any) -> tuple[list[Any], Tensors]:
        batch = _Batch(*tensors)
        preset, few = self._preset, self._preset.identity_batch
        faces = to_range(batch.pixels)
        change, aged = self._changed(faces, batch.there)
        looks = _coloured(resample(to_pixel_values(aged), batch.rows, batch.columns), batch.saturation)
        age = ops.mean(self._critics.age_loss(looks, batch.targets))
        distance = self._critics.distance(to_pixel_values(faces[:few]), to_pixel_values(aged[:few]))
        identity = ops.mean(ops.relu(distance - batch.excused[:few]))
        # Others than those that the identity critic looks at, so that each picture of a batch counts.
        returned = self._changed(aged[few : 2 * few], batch.back[few : 2 * few])[1]
        cycle = ops.mean(ops.abs(returned - faces[few : 2 * few]))
        same = ops.mean(ops.abs(self._changed(faces[-few:], batch.nowhere[-few:])[1] - faces[-few:]))
        shown, count = (batch.feature_rows, batch.feature_columns, batch.light, batch.colour), preset.batch
        # No gradient passes real faces: it would be a third of the features' time.
        features = [ops.stop_gradient(x) for x in self._features(faces, *(each[:count] for each in shown))]
        *real, real_bins = self._discriminator([*features, batch.labels], training=True)
        features = self._features(aged, *(each[count:] for each in shown))
        *drawn, drawn_bins = self._discriminator([*features, batch.aged_labels], training=True)
        discriminator = _mean([ops.mean(ops.relu(1.0 - x)) for x in real])
        discriminator += _mean([ops.mean(ops.relu(1.0 + x)) for x in drawn])
        discriminator += _age_entropy(batch.labels, real_bins) + _age_entropy(batch.labels, drawn_bins)
        seen_age = _age_entropy(batch.aged_labels, drawn_bins)
        mask = ops.mean(change[..., 3:])
        smooth = _total_variation(change[..., :3] * change[..., 3:])
        restraint = preset.same * same + preset.cycle * cycle + preset.mask * mask + preset.smooth * smooth
        restraint += preset.identity * identity - preset.adversarial * _mean([ops.mean(x) for x in drawn])
        loss = preset.age * age + batch.growing * (restraint + preset.learning_age * seen_age)
        return [loss, discriminator], {
            "generator_loss": loss,
            "discriminator_loss": discriminator,
            "age_loss": age,
            "learning_age_loss": seen_age,
            "identity_distance": ops.mean(distance),
            "cycle_loss": cycle,
            "mask": mask,
        }

    def _changed(self, faces: Any, condition: Any) -> tuple[Any, Any]:
        """Return the change (N, S, S, 4), and the faces with it, as delta transfer lays it onto a photo."""
        change = predict_change(self._unet, faces, condition, training=True)
        added = self._opacity * change[..., 3:] * change[..., :3]
        return change, ops.clip(faces + added, -1.0, 1.0)

    def _features(self, faces: Any, rows: Any, columns: Any, light: Any, colour: Any) -> Any:
        """Return the features of what can change: hair would tell the aged faces from real ones."""
        looks = light * _coloured(resample(self._opacity * faces, rows, columns), colour)
        return self._critics.features(to_pixel_values(looks))

    def _infer(self, pixels: Any, condition: Any) -> Any:
        return predict_change(self._ema_unet, to_range(pixels), condition, training=False)

    def _update_ema(self) -> None:
        averages, variables = self._ema_unet.variables, self._unet.variables
        update_ema(averages, variables, self._preset.ema_decay, self._optimizers[0].iterations)


def _make_optimizer(net: keras.Model, learning_rate: float) -> Any:
    optimizer = keras.optimizers.Adam(learning_rate, beta_1=0.5, beta_2=0.99)
    optimizer.build(net.trainable_variables)
    return optimizer


def to_pixel_values(faces: Any) -> Any:
    """[-1, 1] -> 0 to 255, not rounded."""
    return (faces + 1.0) * 127.5


def _other_ages(present: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """Return ages (N,) at least `_MIN_GAP` from the present ones, each as likely."""
    below = np.maximum(0.0, present - _MIN_GAP - _MIN_AGE)
    above = np.maximum(0.0, _MAX_AGE - (present + _MIN_GAP))
    drawn = random.random(len(present)) * (below + above)
    return np.asarray(np.where(drawn < below, _MIN_AGE + drawn, present + _MIN_GAP + drawn - below), np.float32)


def _looks(
    size: int, side: int, count: int, random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return matrices (N, side, size) of rows and columns, with which a critic looks at each face."""
    blur = random.random(count) * _MAX_BLUR
    extent = (1 - 2 * AGE_MARGIN) * (1 + random.uniform(-_JITTER, _JITTER, count))
    sides = []
    for mirrored in (np.zeros(count, bool), random.random(count) < 0.5):
        middle = 0.5 + random.uniform(-_JITTER, _JITTER, count)
        step = np.where(mirrored, -1.0, 1.0) * extent * size / side
        sides.append(matrices(size, side, middle * size - step * side / 2, step, blur))
    return sides[0], sides[1]


def _around_one(spread: float, count: int, random: np.random.Generator) -> NDArray[np.float32]:
    return np.asarray(1 + spread * random.uniform(-1, 1, (count, 1, 1, 1)), np.float32)


def _coloured(faces: Any, saturation: Any) -> Any:
    """Return faces (N, S, S, 3) with more or less of their colour; 0: grey, 1: all of it."""
    grey = ops.mean(faces, axis=-1, keepdims=True)
    return grey + saturation * (faces - grey)


def _mean(values: list[Any]) -> Any:
    return sum(values) / len(values)


def _age_entropy(labels: Any, bins: Any) -> Any:
    """Return the cross entropy of logits of ages (N, 10) to labels (N, 11), a scalar."""
    logits = ops.cast(bins, "float32")
    likelihood = logits - ops.logsumexp(logits, axis=-1, keepdims=True)
    return -ops.mean(ops.sum(labels[:, :-1] * likelihood, axis=-1))


def _labels(ages: NDArray[np.floating], genders: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """Return the labels of pictures for the discriminator: (N,), (N, 11)."""
    gender = np.select([genders == 0, genders == 1], [-1.0, 1.0], 0.0)
    return np.column_stack([bin_probabilities(ages), gender]).astype(np.float32)


def _total_variation(x: Any) -> Any:
    return ops.mean(ops.abs(x[:, 1:] - x[:, :-1])) + ops.mean(ops.abs(x[:, :, 1:] - x[:, :, :-1]))
