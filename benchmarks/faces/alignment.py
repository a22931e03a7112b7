"""Where the detector's five points lie in dlib's crops of the same faces: core.vision.embedding.align's template.

`python -m benchmarks alignment`; needs dlib and the developers' faces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.helpers.identity_faces import identity_files
from benchmarks.helpers.report import Skip
from core.vision.detection.detect import load_detector
from core.vision.embedding.align import DLIB_TEMPLATE
from core.vision.embedding.dlib_weights import weights_path

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PICTURES = 12  # a person: 480 faces, so a mean is known to a fifth of a pixel
PADDING = 0.25  # dlib's, for its face network
POINTS = ("left eye", "right eye", "nose", "left corner of the mouth", "right corner of the mouth")
PREDICTORS = ("shape_predictor_5_face_landmarks.dat", "shape_predictor_68_face_landmarks.dat")


def run() -> dict[str, float | int | str]:
    """Return each point's mean position for both of dlib's predictors, its spread, and the template's largest error."""
    try:
        import dlib  # a development dependency
    except ImportError as error:
        raise Skip("dlib is not installed") from error
    landmarks = {name: framed(dlib, name) for name in PREDICTORS}
    figures: dict[str, float | int | str] = {"faces": min(map(len, landmarks.values()))}
    for name, points in landmarks.items():
        title = name.split("_")[2] + "-point predictor"
        for point, (x, y), (wide, high) in zip(POINTS, points.mean(0), points.std(0), strict=True):
            figures[f"{title}: {point}"] = f"{x:.1f} {y:.1f} (spread {wide:.1f} {high:.1f})"
        figures[f"{title}: template off by, pixels"] = float(np.abs(points.mean(0) - DLIB_TEMPLATE.points).max())
    return figures


def framed(dlib: Any, predictor_name: str) -> NDArray[np.float64]:
    """Return our landmarks (N, 5, 2) in dlib's chips of 150 pixels, of faces that both detectors agree on."""
    hog, predictor = (
        dlib.get_frontal_face_detector(),
        dlib.shape_predictor(str(weights_path().with_name(predictor_name))),
    )
    detector = load_detector()
    points = []
    for _, file in identity_files(PICTURES):
        image = photo_of(file)
        face = max(detector.detect(image), key=lambda detected: detected.box.w * detected.box.h, default=None)
        boxes = hog(image, 1)
        if face is not None and len(boxes) == 1:
            points.append(in_chip(dlib, predictor(image, boxes[0]), np.array(face.landmarks)))
    return np.array(points)


def photo_of(file: Path) -> NDArray[np.uint8]:
    """A crop of 112 pixels as it would lie in a photo, twice its size with a margin."""
    with Image.open(file) as crop:
        face = crop.convert("RGB").resize((224, 224), Image.Resampling.BICUBIC)
    photo = Image.new("RGB", (256, 256))
    photo.paste(face, (16, 16))
    return np.asarray(photo)


def in_chip(dlib: Any, shape: Any, landmarks: NDArray[np.float64]) -> NDArray[np.float64]:
    """(5, 2): landmarks of the photo, in the chip that dlib cuts for `shape`."""
    details = dlib.get_face_chip_details(shape, DLIB_TEMPLATE.size, PADDING)
    rect, angle = details.rect, details.angle
    centre = np.array([rect.left() + rect.right(), rect.top() + rect.bottom()]) / 2 + 0.5  # dlib's pixels begin at -0.5
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    scale = (DLIB_TEMPLATE.size - 1) / (rect.right() - rect.left())
    return np.asarray((landmarks - centre) @ turn.T * scale + DLIB_TEMPLATE.size / 2)
