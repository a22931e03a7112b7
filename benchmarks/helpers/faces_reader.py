"""A stand-in for DatasetReader that reads the developers' 2,500 faces without a database, and a run's row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.helpers.report import shared_data
from core.domain.data.datasets import NOBODY, UNNAMED, Dataset, DatasetClass
from core.domain.jobs import Origin
from core.domain.training.runs import DesiredState, Run, RunKind, RunState
from core.vision.datasets.main_face import find_face
from core.vision.views import View, render_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

_THEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FacesReader:
    """Read the first `count` files like a `DatasetReader`: `found` and `images(view)`."""

    count: int
    files: list[Path] = field(init=False)
    found: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        from core.vision.detection.detect import load_detector  # the network, only when asked for

        detector = load_detector()
        self.files = sorted(shared_data("faces").glob("*.jpg"))[: self.count]
        self._pictures = [np.asarray(Image.open(file).convert("RGB")) for file in self.files]
        self._faces = [find_face(detector, picture) for picture in self._pictures]
        self.found = np.array([face is not None for face in self._faces])

    def images(self, view: View) -> NDArray[np.uint8]:
        """Return all pictures in a view: (N, S, S, 3)."""
        pairs = zip(self._pictures, self._faces, strict=True)
        return np.stack([render_view(view, picture, face.landmarks if face else None) for picture, face in pairs])

    def dataset(self) -> Dataset:
        """Return the data set's row."""
        count = len(self.files)
        classes = (DatasetClass(UNNAMED, NOBODY, count),)
        return Dataset(1, 0, "faces", 1, "", classes, (), count, int((~self.found).sum()), 0, _THEN)


def run_of(preset: str, steps: int, head: str = "dcgan", **config: Any) -> Run:
    """Return the row of a run with these options and seed 1."""
    kind = RunKind.DCGAN if head == "dcgan" else RunKind.RECOGNISER
    return Run(
        id=1, guild_id=0, number=1, kind=kind, preset=preset, config={"head": head, **config}, seed=1,
        dataset_id=1, state=RunState.RUNNING, desired_state=DesiredState.RUN, step=0, steps=steps, seconds=0.0,
        segments=0, job_id=None,
        parent_id=None, parent_step=None, origin=Origin(0, 0, 0, "en", 0, ""), created_at=_THEN, started_at=None,
        updated_at=_THEN, finished_at=None, failure=None, live=None,
    )  # fmt: skip
