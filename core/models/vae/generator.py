"""A trained autoencoder as a `FaceGenerator` (core/models/generators/generator.py): it draws faces, and takes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from core.models.common.backend import make_forward
from core.models.common.drawn_faces import (
    GeneratorWithTraits,
    apply_in_parts,
    halved,
    product,
    put,
    to_pixels,
    to_range,
)
from core.models.vae.mixture import Mixture, mixture_of
from core.models.vae.network import SIZES, build_decoder, build_encoder
from core.models.vae.training_step import named
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Latents = NDArray[np.float32]

_MOST_CODES = 4096  # of a card that was not tampered with


class VaeGenerator(GeneratorWithTraits):
    """As in `FaceGenerator`.

    Args:
        config: of the version; `size`, `codes` and `framing` are read.
        tensors: of `generator_tensors`.
        meta: beside them in the file; nothing of it is needed, but models of every kind are made alike.

    Raises:
        KeyError, TypeError, ValueError: they do not belong together.
    """

    encodes = True

    def __init__(self, config: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> None:
        size, self._latent_size = check_version(config)
        super().__init__(tensors, self._latent_size)
        self.view = View(Framing(config["framing"]), size)
        encoder, decoder = build_encoder(size, self._latent_size), build_decoder(size, self._latent_size)
        put(named(encoder, decoder), tensors)
        self._draw, self._read = drawing(decoder, to_pixels), reading(encoder, self._latent_size)
        self._mixture: Mixture = mixture_of(tensors)
        if self._mixture.mean.shape != (self._latent_size,):
            raise ValueError("a mixture of another latent space")
        # What each latent differs by, so that lengths count each of them alike. One that is unused would count for all.
        self._scale = np.maximum(self._mixture.deviations, 1e-3)

    def latents(self, seeds: Sequence[int], truncation: float = 1.0) -> Latents:
        """(N, Z), drawn from the mixture and brought nearer to its mean with less truncation."""
        mean = self.mean()
        return np.asarray(mean + truncation * (self._mixture.latents(seeds) - mean), np.float32)

    def render(self, latents: Latents) -> NDArray[np.uint8]:
        """(N, Z) -> (N, S, S, 3)."""
        side = self.view.size
        return apply_in_parts(self._draw, np.asarray(latents, np.float32), shape=(side, side, 3), dtype=np.uint8)

    def encode(self, pictures: NDArray[np.uint8]) -> Latents:
        """(N, S, S, 3) -> (N, Z), the means of what the encoder takes them for."""
        return apply_in_parts(self._read, pictures, shape=(self._latent_size,))

    def path(self, start: Latents, end: Latents, fractions: Sequence[float]) -> Latents:
        """(F, Z) straight from `start` to `end`, each as far from the mean as latents on the way would be.

        In a hundred dimensions nearly all latents are equally far from the mean. The straight line cuts through the
        inside, where no face is and everything looks like the mean; its directions are right, its lengths are not.
        """
        mean, fraction = self.mean(), np.asarray(fractions, np.float64)[:, None]
        first, second = (start - mean) / self._scale, (end - mean) / self._scale
        straight = (1 - fraction) * first + fraction * second
        natural_lengths = (1 - fraction) * np.linalg.norm(first) + fraction * np.linalg.norm(second)
        lengths = np.linalg.norm(straight, axis=1, keepdims=True)
        # Opposite faces meet in the mean, which has no direction: the way then leads through it.
        natural = np.where(lengths > 0.1 * natural_lengths, natural_lengths / np.maximum(lengths, 1e-9), 1.0)
        return np.asarray(mean + straight * natural * self._scale, np.float32)

    def variations(self, latent: Latents, seeds: Sequence[int], spread: float = 0.4) -> Latents:
        """(N, Z), as far from the mean as latents are: what is added of another face is taken from this one."""
        mean = self.mean()
        kept = math.sqrt(max(0.0, 1.0 - spread**2))
        return np.asarray(mean + kept * (latent - mean) + spread * (self._mixture.latents(seeds) - mean), np.float32)

    def mean(self) -> Latents:
        """(Z,), of the mixture."""
        return self._mixture.mean


def generator_tensors(weights: Mapping[str, NDArray[Any]], mixture: Mixture) -> dict[str, NDArray[Any]]:
    """All that drawing needs; the mixture in single precision."""
    return halved(weights) | mixture.tensors()


def check_version(config: Mapping[str, Any]) -> tuple[int, int]:
    """Return pixels a side and the length of latents of a version's config.

    Raises:
        KeyError, TypeError, ValueError: no autoencoder is so.
    """
    size, latent_size = int(config["size"]), int(config["codes"])
    if size not in SIZES or not 0 < latent_size <= _MOST_CODES:
        raise ValueError(f"no autoencoder is so: {size} {latent_size}")
    return size, latent_size


def drawing(
    decoder: keras.Model, convert: Callable[[Any], Any] = lambda drawn: drawn
) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """(N, Z) -> (N, S, S, 3), in [-1, 1] unless something else is made of it."""
    wide = decoder.get_layer("wide")
    rest = keras.Model(wide.output, decoder.output)
    return make_forward(lambda latents: convert(rest(product(latents, wide.kernel), training=False)))


def reading(encoder: keras.Model, latent_size: int) -> Callable[[NDArray[np.uint8]], NDArray[Any]]:
    """(N, S, S, 3) RGB -> (N, Z), the means."""
    last = encoder.get_layer("codes")
    rest = keras.Model(encoder.input, encoder.get_layer("flat").output)
    return make_forward(
        lambda pictures: (
            product(rest(to_range(pictures), training=False), last.kernel[:, :latent_size]) + last.bias[:latent_size]
        )
    )
