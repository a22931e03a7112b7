"""The guilds' enrolled faces and cannot-links, kept in memory between photos."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from core.domain.embedders import EMBEDDING_SIZES
from core.domain.faces import SAME_FACE_IOU, Box, DetectedFace, box_iou
from core.domain.people import CannotLink, ConfirmedFace, EnrolledFaces
from core.services.lru_cache import LruCache
from core.services.people.gallery import GalleryService

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import PhotoReading

# Faces of photos that were saved again, smaller or harder compressed, lie nearer than this 19 times in 20; those of
# other photos of the person 1 time in 500 (by dlib's network alone 1 in 70), and other people's never:
# `python -m benchmarks same_picture`.
SAME_PICTURE = 0.35
_FAR = 100.0  # a coordinate that no embedding has
_MAX_GUILDS = 64  # galleries of a thousand faces each are 32 MB

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class GuildGallery(Generic[R]):
    """A guild's enrolled faces as a recogniser, and its K cannot-links with embeddings (K, D), of one embedder."""

    embedder: str
    recogniser: R
    links: tuple[CannotLink, ...]
    link_embeddings: NDArray[np.float32]

    def cannot_link_ids(self, photo: str, reading: PhotoReading) -> list[frozenset[int]]:
        """Return, for each face of a photo (sha256), the ids of the people that it must not be named as.

        A face takes over the cannot-links of a rejected face whose box it overlaps in the same photo, or whose
        embedding is so near that it must be the same picture.
        """
        boxes = [face.box for face in reading.faces]
        return self.cannot_link_ids_of(photo, reading.embeddings_of(self.embedder), boxes)

    def cannot_link_ids_of(
        self, photo: str | None, embeddings: NDArray[np.float32], boxes: Sequence[Box]
    ) -> list[frozenset[int]]:
        """Return the same as `cannot_link_ids` for faces (N) of a photo, of which only these are known."""
        near = _distances(embeddings, self.link_embeddings) < SAME_PICTURE  # (N, K)
        return [
            frozenset(
                link.person_id
                for link, is_near in zip(self.links, near[row], strict=True)
                if is_near or (photo and link.photo == photo and box_iou(link.box, box) >= SAME_FACE_IOU)
            )
            for row, box in enumerate(boxes)
        ]


class GalleryCache(Generic[R]):
    """The galleries of the guilds that were asked for last; one is loaded again after its labels changed.

    Args:
        gallery: where the rows come from; of each guild those of the embedder that it is on.
        make_recogniser: builds a recogniser from a guild's enrolled faces.
    """

    def __init__(self, gallery: GalleryService, make_recogniser: Callable[[EnrolledFaces], R]) -> None:
        self._gallery = gallery
        self._make_recogniser = make_recogniser
        self._lock = threading.Lock()
        self._galleries: LruCache[int, tuple[tuple[int, str], GuildGallery[R]]] = LruCache(_MAX_GUILDS)

    def get(self, guild_id: int) -> GuildGallery[R]:
        """Return the guild's gallery as it is now."""
        with self._lock:
            # Read before the rows: a label that is added in between is loaded now, and once more next time.
            version = self._gallery.version(guild_id), self._gallery.embedder(guild_id)
            entry = self._galleries.get(guild_id)
            if entry is None or entry[0] != version:
                entry = (version, self._load(guild_id, version[1]))
                self._galleries.put(guild_id, entry)
            return entry[1]

    def _load(self, guild_id: int, embedder: str) -> GuildGallery[R]:
        links = tuple(self._gallery.cannot_links(guild_id))
        recogniser = self._make_recogniser(self._gallery.enrolled(guild_id, embedder))
        return GuildGallery(embedder, recogniser, links, link_embeddings(links, embedder))


def match_confirmed(confirmed: Sequence[ConfirmedFace], faces: Sequence[DetectedFace]) -> list[ConfirmedFace | None]:
    """Return, for each face of a photo, the confirmed face of the same photo with the same box, or None."""

    def match(face: DetectedFace) -> ConfirmedFace | None:
        nearest = max(confirmed, key=lambda candidate: box_iou(candidate.box, face.box), default=None)
        return nearest if nearest is not None and box_iou(nearest.box, face.box) >= SAME_FACE_IOU else None

    return [match(face) for face in faces]


def link_embeddings(links: Sequence[CannotLink], embedder: str) -> NDArray[np.float32]:
    """Return the embeddings of cannot-links, (K, D); one by another embedder, which does not compare, is far away."""
    matrix = np.full((len(links), EMBEDDING_SIZES[embedder]), _FAR, np.float32)
    for row, link in enumerate(links):
        if link.embedder == embedder:
            matrix[row] = np.frombuffer(link.embedding, "<f4")
    return matrix


def _distances(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return Euclidean distances: (N, D) and (K, D) -> (N, K)."""
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * (a @ b.T)
    distances: NDArray[np.float32] = np.sqrt(np.maximum(squares, 0))
    return distances
