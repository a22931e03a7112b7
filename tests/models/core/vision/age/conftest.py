from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from core.domain.faces import Point
from core.vision.age.estimate import age_chips
from core.vision.detection.detect import load_detector
from portraits import default_people
from portraits.portraits import portrait


@dataclass(frozen=True)
class DrawnFace:
    image: np.ndarray
    landmarks: tuple[Point, ...]


@pytest.fixture(scope="session")
def drawn_faces() -> list[DrawnFace]:
    """The largest faces in portraits of the default people."""
    detector = load_detector()
    images = [portrait(person, 1, 256).image for person in default_people()]
    return [DrawnFace(image, detector.detect(image)[0].landmarks) for image in images]


@pytest.fixture(scope="session")
def chips(drawn_faces: list[DrawnFace]) -> np.ndarray:
    """Their chips, (12, 64, 64, 3)."""
    return np.concatenate([age_chips(face.image, [face.landmarks]) for face in drawn_faces])
