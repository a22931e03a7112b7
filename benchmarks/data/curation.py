"""Recall of curation on bad pictures planted among good ones, and how many good ones it drops.

`python -m benchmarks curation`; needs the developers' pictures. A tenth of each folder is planted, in
equal parts: blurred, tiny and enlarged, tiny, with words across, saved anew, undecodable, textures, parts of photos
that show something else. About five minutes.

What counts as good: in `age`, every picture that was there. In `cats`, too; and beside that those in which an
independent method finds a cat's face, where OpenCV 4, whose frontal cascade that is, is installed by hand.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.helpers.report import shared_data
from benchmarks.helpers.spoiled_pictures import SPOILERS, parts_of
from core.domain.data.curation import CuratedPicture, Curation, Subject
from core.services.curation.curate import PictureSource, curate

PICTURES = 1000  # of `age`
FRACTION = 0.1
SEED = 4


def run() -> dict[str, float | int | str]:
    """Return fractions by folder and by kind of fault."""
    figures: dict[str, float | int | str] = {}
    for name, subject, other_folder in (("age", Subject.FACE, "cats"), ("cats", Subject.ANY, "photos")):
        files = sorted(shared_data(name).glob("*.jpg"))
        rng = np.random.default_rng(SEED)
        chosen = [files[index] for index in sorted(rng.permutation(len(files))[:PICTURES])]
        others = [opened(file) for file in sorted(shared_data(other_folder).glob("*.jpg"))[:60]]
        planted = plant(chosen, others, rng)
        offered = [PictureSource(file.name, file.read_bytes) for file in chosen]
        offered += [PictureSource(source, partial(bytes, data)) for source, data in planted.items()]
        started = time.perf_counter()
        curation = curate(offered, subject)
        seconds = time.perf_counter() - started
        figures |= {f"{name}: {key}": value for key, value in counted(curation, chosen, planted).items()}
        figures[f"{name}: ms a picture"] = 1000 * seconds / len(offered)
    return figures


def plant(files: Sequence[Path], others: Sequence[Image.Image], rng: np.random.Generator) -> dict[str, bytes]:
    """Return bad pictures by source: `blurred/3` was made from a file that stays as it is."""
    kinds = [*SPOILERS.items(), ("elsewhere", parts_of(others))]
    planted: dict[str, bytes] = {}
    for number in range(round(FRACTION * len(files))):
        kind, make = kinds[number % len(kinds)]
        planted[f"{kind}/{number}"] = make(opened(files[int(rng.integers(len(files)))]), rng)
    return planted


def counted(curation: Curation, files: Sequence[Path], planted: Mapping[str, bytes]) -> dict[str, float | int | str]:
    """Count the planted pictures that were dropped, and the dropped ones of the rest."""
    gone = {picture.source for picture in curation.dropped}
    # Of a picture and its copy one has to go, and either will do.
    gone |= {
        picture.copy_of for picture in curation.dropped if picture.copy_of and picture.copy_of.startswith("again/")
    }
    good = [picture for picture in curation.pictures if picture.source not in planted]
    lost = [
        picture for picture in good if picture.reason is not None and not (picture.copy_of or "").startswith("again/")
    ]
    figures: dict[str, float | int | str] = {"planted found": len(gone & set(planted)) / len(planted)}
    for kind in dict.fromkeys(source.partition("/")[0] for source in planted):
        sources = [source for source in planted if source.startswith(f"{kind}/")]
        figures[f"found, {kind}"] = f"{sum(source in gone for source in sources)} of {len(sources)}"
    figures["good dropped"] = len(lost) / len(good)
    figures["good dropped, why"] = ", ".join(f"{count} {why}" for why, count in reasons(lost).items()) or "none"
    faces = cat_faces(files) if curation.subject is Subject.ANY else None
    if faces:
        figures["with a face by OpenCV's cascade"] = len(faces) / len(good)
        figures["good dropped, of those with a face"] = sum(picture.source in faces for picture in lost) / len(faces)
        inside = [holds(picture, faces[picture.source]) for picture in good if picture.source in faces and picture.crop]
        figures["crop has the middle of that face"] = float(np.mean(inside))
    return figures


def reasons(lost: Sequence[CuratedPicture]) -> Mapping[str, int]:
    """Count the reasons."""
    return Counter(picture.reason.value for picture in lost if picture.reason is not None)


def holds(judged: CuratedPicture, face: Sequence[float]) -> bool:
    """Return whether the middle of a face (x, y, w, h) is in the crop."""
    assert judged.crop is not None
    x, y = face[0] + face[2] / 2, face[1] + face[3] / 2
    return max(abs(x - judged.crop.x), abs(y - judged.crop.y)) <= judged.crop.side / 2


def cat_faces(files: Sequence[Path]) -> dict[str, Any] | None:
    """Return the best face of each picture, by OpenCV's frontal cascade; None without OpenCV 4."""
    try:
        import cv2  # no dependency: 160 MB
    except ImportError:
        return None
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalcatface.xml")
    result = {}
    for file in files:
        # Four overlapping windows: of what is left, nine in ten are faces.
        boxes = cascade.detectMultiScale(cv2.imread(str(file), 0), 1.05, 4, minSize=(24, 24))
        if len(boxes):
            result[file.name] = max(boxes, key=lambda box: box[2]).tolist()
    return result


def opened(file: Path) -> Image.Image:
    """Read a picture into memory."""
    return Image.open(file).convert("RGB")
