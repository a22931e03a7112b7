"""What a network's layers do with pictures: how sparse they are, which channels are dead, how wide they need to be.

With these figures system 1's net was shrunk from 67 to 5.5 MB at the same accuracy (docs/inspect.md). Any functional
Keras model whose layers are used once and whose channels are the last axis can be measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Operations that cut off what is negative, as layers or as `keras.ops`, in lower case.
_RECTIFIERS = frozenset(
    {"relu", "relu6", "leakyrelu", "prelu", "elu", "celu", "selu", "silu", "gelu", "mish", "softplus"}
)
_VARIANCE = 0.99  # what a narrower layer must be able to carry
_SPARE = 2.0  # widths of fully connected layers as multiples of the units that one picture uses, see docs/inspect.md
_STEP = 8  # widths are multiples: what vector units and tensor cores like
_WORTHWHILE = 0.75  # a layer that needs more of its width than this is left alone


@dataclass(frozen=True, slots=True)
class LayerActivity:
    """One layer on the pictures that it was measured with.

    `sparsity` is the share of its activations that are not above zero, in [0, 1], and `by_channel` the same for each
    channel. `dead` channels were not above zero anywhere in any picture. `active` is how many channels a picture makes
    fire somewhere, a mean. `components` directions carry 99 % of the variance between the channels; it cannot exceed
    the number of pictures times places.
    """

    name: str
    channels: int
    places: int  # of each channel: its pixels; 1 in a fully connected layer
    sparsity: float
    by_channel: tuple[float, ...]
    dead: tuple[int, ...]
    active: float
    components: int

    @property
    def is_dense(self) -> bool:
        """Whether it has no places."""
        return self.places == 1

    @property
    def narrow_to(self) -> int | None:
        """A width that would do, a guess to be tried; None: it uses what it has."""
        need = max(self.components, _SPARE * self.active if self.is_dense else 0, 1)
        width = int(-(-need // _STEP) * _STEP)
        return width if width <= _WORTHWHILE * self.channels else None


@dataclass(frozen=True, slots=True)
class LayerMeasurement:
    """A layer's figures, and the mean activation of each channel for each person: (people, channels) float32."""

    activity: LayerActivity
    by_person: NDArray[np.float32]


def hidden_layers(model: Any) -> dict[str, Any]:
    """The symbolic outputs of the layers and operations that end in a rectifier, by name, in the model's order."""
    return {operation.name: operation.output for operation in model.operations if _is_rectified(operation)}


def layer_activations(model: Any, pictures: NDArray[Any]) -> dict[str, NDArray[np.float32]]:
    """Each hidden layer's output for pictures as the model takes them: (N, h, w, channels) or (N, channels)."""
    return _Probe(model)(pictures)


def measure_layers(
    model: Any, batches: Iterable[tuple[NDArray[Any], NDArray[np.integer]]], people: int
) -> tuple[LayerMeasurement, ...]:
    """Run pictures through a model and look at its hidden layers.

    Args:
        model: a functional Keras model.
        batches: pictures as the model takes them, (N, ...), and whom they show, (N,) in [0, people).
        people: how many.

    Raises:
        ValueError: the model has no rectified layer, or there is no picture.
    """
    probe = _Probe(model)
    tallies: dict[str, _Tally] = {}
    for pictures, labels in batches:
        for name, values in probe(pictures).items():
            tallies.setdefault(name, _Tally(people, values.shape[-1])).add(values, labels)
    if not tallies:
        raise ValueError("there is no picture to measure with")
    return tuple(tally.measured(name) for name, tally in tallies.items())


class _Tally:
    """Sums over the pictures of one layer."""

    def __init__(self, people: int, channels: int) -> None:
        self._pictures = np.zeros(people)
        self._places = 0
        self._silent = np.zeros(channels)
        self._fired = np.zeros(channels)  # pictures
        self._by_person = np.zeros((people, channels))
        self._squares = np.zeros((channels, channels))

    def add(self, values: NDArray[np.float32], labels: NDArray[np.integer]) -> None:
        flat = values.reshape(len(values), -1, values.shape[-1])  # (N, places, channels)
        above = flat > 0
        self._places = flat.shape[1]
        self._silent += (~above).sum((0, 1))
        self._fired += above.any(1).sum(0)
        np.add.at(self._pictures, labels, 1)
        np.add.at(self._by_person, labels, flat.mean(1))
        rows = flat.reshape(-1, flat.shape[-1])
        self._squares += rows.T @ rows

    def measured(self, name: str) -> LayerMeasurement:
        pictures = self._pictures.sum()
        silent = self._silent / (pictures * self._places)
        by_person = self._by_person / np.maximum(self._pictures, 1)[:, None]
        activity = LayerActivity(
            name,
            len(silent),
            self._places,
            float(silent.mean()),
            tuple(map(float, silent)),
            tuple(map(int, np.flatnonzero(self._fired == 0))),
            float(self._fired.sum() / pictures),
            self._components(pictures),
        )
        return LayerMeasurement(activity, by_person.astype(np.float32))

    def _components(self, pictures: float) -> int:
        mean = self._by_person.sum(0) / pictures
        covariance = self._squares / (pictures * self._places) - np.outer(mean, mean)
        variances = np.clip(np.linalg.eigvalsh(covariance)[::-1], 0, None)
        if variances.sum() == 0:
            return 0
        return int(np.searchsorted(np.cumsum(variances) / variances.sum(), _VARIANCE) + 1)


def _is_rectified(operation: Any) -> bool:
    activation = getattr(operation, "activation", None)
    name = type(operation).__name__ if activation is None else getattr(activation, "__name__", "")
    return name.lower().replace("_", "") in _RECTIFIERS


class _Probe:
    """A model that returns its hidden layers."""

    def __init__(self, model: Any) -> None:
        outputs = hidden_layers(model)
        if not outputs:
            raise ValueError(f"{model.name} has no layer that ends in a rectifier")
        self._names = list(outputs)  # Keras sorts the keys
        self._model = keras.Model(model.inputs, outputs)

    def __call__(self, pictures: NDArray[Any]) -> dict[str, NDArray[np.float32]]:
        values = self._model.predict_on_batch(pictures)
        return {name: np.asarray(values[name], np.float32) for name in self._names}
