"""A trained conditional adversarial autoencoder as a `FaceAger` (core/models/ageing/face_ager.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from core.models.ageing.face_ager import FaceChange
from core.models.ageing.typicality import Typicality
from core.models.caae.network import LATENT_SIZE, SIZES, build_encoder, build_generator, join
from core.models.caae.presets import CAAE_PRESETS
from core.models.caae.training_step import make_condition, named
from core.models.common.backend import make_forward
from core.models.common.drawn_faces import apply_in_parts, halved, product, put, to_range
from core.models.common.presets import preset_with_options
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALF_RANGE = 127.5  # pixel values of a unit of the networks' pictures


class CaaeNetworks:
    """The encoder and the generator as functions of faces and ages.

    The change between two ages is what the generator draws at one, minus what it draws at the other: the blur that both
    pictures share, and what the 50 latents forgot of a face, is in no change.

    Args:
        config: of the version; `preset` and `size` are read.
        tensors: of `ager_tensors`.

    Raises:
        KeyError, TypeError, ValueError: they do not belong together.
    """

    def __init__(self, config: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> None:
        size, name = int(config["size"]), config["preset"]
        if size not in SIZES or name not in CAAE_PRESETS:
            raise ValueError(f"no such autoencoder: {name} of {size} pixels")
        preset = preset_with_options(CAAE_PRESETS, name, 1, {"size": size})
        self.view = View(Framing.FACE, size)
        self._nets = build_encoder(preset), build_generator(preset)
        self._encode, self._draw = _encoding(self._nets[0]), _drawing(self._nets[1])
        self.put(tensors)

    def put(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        """Use these tensors from here on.

        Raises:
            KeyError, ValueError: they are another network's.
        """
        put(named(*self._nets), tensors)

    def change(
        self, pictures: NDArray[np.uint8], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> FaceChange:
        """Return the change (N, S, S, 3) between the ages (N,), and a mask that lets all of it show."""
        latents = self._latents(pictures)
        delta = _HALF_RANGE * (self._drawn(latents, ages) - self._drawn(latents, present))
        return FaceChange(delta, np.ones((*delta.shape[:3], 1), np.float32))

    def render(self, pictures: NDArray[np.uint8], ages: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return the generator's own pictures (N, S, S, 3) of faces at ages (N,), as the paper shows them."""
        drawn = self._drawn(self._latents(pictures), ages)
        return np.clip(np.round((drawn + 1) * _HALF_RANGE), 0, 255).astype(np.uint8)

    def _latents(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        return apply_in_parts(self._encode, pictures, shape=(LATENT_SIZE,))

    def _drawn(self, latents: NDArray[np.float32], ages: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 50) and years (N,) -> (N, S, S, 3) in [-1, 1]."""
        return apply_in_parts(self._draw, latents, make_condition(ages), shape=(self.view.size, self.view.size, 3))


class CaaeAger(CaaeNetworks):
    """The networks of a version, with what is known of the faces that they were trained on.

    Args:
        config: of the version; `preset` and `size` are read.
        tensors: of `ager_tensors`.
        meta: beside them in the file; nothing of it is needed, but models of every kind are made alike.

    Raises:
        KeyError, TypeError, ValueError: they do not belong together.
    """

    def __init__(self, config: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> None:
        super().__init__(config, tensors)
        self._typicality = Typicality.from_tensors(tensors)

    def typicality(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return how much faces (N, S, S, 3) are like those that it was trained on, (N,)."""
        return self._typicality.score(pictures)


def ager_tensors(
    weights: Mapping[str, NDArray[Any]], typicality: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Return all that ageing needs, as a version keeps it: kernels in half precision."""
    return halved(weights) | dict(typicality)


def _encoding(encoder: keras.Model) -> Callable[[NDArray[np.uint8]], NDArray[Any]]:
    """(N, S, S, 3) RGB -> (N, 50)."""
    last = encoder.get_layer("latents")
    rest = keras.Model(encoder.input, encoder.get_layer("flat").output)
    return make_forward(
        lambda pictures: ops.tanh(product(rest(to_range(pictures), training=False), last.kernel) + last.bias)
    )


def _drawing(generator: keras.Model) -> Callable[..., NDArray[Any]]:
    """(N, 50) and (N, 11) -> (N, S, S, 3) in [-1, 1]."""
    first = generator.get_layer("start")
    rest = keras.Model(first.output, generator.output)
    return make_forward(
        lambda latents, condition: rest(product(join(latents, condition), first.kernel) + first.bias, training=False)
    )
