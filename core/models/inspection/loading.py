"""A recogniser's network to look into: from a version, or from a checkpoint of a run that is not finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.domain.errors import ErrorCode, OmokageError
from core.models.cnn.head import CnnConfig, load_net
from core.models.cnn.network import build_net
from core.models.cnn.presets import stored_view
from core.models.cnn.trainer import preset_for_run
from core.models.cnn.training_step import middle, shade
from core.models.common import augment, weights_file
from core.models.common.backend import to_numpy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.domain.registry.versions import Version
    from core.domain.training.runs import Run
    from core.vision.views import Framing, View

_AVERAGE = "average/"  # of a checkpoint: the weights that are evaluated and kept


@dataclass(frozen=True, slots=True)
class InspectedNetwork:
    """A network and what it is shown."""

    net: Any  # keras.Model
    framing: Framing
    size: int
    grey: bool

    @property
    def view(self) -> View:
        """The pictures as they are stored for it."""
        return stored_view(self.framing, self.size)

    def cut(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Pictures in the view -> what the network sees of them, (N, size, size, 3)."""
        return middle(images, self.size)

    def inputs(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What `cut` gave -> the network's input."""
        pixels = augment.standardise(shade(faces) if self.grey else faces)
        standardised: NDArray[np.float32] = to_numpy(pixels[..., :1] if self.grey else pixels)
        return standardised


def load_from_version(version: Version, weights: bytes) -> InspectedNetwork:
    """A finished run's network.

    Raises:
        OmokageError: BAD_WEIGHTS.
    """
    net = load_net(version, *weights_file.load(weights))
    config = CnnConfig.of(version.config)
    return InspectedNetwork(net, config.framing, config.size, config.grey)


def load_from_checkpoint(run: Run, people: int, data: bytes) -> InspectedNetwork:
    """The averaged weights of a run at a checkpoint.

    Raises:
        OmokageError: BAD_WEIGHTS, damaged or of another network.
    """
    preset = preset_for_run(run.preset, run.steps, run.config)
    net = build_net(preset.net, preset.size, people, channels=1 if preset.grey else 3)
    tensors, _ = weights_file.load(data)
    average = [tensors[name] for name in sorted(tensors) if name.startswith(_AVERAGE)]  # numbered in the net's order
    if [one.shape for one in average] != [tuple(variable.shape) for variable in net.variables]:
        raise OmokageError(ErrorCode.BAD_WEIGHTS)
    for variable, tensor in zip(net.variables, average, strict=True):
        variable.assign(tensor)
    return InspectedNetwork(net, preset.framing, preset.size, preset.grey)
