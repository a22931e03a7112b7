"""faceres, an age network of other makers and other training pictures than dlib's: the judge of aged faces.

It is a MobileNet that comes with the npm package `@vladmandic/human` 3.3.6 (MIT), for development only: what learns
from dlib's age network must not be judged by it. `npm pack @vladmandic/human@3.3.6`, unpack, and set
OMOKAGE_FACERES to the folder with `faceres.json` and `faceres.bin` (`package/models`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

VARIABLE = "OMOKAGE_FACERES"
_SHA256 = "1028a60eeb7af9949dcf2123a1dd2335f72a3f97365c002c1b2bbc9c03123422"
_SIDE = 224  # pixels
_AGES = 100  # classes, a year each
_AT_A_TIME = 16
_MARGIN = 0.0  # FACE views show about as much as the package's crops


class FaceRes:
    """The network, as it comes.

    Args:
        folder: with the network's two files; None: that of the environment variable.

    Raises:
        FileNotFoundError: the files are not there.
        ValueError: they are others.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._network = load_faceres(folder)

    def raw(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return how old faces (N, S, S, 3) of `Framing.FACE` look to it, in years (N,)."""
        return _ages(self._network, pictures)


class FaceResJudge:
    """Says how old faces look, calibrated on real pictures, since its own figures are five years too young.

    Args:
        network: that judges.
        raw: (N,), its own figures of real pictures that nothing is judged on.
        ages: (N,), theirs in years.
    """

    def __init__(self, network: FaceRes, raw: NDArray[np.floating], ages: NDArray[np.floating]) -> None:
        from sklearn.isotonic import IsotonicRegression

        self._network = network
        self._isotonic = IsotonicRegression(out_of_bounds="clip").fit(raw, ages)

    def judge(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return how old faces (N, S, S, 3) of `Framing.FACE` look, in years (N,)."""
        return self.calibrated(self._network.raw(pictures))

    def calibrated(self, raw: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the years (N,) that the network's own figures (N,) stand for."""
        return np.asarray(self._isotonic.predict(raw), np.float64)


def load_faceres(folder: Path | None = None) -> Callable[[Any], Any]:
    """Return the network as a compiled function: (N, 224, 224, 3) in 0 to 255 -> (N, 100) probabilities of years.

    Raises:
        FileNotFoundError: no folder is given or set, or the files are not there.
        ValueError: they are others than those of the package.
    """
    import tensorflow as tf

    folder = folder or Path(os.environ.get(VARIABLE, ""))
    if not (folder / "faceres.json").is_file():
        raise FileNotFoundError(f"set {VARIABLE} to the folder models/ of the npm package @vladmandic/human 3.3.6")
    graph, data = (folder / "faceres.json").read_bytes(), (folder / "faceres.bin").read_bytes()
    if hashlib.sha256(graph + data).hexdigest() != _SHA256:
        raise ValueError("this is not the network of @vladmandic/human 3.3.6")
    description = json.loads(graph)
    weights = _weights(description["weightsManifest"][0]["weights"], data)
    nodes = [node for node in description["modelTopology"]["node"] if node["op"] not in {"Const", "Placeholder"}]

    def run(pictures: Any) -> Any:
        values: dict[str, Any] = {"input_1": pictures, **weights}
        for node in nodes:
            values[node["name"]] = _OPERATIONS[node["op"]](tf, node, *(values[name] for name in node["input"]))
        return values["age_pred/Softmax"]

    return tf.function(run, autograph=False, reduce_retracing=True)  # type: ignore[no-any-return]


def _weights(entries: list[dict[str, Any]], data: bytes) -> dict[str, NDArray[Any]]:
    weights, at = {}, 0
    for entry in entries:
        dtype = np.dtype(entry.get("quantization", {}).get("dtype", entry["dtype"]))
        count = int(np.prod(entry["shape"], dtype=int))
        stored = np.frombuffer(data, dtype, count, at).reshape(entry["shape"])
        weights[entry["name"]] = stored.astype(entry["dtype"])
        at += count * dtype.itemsize
    return weights


def _strides(node: dict[str, Any]) -> list[int]:
    return [int(step) for step in node["attr"]["strides"]["list"]["i"]]


def _padding(node: dict[str, Any]) -> str:
    return base64.b64decode(node["attr"]["padding"]["s"]).decode()


def _matrix_product(tf: Any, node: dict[str, Any], x: Any, kernel: Any, bias: Any) -> Any:
    fused = [base64.b64decode(name).decode() for name in node["attr"]["fused_ops"]["list"]["s"]]
    x = tf.matmul(x, kernel) + bias
    return tf.nn.relu(x) if "Relu" in fused else x


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "Conv2D": lambda tf, node, x, kernel: tf.nn.conv2d(x, kernel, _strides(node), _padding(node)),
    "DepthwiseConv2dNative": lambda tf, node, x, kernel: tf.nn.depthwise_conv2d(
        x, kernel, _strides(node), _padding(node)
    ),
    "Add": lambda tf, _, a, b: tf.add(a, b),
    "Mul": lambda tf, _, a, b: tf.multiply(a, b),
    "Minimum": lambda tf, _, a, b: tf.minimum(a, b),
    "Maximum": lambda tf, _, a, b: tf.maximum(a, b),
    "Relu": lambda tf, _, x: tf.nn.relu(x),
    "Mean": lambda tf, _, x, axes: tf.reduce_mean(x, axes),
    "_FusedMatMul": _matrix_product,
    "Softmax": lambda tf, _, x: tf.nn.softmax(x),
    "Sigmoid": lambda tf, _, x: tf.sigmoid(x),
}


def _ages(network: Callable[[Any], Any], pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean of the probabilities' years, for faces of any size (N,)."""
    import tensorflow as tf

    parts = [np.zeros(0)]
    for at in range(0, len(pictures), _AT_A_TIME):
        batch = tf.cast(pictures[at : at + _AT_A_TIME], tf.float32)
        margin = round(_MARGIN * batch.shape[1])
        batch = batch[:, margin : batch.shape[1] - margin, margin : batch.shape[2] - margin]
        seen = network(tf.image.resize(batch, (_SIDE, _SIDE), "bilinear"))
        parts.append(seen.numpy().astype(np.float64) @ np.arange(_AGES))
    return np.concatenate(parts)
