"""Speed of the embedding network: milliseconds a face, beside dlib itself, and how far the two are apart.

`python -m benchmarks embedding`
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.helpers.report import SHARED_DATA
from benchmarks.helpers.timing import median_ms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.embedding.embed import Embedder

BATCHES = (1, 2, 4, 8, 16)
ROUNDS = 20  # the median of these; the others on this machine disturb single ones


def run() -> dict[str, float | int | str]:
    """Time for parsing, loading, one face and batches; dlib's; the largest difference of any of the 128 numbers."""
    started = time.perf_counter()
    import tensorflow  # noqa: F401 - timed

    figures: dict[str, float | int | str] = {"import TensorFlow, s": time.perf_counter() - started}
    from core.vision.embedding.dlib_weights import load_weights  # after the clock
    from core.vision.embedding.embed import load_embedder

    figures["read and fold dlib's file, ms"] = median_ms(load_weights, 5)
    started = time.perf_counter()
    embedder = load_embedder()
    embedder.warm_up()
    figures["load and warm up, s"] = time.perf_counter() - started
    chips, origin = faces(max(BATCHES))
    figures["faces"] = origin
    for count in BATCHES:
        figures[f"ms a face, {count} at once"] = median_ms(partial(embedder.embed, chips[:count]), ROUNDS) / count
    return figures | beside_dlib(embedder, chips)


def beside_dlib(embedder: Embedder, chips: NDArray[np.uint8]) -> dict[str, float | int | str]:
    """dlib's own time and the largest difference, where dlib is installed."""
    try:
        import dlib  # a development dependency
    except ImportError:
        return {"dlib": "not installed"}
    from core.vision.embedding.dlib_weights import weights_path

    network: Any = dlib.face_recognition_model_v1(str(weights_path()))
    theirs = np.array(network.compute_face_descriptor(list(chips)))
    batch = list(chips[:8])
    return {
        "dlib, ms a face, 1 at once": median_ms(lambda: network.compute_face_descriptor(chips[0]), 5),
        "dlib, ms a face, 8 at once": median_ms(lambda: network.compute_face_descriptor(batch), 3) / 8,
        "largest difference to dlib": float(np.abs(embedder.embed(chips) - theirs).max()),
    }


def faces(count: int) -> tuple[NDArray[np.uint8], str]:
    """Real faces where the developers' data is, noise elsewhere; the time is the same."""
    files = sorted((SHARED_DATA / "faces").glob("*.jpg"))[:count]
    if len(files) < count:
        return np.random.default_rng(0).integers(0, 256, (count, 150, 150, 3), np.uint8), "noise"
    return np.stack([np.asarray(Image.open(file).convert("RGB").resize((150, 150))) for file in files]), "real"
