"""Recall and errors of turning photos upright that lie on a side or upside down.

`python -m benchmarks turning`. All 51 photos with faces and a sample of face crops, as they are and
turned by 90, 180 and 270 degrees: photos as `/classify` reads them, crops as `omokage data import` does. Pictures in
which nobody is (7 photos, 320 cats, 40 of noise) cost three more looks, and must not be turned for a face that is none.
Targets: nothing that stands is turned, no turned photo is put wrongly, no picture without a human is turned.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.faces.detection import noise
from benchmarks.helpers.report import Figures, percentile, shared_data
from core.vision.datasets.main_face import find_face
from core.vision.detection.detect import load_detector
from core.vision.detection.orientation import make_upright, rotate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.vision.detection.orientation import DetectFaces

EVERY = {"identity": 60, "orl": 10, "age": 70}  # of the sorted files: 119, 40 and 60 crops


def run() -> Figures:
    """Counts for photos, crops and pictures without anybody, and milliseconds a photo."""
    detector = load_detector()

    def crop(image: NDArray[np.uint8]) -> Sequence[DetectedFace]:
        face = find_face(detector, image)
        return () if face is None else (face,)

    folder = shared_data("photos")
    truth = json.loads((folder / "truth.json").read_text())
    photos = [_read(folder / file) for file, facts in truth.items() if facts["faces"]]
    empty = [_read(folder / file) for file, facts in truth.items() if not facts["faces"]]
    cats = [_read(file) for file in sorted(shared_data("cats").glob("*.jpg"))]
    figures = _turned("photos", detector.detect, photos) | _turned("crops", crop, list(_crops()))
    for name, images in {"photos without a human": empty, "cats": cats, "noise": list(noise())}.items():
        for way, find in {"as photos": detector.detect, "as crops": crop}.items():
            turned = sum(make_upright(find, image).turned > 0 for image in images)
            figures[f"{len(images)} {name}, {way}: turned"] = turned
    return figures | _times(detector.detect, empty)


def _turned(name: str, find: DetectFaces, images: Sequence[NDArray[np.uint8]]) -> dict[str, float | int | str]:
    counts: Counter[str] = Counter()
    for image in images:
        counts["standing, turned all the same"] += make_upright(find, image).turned > 0
        for degrees in (90, 180, 270):
            turned = make_upright(find, rotate(image, degrees)).turned
            result = "put upright" if turned == 360 - degrees else "put wrongly" if turned else "left as they were"
            counts[f"turned, {result}"] += 1
    kinds = ("put upright", "left as they were", "put wrongly")
    shown = {f"{name}: turned, {kind}": f"{counts[f'turned, {kind}']} of {3 * len(images)}" for kind in kinds}
    return {f"{name}: standing, turned": f"{counts['standing, turned all the same']} of {len(images)}", **shown}


def _crops() -> Iterator[NDArray[np.uint8]]:
    for name, every in EVERY.items():
        files = sorted(path for path in shared_data(name).rglob("*") if path.suffix in {".jpg", ".png"})
        yield from (_read(file) for file in files[::every])


def _read(file: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(file).convert("RGB"))


def _times(find: DetectFaces, empty: Sequence[NDArray[np.uint8]]) -> dict[str, float | int | str]:
    """In turn on the photos in which nobody is, so that a slow moment of the machine hits both."""
    seconds: dict[str, list[float]] = {"one position": [], "all positions": []}
    for image in [*empty, *empty]:
        for name, search in (("one position", find), ("all positions", lambda picture: make_upright(find, picture))):
            started = time.perf_counter()
            search(image)
            seconds[name].append(time.perf_counter() - started)
    medians = {f"ms a photo without a human, {name}": 1000 * percentile(of, 0.5) for name, of in seconds.items()}
    one, four = medians.values()
    return {**medians, "all positions / one": four / one}
