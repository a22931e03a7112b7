"""Recall, false detections and speed of the face detector on `data/photos`, beside its peers.

`python -m benchmarks detection`. Recall on the 37 photos with boxes, by size (the side of a square of a box's area, in
pixels of the photo); a hit is IoU >= 0.35, or the detected box's centre inside the true one and sides that differ by a
factor of 2 at most; one detected box for one true box (assignment). False boxes on the photos without a face, on cats
and on noise; of faces enlarged until they fill a photo of 1024 pixels, how many are detected, and detected once.
Peers: CenterFace alone on the whole photo at threshold 0.35, and mtcnn at 0.9 on one letterboxed canvas.
Targets: >= 68 of 72, >= 90 of 107, none false; <= 150 ms at 1024x768 on two cores.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.helpers.box_matching import match_boxes
from benchmarks.helpers.report import Figures, percentile, shared_data
from core.domain.faces import Box
from core.vision.detection.centerface import STRIDE, CenterFace, model_path
from core.vision.detection.detect import Detector, ThreePassDetector, load_detector

if TYPE_CHECKING:
    from numpy.typing import NDArray

BANDS = {">= 48 px": (48.0, math.inf), "24-48 px": (24.0, 48.0), "< 24 px": (0.0, 24.0)}
RAW_THRESHOLD = 0.35
MTCNN_THRESHOLD = 0.9
MTCNN_CANVAS = 1024  # one size: others leak memory
TIMED = (1024, 768)
ROUNDS = 15
OTHER_THRESHOLDS = (0.25, 0.45)  # how much the choice of 0.35 matters
CLOSE_UPS = 60
NOISE = 40

Detect = Callable[["NDArray[np.uint8]"], Sequence[Box]]


def run() -> Figures:
    """Recall by size, false boxes and milliseconds a photo for the product and its peers."""
    folder = shared_data("photos")
    truth = json.loads((folder / "truth.json").read_text())
    network = CenterFace(model_path(), threads=2)
    finders = {"ours": _ours(load_detector()), "CenterFace": _centerface(network), "mtcnn": _mtcnn()}
    others = {f"ours at {value}": _ours(ThreePassDetector(network, threshold=value)) for value in OTHER_THRESHOLDS}
    figures: dict[str, float | int | str] = {}
    photos = {file: _read(folder / file) for file in truth}
    for name, detect in (finders | others).items():
        figures |= {f"{name}: {key}": value for key, value in _score(detect, photos, truth).items()}
    for name in ("ours", "CenterFace"):
        figures |= {f"{name}: {key}": value for key, value in _elsewhere(finders[name]).items()}
    return figures | _times(finders, photos)


def _elsewhere(detect: Detect) -> Figures:
    """Pictures of other kinds than those that the threshold was chosen on."""
    close = sorted(shared_data("age").glob("*.jpg"))[:: 4189 // CLOSE_UPS][:CLOSE_UPS]
    counts = [len(detect(np.asarray(Image.open(file).convert("RGB").resize((1024, 1024))))) for file in close]
    return {
        # Three of the photos show a person too.
        "boxes on 320 photos of cats": sum(len(detect(_read(file))) for file in shared_data("cats").glob("*.jpg")),
        f"boxes on {NOISE} pictures of noise": sum(len(detect(image)) for image in noise()),
        f"faces that fill the photo, of {CLOSE_UPS}": sum(count > 0 for count in counts),
        "of these, found more than once": sum(count > 1 for count in counts),
    }


def noise() -> Iterator[NDArray[np.uint8]]:
    """Clouds of colour with detail at all scales, 1 / f as in photographs."""
    random = np.random.default_rng(0)
    distance = np.hypot(np.fft.fftfreq(480)[:, None], np.fft.fftfreq(640)[None])
    distance[0, 0] = np.inf
    for _ in range(NOISE):
        waves = np.fft.fft2(random.normal(size=(3, 480, 640))) / distance
        clouds = np.fft.ifft2(waves).real
        yield (128 + 50 * clouds / clouds.std()).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)


def _read(file: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(file).convert("RGB"))


def _score(detect: Detect, photos: dict[str, Any], truth: dict[str, Any]) -> Figures:
    hits, totals = dict.fromkeys(BANDS, 0), dict.fromkeys(BANDS, 0)
    false = 0
    for file, facts in truth.items():
        boxes = [Box(*box) for box in facts.get("boxes_xywh") or []]
        if not boxes and facts["faces"]:
            continue  # counted, but not annotated
        detected = detect(photos[file])
        false += 0 if boxes else len(detected)
        for box, hit in zip(boxes, match_boxes(boxes, detected), strict=True):
            side = math.sqrt(box.w * box.h)
            band = next(name for name, (low, high) in BANDS.items() if low <= side < high)
            totals[band] += 1
            hits[band] += hit
    recall = {band: f"{hits[band]} of {totals[band]}" for band in BANDS}
    return recall | {"false boxes where there is no face": false}


def _ours(detector: Detector) -> Detect:
    return lambda image: [face.box for face in detector.detect(image)]


def _centerface(network: CenterFace) -> Detect:
    def detect(image: NDArray[np.uint8]) -> Sequence[Box]:
        height, width = (math.ceil(side / STRIDE) * STRIDE for side in image.shape[:2])
        canvas = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR)
        (detections,) = network.detect(np.asarray(canvas)[None], RAW_THRESHOLD)
        detections = detections.transformed((image.shape[1] / width, image.shape[0] / height))
        return [Box(*map(float, box)) for box in detections.boxes]

    return detect


def _mtcnn() -> Detect:
    from mtcnn import MTCNN  # a development dependency that loads TensorFlow

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
