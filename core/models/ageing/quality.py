"""How well a model ages faces, in figures: whether they look as old as they should, and like the same person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from core.domain.ageing import age_is_allowed
from core.vision.age.age_network import AGE_TEMPLATE
from core.vision.embedding.align import DLIB_TEMPLATE, FaceTemplate, align

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.ageing.face_ager import FaceChange

    Change = Callable[[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]], FaceChange]

# Years that faces are aged to in turn; a child's face to the next that is allowed.
_AGES = (20.0, 50.0, 80.0, 35.0, 65.0, 10.0)
_COMPARED = 96  # held-out pictures of an evaluation: their networks take a second on two cores
_SAME_PERSON = 0.6  # distance of dlib's embeddings, its own threshold


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
    """Ages held-out pictures, always the same ones to the same ages, and measures what comes of it.

    Args:
        pictures: (N, S, S, 3) RGB of `Framing.FACE`, that were not learnt from; the first 96 count.
        ages: (N,), how old the people are, in years.
        analysers: None: the product's, loaded when they are needed.
    """

    def __init__(
        self, pictures: NDArray[np.uint8], ages: NDArray[np.float32], analysers: AgeingAnalysers | None = None
    ) -> None:
        self._pictures, self._present = pictures[:_COMPARED], ages[:_COMPARED]
        self._targets = np.array([_target(age, index) for index, age in enumerate(self._present)], np.float32)
        self._given = analysers

    def figures(self, change: Change) -> dict[str, float]:
        """Return `age_error` and `identity_kept` of the pictures with a model's change added (`FaceAger.change`).

        `age_error`: mean difference in years between the age that a face is to show and the one that the age network
        sees. `identity_kept`: fraction of faces that the embedding network still takes for the person before.
        """
        aged = apply_change(self._pictures, change(self._pictures, self._present, self._targets))
        seen = self._analysers.estimate(_chips(aged, AGE_TEMPLATE))
        before, after = (self._analysers.embed(_chips(each, DLIB_TEMPLATE)) for each in (self._pictures, aged))
        return {
            "age_error": float(np.abs(seen - self._targets).mean()),
            "identity_kept": float((np.linalg.norm(after - before, axis=1) < _SAME_PERSON).mean()),
        }

    @property
    def _analysers(self) -> AgeingAnalysers:
        return self._given or load_ageing_analysers()


def apply_change(pictures: NDArray[np.uint8], change: FaceChange) -> NDArray[np.uint8]:
    """Return pictures (N, S, S, 3) with a change added, as far as its mask lets it show."""
    return np.clip(np.round(pictures + change.mask * change.delta), 0, 255).astype(np.uint8)


def _target(present: float, index: int) -> float:
    """Return the age that a picture is aged to: the next in turn that its present age allows; else it stays."""
    turn = [_AGES[(index + offset) % len(_AGES)] for offset in range(len(_AGES))]
    return next((age for age in turn if age_is_allowed(present, age)), present)


def _chips(pictures: NDArray[np.uint8], template: FaceTemplate) -> NDArray[np.uint8]:
    """Align faces (N, S, S, 3) of `Framing.FACE`, whose landmarks are where that framing has them."""
    landmarks = [tuple(point) for point in DLIB_TEMPLATE.points * (pictures.shape[1] / DLIB_TEMPLATE.size)]
    shape = (len(pictures), template.size, template.size, 3)
    return np.array([align(picture, landmarks, template) for picture in pictures], np.uint8).reshape(shape)
