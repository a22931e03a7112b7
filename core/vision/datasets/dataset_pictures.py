"""Makes the pictures of a data set from files: the file or a crop around its face, landmarks, an embedding."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.vision.datasets.main_face import find_face
from core.vision.datasets.records import Record
from core.vision.detection.orientation import UprightPhoto, find_turn, make_upright, rotate
from core.vision.embedding.align import DLIB_TEMPLATE, FaceChips, face_chips, join_chips

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import Decoder, Detector, FaceEmbedder

# A file within both bounds is kept as it came. A recogniser sees 96 pixels of a face, so a crop of 512 loses nothing.
MAX_BYTES = 256 * 1024
MAX_SIDE = 512
_MARGIN = 0.4  # of the box, on each side: an aligned face of any tilt, and the views' framing, fit in
_QUALITY = 95  # with full colour resolution: no visible loss
_CELLS = 15  # of a thumbnail's side: fine enough for an expression, too coarse for what compression does
_UNUSABLE = frozenset(
    {
        ErrorCode.NOT_AN_IMAGE,
        ErrorCode.BROKEN_IMAGE,
        ErrorCode.CUT_OFF,
        ErrorCode.TOO_LARGE,
        ErrorCode.TOO_MANY_PIXELS,
    }
)


@dataclass(frozen=True, slots=True)
class DatasetPicture:
    """A picture as a data set keeps it.

    `landmarks` and `box` are in pixels of `image`; `side` is the face's size in the decoded picture, 0 without a face;
    `thumbnail` (225,) serves to find copies. `turned`: by how many degrees clockwise the picture that came was turned,
    so that the face stands. `age` (years) and `gender` (0 male, 1 female) are as in `Record`.
    """

    image: bytes = field(repr=False)
    sha256: str
    landmarks: tuple[tuple[float, float], ...] | None
    box: Box | None
    score: float
    side: float
    embedding: bytes = field(repr=False)
    thumbnail: NDArray[np.float32] | None
    turned: int = 0
    age: float | None = None
    gender: int | None = None

    def record(self, label: int, source: str) -> Record:
        """Return the picture as a shard's record."""
        embedder = EMBEDDING_NAME if self.embedding else ""
        beside = (self.landmarks, self.box, self.score, self.embedding, embedder, self.age, self.gender)
        return Record(self.image, label, source, self.sha256, *beside)


class PictureReader:
    """Reads the pictures of a data set; of several faces in one, the largest is taken unless a face is given."""

    def __init__(self, decoder: Decoder, detector: Detector, embedder: FaceEmbedder) -> None:
        self._decoder = decoder
        self._detector = detector
        self._embedder = embedder

    def read_pictures(self, files: Iterable[tuple[bytes, DetectedFace | None]]) -> list[DatasetPicture | OmokageError]:
        """Return the picture that is kept of each file, or the error for which there is none.

        Args:
            files: some dozens, which are embedded together; each with its face, or None: the largest.
        """
        drafts = [self._draft(data, face) for data, face in files]
        embeddings = iter(self._embedder.embed(join_chips(chips for _, chips in drafts if chips is not None)).joint)
        return [
            picture
            if isinstance(picture, OmokageError) or chips is None
            else _with_embedding(picture, chips, next(embeddings))
            for picture, chips in drafts
        ]

    def close(self) -> None:
        """End the decoder's process."""
        self._decoder.close()

    def _draft(self, data: bytes, face: DetectedFace | None) -> tuple[DatasetPicture | OmokageError, FaceChips | None]:
        """Return the picture without its embedding, and the aligned face, so that the photo's pixels can be freed."""
        try:
            image = self._decoder.decode(data)
        except OmokageError as error:
            if error.code in _UNUSABLE:
                return error, None
            raise
        photo = self._upright(image, face)
        face_in_photo = next(iter(photo.faces), None)
        try:
            chips = None if face_in_photo is None else face_chips(photo.image, [face_in_photo.landmarks])
        except ValueError:  # landmarks that span no area are of no face
            face_in_photo = chips = None
        return _make_picture(data, replace(photo, faces=() if face_in_photo is None else (face_in_photo,))), chips

    def _upright(self, image: NDArray[np.uint8], face: DetectedFace | None) -> UprightPhoto:
        """Return the picture turned so that its face is upright; a given face was found in a turned picture."""
        if face is None:
            return make_upright(self._find, image)
        turned = find_turn(self._find, image, face)
        return UprightPhoto(rotate(image, turned), (face,), turned)

    def _find(self, image: NDArray[np.uint8]) -> tuple[DetectedFace, ...]:
        face = find_face(self._detector, image)
        return () if face is None else (face,)


def thumbnail(chip: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return an aligned face (150, 150, 3) as (225,), of mean 0 and length 1: a product of two is their correlation."""
    size = DLIB_TEMPLATE.size // _CELLS
    luma = chip.astype(np.float32).mean(2).reshape(_CELLS, size, _CELLS, size).mean((1, 3)).ravel()
    luma -= luma.mean()
    result: NDArray[np.float32] = luma / max(float(np.linalg.norm(luma)), 1e-6)
    return result


def load_picture_reader() -> PictureReader:
    """Load the reader with its networks, which takes seconds and hundreds of megabytes."""
    from core.vision.decoding.decode import OPERATOR_LIMITS, SafeDecoder  # tests need none of these
    from core.vision.detection.detect import load_detector
    from core.vision.embedding.embed import load_embedder

    return PictureReader(SafeDecoder(OPERATOR_LIMITS), load_detector(), load_embedder())


def _make_picture(data: bytes, photo: UprightPhoto) -> DatasetPicture:
    sha256 = hashlib.sha256(data).hexdigest()
    face = next(iter(photo.faces), None)
    kept, left, top, scale = _encode_kept(data, photo, face)
    if face is None:
        return DatasetPicture(kept, sha256, None, None, 0.0, 0.0, b"", None, photo.turned)
    x, y, w, h = face.box.x, face.box.y, face.box.w, face.box.h
    box = Box((x - left) * scale, (y - top) * scale, w * scale, h * scale)
    landmarks = tuple(((px - left) * scale, (py - top) * scale) for px, py in face.landmarks)
    return DatasetPicture(kept, sha256, landmarks, box, face.score, math.sqrt(max(0.0, w * h)), b"", None, photo.turned)


def _with_embedding(picture: DatasetPicture, chips: FaceChips, embedding: NDArray[np.float32]) -> DatasetPicture:
    return replace(picture, embedding=embedding.astype("<f4").tobytes(), thumbnail=thumbnail(chips.dlib[0]))


def _encode_kept(data: bytes, photo: UprightPhoto, face: DetectedFace | None) -> tuple[bytes, int, int, float]:
    """Return the file to keep, where it begins in the upright picture (left, top), and its scale."""
    image = photo.image
    height, width = image.shape[:2]
    if len(data) <= MAX_BYTES and max(width, height) <= MAX_SIDE and not photo.turned:
        return data, 0, 0, 1.0
    left, top, right, bottom = (0, 0, width, height) if face is None else _window(face.box, width, height)
    crop = Image.fromarray(np.ascontiguousarray(image[top:bottom, left:right]))
    scale = min(1.0, MAX_SIDE / max(crop.size))
    if scale < 1:
        crop = crop.resize(_scaled(crop.size, scale), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    crop.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue(), left, top, scale


def _window(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the box with its margin within the picture (left, top, right, bottom); at least one pixel."""
    left = min(max(0, math.floor(box.x - _MARGIN * box.w)), width - 1)
    top = min(max(0, math.floor(box.y - _MARGIN * box.h)), height - 1)
    right = max(left + 1, min(width, math.ceil(box.x + (1 + _MARGIN) * box.w)))
    bottom = max(top + 1, min(height, math.ceil(box.y + (1 + _MARGIN) * box.h)))
    return left, top, right, bottom


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
