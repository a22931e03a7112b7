"""How many faces the detector finds on `data/photos`, beside its peers, and how fast.

`python -m benchmarks.detection [--json FILE]`. Recall on the 37 photos with boxes, by size (the side of a square of the
box's area, in pixels of the photo); a hit is IoU >= 0.35, or the found box's centre inside the true one and sides that
differ by a factor of 2 at most; one found box for one true box (assignment). False boxes on the photos without a face.
Peers: CenterFace alone on the whole photo at threshold 0.35, and mtcnn at 0.9 on one letterboxed canvas.
Targets: >= 68 of 72, >= 90 of 107, none false; <= 150 ms at 1024x768 on two cores.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from scipy.optimize import linear_sum_assignment

from benchmarks.report import Figures, percentile, run_alone, shared_data
from core.domain.faces import Box
from core.vision.centerface import STRIDE, CenterFace, model_path
from core.vision.detect import load_detector

if TYPE_CHECKING:
    from numpy.typing import NDArray

BANDS = {">= 48 px": (48.0, math.inf), "24-48 px": (24.0, 48.0), "< 24 px": (0.0, 24.0)}
LEAST_IOU = 0.35
LIKE_SIZE = 2.0
RAW_THRESHOLD = 0.35
MTCNN_THRESHOLD = 0.9
MTCNN_CANVAS = 1024  # one size: others leak memory
TIMED = (1024, 768)
ROUNDS = 15

Detect = Callable[["NDArray[np.uint8]"], Sequence[Box]]


def run() -> Figures:
    """Recall by size, false boxes and milliseconds a photo for the product and its peers."""
    folder = shared_data("photos")
    truth = json.loads((folder / "truth.json").read_text())
    detector = load_detector()
    finders: dict[str, Detect] = {
        "ours": lambda image: [face.box for face in detector.detect(image)],
        "CenterFace": _centerface(),
        "mtcnn": _mtcnn(),
    }
    figures: dict[str, float | int | str] = {}
    for name, detect in finders.items():
        photos = {file: np.asarray(Image.open(folder / file).convert("RGB")) for file in truth}
        figures |= {f"{name}: {key}": value for key, value in _score(detect, photos, truth).items()}
    figures |= {f"{name}: boxes on 320 photos of cats": _on_cats(finders[name]) for name in ("ours", "CenterFace")}
    return figures | _times(finders, photos)


def _on_cats(detect: Detect) -> int:
    """Mostly false ones (a few of the photos show a person too): another kind of picture than the detector saw."""
    return sum(len(detect(np.asarray(Image.open(file).convert("RGB")))) for file in shared_data("cats").glob("*.jpg"))


def _score(detect: Detect, photos: dict[str, Any], truth: dict[str, Any]) -> Figures:
    hits, totals = dict.fromkeys(BANDS, 0), dict.fromkeys(BANDS, 0)
    false = 0
    for file, facts in truth.items():
        boxes = [Box(*box) for box in facts.get("boxes_xywh") or []]
        if not boxes and facts["faces"]:
            continue  # counted, but not annotated
        found = detect(photos[file])
        false += 0 if boxes else len(found)
        for box, hit in zip(boxes, matched(boxes, found), strict=True):
            side = math.sqrt(box.w * box.h)
            band = next(name for name, (least, below) in BANDS.items() if least <= side < below)
            totals[band] += 1
            hits[band] += hit
    recall = {band: f"{hits[band]} of {totals[band]}" for band in BANDS}
    return recall | {"false boxes where there is no face": false}


def matched(truth: Sequence[Box], found: Sequence[Box]) -> list[bool]:
    """Whether each true box is found, one found box each."""
    if not truth or not found:
        return [False] * len(truth)
    gain = np.array([[(1 + iou(one, other) / 100) if is_hit(other, one) else 0.0 for other in found] for one in truth])
    rows, columns = linear_sum_assignment(-gain)
    taken = {int(row) for row, column in zip(rows, columns, strict=True) if gain[row, column] > 0}
    return [row in taken for row in range(len(truth))]


def is_hit(found: Box, true: Box) -> bool:
    """See the module's first lines."""
    if iou(found, true) >= LEAST_IOU:
        return True
    x, y = found.x + found.w / 2, found.y + found.h / 2
    inside = true.x <= x <= true.x + true.w and true.y <= y <= true.y + true.h
    ratio = math.sqrt(found.w * found.h / (true.w * true.h))
    return inside and 1 / LIKE_SIZE <= ratio <= LIKE_SIZE


def iou(a: Box, b: Box) -> float:
    """Intersection over union."""
    width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (a.w * a.h + b.w * b.h - shared)


def _centerface() -> Detect:
    network = CenterFace(model_path(), threads=2)

    def detect(image: NDArray[np.uint8]) -> Sequence[Box]:
        height, width = (math.ceil(side / STRIDE) * STRIDE for side in image.shape[:2])
        canvas = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR)
        (found,) = network.find(np.asarray(canvas)[None], RAW_THRESHOLD)
        found = found.moved((image.shape[1] / width, image.shape[0] / height))
        return [Box(*map(float, box)) for box in found.boxes]

    return detect


def _mtcnn() -> Detect:
    from mtcnn import MTCNN  # noqa: PLC0415 - a development dependency that loads TensorFlow

    network = MTCNN(device="CPU:0")

    def detect(image: NDArray[np.uint8]) -> Sequence[Box]:
        scale = min(1.0, MTCNN_CANVAS / max(image.shape[:2]))
        size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        canvas = np.zeros((MTCNN_CANVAS, MTCNN_CANVAS, 3), np.uint8)
        canvas[: size[1], : size[0]] = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR))
        faces = network.detect_faces(canvas)
        return [Box(*(side / scale for side in face["box"])) for face in faces if face["confidence"] >= MTCNN_THRESHOLD]

    return detect


def _times(finders: dict[str, Detect], photos: dict[str, Any]) -> Figures:
    """In turn on one photo, so that a slow moment of the machine hits all of them."""
    crowded = max(photos.values(), key=lambda image: image.size)
    image = np.asarray(Image.fromarray(crowded).resize(TIMED, Image.Resampling.BILINEAR))
    seconds: dict[str, list[float]] = {name: [] for name in finders}
    for _ in range(ROUNDS):
        for name, detect in finders.items():
            started = time.perf_counter()
            detect(image)
            seconds[name].append(time.perf_counter() - started)
    medians = {name: 1000 * percentile(values, 0.5) for name, values in seconds.items()}
    figures: dict[str, float | int | str] = {f"{name}: ms at 1024x768, median": ms for name, ms in medians.items()}
    return figures | {
        "ours: ms, fastest": 1000 * min(seconds["ours"]),
        "ours / mtcnn": medians["ours"] / medians["mtcnn"],
    }


if __name__ == "__main__":
    run_alone("detection", run)
