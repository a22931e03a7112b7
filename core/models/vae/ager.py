"""A trained autoencoder as a `FaceAger`, if the pictures that it was trained on had ages: ages are offsets of latents.

That is what came before networks that are trained to age faces, and what `reage` is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.age_bins import AGE_BINS
from core.models.ageing.conditions import bin_probabilities
from core.models.ageing.face_ager import FaceChange
from core.models.ageing.typicality import Typicality
from core.models.common.drawn_faces import apply_in_parts, put
from core.models.vae.generator import check_version, drawing, reading
from core.models.vae.network import build_decoder, build_encoder
from core.models.vae.training_step import named
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OFFSETS = "age/offsets"
# Added to the count of each bin's pictures: the mean of fewer than that is mostly that of all pictures.
_PICTURES_OF_NOBODY = 10.0
_HALF_RANGE = 127.5  # pixel values of a unit of the decoder's pictures


class VaeAger:
    """The change between two ages is what the decoder draws of a face's latents with their offset, minus without.

    Args:
        config: of the version; `size`, `codes` and `framing` are read.
        tensors: of `generator_tensors`, `age_tensors` and `fit_typicality`.
        meta: beside them in the file; nothing of it is needed, but models of every kind are made alike.

    Raises:
        KeyError, TypeError, ValueError: they do not belong together; the pictures had no ages, or showed no faces.
    """

    def __init__(self, config: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> None:
        size, self._latent_size = check_version(config)
        self.view = View(Framing(config["framing"]), size)
        self._offsets = np.asarray(tensors[_OFFSETS], np.float32)
        if self.view.framing is Framing.WHOLE or self._offsets.shape != (len(AGE_BINS), self._latent_size):
            raise ValueError("an autoencoder that knows no ages of faces")
        encoder, decoder = build_encoder(size, self._latent_size), build_decoder(size, self._latent_size)
        put(named(encoder, decoder), tensors)
        self._read, self._draw = reading(encoder, self._latent_size), drawing(decoder)
        self._typicality = Typicality.from_tensors(tensors)

    def change(
        self, pictures: NDArray[np.uint8], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> FaceChange:
        """Return the change (N, S, S, 3) between the ages (N,), and a mask that lets all of it show."""
        latents = apply_in_parts(self._read, pictures, shape=(self._latent_size,))
        offset = (bin_probabilities(ages) - bin_probabilities(present)) @ self._offsets
        shape = (self.view.size, self.view.size, 3)
        aged, same = (apply_in_parts(self._draw, each, shape=shape) for each in (latents + offset, latents))
        return FaceChange(_HALF_RANGE * (aged - same), np.ones((*aged.shape[:3], 1), np.float32))

    def typicality(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return how much faces (N, S, S, 3) are like those that it was trained on, (N,)."""
        return self._typicality.score(pictures)


def age_tensors(
    latents: NDArray[np.floating], ages: NDArray[np.floating], genders: NDArray[np.integer[Any]]
) -> dict[str, NDArray[np.float32]]:
    """Fit how latents of each of the ten bins differ from all, by ridge regression beside the gender.

    So a bin with more women than others does not make faces more like women's.

    Args:
        latents: (N, Z).
        ages: (N,) years, none unknown.
        genders: (N,), 0 male, 1 female, -1 unknown.
    """
    beside = np.where(genders < 0, 0, 2 * genders - 1)
    design = np.column_stack([bin_probabilities(ages), beside]).astype(np.float64)
    centred = latents - latents.mean(0, dtype=np.float64)
    normal = design.T @ design + _PICTURES_OF_NOBODY * np.eye(design.shape[1])
    return {_OFFSETS: np.linalg.solve(normal, design.T @ centred)[:-1].astype(np.float32)}
