"""Add predicted changes of faces to a photo, in the photo's own resolution.

A network predicts the change of a small picture of the face. The change is enlarged and added to the photo, so that
skin, eyes, hair and background keep their detail; outside a soft ellipse around each face every pixel stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.vision.transfer.ellipse import FaceEllipse, Window, opacity, prevalence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.vision.views import Framing

# Pixels a side up to which a change is enlarged by Pillow's bicubic filter, which has no creases and overshoots an edge
# by 7 % at most. Beyond, straight lines between its pixels, a tenth of a network's, are as smooth.
_MAX_SIDE = 1024


def transfer(
    photo: NDArray[np.uint8],
    framing: Framing,
    faces: Sequence[Sequence[tuple[float, float]]],
    deltas: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Return the photo with its faces changed; the order of the faces does not matter.

    Args:
        photo: (H, W, 3) RGB.
        framing: how the pictures are framed for which the changes were predicted, PORTRAIT or FACE.
        faces: the five landmarks of each face, in pixels of `photo`.
        deltas: (N, S, S, 3), what to add to the picture of each face, in units of pixel values.

    Returns:
        A new array (H, W, 3). Outside the faces' ellipses it equals the photo. Where ellipses overlap, the face whose
        centre is nearer prevails, and the change goes over smoothly.

    Raises:
        ValueError: landmarks that span no area, another framing, or different numbers of faces and changes.
    """
    if len(faces) != len(deltas):
        raise ValueError(f"{len(faces)} faces, but {len(deltas)} changes")
    ellipses = [FaceEllipse(framing, landmarks) for landmarks in faces]
    windows = [ellipse.window(photo.shape) for ellipse in ellipses]
    added = [_added(index, ellipses, windows, delta) for index, delta in enumerate(deltas)]
    changed = photo.copy()
    for window in windows:
        if not window.is_empty:
            # The sum of whole numbers is the same in any order.
            total = photo[window.slices].astype(np.int32)
            _add_overlaps(total, window, windows, added)
            changed[window.slices] = np.clip(total, 0, 255)
    return changed


def _add_overlaps(
    total: NDArray[np.int32], window: Window, windows: Sequence[Window], added: Sequence[NDArray[np.int16]]
) -> None:
    for other, values in zip(windows, added, strict=True):
        both = window.intersection(other)
        if not both.is_empty:
            total[_within(both, window)] += values[_within(both, other)]


def _within(part: Window, window: Window) -> tuple[slice, slice]:
    """Return the rows and columns of a part in an array that holds the window."""
    return (
        slice(part.top - window.top, part.bottom - window.top),
        slice(part.left - window.left, part.right - window.left),
    )


def _added(
    index: int, ellipses: Sequence[FaceEllipse], windows: Sequence[Window], delta: NDArray[np.float32]
) -> NDArray[np.int16]:
    """Return what one face adds to its window, (h, w, 3), in whole pixel values."""
    ellipse, window = ellipses[index], windows[index]
    if window.is_empty:
        return np.zeros((0, 0, 3), np.int16)
    radii = ellipse.radii(window)
    weight = opacity(radii)
    rivals = [
        prevalence(other.radii(window))
        for other, other_window in zip(ellipses, windows, strict=True)
        if other is not ellipse and not window.intersection(other_window).is_empty
    ]
    if rivals:
        own = prevalence(radii)
        weight *= own / np.maximum(own + np.sum(rivals, axis=0), np.finfo(np.float32).tiny)
    result = np.empty((*weight.shape, 3), np.int16)
    for channel, values in enumerate(_enlarged(delta, ellipse, window)):
        result[..., channel] = np.rint(values * weight)
    return result


def _enlarged(delta: NDArray[np.float32], ellipse: FaceEllipse, window: Window) -> list[NDArray[np.float32]]:
    """Return the change (S, S, 3) as it lies in the window, a (h, w) for each colour."""
    side = max(1, min(_MAX_SIDE, round(ellipse.square.side)))
    # A pixel of the window -> a pixel of the enlarged change; Pillow samples at the pixels' centres.
    matrix = ellipse.square.to_square * side
    matrix[:, 2] += matrix[:, :2] @ (window.left, window.top)
    size = window.right - window.left, window.bottom - window.top
    planes = (Image.fromarray(np.ascontiguousarray(delta[..., channel], np.float32)) for channel in range(3))
    scaled = (plane.resize((side, side), Image.Resampling.BICUBIC) for plane in planes)
    return [
        np.asarray(plane.transform(size, Image.Transform.AFFINE, tuple(matrix.ravel()), Image.Resampling.BILINEAR))
        for plane in scaled
    ]
