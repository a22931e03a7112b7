"""A guild's known faces, kept ready between photos."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from core.domain.faces import SAME_FACE, DetectedFace, overlap
from core.domain.people import CannotLink, ConfirmedFace, EnrolledFaces
from core.services.people.gallery import GalleryService

if TYPE_CHECKING:
    from numpy.typing import NDArray

EMBEDDING_SIZE = 128
# Faces of photos that were saved again, smaller or harder compressed, lie nearer than this 19 times in 20; those of
# other photos of the person 1 time in 70, and other people's never: `python -m benchmarks.same_picture`.
SAME_PICTURE = 0.35
_GUILDS = 64  # galleries kept at a time: of a thousand faces each they are 32 MB

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Known(Generic[R]):
    """What a guild knows: whom, and `links` (K) with their embeddings (K, 128), what is not so."""

    recogniser: R
    links: tuple[CannotLink, ...]
    rejected: NDArray[np.float32]

    def forbidden(
        self, photo: str, faces: Sequence[DetectedFace], embeddings: NDArray[np.float32]
    ) -> list[frozenset[int]]:
        """For each face of a photo, the people that it must not be named as.

        A face takes over the cannot-links of a rejected face that lies at its place in the same photo, or is so near
        that it must be the same picture.
        """
        near = _distances(embeddings, self.rejected) < SAME_PICTURE  # (N, K)
        return [
            frozenset(
                link.person_id
                for link, alike in zip(self.links, near[row], strict=True)
                if alike or (link.photo == photo and overlap(link.box, face.box) >= SAME_FACE)
            )
            for row, face in enumerate(faces)
        ]


class GalleryCache(Generic[R]):
    """Galleries of the guilds that were asked last; one is loaded again after its labels changed.

    Args:
        gallery: where the rows come from.
        embedder: the name of the network; faces that another one embedded are left out.
        make: builds a recogniser from a guild's rows.
    """

    def __init__(self, gallery: GalleryService, embedder: str, make: Callable[[EnrolledFaces], R]) -> None:
        self._gallery = gallery
        self._embedder = embedder
        self._make = make
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, tuple[int, Known[R]]] = OrderedDict()

    def known(self, guild_id: int) -> Known[R]:
        """What the guild knows now."""
        with self._lock:
            # Read before the rows: what is said in between is loaded now, and once more next time.
            version = self._gallery.version(guild_id)
            kept = self._kept.pop(guild_id, None)
            if kept is None or kept[0] != version:
                kept = (version, self._load(guild_id))
            self._kept[guild_id] = kept
            if len(self._kept) > _GUILDS:
                self._kept.popitem(last=False)
            return kept[1]

    def _load(self, guild_id: int) -> Known[R]:
        links = tuple(self._gallery.cannot_links(guild_id, self._embedder))
        recogniser = self._make(self._gallery.enrolled(guild_id, self._embedder))
        return Known(recogniser, links, matrix([link.embedding for link in links]))


def confirmed_at(confirmed: Sequence[ConfirmedFace], faces: Sequence[DetectedFace]) -> list[ConfirmedFace | None]:
    """For each face of a photo the confirmed face of the same photo that lies in the same place, if there is one."""

    def same(face: DetectedFace) -> ConfirmedFace | None:
        nearest = max(confirmed, key=lambda other: overlap(other.box, face.box), default=None)
        return nearest if nearest is not None and overlap(nearest.box, face.box) >= SAME_FACE else None

    return [same(face) for face in faces]


def matrix(embeddings: Sequence[bytes]) -> NDArray[np.float32]:
    """Stored embeddings as (N, 128) float32."""
    return np.frombuffer(b"".join(embeddings), "<f4").reshape(-1, EMBEDDING_SIZE)


def _distances(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Euclidean, (N, 128) and (K, 128) -> (N, K)."""
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * (a @ b.T)
    distances: NDArray[np.float32] = np.sqrt(np.maximum(squares, 0))
    return distances
