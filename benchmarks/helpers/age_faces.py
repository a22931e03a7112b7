"""Faces of known age that agers are trained on and compared on, a tenth of them held out; a stand-in for a data set.

The split is that of a training with seed 0 on the pictures in the order of their names. Where the faces are is kept in
a folder of caches, since the detector takes two minutes; pictures are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.helpers.compared_agers import ShownFace
from benchmarks.helpers.report import Skip, shared_data
from core.domain.data.datasets import NOBODY, UNNAMED, Dataset, DatasetClass
from core.domain.jobs import Origin
from core.domain.training.runs import DesiredState, Run, RunKind, RunState
from core.models.common.batches import hold_out_some
from core.vision.datasets.main_face import find_face
from core.vision.views import View, render_view

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

CACHE = Path.home() / ".cache" / "omokage-benchmarks"
SEED = 0  # of the split
ADULT = 18  # years, by the file's name
_NAME = re.compile(r"(\d+)_([01])_")
_THEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AgeFaces:
    """Pictures with a face, in the order of their names.

    `photos`: N arrays (H, W, 3) RGB; `landmarks` (N, 5, 2) in their pixels; `ages` (N,) in years and `genders` (N,),
    0 male and 1 female, as the file names have them; `held_out` (N,), what no training sees. Like a `DatasetReader`, it
    has `found` and `images(view)`, too.
    """

    photos: Sequence[NDArray[np.uint8]]
    landmarks: NDArray[np.float64]
    ages: NDArray[np.float32]
    genders: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.photos)

    @property
    def found(self) -> NDArray[np.bool_]:
        """Whether there is a face in each picture: there is."""
        return np.ones(len(self), np.bool_)

    @cached_property
    def held_out(self) -> NDArray[np.bool_]:
        """Which pictures no training with seed 0 sees."""
        return hold_out_some(len(self), SEED)

    def images(self, view: View, rows: NDArray[np.intp] | None = None) -> NDArray[np.uint8]:
        """Return all pictures, or those of some rows, in a view: (N, S, S, 3)."""
        chosen = np.arange(len(self)) if rows is None else rows
        return np.stack([render_view(view, self.photos[row], self.landmarks[row].tolist()) for row in chosen])

    def held_out_adults(self) -> NDArray[np.intp]:
        """Return the rows of held-out adults."""
        return np.flatnonzero(self.held_out & (self.ages >= ADULT))

    def training_rows(self, count: int | None = None) -> NDArray[np.intp]:
        """Return the rows of what is not held out, or `count` of them, drawn with a fixed seed."""
        return np.sort(np.random.default_rng(SEED).permutation(np.flatnonzero(~self.held_out))[:count])

    def shown(self, rows: NDArray[np.intp]) -> list[ShownFace]:
        """Return the photos of these rows with their landmarks."""
        return [ShownFace(self.photos[row], [(float(x), float(y)) for x, y in self.landmarks[row]]) for row in rows]

    def dataset(self) -> Dataset:
        """Return a data set's row."""
        classes = (DatasetClass(UNNAMED, NOBODY, len(self)),)
        return Dataset(1, 0, "age", 1, "", classes, (), len(self), 0, 0, _THEN)


def load_age_faces(cache: Path = CACHE) -> AgeFaces:
    """Read the developers' pictures whose names begin with an age and a gender, or skip."""
    files = sorted(file for file in shared_data("age").glob("*.jpg") if _NAME.match(file.name))
    if not files:
        raise Skip("../shared/data/age has no pictures with an age in their names")
    names = np.array([file.name for file in files])
    located = cached(cache / "age-landmarks.npz", {"names": names}, lambda: {"landmarks": _locate(files)})["landmarks"]
    rows = np.flatnonzero(~np.isnan(located).any((1, 2)))
    photos = [np.asarray(Image.open(files[row]).convert("RGB")) for row in rows]
    labels = np.array([[int(text) for text in _match(files[row].name)] for row in rows])
    return AgeFaces(photos, located[rows], labels[:, 0].astype(np.float32), labels[:, 1].astype(np.int8))


def cached(
    path: Path, key: dict[str, NDArray[Any]], make: Callable[[], dict[str, NDArray[Any]]]
) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file, made if it is not there or was made of something else.

    Args:
        path: of the file, `.npz`.
        key: arrays, stored beside them, that say what they were made of.
        make: returns the arrays.
    """
    if path.is_file():
        with np.load(path) as stored:
            if all(name in stored and np.array_equal(stored[name], value) for name, value in key.items()):
                return {name: stored[name] for name in stored.files if name not in key}
    arrays = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **key, **arrays)
    return arrays


def age_run(kind: RunKind, preset: str, steps: int) -> Run:
    """Return the row of a run with the seed of the split."""
    return Run(
        id=1, guild_id=0, number=1, kind=kind, preset=preset, config={"head": kind.value}, seed=SEED,
        dataset_id=1, state=RunState.RUNNING, desired_state=DesiredState.RUN, step=0, steps=steps, seconds=0.0,
        segments=0, job_id=None,
        parent_id=None, parent_step=None, origin=Origin(0, 0, 0, "en", 0, ""), created_at=_THEN, started_at=None,
        updated_at=_THEN, finished_at=None, failure=None, live=None,
    )  # fmt: skip


def _locate(files: Sequence[Path]) -> NDArray[np.float64]:
    """Return the landmarks (N, 5, 2) of each file's main face, NaN where there is none."""
    from core.vision.detection.detect import load_detector  # the network, only when the cache is empty

    detector = load_detector()
    landmarks = np.full((len(files), 5, 2), np.nan)
    for row, file in enumerate(files):
        face = find_face(detector, np.asarray(Image.open(file).convert("RGB")))
        if face is not None:
            landmarks[row] = face.landmarks
    return landmarks


def _match(name: str) -> tuple[str, ...]:
    match = _NAME.match(name)
    if match is None:
        raise ValueError(f"{name} does not begin with an age and a gender")
    return match.groups()
