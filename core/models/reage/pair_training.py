"""Trains the U-Net of `reage` on pairs of drawn pictures, which show the same person at two ages in the same moment.

With pairs no critic is needed: the aged face is to be the drawn one. It is how the starter model is trained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from core.models.ageing.conditions import conditions
from core.models.common import augment
from core.models.common.backend import Tensors, best_policy, make_forward, make_step
from core.models.common.base_training import BaseTraining
from core.models.common.drawn_faces import to_range
from core.models.common.ema import update_ema
from core.models.common.schedule import warm_up_cosine
from core.models.common.seeds import Seeds
from core.models.common.variables import values_of
from core.models.reage.network import build_unet, named, predict_change
from core.vision.transfer.ellipse import square_opacity
from core.vision.views import Framing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from core.models.ageing.drawn_people import DrawnPeople
    from core.models.common.prefetch import Batch
    from core.models.reage.presets import ReagePreset

_STEP = 2  # stream of random numbers
# Weight of the squared error. At first it is all that counts: the absolute error's gradient does not say how far off a
# pixel is, and in 1,200 steps of it alone nothing was learnt. In the second half the absolute one is added, which keeps
# lines sharp.
_SQUARES = 5.0
# What an age network says of a drawn face is far off: half of the present ages err by so many years, with a pull to 35.
_ERROR, _PULL = 12.0, 0.4
_MEAN_AGE = 35.0
_MIN_AGE, _MAX_AGE = 1.0, 90.0
_GENDER_KNOWN = 0.3  # of the pictures: whoever ages a photo does not say it
_AT_A_TIME = 32  # pictures that are aged at a time; more gain nothing on a CPU
_GAIN, _TINT = 0.2, 0.05  # of the light, for all channels and for each, in both pictures of a pair


class PairTraining(BaseTraining):
    """The training of a U-Net on drawn people.

    Args:
        drawn: the people.
        rows: which of them are learnt from.
        preset: the network, its batch and learning rate.
        seed: of the weights and the order of the pairs.
    """

    def __init__(self, drawn: DrawnPeople, rows: NDArray[np.intp], *, preset: ReagePreset, seed: int = 0) -> None:
        super().__init__(preset.steps)
        self._drawn, self._rows, self._preset, self._seed = drawn, rows, preset, seed
        self._opacity = square_opacity(Framing.FACE, preset.size)[..., None]
        self._unet = build_unet(preset.size, preset.channels, best_policy(), Seeds(seed))
        self._ema_unet = build_unet(preset.size, preset.channels)
        self._ema_unet.set_weights(self._unet.get_weights())
        self._optimizer = keras.optimizers.Adam(preset.learning_rate, beta_2=0.99)
        self._optimizer.build(self._unet.trainable_variables)
        self._train_step = make_step(self._compute, self._unet.trainable_variables, self._optimizer, self._update_ema)
        self._age_faces = make_forward(self._infer)

    def age_faces(self, pictures: NDArray[np.uint8], condition: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return faces (N, S, S, 3) at other ages, by `conditions` (N, 4) and the averaged weights."""
        starts = range(0, len(pictures), _AT_A_TIME)
        parts = [self._age_faces(pictures[at : at + _AT_A_TIME], condition[at : at + _AT_A_TIME]) for at in starts]
        return np.clip(np.rint((np.concatenate(parts) + 1) * 127.5), 0, 255).astype(np.uint8)

    def ema_weights(self) -> dict[str, NDArray[np.float32]]:
        """Return the averaged weights, as `ReageAger` takes them."""
        return values_of(named(self._ema_unet))

    def _variables(self) -> Mapping[str, Any]:
        return {
            "unet": self._unet.variables,
            "average": self._ema_unet.variables,
            "unet-optimizer": self._optimizer.variables,
        }

    def _learning_rate(self, step: int) -> float:
        return warm_up_cosine(self._preset.learning_rate, step, self.steps)

    def _make_batch(self, step: int) -> Batch:
        count, drawn = self._preset.batch, self._drawn
        random = augment.generator(self._seed, _STEP, step)
        people = random.choice(self._rows, count)
        before, after = random.integers(drawn.ages.shape[1], size=(2, count))
        pictures = np.stack([drawn.pictures[people, before], drawn.pictures[people, after]]).astype(np.float32)
        mirrored = random.random(count) < 0.5
        pictures = np.where(mirrored[:, None, None, None], pictures[:, :, :, ::-1], pictures)
        gain = 1 + random.uniform(-_GAIN, _GAIN, (count, 1, 1, 1)) + random.uniform(-_TINT, _TINT, (count, 1, 1, 3))
        pictures = np.clip(pictures * gain, 0, 255).astype(np.float32)
        present = _estimated(drawn.ages[people, before], random)
        genders = np.where(random.random(count) < _GENDER_KNOWN, drawn.genders[people], -1)
        sharpness = np.float32(max(0.0, 2 * step / self.steps - 1))
        return pictures[0], pictures[1], conditions(present, drawn.ages[people, after], genders), np.array(sharpness)

    def _compute(self, pixels: Any, target: Any, condition: Any, sharpness: Any) -> tuple[Any, Tensors]:
        faces, aged = to_range(pixels), to_range(target)
        change = ops.cast(self._unet([faces, condition], training=True), "float32")
        # Not clipped: beyond the range there would be no gradient. Outside of the ellipse a photo stays as it is.
        error = self._opacity * (faces + change[..., 3:] * change[..., :3] - aged)
        # The difference of neighbouring pixels, too, without which lines of the skin are washed out.
        errors = (error, error[:, 1:] - error[:, :-1], error[:, :, 1:] - error[:, :, :-1])
        squared = sum(ops.mean(ops.square(each)) for each in errors)
        absolute = sum(ops.mean(ops.abs(each)) for each in errors)
        loss = _SQUARES * squared + sharpness * absolute
        pixel = ops.mean(ops.abs(error))
        return loss, {"loss": loss, "squared_loss": squared, "pixel_loss": pixel, "mask": ops.mean(change[..., 3:])}

    def _infer(self, pixels: Any, condition: Any) -> Any:
        faces = to_range(pixels)
        change = predict_change(self._ema_unet, faces, condition, training=False)
        return ops.clip(faces + self._opacity * change[..., 3:] * change[..., :3], -1.0, 1.0)

    def _update_ema(self) -> None:
        update_ema(self._ema_unet.variables, self._unet.variables, self._preset.ema_decay, self._optimizer.iterations)


def _estimated(ages: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float64]:
    """Return half of the ages (N,) as they are, and half as an age network might have them."""
    pulled = ages + _PULL * (_MEAN_AGE - ages) + random.normal(0, _ERROR, len(ages))
    return np.where(random.random(len(ages)) < 0.5, ages, np.clip(pulled, _MIN_AGE, _MAX_AGE))
