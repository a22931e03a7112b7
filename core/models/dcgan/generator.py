"""A trained DCGAN's generator as a `FaceGenerator` (core/models/generators/generator.py); it has no encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.models.common.backend import make_forward
from core.models.common.drawn_faces import GeneratorWithTraits, halved, in_parts, product, to_pixels
from core.models.dcgan.network import LATENT_SIZE, SHAPES, Shape, build_generator, set_tensors
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

NET = "net/"
_CODE, _VARIATION = 1, 2  # streams of each seed's random numbers
_STRAIGHT = 1e-4  # sine of an angle, or a length, below which an arc is a line


class DcganGenerator(GeneratorWithTraits):
    """As in `FaceGenerator`.

    Args:
        config: of the version; `preset`, `size`, `codes` and `framing` are read.
        tensors: of `generator_tensors`.
        meta: beside them in the file; nothing of it is needed, but models of every kind are made alike.
        shape: of the network, where it is none of `SHAPES`.

    Raises:
        KeyError, TypeError, ValueError: they do not belong together.
    """

    encodes = False

    def __init__(
        self,
        config: Mapping[str, Any],
        tensors: Mapping[str, NDArray[Any]],
        meta: Mapping[str, str],
        shape: Shape | None = None,
    ) -> None:
        super().__init__(tensors, LATENT_SIZE)
        shape = shape or SHAPES[str(config["preset"])]
        if int(config["size"]) != shape.size or int(config["codes"]) != LATENT_SIZE:
            raise ValueError(f"no generator of {config['preset']} draws so: {config['size']} {config['codes']}")
        self.view = View(Framing(config["framing"]), shape.size)
        self._net = build_generator(shape)
        self.put(tensors)
        start = self._net.get_layer("start")
        after = keras.Model(start.output, self._net.output)
        self._start = make_forward(lambda latents: product(latents, start.kernel))
        self._draw = make_forward(lambda started: to_pixels(after(started, training=False)))

    def put(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        """Draw with these tensors of the same network from now on.

        Raises:
            KeyError, ValueError: they are another's.
        """
        set_tensors(
            self._net, {name.removeprefix(NET): tensor for name, tensor in tensors.items() if name.startswith(NET)}
        )

    def latents(self, seeds: Sequence[int], truncation: float = 1.0) -> NDArray[np.float32]:
        """(N, 100), uniform in +-`truncation`, each of its own seed."""
        return np.asarray(_drawn(seeds, _CODE) * truncation, np.float32)

    def render(self, latents: NDArray[np.float32]) -> NDArray[np.uint8]:
        """(N, 100) -> (N, S, S, 3)."""
        side = self.view.size
        parts = [self._draw(part) for part in in_parts(self._start(np.asarray(latents, np.float32)))]
        return np.concatenate([np.zeros((0, side, side, 3), np.uint8), *parts])[: len(latents)]

    def encode(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """It cannot.

        Raises:
            OmokageError: NO_ENCODER.
        """
        raise OmokageError(ErrorCode.NO_ENCODER)

    def path(
        self, start: NDArray[np.float32], end: NDArray[np.float32], fractions: Sequence[float]
    ) -> NDArray[np.float32]:
        """Go along the arc (Shoemake 1985), (F, 100): latents in the middle of a straight line are too short."""
        start_length, end_length = float(np.linalg.norm(start)), float(np.linalg.norm(end))
        cosine = float(np.clip(start @ end / max(start_length * end_length, 1e-9), -1.0, 1.0))
        angle = float(np.arccos(cosine))
        fraction = np.asarray(fractions, np.float64)[:, None]
        if min(start_length, end_length, np.sin(angle)) < _STRAIGHT:
            return np.asarray((1 - fraction) * start + fraction * end, np.float32)
        away, near = np.sin((1 - fraction) * angle) / np.sin(angle), np.sin(fraction * angle) / np.sin(angle)
        lengths = (1 - fraction) * start_length + fraction * end_length
        return np.asarray(lengths * (away * start / start_length + near * end / end_length), np.float32)

    def variations(self, latent: NDArray[np.float32], seeds: Sequence[int], spread: float = 0.4) -> NDArray[np.float32]:
        """(N, 100), as long as latents are: what is added of another face is taken from this one."""
        kept = np.sqrt(max(0.0, 1.0 - spread**2))
        return np.asarray(kept * latent + spread * _drawn(seeds, _VARIATION), np.float32)

    def mean(self) -> NDArray[np.float32]:
        """(100,) zeros, the middle of what latents are drawn from."""
        return np.zeros(LATENT_SIZE, np.float32)


def _drawn(seeds: Sequence[int], stream: int) -> NDArray[np.float64]:
    """(N, 100), uniform in -1 to 1."""
    streams = [np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, stream, 0])) for seed in seeds]
    return np.array([random.uniform(-1, 1, LATENT_SIZE) for random in streams]).reshape(-1, LATENT_SIZE)


def generator_tensors(tensors: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """A generator's tensors as versions keep them."""
    return {NET + name: tensor for name, tensor in halved(tensors).items()}
