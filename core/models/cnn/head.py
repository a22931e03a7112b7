"""A trained CNN that answers: who, of the people that it knows, a face shows.

Whether it is any of them at all, the embeddings say: a network that has only ever seen forty people is as sure of a
stranger, or of wallpaper, as of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops
from scipy.special import softmax

from core.domain.errors import ErrorCode, OmokageError
from core.models.cnn.network import NETS, build_net
from core.models.cnn.presets import SIZES, stored_view
from core.models.cnn.training_step import infer, middle
from core.models.common.backend import best_policy, make_forward, to_numpy
from core.models.embedding.head import EmbeddingHead, load_embedding_head
from core.vision.views import Framing, View, render_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import Point
    from core.domain.registry.versions import Version
    from core.vision.recognition.photo_reader import PhotoReading

_NET, _GATE = "net/", "gate/"
# Pixels in one run of the network: eight faces of 96 px with their mirror images. The first layer's activations are
# 19 MB then; above 32 MB the C library takes memory from the system at each run, a fifth of the time of 64 faces.
_MAX_PIXELS = 16 * 96 * 96


@dataclass(frozen=True, slots=True)
class CnnConfig:
    """What has to be known of a network beside its weights; `temperature` divides its logits."""

    net: str
    framing: Framing
    size: int
    grey: bool
    temperature: float

    @property
    def view(self) -> View:
        """The pictures as they were stored for the training."""
        return stored_view(self.framing, self.size)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> CnnConfig:
        """Of a version's card.

        Raises:
            KeyError, TypeError, ValueError: it is of something else.
        """
        parsed = cls(
            str(config["net"]),
            Framing(config["framing"]),
            int(config["size"]),
            bool(config["grey"]),
            float(config["temperature"]),
        )
        if parsed.net not in NETS or parsed.size not in SIZES or not 0 < parsed.temperature < np.inf:
            raise ValueError(f"no such network: {parsed}")
        return parsed


class CnnHead:
    """A `Head` (core/vision/recognition/mean_embedding.py).

    Args:
        classes: name and person id of each.
        net: (N, S, S, channels) -> logits.
        config: of the network.
        gate: its "unknown" is this head's.
    """

    def __init__(
        self, classes: tuple[tuple[str, int], ...], net: keras.Model, config: CnnConfig, gate: EmbeddingHead
    ) -> None:
        self.classes = classes
        self.net = net
        self.config = config
        self.gate = gate
        self._logits = make_forward(self.logits)

    def probabilities(self, reading: PhotoReading) -> NDArray[np.float64]:
        """Of each face of a photo: (faces, classes + 1), rows sum to 1, "unknown" is last."""
        unknown = self.gate.probabilities(reading)[:, -1:]
        return np.hstack([(1 - unknown) * self.closed(self.views(reading)), unknown])

    def known(self, reading: PhotoReading) -> NDArray[np.float64]:
        """The same as if each face were one of its people: (faces, classes), rows sum to 1."""
        return self.closed(self.views(reading))

    def closed(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Pictures in the network's view (N, S, S, 3) -> calibrated probabilities (N, classes) of its people alone."""
        batch = max(1, _MAX_PIXELS // (2 * self.config.size**2))
        parts = [self._logits(pictures[at : at + batch]) for at in range(0, len(pictures), batch)]
        logits = np.concatenate([np.zeros((0, len(self.classes))), *parts])
        return np.asarray(softmax(logits / self.config.temperature, axis=1))

    def views(self, reading: PhotoReading) -> NDArray[np.uint8]:
        """The faces of a photo as the network was trained on faces, (N, S, S, 3)."""
        view, size = self.config.view, self.config.size
        faces = [render_view(view, reading.image, _points(face.landmarks), face.box) for face in reading.faces]
        return middle(np.array(faces, np.uint8).reshape(-1, view.size, view.size, 3), size)

    def logits(self, pixels: Any) -> Any:
        """As tensors: pictures (N, S, S, 3) -> the mean of each one's logits and its mirror image's, (N, classes)."""
        grey = self.config.grey
        both = infer(self.net, ops.concatenate([pixels, ops.flip(pixels, axis=2)]), grey=grey)
        plain, mirrored = ops.split(both, 2)
        return (plain + mirrored) / 2


def _points(landmarks: Sequence[Point]) -> Sequence[Point] | None:
    """None of a picture that is taken for a face as it is."""
    return landmarks or None


def cnn_tensors(net: keras.Model, gate: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """All that `load_cnn_head` needs: the network's weights by their layer's path, and the gate's tensors."""
    return {f"{_NET}{variable.path}": to_numpy(variable) for variable in net.variables} | named_gate(gate)


def named_gate(gate: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Name the tensors of an embedding head as a CNN's file has them."""
    return {f"{_GATE}{name}": tensor for name, tensor in gate.items()}


def net_tensors(tensors: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Take the network's weights out of a CNN's file."""
    return {name: tensor for name, tensor in tensors.items() if name.startswith(_NET)}


def load_cnn_head(version: Version, tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> CnnHead:
    """The head of a version, in bfloat16 where the processor computes in it: its probabilities move by hundredths.

    Raises:
        OmokageError: BAD_WEIGHTS, the file or the card is of something else.
    """
    gate = {name.removeprefix(_GATE): tensor for name, tensor in tensors.items() if name.startswith(_GATE)}
    net = load_net(version, tensors, meta, policy=best_policy())
    return CnnHead(version.classes, net, CnnConfig.of(version.config), load_embedding_head(version, gate, meta))


def load_net(
    version: Version, tensors: Mapping[str, NDArray[Any]], _meta: Mapping[str, str], *, policy: str = "float32"
) -> keras.Model:
    """The network of a version, from standardised pictures to logits.

    Raises:
        OmokageError: BAD_WEIGHTS.
    """
    try:
        config = CnnConfig.of(version.config)
    except (KeyError, TypeError, ValueError) as error:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, version=version.number) from error
    channels = 1 if config.grey else 3
    net = build_net(config.net, config.size, len(version.classes), policy=policy, channels=channels)
    for variable in net.variables:
        tensor = tensors.get(f"{_NET}{variable.path}")
        if tensor is None or tensor.shape != tuple(variable.shape) or tensor.dtype.kind != "f":
            raise OmokageError(ErrorCode.BAD_WEIGHTS, version=version.number)
        variable.assign(tensor)
    return net
