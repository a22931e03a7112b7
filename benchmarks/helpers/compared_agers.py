"""Agers to compare: the mean faces of bins, models of files, and networks' own pictures in place of a photo."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

import numpy as np

from core.domain.age_bins import AGE_BINS, age_bin
from core.models.ageing.face_ager import FaceAger, FaceChange
from core.vision.transfer.cutting import cut_face
from core.vision.transfer.delta import transfer
from core.vision.transfer.ellipse import FaceEllipse, opacity
from core.vision.transfer.square import FaceSquare
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.domain.jobs import JSON

PROTOTYPE_VIEW = View(Framing.FACE, 96)
_SIDES = 64  # faces that are changed at once: what a network takes in memory stays small


class ShownFace(NamedTuple):
    """A picture (H, W, 3) RGB with an aged face, and its five landmarks in the picture's pixels."""

    image: NDArray[np.uint8]
    landmarks: list[tuple[float, float]]


class PrototypeAger:
    """Adds the mean face of one bin minus another's, as faces were aged before networks (Rowland and Perrett 1995).

    Args:
        pictures: (N, S, S, 3) RGB in `PROTOTYPE_VIEW`.
        ages: (N,), years; each bin needs a picture.
    """

    view = PROTOTYPE_VIEW

    def __init__(self, pictures: NDArray[np.uint8], ages: NDArray[np.floating]) -> None:
        bins = np.array([age_bin(float(age)) for age in ages])
        if len(np.unique(bins)) < len(AGE_BINS):
            raise ValueError("a bin has no picture")
        self._means = np.stack([pictures[bins == index].mean(0, dtype=np.float64) for index in range(len(AGE_BINS))])

    def change(
        self, pictures: NDArray[np.uint8], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> FaceChange:
        """Return the difference of two mean faces for each picture, and a mask that lets all of it show."""
        before, after = ([age_bin(float(age)) for age in each] for each in (present, ages))
        delta = (self._means[after] - self._means[before]).astype(np.float32)
        return FaceChange(delta, np.ones((*pictures.shape[:3], 1), np.float32))

    def typicality(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return 1 for each picture: it refuses none."""
        return np.ones(len(pictures), np.float32)


class _Renders(Protocol):
    @property
    def view(self) -> View: ...

    def render(self, pictures: NDArray[np.uint8], ages: NDArray[np.float32]) -> NDArray[np.uint8]: ...


@dataclass(frozen=True)
class Contender:
    """An ager by its name in the table; `raw`: what is shown is the network's own picture, not the photo changed."""

    name: str
    ager: FaceAger
    raw: bool = False

    def show(
        self, photos: Sequence[ShownFace], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> list[ShownFace]:
        """Return faces (M) at ages (M,): as the product lays changes onto photos, or raw."""
        shown: list[ShownFace] = []
        for at in range(0, len(photos), _SIDES):
            part = slice(at, at + _SIDES)
            shown += self._show_part(photos[part], present[part], ages[part])
        return shown

    def _show_part(
        self, photos: Sequence[ShownFace], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> list[ShownFace]:
        view = self.ager.view
        pictures = np.stack([cut_face(photo.image, photo.landmarks, view) for photo in photos])
        if self.raw:
            drawn = cast("_Renders", self.ager).render(pictures, ages)
            return [ShownFace(face, _in_view(photo, view)) for face, photo in zip(drawn, photos, strict=True)]
        change = self.ager.change(pictures, present, ages)
        deltas = change.mask * change.delta
        return [
            ShownFace(transfer(photo.image, view.framing, [photo.landmarks], delta[None]), photo.landmarks)
            for photo, delta in zip(photos, deltas, strict=True)
        ]


def load_contenders(name: str, card: Path) -> list[Contender]:
    """Load a model from a card, a JSON file with `architecture` and `config`, and the `.safetensors` beside it.

    Raises:
        OmokageError: BAD_WEIGHTS.
        OSError, ValueError, KeyError: the files cannot be read.
    """
    content = json.loads(card.read_text("utf-8"))
    return _contenders(name, content["architecture"], content["config"], card.with_suffix(".safetensors").read_bytes())


def starter_contenders() -> list[Contender]:
    """Load the product's own model, where it is installed."""
    from core.starter.models import starter_model, starter_names

    return [
        contender
        for name in starter_names()
        if name == "starter reage"
        for contender in _contenders(name, *starter_model(name))
    ]


def _contenders(name: str, architecture: str, config: Mapping[str, JSON], weights: bytes) -> list[Contender]:
    """Return two rows of a network that draws faces anew: its own pictures, and their difference laid onto photos."""
    from core.models.families import load_ager  # TensorFlow

    ager = load_ager(architecture, config, weights)
    if hasattr(ager, "render"):
        return [Contender(f"{name}, raw", ager, raw=True), Contender(f"{name}, delta transfer", ager)]
    return [Contender(name, ager)]


def outside_is_identical(before: ShownFace, after: ShownFace, framing: Framing) -> bool:
    """Return whether every pixel outside the face's ellipse is the photo's; not, where it is another picture."""
    if before.image.shape != after.image.shape:
        return False
    ellipse = FaceEllipse(framing, before.landmarks)
    window = ellipse.window(before.image.shape)
    outside = np.ones(before.image.shape[:2], np.bool_)
    outside[window.slices] = opacity(ellipse.radii(window)) == 0
    return bool(np.array_equal(before.image[outside], after.image[outside]))


def _in_view(photo: ShownFace, view: View) -> list[tuple[float, float]]:
    return FaceSquare(view.framing, photo.landmarks).points(photo.landmarks, view.size)
