"""How many levels an attack needs against both embedding networks at once, beside dlib's network alone.

`python -m benchmarks fooling_embedders [--faces 20] [--json FILE]`: two embedding heads of the same pictures of the 40
people, one by each embedder. The same held-out faces are attacked towards the same other people, as the model check
does it, within 1, 2, 3 ... levels until each is named as its target.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.attacked_heads import AttackedHead, load_reader, train_attacked_heads
from benchmarks.helpers.report import Figures, print_and_keep
from core.domain.embedders import DLIB, DLIB_AND_SFACE, EMBEDDER_TITLES
from core.domain.optimisation import DEFAULT_EPSILON
from core.models.attack.differentiable_heads import DifferentiableHead, differentiable_head
from core.models.attack.optimiser import attack_faces
from core.models.attack.robustness import STEPS, AttackSample
from core.vision.gradients.viewpoints import viewpoint_of
from core.vision.recognition.mean_embedding import NAME_FROM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import PhotoReader

FACES = 20  # small by default: minutes
_BATCH = 8  # faces, as the model check attacks them


@dataclass(frozen=True)
class Attack:
    """The levels that faces needed (N,), infinite beyond the most, and the picture of each with the last of them."""

    levels: NDArray[np.float64]
    pictures: list[NDArray[np.uint8]]
    seconds: float


def run(faces: int = FACES) -> Figures:
    """Return the figures of both heads, side by side."""
    reader = load_reader()
    attacked = train_attacked_heads(reader)
    samples = list(islice(_samples(attacked[DLIB], reader, faces), faces))
    reader.close()
    heads = {embedder: differentiable_head(of_embedder.head) for embedder, of_embedder in attacked.items()}
    attacks = {embedder: _attack(head, samples) for embedder, head in heads.items()}
    figures: dict[str, float | int | str] = {"faces": len(samples)}
    for embedder, attack in attacks.items():
        figures |= {f"{EMBEDDER_TITLES[embedder]}: {name}": value for name, value in _figures(attack).items()}
    ratio = np.mean(attacks[DLIB_AND_SFACE].levels) / np.mean(attacks[DLIB].levels)
    transferred = _named(heads[DLIB_AND_SFACE], samples, attacks[DLIB].pictures)
    return figures | {
        "mean levels, both over dlib's alone": float(ratio),
        "made against dlib's alone, named so by both, %": 100 * float(np.mean(transferred)),
    }


def _samples(attacked: AttackedHead, reader: PhotoReader, count: int) -> Iterator[AttackSample]:
    """Yield held-out faces with somebody else as the target; pictures without a face are left out."""
    for data, _, target in attacked.pairs(2 * count):
        reading = reader.read(data)
        if reading.faces:
            yield AttackSample(reading.image, reading.faces[0], target)


def _attack(head: DifferentiableHead, samples: Sequence[AttackSample]) -> Attack:
    began = time.perf_counter()
    levels, pictures = np.full(len(samples), np.inf), [sample.picture for sample in samples]
    for level in range(1, DEFAULT_EPSILON + 1):
        standing = np.flatnonzero(np.isinf(levels))
        for rows in np.split(standing, range(_BATCH, len(standing), _BATCH)):
            chosen = [samples[row] for row in rows]
            changed = attack_faces(
                head,
                [sample.picture for sample in chosen],
                [sample.face for sample in chosen],
                np.array([sample.target for sample in chosen], np.intp),
                epsilon=level,
                steps=STEPS,
            )
            levels[rows[_named(head, chosen, changed)]] = level
            for row, picture in zip(rows, changed, strict=True):
                pictures[row] = picture
    return Attack(levels, pictures, time.perf_counter() - began)


def _named(
    head: DifferentiableHead, samples: Sequence[AttackSample], pictures: Sequence[NDArray[np.uint8]]
) -> NDArray[np.bool_]:
    """Return whether each changed picture is named as its sample's target."""
    if not samples:
        return np.zeros(0, bool)
    rendered = [
        viewpoint_of(picture.shape[:2], head.view_specs, sample.face).render(picture)
        for sample, picture in zip(samples, pictures, strict=True)
    ]
    faces = [np.stack(views) for views in zip(*rendered, strict=True)]
    targets = [sample.target for sample in samples]
    return np.asarray(head.probabilities(faces, closed=False)[np.arange(len(samples)), targets] >= NAME_FROM)


def _figures(attack: Attack) -> dict[str, float | int | str]:
    within = {
        f"named as the target within {level}, %": 100 * float((attack.levels <= level).mean()) for level in range(1, 5)
    }
    median, mean = float(np.median(attack.levels)), float(np.mean(attack.levels))
    return {**within, "median levels": median, "mean levels": mean, "seconds": round(attack.seconds, 1)}


def main(arguments: Sequence[str]) -> None:
    """Take the options of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fooling_embedders")
    parser.add_argument("--faces", type=int, default=FACES)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    print_and_keep("fooling_embedders", run(options.faces), options.json)
