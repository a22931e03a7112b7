"""Faces in a photo: boxes, landmarks, and the people that they may show."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

Point = tuple[float, float]

# Boxes of at least this IoU are of one face in two readings of a photo: the detector's version may change.
SAME_FACE_IOU = 0.5
# More likely than not. Answers name people from 0.8 on; who objected is protected before it is that sure.
_PROBABLY = 0.5
_MAX_TILT = 45  # degrees: half a quarter turn


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle in pixels of the upright photo, origin at the top left."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """A face as the detector returns it.

    `landmarks` are five points in pixels: the eye on the image's left, the eye on its right, the tip of the nose, the
    mouth's corner on the image's left, the one on its right; none for a picture that is one face as a whole.
    `score` is the detector's confidence in [0, 1].
    """

    box: Box
    score: float
    landmarks: tuple[Point, Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person that a face may show, with a calibrated probability in [0, 1]."""

    person_id: int
    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class RecognisedFace:
    """A detected face with its candidates, likeliest first (three at most), and the person it is named as, if any.

    `withheld`: the person that it would be named as, were that person not named on another face of the photo.
    `confirmed_by`: the member who named this face of the same photo before, 0 the operator; None: the name is a guess.
    `networks_disagree`: the two face networks take it for different people, and one of these is worth telling.
    """

    detected: DetectedFace
    candidates: tuple[Candidate, ...]
    named: Candidate | None
    withheld: Candidate | None = None
    confirmed_by: int | None = None
    networks_disagree: bool = False


def probably_shows(face: RecognisedFace, people: Set[int]) -> bool:
    """Whether a face probably shows one of these people; a name that members gave counts whatever its guess is."""
    return is_probably_among(None if face.named is None else face.named.person_id, face.candidates, people)


def is_probably_among(named: int | None, candidates: Sequence[Candidate], people: Set[int]) -> bool:
    """Whether a face that is named as a person (id; None: as nobody) and has these candidates shows one of `people`."""
    return named in people or any(
        candidate.person_id in people and candidate.probability >= _PROBABLY for candidate in candidates
    )


def without_people(face: RecognisedFace, people: Set[int]) -> RecognisedFace:
    """Return a face without these people's names: unknown where it probably shows one of them."""
    if not people:
        return face
    candidates = tuple(candidate for candidate in face.candidates if candidate.person_id not in people)
    withheld = face.withheld if face.withheld is not None and face.withheld.person_id not in people else None
    if probably_shows(face, people):
        # The rest is about somebody else, whom it does not show.
        return RecognisedFace(face.detected, candidates, None)
    return replace(face, candidates=candidates, withheld=withheld)


def tilt(landmarks: Sequence[Point]) -> float:
    """Return how far a face is turned in the picture, in degrees from -180 to 180; at 0 it is upright."""
    left_eye, right_eye, _, left_corner, right_corner = landmarks
    across = left_corner[0] + right_corner[0] - left_eye[0] - right_eye[0]
    down = left_corner[1] + right_corner[1] - left_eye[1] - right_eye[1]
    return math.degrees(math.atan2(-across, down))


def is_upright(landmarks: Sequence[Point]) -> bool:
    """Whether a face is nearer to upright than to any other quarter turn."""
    return abs(tilt(landmarks)) <= _MAX_TILT


def box_iou(a: Box, b: Box) -> float:
    """Return the intersection over union of two boxes, in [0, 1]."""
    width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (a.w * a.h + b.w * b.h - both)
