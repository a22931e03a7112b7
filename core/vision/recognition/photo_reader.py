"""Reads a photo: decodes its bytes, detects its faces and embeds them."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from core.domain.embedders import DLIB, EMBEDDING_NAME
from core.domain.faces import Box, DetectedFace
from core.vision.detection.orientation import UprightPhoto, find_turn, make_upright, rotate, shows_face
from core.vision.embedding.align import DLIB_TEMPLATE, SFACE_TEMPLATE, FaceChips, face_chips
from core.vision.views import Framing, View, render_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.embedding.face_embeddings import FaceEmbeddings

# A crowd's picture must not hold the queue up: 50 faces are a quarter of a second, and more numbered boxes than
# anybody reads. Of more, the best are kept.
MAX_FACES = 50
_CHIPS = View(Framing.ALIGNED, DLIB_TEMPLATE.size), View(Framing.ALIGNED_SFACE, SFACE_TEMPLATE.size)


class Decoder(Protocol):
    """Turns untrusted bytes into pixels."""

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """(H, W, 3) RGB, upright; raises OmokageError for what is no photo."""

    def close(self) -> None:
        """Give back what decoding holds; a later `decode` takes it again."""


class Detector(Protocol):
    """Finds faces."""

    def detect(self, image: NDArray[np.uint8]) -> Sequence[DetectedFace]:
        """Faces in (H, W, 3) RGB."""


class FaceEmbedder(Protocol):
    """Describes faces."""

    def embed(self, chips: FaceChips) -> FaceEmbeddings:
        """Embed aligned faces (N): the joint embedding (N, 256) of both networks, and dlib's own (N, 128)."""

    def warm_up(self) -> None:
        """Do what would make the first call slow."""


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """A photo's pixels (H, W, 3), its faces from the best to the least, their embeddings (N, 256).

    `turned`: by how many degrees clockwise the photo that came was turned, so that its faces stand. `dlib` (N, 128):
    embeddings of the same faces for guilds and versions that are still on `embedders.DLIB`; None: nobody needs them.
    """

    image: NDArray[np.uint8]
    faces: tuple[DetectedFace, ...]
    embeddings: NDArray[np.float32]
    turned: int = 0
    dlib: NDArray[np.float32] | None = None

    def only(self, index: int) -> PhotoReading:
        """The same photo as if it had no other face."""
        rows = slice(index, index + 1)
        dlib = None if self.dlib is None else self.dlib[rows]
        return replace(self, faces=self.faces[rows], embeddings=self.embeddings[rows], dlib=dlib)

    def embeddings_of(self, embedder: str) -> NDArray[np.float32]:
        """Return the faces' embeddings (N, D) by this embedder, a name in `core.domain.embedders`.

        Raises:
            ValueError: the reading has none of that name.
        """
        embeddings = {EMBEDDING_NAME: self.embeddings, DLIB: self.dlib}.get(embedder)
        if embeddings is None:
            raise ValueError(f"this photo was not embedded by {embedder!r}")
        return embeddings


class PhotoReader:
    """Reads photos with the parts that it is given."""

    def __init__(self, decoder: Decoder, detector: Detector, embedder: FaceEmbedder) -> None:
        self._decoder = decoder
        self._detector = detector
        self._embedder = embedder

    def for_operator(self) -> PhotoReader:
        """Return a reader with the same networks, for photos that may be as large as cameras make them."""
        from core.vision.decoding.decode import OPERATOR_LIMITS, SafeDecoder  # tests need none of these

        return PhotoReader(SafeDecoder(OPERATOR_LIMITS), self._detector, self._embedder)

    def read(self, data: bytes, *, turns: bool = True) -> PhotoReading:
        """Decode, find faces, align and embed them.

        Args:
            data: the photo's bytes, whatever they are.
            turns: whether a photo that lies on its side is turned upright; without, it is read as it is.

        Raises:
            OmokageError: what is wrong with the photo, as the decoder says it. A photo without a face is no error.
        """
        image = self.decode(data)
        seen = make_upright(self.detect, image) if turns else UprightPhoto(image, self.detect(image), 0)
        embeddings = self._embedder.embed(face_chips(seen.image, [face.landmarks for face in seen.faces]))
        return PhotoReading(seen.image, seen.faces, embeddings.joint, seen.turned, embeddings.dlib)

    def embed_faces(self, data: bytes, faces: Sequence[DetectedFace]) -> FaceEmbeddings:
        """Embed faces that were detected in this photo before, (N): at their landmarks, without detecting them anew.

        Args:
            data: the photo's bytes.
            faces: at least one; in pixels of the photo as it was turned then.

        Raises:
            OmokageError: what is wrong with the photo.
            ValueError: landmarks that span no area of the photo.
        """
        photo, found = self.upright_photo(data, faces)
        return self._embedder.embed(face_chips(photo, [face.landmarks for face in found]))

    def upright_photo(
        self, data: bytes, faces: Sequence[DetectedFace]
    ) -> tuple[NDArray[np.uint8], Sequence[DetectedFace]]:
        """Decode a photo, and turn it as it was when these faces were detected in it.

        Args:
            data: the photo's bytes.
            faces: in pixels of the photo as it was turned then; none: it is not turned.

        Returns:
            The photo (H, W, 3), and the faces in its pixels: a single face that is not where it was is searched in the
            whole photo, which may have been stored at a reduced size.

        Raises:
            OmokageError: what is wrong with the photo.
        """
        image = self.decode(data)
        if not faces:
            return image, faces
        photo = rotate(image, find_turn(self.detect, image, faces[0]))
        if len(faces) == 1 and not shows_face(self.detect, photo, faces[0]):
            upright = make_upright(self.detect, image)
            if len(upright.faces) == 1:
                return upright.image, upright.faces
        return photo, faces

    def upright(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A photo (H, W, 3) as `read` turns it."""
        return make_upright(self.detect, image).image

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        """A photo's pixels (H, W, 3); raises OmokageError for what is no photo."""
        return self._decoder.decode(data)

    def detect(self, image: NDArray[np.uint8]) -> tuple[DetectedFace, ...]:
        """The faces in (H, W, 3) RGB, from the best to the least."""
        return best_faces(self._detector.detect(image))

    def whole(self, image: NDArray[np.uint8]) -> PhotoReading:
        """The middle of a picture as if it was a face, as trainings show a picture in which none is found."""
        height, width = image.shape[:2]
        side = min(height, width)
        box = Box((width - side) // 2, (height - side) // 2, side, side)
        face = DetectedFace(box, 0.0, ())  # type: ignore[arg-type]  # the only one without landmarks
        chips = FaceChips(*(render_view(view, image, None)[None] for view in _CHIPS))
        embeddings = self._embedder.embed(chips)
        return PhotoReading(image, (face,), embeddings.joint, dlib=embeddings.dlib)

    def warm_up(self) -> None:
        """Make the first photo as fast as the others."""
        blank = io.BytesIO()
        Image.new("RGB", (1024, 768)).save(blank, "PNG")  # a common size, for which the detector keeps its buffers
        self.read(blank.getvalue(), turns=False)
        self._embedder.warm_up()

    def close(self) -> None:
        """End the decoder's process; the next photo starts another."""
        self._decoder.close()


def best_faces(faces: Sequence[DetectedFace]) -> tuple[DetectedFace, ...]:
    """The 50 faces that matter most, by certainty times size in pixels a side; all of them where there are fewer."""

    def weight(face: DetectedFace) -> float:
        return face.score * math.sqrt(max(0.0, face.box.w * face.box.h))

    return tuple(sorted(faces, key=weight, reverse=True)[:MAX_FACES])


def load_photo_reader(*, operator: bool = False) -> PhotoReader:
    """The product's parts: seconds and hundreds of megabytes, so only where photos are read; never before a fork.

    Args:
        operator: the photos are files of the operator's, so they may be as large as cameras make them.
    """
    from core.vision.decoding.decode import CHAT_LIMITS, OPERATOR_LIMITS, SafeDecoder  # tests need none of these
    from core.vision.detection.detect import load_detector
    from core.vision.embedding.embed import load_embedder

    limits = OPERATOR_LIMITS if operator else CHAT_LIMITS
    return PhotoReader(SafeDecoder(limits), load_detector(), load_embedder())
