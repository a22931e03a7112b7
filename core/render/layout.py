"""Placement of labels: inside the picture, beside their faces, with the least overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LABEL_WEIGHT = 4.0  # overlap with a label, which hides a name, against overlap with a face


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of whole pixels; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    def overlap(self, other: Rect) -> int:
        """Return the area of the intersection in pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0

    def grown(self, by: int) -> Rect:
        """Return this rectangle with a margin of `by` pixels (negative shrinks it)."""
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by)


def place_labels(
    sizes: Sequence[tuple[int, int] | None], boxes: Sequence[Rect], within: tuple[int, int]
) -> list[Rect | None]:
    """Choose a rectangle for each label, in the order given.

    Args:
        sizes: width and height of each face's label; None for a face without one.
        boxes: each face's outer frame.
        within: width and height of the picture.

    Returns:
        For each face the label's rectangle, wholly inside the picture; None without a label, or where it is larger
        than the picture. Earlier labels come first; labels overlap only where every candidate is taken.
    """
    placed: list[Rect | None] = []
    for size, box in zip(sizes, boxes, strict=True):
        taken = [label for label in placed if label is not None]
        fits = size is not None and size[0] <= within[0] and size[1] <= within[1]
        placed.append(_best(size, box, taken, boxes, within) if fits and size else None)
    return placed


def _best(size: tuple[int, int], box: Rect, taken: list[Rect], boxes: Sequence[Rect], within: tuple[int, int]) -> Rect:
    """Return the first of the candidates with the least overlap: their order is a preference."""

    def cost(candidate: Rect) -> float:
        on_labels = sum(candidate.overlap(label) for label in taken)
        return _LABEL_WEIGHT * on_labels + sum(candidate.overlap(box) for box in boxes)

    return min(_candidates(size, box, within), key=cost)


def _candidates(size: tuple[int, int], box: Rect, within: tuple[int, int]) -> Iterator[Rect]:
    """Yield rectangles above, below, beside, then inside the box; each moved into the picture."""
    width, height = size
    centred = (box.left + box.right - width) // 2
    columns = (box.left, box.right - width, centred)
    rows = (box.top - height, box.bottom)
    yield from (_inside(left, top, size, within) for top in rows for left in columns)
    sides = (box.right, box.left - width)
    levels = (box.top, box.bottom - height, (box.top + box.bottom - height) // 2)
    yield from (_inside(left, top, size, within) for left in sides for top in levels)
    yield from (_inside(box.left, top, size, within) for top in (box.top, box.bottom - height))
    # Further away in steps, for a crowd in which all near candidates are taken.
    for step in range(1, 5):
        yield _inside(box.left, box.top - (1 + step) * height, size, within)
        yield _inside(box.left, box.bottom + step * height, size, within)


def _inside(left: int, top: int, size: tuple[int, int], within: tuple[int, int]) -> Rect:
    left = max(0, min(left, within[0] - size[0]))
    top = max(0, min(top, within[1] - size[1]))
    return Rect(left, top, left + size[0], top + size[1])
