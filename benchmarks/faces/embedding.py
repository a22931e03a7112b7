"""Speed of the embedding networks: milliseconds a face, beside the originals, and how far ours are from these.

`python -m benchmarks embedding`
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.helpers.report import SHARED_DATA, Figures
from benchmarks.helpers.timing import median_ms
from core.vision.embedding.align import FaceChips

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.embedding.embed import JointEmbedder

BATCHES = (1, 2, 4, 5, 8, 16)
ROUNDS = 20  # the median of these; the others on this machine disturb single ones


def run() -> Figures:
    """Time for parsing, loading, one face and batches; the originals'; the largest difference of any number."""
    started = time.perf_counter()
    import tensorflow  # noqa: F401 - timed

    figures: dict[str, float | int | str] = {"import TensorFlow, s": time.perf_counter() - started}
    from core.vision.embedding.dlib_weights import load_weights  # after the clock
    from core.vision.embedding.embed import load_dlib_embedder, load_embedder
    from core.vision.embedding.sface_weights import load_sface_weights

    figures["read and fold dlib's file, ms"] = median_ms(load_weights, 5)
    figures["read and fold SFace's file, ms"] = median_ms(load_sface_weights, 5)
    started = time.perf_counter()
    embedder = load_embedder()
    embedder.warm_up()
    figures["load and warm up both, s"] = time.perf_counter() - started
    dlib_alone = load_dlib_embedder()
    chips, origin = faces(max(BATCHES))
    figures["faces"] = origin
    for count in BATCHES:
        some = FaceChips(chips.dlib[:count], chips.sface[:count])
        alone, both = partial(dlib_alone.embed, some.dlib), partial(embedder.embed, some)
        figures[f"dlib's network alone, ms a face, {count} at once"] = median_ms(alone, ROUNDS) / count
        figures[f"both networks, ms a face, {count} at once"] = median_ms(both, ROUNDS) / count
    return figures | beside_dlib(embedder, chips) | beside_onnxruntime(chips)


def beside_dlib(embedder: JointEmbedder, chips: FaceChips) -> Figures:
    """Return dlib's own time and the largest difference, where dlib is installed."""
    try:
        import dlib  # a development dependency
    except ImportError:
        return {"dlib": "not installed"}
    from core.vision.embedding.dlib_weights import weights_path

    network: Any = dlib.face_recognition_model_v1(str(weights_path()))
    theirs = np.array(network.compute_face_descriptor(list(chips.dlib)))
    batch = list(chips.dlib[:8])
    return {
        "dlib itself, ms a face, 1 at once": median_ms(lambda: network.compute_face_descriptor(chips.dlib[0]), 5),
        "dlib itself, ms a face, 8 at once": median_ms(lambda: network.compute_face_descriptor(batch), 3) / 8,
        "largest difference to dlib itself": float(np.abs(embedder.embed(chips).dlib - theirs).max()),
    }


def beside_onnxruntime(chips: FaceChips) -> Figures:
    """Return onnxruntime's time for SFace's file as it came, and the largest difference to ours."""
    from core.vision.embedding import sface
    from core.vision.embedding.sface_weights import load_sface_weights

    original = onnxruntime_sface()
    ours = sface.build(load_sface_weights())(chips.sface.astype(np.float32)).numpy()
    theirs = np.concatenate([original(chips.sface[row : row + 1]) for row in range(len(chips.sface))])
    return {
        "SFace's file in onnxruntime, ms a face, 1 at once": median_ms(lambda: original(chips.sface[:1]), 10),
        "largest difference to SFace's file": float(np.abs(ours - theirs).max()),
    }


def onnxruntime_sface() -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """Return SFace's file as a function of one picture (1, 112, 112, 3) -> (1, 128)."""
    import onnxruntime

    from core.vision.embedding.sface_weights import sface_path

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # a line for each weight that could be an input
    session = onnxruntime.InferenceSession(str(sface_path()), options, providers=["CPUExecutionProvider"])
    unused = {tensor.name: np.zeros(tensor.shape, np.float32) for tensor in session.get_inputs()[1:]}

    def run_original(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        planes = picture.transpose(0, 3, 1, 2).astype(np.float32)
        return np.asarray(session.run(None, {"data": planes, **unused})[0])

    return run_original


def faces(count: int) -> tuple[FaceChips, str]:
    """Real faces where the developers' data is, noise elsewhere; the time is the same."""
    files = sorted((SHARED_DATA / "faces").glob("*.jpg"))[:count]
    random = np.random.default_rng(0)
    if len(files) < count:
        return FaceChips(*(random.integers(0, 256, (count, size, size, 3), np.uint8) for size in (150, 112))), "noise"
    pictures = [Image.open(file).convert("RGB") for file in files]
    return FaceChips(*(np.stack([np.asarray(p.resize((size, size))) for p in pictures]) for size in (150, 112))), "real"
