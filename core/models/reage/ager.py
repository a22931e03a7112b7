"""A trained `reage` network as a `FaceAger` (core/models/ageing/face_ager.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.models.ageing.conditions import conditions
from core.models.ageing.face_ager import FaceChange
from core.models.ageing.typicality import Typicality
from core.models.common.backend import make_forward
from core.models.common.drawn_faces import halved, in_parts, put, to_range
from core.models.reage.network import SIZES, build_unet, named, predict_change
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_MAX_CHANNELS = 1024  # of a card that was not tampered with
_UNKNOWN_GENDER = -1  # nobody is asked, and nothing guesses: the network has learnt to do without


class ReageAger:
    """As in `FaceAger`.

    Args:
        config: of the version; `size`, `channels` and `framing` are read, and `colour`, 1 where it is missing.
        tensors: of `ager_tensors`.
        meta: beside them in the file; nothing of it is needed, but models of every kind are made alike.

    Raises:
        KeyError, TypeError, ValueError: they do not belong together.
    """

    def __init__(self, config: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> None:
        size, channels = int(config["size"]), tuple(int(width) for width in config["channels"])
        if size not in SIZES or not channels or not all(0 < width <= _MAX_CHANNELS for width in channels):
            raise ValueError(f"no network has these sizes: {size} {channels}")
        self.view = View(Framing(config["framing"]), size)
        colour = float(config.get("colour", 1.0))
        if not 0 <= colour <= 1:
            raise ValueError(f"no part of the colour: {colour}")
        unet = build_unet(size, channels, colour=colour)
        put(named(unet), tensors)
        self._typicality = Typicality.from_tensors(tensors)
        self._change = make_forward(
            lambda pictures, condition: predict_change(unet, to_range(pictures), condition, training=False)
        )

    def change(
        self, pictures: NDArray[np.uint8], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> FaceChange:
        """Return what to add to faces (N, S, S, 3) that look `present` (N,) years old for them to look `ages` (N,)."""
        condition = conditions(present, ages, np.full(len(pictures), _UNKNOWN_GENDER, np.int8))
        parts = zip(in_parts(pictures), in_parts(condition), strict=True)
        side = self.view.size
        changes = [np.zeros((0, side, side, 4), np.float32), *(self._change(*part) for part in parts)]
        change = np.concatenate(changes)[: len(pictures)]
        return FaceChange(change[..., :3] * np.float32(127.5), change[..., 3:])

    def typicality(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return how much faces (N, S, S, 3) are like those that it was trained on, (N,)."""
        return self._typicality.score(pictures)


def ager_tensors(weights: Mapping[str, NDArray[Any]], typicality: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Return all that ageing needs, as a version keeps it."""
    return halved(weights) | dict(typicality)
