"""How far an embedding moves when its photo is saved again, against other pictures: see gallery.SAME_PICTURE.

`python -m benchmarks same_picture`; needs the developers' faces.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.helpers.identity_faces import identity_faces
from benchmarks.helpers.report import shared_data
from core.domain.faces import Box, box_iou
from core.services.recognition.gallery_cache import SAME_PICTURE
from core.vision.recognition.photo_reader import PhotoReader, PhotoReading, load_photo_reader

if TYPE_CHECKING:
    from numpy.typing import NDArray

PICTURES = 20  # a person: 7,600 pairs of one person and 300,000 of two
SMALLEST = 32  # pixels of a face in the copy; smaller ones are hardly recognised at all
COPIES = {"JPEG 90": (90, 1.0), "JPEG 75": (75, 1.0), "JPEG 50": (50, 1.0), "70 %": (85, 0.7), "50 %": (85, 0.5)}


def run() -> dict[str, float | int | str]:
    """Return distances to copies, to other pictures of the person, to other people, and what is below the threshold."""
    faces = identity_faces(PICTURES)
    figures: dict[str, float | int | str] = {"threshold": SAME_PICTURE}
    figures |= pairs(faces.embeddings, faces.people)
    reader = load_photo_reader()
    photos = [Image.open(file).convert("RGB") for file in sorted(shared_data("photos").glob("*.jpg"))]
    originals = [reader.read(encode_jpeg(photo, 95)) for photo in photos]
    for name, (quality, scale) in COPIES.items():
        distances = np.array(
            [
                distance
                for photo, original in zip(photos, originals, strict=True)
                for distance in distances_to_copy(reader, photo, original, quality=quality, scale=scale)
            ]
        )
        low, high = np.percentile(distances, [50, 95])
        figures[f"copy, {name}: p50, p95, recognised"] = (
            f"{low:.3f}, {high:.3f}, {np.mean(distances < SAME_PICTURE):.1%}"
        )
    return figures


def pairs(embeddings: NDArray[np.float32], people: NDArray[np.intp]) -> dict[str, float | int | str]:
    """Return the distances between different pictures, and how many the threshold takes for the same picture."""
    first, second = np.triu_indices(len(embeddings), 1)
    distances = np.linalg.norm(embeddings[first] - embeddings[second], axis=1)
    same = people[first] == people[second]
    return {
        "one person, other pictures: p1": float(np.percentile(distances[same], 1)),
        "one person, other pictures: below": float(np.mean(distances[same] < SAME_PICTURE)),
        "two people: smallest": float(distances[~same].min()),
        "two people: below": float(np.mean(distances[~same] < SAME_PICTURE)),
    }


def distances_to_copy(
    reader: PhotoReader, photo: Image.Image, original: PhotoReading, *, quality: int, scale: float
) -> list[float]:
    """Return the embedding distance of each face that is detected in the copy, too."""
    smaller = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.BICUBIC)
    copy = reader.read(encode_jpeg(smaller, quality))
    distances = []
    for face, embedding in zip(original.faces, original.embeddings, strict=True):
        expected = Box(*(side * scale for side in (face.box.x, face.box.y, face.box.w, face.box.h)))
        matches = [index for index, detected in enumerate(copy.faces) if box_iou(expected, detected.box) > 0.6]
        if matches and expected.w >= SMALLEST:
            distances.append(float(np.linalg.norm(embedding - copy.embeddings[matches[0]])))
    return distances


def encode_jpeg(photo: Image.Image, quality: int) -> bytes:
    """Encode as JPEG."""
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=quality)
    return out.getvalue()
