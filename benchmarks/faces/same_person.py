"""How likely two faces at a distance of dlib's embeddings are of one person: see core/services/ageing/similarity.py.

`python -m benchmarks same_person`; needs the developers' faces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy.optimize import minimize

from benchmarks.helpers.identity_faces import identity_files
from core.services.ageing.similarity import similarity_at
from core.vision.datasets.main_face import find_face
from core.vision.embedding.align import align

if TYPE_CHECKING:
    from numpy.typing import NDArray

PICTURES = 6  # a person: 600 pairs of one person and 28,000 of two
_THRESHOLD = 0.6  # under which dlib takes two faces for one person


def run() -> dict[str, float | int | str]:
    """Return the logistic that fits pairs best, one person as likely as two, and what it makes of the threshold."""
    distances, same = _pairs()
    even, width = fit(distances, same)
    return {
        "pairs of one person": int(same.sum()),
        "one person: p50, p95": "{:.3f}, {:.3f}".format(*np.percentile(distances[same], [50, 95])),
        "two people: p5, p50": "{:.3f}, {:.3f}".format(*np.percentile(distances[~same], [5, 50])),
        "even odds at": even,
        "width": width,
        "similarity at the threshold": float(similarity_at(np.array([_THRESHOLD]))[0]),
        "taken for one person below the threshold: one, two": (
            f"{np.mean(distances[same] < _THRESHOLD):.1%}, {np.mean(distances[~same] < _THRESHOLD):.1%}"
        ),
    }


def fit(distances: NDArray[np.floating], same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the distance of even odds and the width of the logistic with the greatest likelihood, at even odds."""
    weights = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())

    def loss(parameters: NDArray[np.float64]) -> float:
        logits = (parameters[0] - distances) / parameters[1]
        return float((weights * np.logaddexp(0, np.where(same, -logits, logits))).sum())

    even, width = minimize(loss, [_THRESHOLD, 0.05], method="Nelder-Mead").x
    return float(even), float(width)


def _pairs() -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    from core.vision.detection.detect import load_detector  # loads the networks
    from core.vision.embedding.embed import load_dlib_embedder

    detector, people, chips = load_detector(), [], []
    for person, file in identity_files(PICTURES):
        image = np.asarray(Image.open(file).convert("RGB"))
        face = find_face(detector, image)
        if face is not None:
            people.append(person)
            chips.append(align(image, face.landmarks))
    embeddings = load_dlib_embedder().embed(np.stack(chips))
    first, second = np.triu_indices(len(people), 1)
    owners = np.array(people)
    return np.linalg.norm(embeddings[first] - embeddings[second], axis=1), owners[first] == owners[second]
