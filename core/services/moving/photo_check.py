"""Photos that move: what their reader has to do, and whether faces lie in them where they are said to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.domain.moving import MovedFace

# By what a file of each kind begins with; as core.domain.data.picture_files has them.
_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"GIF8": ".gif", b"RIFF": ".webp"}


@dataclass(frozen=True, slots=True)
class CutPhoto:
    """A photo of `width` x `height` pixels, upright as its file says, and a crop of each face as a JPEG file.

    `turned`: by how many degrees clockwise it was turned for its faces to stand, when they were detected.
    """

    width: int
    height: int
    crops: tuple[bytes, ...] = field(repr=False)
    turned: int = 0


class PhotoFiles(Protocol):
    """The reader of photos: core.services.moving.photos; needs Pillow, so neither the bot nor this module has it."""

    def size(self, data: bytes) -> tuple[int, int]:
        """Return a photo's width and height; OmokageError where the bytes are no photo that every worker reads."""

    def cut(self, data: bytes, faces: Sequence[MovedFace]) -> CutPhoto:
        """Cut the faces out of their photo; OmokageError as of `size`."""


def photo_suffix(data: bytes) -> str | None:
    """Return how the file of a photo is called that begins so; None: it is none."""
    return next((suffix for magic, suffix in _SUFFIXES.items() if data.startswith(magic)), None)


def lies_within(face: MovedFace, width: int, height: int) -> bool:
    """Whether a face lies in a photo of this size in pixels, as it is or turned by a quarter.

    A face may reach beyond the edge: by as much as it is large.
    """
    return _lies_within(face, width, height) or _lies_within(face, height, width)


def _lies_within(face: MovedFace, width: int, height: int) -> bool:
    box, reach = face.box, max(face.box.w, face.box.h)
    overlaps = box.x < width and box.y < height and box.x + box.w > 0 and box.y + box.h > 0
    return overlaps and all(-reach <= x <= width + reach and -reach <= y <= height + reach for x, y in face.landmarks)
