"""Where the labels go: inside the picture, beside their faces, off each other's toes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ON_LABEL = 4.0  # a label that covers another hides a name; one that covers a face only hides a cheek


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of whole pixels; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    def overlap(self, other: Rect) -> int:
        """The area that both cover, in pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0

    def grown(self, by: int) -> Rect:
        """This rectangle with a margin of `by` pixels (negative shrinks it)."""
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by)


def place_labels(
    sizes: Sequence[tuple[int, int] | None], boxes: Sequence[Rect], within: tuple[int, int]
) -> list[Rect | None]:
    """A place for each label, in the order given.

    Args:
        sizes: width and height of each face's label; None for a face without one.
        boxes: each face's outer frame.
        within: width and height of the picture.

    Returns:
        For each face the label's rectangle, wholly inside the picture; None without a label, or where it is larger
        than the picture. Earlier labels get the better places; overlaps happen only where every place is taken.
    """
    placed: list[Rect | None] = []
    for size, box in zip(sizes, boxes, strict=True):
        taken = [label for label in placed if label is not None]
        fits = size is not None and size[0] <= within[0] and size[1] <= within[1]
        placed.append(_best(size, box, taken, boxes, within) if fits and size else None)
    return placed


def _best(size: tuple[int, int], box: Rect, taken: list[Rect], boxes: Sequence[Rect], within: tuple[int, int]) -> Rect:
    """The first of the places that covers least; `min` keeps the earlier of equals, so the order is a preference."""

    def harm(place: Rect) -> float:
        on_labels = sum(place.overlap(label) for label in taken)
        return _ON_LABEL * on_labels + sum(place.overlap(box) for box in boxes)

    return min(_places(size, box, within), key=harm)


def _places(size: tuple[int, int], box: Rect, within: tuple[int, int]) -> Iterator[Rect]:
    """Above, below, beside, then inside the box; each moved into the picture."""
    width, height = size
    centred = (box.left + box.right - width) // 2
    columns = (box.left, box.right - width, centred)
    rows = (box.top - height, box.bottom)
    yield from (_inside(left, top, size, within) for top in rows for left in columns)
    sides = (box.right, box.left - width)
    levels = (box.top, box.bottom - height, (box.top + box.bottom - height) // 2)
    yield from (_inside(left, top, size, within) for left in sides for top in levels)
    yield from (_inside(box.left, top, size, within) for top in (box.top, box.bottom - height))
    # Further away in steps, for a crowd in which all the near places are taken.
    for step in range(1, 5):
        yield _inside(box.left, box.top - (1 + step) * height, size, within)
        yield _inside(box.left, box.bottom + step * height, size, within)


def _inside(left: int, top: int, size: tuple[int, int], within: tuple[int, int]) -> Rect:
    left = max(0, min(left, within[0] - size[0]))
    top = max(0, min(top, within[1] - size[1]))
    return Rect(left, top, left + size[0], top + size[1])
