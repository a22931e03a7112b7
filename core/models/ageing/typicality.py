"""How much a face is like those that an ageing model was trained on: the change of any other would be arbitrary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

PREFIX = "typicality/"
_SIDE = 16  # pixels: what a face is shows, who it is hardly does
_COMPONENTS = 40
_PASS = 0.99  # of the held-out pictures
_MAX_FITTED = 4000  # pictures; more change nothing


@dataclass(frozen=True, slots=True)
class Typicality:
    """Principal components of small faces: `mean` (D,), `axes` (K, D), `scales` (K + 1,), and the threshold."""

    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    scales: NDArray[np.float32]  # standard deviations along the axes, and of what is left
    limit: float

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]]) -> Typicality:
        """Read what `fit_typicality` returned.

        Raises:
            KeyError, ValueError: the tensors are missing, or do not belong together.
        """
        names = ("mean", "axes", "scales", "limit")
        mean, axes, scales, limit = (np.asarray(tensors[PREFIX + name], np.float32) for name in names)
        if axes.shape != (len(scales) - 1, len(mean)) or limit.shape != (1,):
            raise ValueError("these tensors are no typicality")
        return cls(mean, axes, scales, float(limit[0]))

    def score(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return for faces (N, S, S, 3) RGB how typical they are, (N,): 1 and above, as 99 % of held-out ones are."""
        return np.asarray(self.limit / np.maximum(self.distances(_features(pictures)), 1e-6), np.float32)

    def distances(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the root mean square distance (N,) of features (N, D) from the mean, in standard deviations."""
        centred = features - self.mean
        coordinates = centred @ self.axes.T
        rest = np.linalg.norm(centred - coordinates @ self.axes, axis=1, keepdims=True)
        scaled = np.concatenate([coordinates, rest], axis=1) / self.scales
        # What is left counts as much as all components: the first show how faces differ, the rest what is no face.
        weights = np.array([1 / (2 * len(self.axes))] * len(self.axes) + [0.5], np.float32)
        return np.asarray(np.sqrt(scaled**2 @ weights), np.float32)


def fit_typicality(pictures: NDArray[np.uint8], held_out: NDArray[np.bool_]) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of a `Typicality`, by their names in a version's file.

    Args:
        pictures: (N, S, S, 3) RGB, all framed alike.
        held_out: (N,), those by which the threshold is set; the others fit the components.
    """
    rows = np.flatnonzero(~held_out)
    chosen = np.sort(np.random.default_rng(0).permutation(rows)[:_MAX_FITTED])
    features = _features(pictures[chosen])
    mean = features.mean(0)
    count = min(_COMPONENTS, len(features) // 4, features.shape[1] - 1)
    _, values, axes = np.linalg.svd(features - mean, full_matrices=False)
    deviations = values[:count] / np.sqrt(len(features))
    centred = features - mean
    rest = np.linalg.norm(centred - centred @ axes[:count].T @ axes[:count], axis=1)
    scales = np.maximum(np.append(deviations, np.sqrt((rest**2).mean())), 1e-3).astype(np.float32)
    fitted = Typicality(mean, axes[:count], scales, 1.0)
    judged = pictures[held_out] if held_out.any() else pictures[chosen]
    limit = np.quantile(fitted.distances(_features(judged)), _PASS)
    tensors = {"mean": mean, "axes": axes[:count], "scales": scales, "limit": np.array([limit])}
    return {PREFIX + name: np.asarray(tensor, np.float32) for name, tensor in tensors.items()}


def _features(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return small faces (N, D) at one brightness and contrast, which depend on the lamp."""
    size = (_SIDE, _SIDE)
    small = np.array(
        [np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX), np.float32) for picture in pictures],
        np.float32,
    ).reshape(-1, _SIDE * _SIDE * 3)
    centred = small - small.mean(1, keepdims=True)
    return np.asarray(centred / np.maximum(centred.std(1, keepdims=True), 8.0), np.float32)
