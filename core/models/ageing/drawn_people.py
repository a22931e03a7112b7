"""Drawn people, each at several ages in the same moment: pairs of pictures that differ in nothing but age.

No collection of photos has them, and the renderer gives them for nothing (portraits/aged_people.py): 65 ms of a
processor each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from core.storage.disk import write_whole
from core.vision.views import View, render_view
from portraits.aged_people import random_ages, random_person_at
from portraits.random_people import draw_random_person

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.vision.detection.detect import Detector

# Raise it whenever the drawings change: pictures of an older version are then drawn anew.
VERSION = 1
AGES = 4  # of each person, one in each quarter of a life
_SEEDS_PER_SET = 1_000_000  # seeds of people for each seed of a set, so that no two sets show the same people
_PER_PART = 25  # people that a process draws before they are stored
Progress = Callable[[int, int], None]  # people drawn, people in all


@dataclass(frozen=True, slots=True)
class DrawnPeople:
    """People at several ages.

    `pictures` (P, K, S, S, 3) RGB, all of a person's framed by the landmarks of one of them, so that what does not
    change with age stays where it is; `ages` (P, K) in years; `genders` (P,), 0 male, 1 female.
    """

    pictures: NDArray[np.uint8]
    ages: NDArray[np.float32]
    genders: NDArray[np.int8]


def draw_people(
    folder: Path, people: int, seed: int, view: View, progress: Progress = lambda _done, _all: None
) -> DrawnPeople:
    """Return people on all cores, or as `folder` has them from an earlier call.

    Args:
        folder: made if missing.
        people: how many; a smaller number gives the first ones of a larger one. In one of some hundreds the detector
            finds no face, and he or she is left out.
        seed: of who they are.
        view: how the pictures are framed, and their pixels a side.
        progress: called after each part.
    """
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, people, _PER_PART)
    files = [folder / f"people-{VERSION}-{seed}-{view.key}-{start}.npz" for start in starts]
    missing = [(file, start) for file, start in zip(files, starts, strict=True) if not file.exists()]
    if missing:
        draw = partial(_draw_part, view)
        with ProcessPoolExecutor(_cores(), get_context("spawn"), initializer=_use_one_thread) as pool:
            seeds = [
                range(seed * _SEEDS_PER_SET + start, seed * _SEEDS_PER_SET + start + _PER_PART) for _, start in missing
            ]
            for number, ((file, _), data) in enumerate(zip(missing, pool.map(draw, seeds), strict=True), 1):
                write_whole({file: data})
                progress((len(files) - len(missing) + number) * _PER_PART, len(files) * _PER_PART)
    return _read(files, people)


def _read(files: Sequence[Path], people: int) -> DrawnPeople:
    parts = [np.load(file) for file in files]
    pictures, ages, genders = (
        np.concatenate([part[name] for part in parts]) for name in ("pictures", "ages", "genders")
    )
    return DrawnPeople(pictures[:people], ages[:people], genders[:people])


def _draw_part(view: View, seeds: Sequence[int]) -> bytes:
    """Draw some people in a process of its own; return an NPZ file of `DrawnPeople`."""
    import io

    drawn = [person for person in (_draw_person(view, seed) for seed in seeds) if person is not None]
    out = io.BytesIO()
    pictures, ages, genders = zip(*drawn, strict=True)
    np.savez(out, pictures=np.stack(pictures), ages=np.array(ages, np.float32), genders=np.array(genders, np.int8))
    return out.getvalue()


def _draw_person(view: View, seed: int) -> tuple[NDArray[np.uint8], list[float], int] | None:
    from core.vision.datasets.main_face import find_face  # onnxruntime

    ages = random_ages(seed, AGES)
    people = [random_person_at(seed, age) for age in ages]
    pictures = [draw_random_person(person) for person in people]
    # Any of them may be the photo that is shown at another age.
    face = find_face(_detector(), pictures[seed % AGES])
    if face is None:
        return None
    return np.stack([render_view(view, picture, face.landmarks) for picture in pictures]), ages, int(people[0].woman)


@cache
def _detector() -> Detector:
    from core.vision.detection.detect import load_detector

    return load_detector(threads=1)


def _use_one_thread() -> None:
    """Use one thread a process: there are as many processes as cores."""
    os.environ["OMP_NUM_THREADS"] = "1"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
