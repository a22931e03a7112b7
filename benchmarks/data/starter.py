"""`python -m benchmarks starter`: detection, identification and rendering time of the drawn people.

Detection: the product's detector on portraits of several sizes and on group photos; a face is found where a box
overlaps it by 0.35 or lies on it at like size. Identification: nearest neighbour among k pictures a person, everything
else is a query; mean of ten draws. The seeds are used neither to choose the people nor for the ready-made pictures.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.domain.faces import Box
from portraits import StarterPicture, default_people, group, portrait, write_pictures

if TYPE_CHECKING:
    from core.vision.embedding.align import FaceChips

PICTURES = 10  # a person: five to enrol and five as queries
SIZES = (512, 256, 160, 112)
GROUPS = 14  # two of each number of people


def run() -> dict[str, float | int | str]:
    """Return the figures, fractions in [0, 1]."""
    from core.vision.detection.detect import load_detector  # TensorFlow only when it is measured
    from core.vision.embedding.align import join_chips
    from core.vision.embedding.embed import load_embedder

    detector, embedder = load_detector(), load_embedder()
    figures: dict[str, float | int | str] = {}
    chips: list[FaceChips] = []
    owners: list[int] = []
    for size in SIZES:
        pictures = [portrait(person, 5000 + n, size) for person in default_people() for n in range(PICTURES)]
        found, _, false = _detected(detector, pictures, chips if size == SIZES[0] else None, owners)
        figures[f"portraits of {size} px: faces found"] = found / len(pictures)
        figures[f"portraits of {size} px: false boxes"] = false
    groups = _groups()
    found, faces, false = _detected(detector, groups, None, owners)
    figures["group photos: faces found"], figures["group photos: false boxes"] = found / faces, false
    embeddings, people = embedder.embed(join_chips(chips)), np.array(owners)
    for name, of_network in (("dlib", embeddings.dlib), ("both networks", embeddings.joint)):
        figures |= {f"{name}: {figure}": value for figure, value in separation(of_network, people).items()}
    return figures | _times()


def separation(embeddings: NDArray[np.float32], people: NDArray[np.int64]) -> dict[str, float]:
    """Return how well embeddings (N, D) separate the people (N,)."""
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)
    same, pairs = people[:, None] == people[None], np.triu(np.ones_like(distances, bool), 1)
    within, between = distances[same & pairs], distances[~same & pairs]
    figures = {f"identified with {k} pictures": _identified(distances, people, k) for k in (1, 3, 5)}
    figures["equal error rate"] = _equal_error_rate(within, between)
    for name, values in (("within a person", within), ("between people", between)):
        for percent in (5, 50, 95):
            figures[f"distance {name}, {percent} %"] = float(np.percentile(values, percent))
    centres = np.stack([embeddings[people == person].mean(0) for person in np.unique(people)])
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 9 * np.eye(len(centres))
    return figures | {
        "within a person below 0.5": float((within < 0.5).mean()),
        "between people above 0.6": float((between > 0.6).mean()),
        "nearest two people, distance of means": float(apart.min()),
    }


def _identified(distances: NDArray[np.float32], people: NDArray[np.int64], enrolled_count: int) -> float:
    rng = np.random.default_rng(0)
    rates = []
    for _ in range(10):
        enrolled = np.concatenate(
            [rng.permutation(np.flatnonzero(people == p))[:enrolled_count] for p in np.unique(people)]
        )
        queries = np.setdiff1d(np.arange(len(people)), enrolled)
        nearest = enrolled[np.argmin(distances[np.ix_(queries, enrolled)], axis=1)]
        rates.append(float((people[nearest] == people[queries]).mean()))
    return float(np.mean(rates))


def _equal_error_rate(within: NDArray[np.float32], between: NDArray[np.float32]) -> float:
    """Return the rate at which as many pairs of one person are taken for two as the other way round."""
    thresholds = np.sort(np.concatenate([within, between]))
    missed = 1 - np.searchsorted(np.sort(within), thresholds, side="right") / len(within)
    taken = np.searchsorted(np.sort(between), thresholds, side="right") / len(between)
    crossing = int(np.argmin(np.abs(missed - taken)))
    return float((missed[crossing] + taken[crossing]) / 2)


def _groups() -> list[StarterPicture]:
    rng = np.random.default_rng(1)
    who = [rng.permutation(len(default_people()))[: 2 + n % 7] for n in range(GROUPS)]
    return [group([default_people()[i] for i in some], 7000 + n) for n, some in enumerate(who)]


def _detected(
    detector: object, pictures: list[StarterPicture], chips: list[FaceChips] | None, owners: list[int]
) -> tuple[int, int, int]:
    """Faces found, faces there, boxes on nothing; aligned faces and their people are appended to the lists."""
    from core.vision.embedding.align import face_chips

    found = there = false = 0
    for picture in pictures:
        faces = detector.detect(picture.image)  # type: ignore[attr-defined]
        hits = [[hit(box, face.box) for face in faces] for box in picture.boxes]
        found += sum(any(row) for row in hits)
        there += len(picture.boxes)
        false += sum(not any(row[k] for row in hits) for k in range(len(faces)))
        for person, row in zip(picture.people, hits, strict=True):
            if chips is not None and any(row):
                chips.append(face_chips(picture.image, [faces[row.index(True)].landmarks]))
                owners.append(person.id)
    return found, there, false


def hit(truth: Box, box: Box) -> bool:
    """Return whether `box` counts as having found the face at `truth`."""
    wide = min(truth.x + truth.w, box.x + box.w) - max(truth.x, box.x)
    high = min(truth.y + truth.h, box.y + box.h) - max(truth.y, box.y)
    shared = max(wide, 0) * max(high, 0)
    areas = truth.w * truth.h, box.w * box.h
    inside = truth.x <= box.x + box.w / 2 <= truth.x + truth.w and truth.y <= box.y + box.h / 2 <= truth.y + truth.h
    return shared / (sum(areas) - shared) >= 0.35 or (inside and 0.4 <= areas[1] / areas[0] <= 2.5)


def _times() -> dict[str, float]:
    figures = {}
    for size in (96, 128, 512):
        portrait(default_people()[0], 1, size)
        start = time.perf_counter()
        for person in default_people():
            portrait(person, 9000, size)
        figures[f"ms a portrait of {size} px"] = (time.perf_counter() - start) * 1000 / len(default_people())
    start = time.perf_counter()
    group(default_people()[:5], 9001)
    figures["ms a group of five"] = (time.perf_counter() - start) * 1000
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        write_pictures(Path(folder))
        figures["s for the ready-made attachments"] = time.perf_counter() - start
    return figures
