"""Measures how a model ages held-out faces while it is trained: with dlib's age network and its embedding network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.models.ageing.age_figures import AgedSet, age_figures
from core.vision.age.age_network import AGE_TEMPLATE
from core.vision.embedding.align import DLIB_TEMPLATE, FaceTemplate, align

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.ageing.face_ager import FaceChange

Change: TypeAlias = "Callable[[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]], FaceChange]"
_AGES = (20.0, 35.0, 50.0, 65.0, 80.0)  # years that each face is aged to
_MAX_FACES = 48  # of adults, so 240 aged faces: their networks take three seconds on two cores
_ADULT = 18.0  # years; a child's face is aged by two bins at most


@dataclass(frozen=True, slots=True)
class AgeingAnalysers:
    """The networks by which aged faces are measured.

    Args:
        estimate: chips (N, 64, 64, 3) RGB -> (N,) years.
        embed: chips (N, 150, 150, 3) RGB -> (N, 128).
    """

    estimate: Callable[[NDArray[np.uint8]], NDArray[np.float32]]
    embed: Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@cache
def load_ageing_analysers() -> AgeingAnalysers:
    """Load dlib's age network and its embedding network; seconds, and once a process."""
    from core.vision.age.estimate import load_age_estimator  # TensorFlow
    from core.vision.embedding.embed import load_dlib_embedder

    return AgeingAnalysers(load_age_estimator().estimate, load_dlib_embedder().embed)


class AgeingQuality:
    """Ages the same held-out adults to the same ages each time, and measures what comes of it.

    Args:
        pictures: (N, S, S, 3) RGB of `Framing.FACE`, that were not learnt from.
        ages: (N,), how old the people are, in years; those of 18 and more count.
        analysers: None: the product's, loaded when they are needed.
    """

    def __init__(
        self, pictures: NDArray[np.uint8], ages: NDArray[np.float32], analysers: AgeingAnalysers | None = None
    ) -> None:
        adults = np.flatnonzero(ages >= _ADULT)[:_MAX_FACES]
        self._pictures, self._present = pictures[adults], ages[adults]
        self._given = analysers

    def figures(self, change: Change) -> dict[str, float]:
        """Return `age_figures` of the faces with a model's change added (`FaceAger.change`)."""
        before = self._analysers.embed(_chips(self._pictures, DLIB_TEMPLATE))
        return age_figures([self._aged(change, before, age) for age in _AGES])

    def _aged(self, change: Change, before: NDArray[np.float32], age: float) -> AgedSet:
        faces = self._pictures
        aged = apply_change(faces, change(faces, self._present, np.full(len(faces), age, np.float32)))
        distances = np.linalg.norm(self._analysers.embed(_chips(aged, DLIB_TEMPLATE)) - before, axis=1)
        return AgedSet(self._present, age, self._analysers.estimate(_chips(aged, AGE_TEMPLATE)), distances)

    @property
    def _analysers(self) -> AgeingAnalysers:
        return self._given or load_ageing_analysers()


def apply_change(pictures: NDArray[np.uint8], change: FaceChange) -> NDArray[np.uint8]:
    """Return pictures (N, S, S, 3) with a change added, as far as its mask lets it show."""
    return np.clip(np.round(pictures + change.mask * change.delta), 0, 255).astype(np.uint8)


def _chips(pictures: NDArray[np.uint8], template: FaceTemplate) -> NDArray[np.uint8]:
    """Align faces (N, S, S, 3) of `Framing.FACE`, whose landmarks are where that framing has them."""
    points = DLIB_TEMPLATE.points * (pictures.shape[1] / DLIB_TEMPLATE.size)
    landmarks = [(float(x), float(y)) for x, y in points]
    shape = (len(pictures), template.size, template.size, 3)
    return np.array([align(picture, landmarks, template) for picture in pictures], np.uint8).reshape(shape)
