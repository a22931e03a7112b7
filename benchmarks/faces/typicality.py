"""Which faces are refused to be aged: unlike the training, profiles, sunglasses.

`python -m benchmarks typicality`: one typicality is fitted to photos (1,200 of `data/age`, the others held out), one to
450 drawn people, and both look at pictures of each kind. `--write-drawn` makes the file of drawn people anew that
comes with the product.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from sklearn.metrics import roc_auc_score

from benchmarks.helpers.report import Figures, shared_data
from core.domain.ageing import age_bin
from core.models.ageing import typicality
from core.models.ageing.gradient_histograms import gradient_histograms
from core.models.ageing.typicality import Typicality, fit_normal, fit_typicality
from core.vision.age.fitness import fitness
from core.vision.datasets.main_face import find_face
from core.vision.detection.detect import load_detector
from core.vision.views import Framing, View, render_view
from portraits import default_people
from portraits.aged_people import random_person_at
from portraits.portraits import portrait
from portraits.random_people import draw_random_person

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pictures = NDArray[np.uint8]

DRAWN, DRAWN_HELD_OUT, FITTED, EACH = 450, 150, 1200, 300
_VIEW = View(Framing.FACE, 96)
_SEED, _GOLDEN = 800_000, 0.618  # of drawn people, and the step by which their ages cover 3 to 90
_LUMA = (0.299, 0.587, 0.114)


def run() -> Figures:
    """Fractions refused, and how well distances separate."""
    files = sorted(shared_data("age").glob("*.jpg"))
    chosen = [files[i] for i in np.random.default_rng(0).permutation(len(files))[: 2 * FITTED]]
    photos, figures = _looked_at("age", (_read(file) for file in chosen))
    drawn, _ = _looked_at("drawn", _random_people(DRAWN + DRAWN_HELD_OUT))
    others = {"default people": _looked_at("default people", _default_people())}
    for folder in ("faces", "identity", "idols", "cats"):
        paths = sorted(shared_data(folder).rglob("*.jpg"))
        others[folder] = _looked_at(folder, (_read(path) for path in paths[:: max(1, len(paths) // EACH)]))
    for _, more in others.values():
        figures |= more
    sets = {"drawn people": drawn[DRAWN:], "age": photos[FITTED:], **{name: each[0] for name, each in others.items()}}
    for name, pictures, count in (("photos", photos, FITTED), ("drawn", drawn, DRAWN)):
        held_out = np.arange(len(pictures)) >= count
        fitted = Typicality.from_tensors(fit_typicality(pictures, held_out))
        own = fitted.score(pictures[held_out])
        figures[f"fitted to {name}: held-out refused"] = float((own < 1).mean())
        for other, faces in sets.items():
            scores = fitted.score(faces)
            figures[f"fitted to {name}: {other} refused"] = float((scores < 1).mean())
            truth = np.repeat([1, 0], [len(own), len(scores)])
            figures[f"fitted to {name}: {other}, AUROC"] = float(roc_auc_score(truth, np.append(own, scores)))
        if name == "photos":
            figures |= _by_group(chosen[-len(own) :] if len(photos) == len(chosen) else [], pictures[held_out], own)
    return figures


def main(arguments: list[str]) -> None:
    """Write the distribution of drawn people."""
    if arguments != ["--write-drawn"]:
        raise SystemExit("usage: python -m benchmarks typicality [--write-drawn]")
    faces, _ = _looked_at("drawn", _random_people(DRAWN))
    file = Path(typicality.__file__).with_name("drawn_gradients.npz")
    np.savez_compressed(file, **fit_normal(gradient_histograms(faces)).to_tensors())


def _looked_at(name: str, images: Iterable[Pictures]) -> tuple[Pictures, dict[str, float | int | str]]:
    """Return the faces that the detector finds (N, 96, 96, 3), and how many are profiles or have sunglasses."""
    detector = load_detector()
    faces, refusals, count = [], [], 0
    for image in images:
        count += 1
        face = find_face(detector, image)
        if face is not None:
            faces.append(render_view(_VIEW, image, face.landmarks))
            refusals.append(fitness(image, face))
    counts = {f"{name}: {reason}": sum(r == reason for r in refusals) for reason in ("profile", "sunglasses")}
    return np.stack(faces), {f"{name}: faces found": f"{len(faces)} of {count}", **counts}


def _by_group(files: list[Path], faces: Pictures, scores: NDArray[np.float32]) -> dict[str, float | int | str]:
    """Count the refused held-out photos by gender and age bin, from files' names, and by the skin's brightness."""
    brightness = np.median((faces[:, 40:70, 20:76] @ np.array(_LUMA)).reshape(len(faces), -1), axis=1)
    groups = [
        f"brightness, quarter {part}" for part in np.digitize(brightness, np.quantile(brightness, [0.25, 0.5, 0.75]))
    ]
    for file in files:
        age, gender, *_ = file.stem.split("_")
        groups += [f"gender {gender}", f"age bin {age_bin(float(age))}"]
    rows = [*range(len(faces)), *(row for row in range(len(files)) for _ in range(2))]
    figures: dict[str, float | int | str] = {}
    for group in sorted(set(groups)):
        own = [scores[row] < 1 for row, each in zip(rows, groups, strict=True) if each == group]
        figures[f"held-out photos refused, {group}"] = f"{sum(own)} of {len(own)}"
    return figures


def _read(file: Path) -> Pictures:
    return np.asarray(Image.open(file).convert("RGB"))


def _random_people(count: int) -> Iterable[Pictures]:
    ages = (3 + 87 * (number * _GOLDEN % 1) for number in range(count))
    return (draw_random_person(random_person_at(_SEED + number, age)) for number, age in enumerate(ages))


def _default_people() -> Iterable[Pictures]:
    return (portrait(person, 9000 + number, 256).image for person in default_people() for number in range(12))
