from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.domain.embedders import DLIB, DLIB_AND_SFACE
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.vision.embedding.align import DLIB_TEMPLATE, FaceChips
from core.vision.embedding.face_embeddings import FaceEmbeddings
from core.vision.recognition.photo_reader import MAX_FACES, PhotoReader, best_faces


def face_at(x: float, y: float, *, scale: float = 1.0, score: float = 0.9) -> DetectedFace:
    one, two, three, four, five = ((x + scale * px, y + scale * py) for px, py in DLIB_TEMPLATE.points)
    return DetectedFace(Box(x, y, 150 * scale, 150 * scale), score, (one, two, three, four, five))


class PillowDecoder:
    def decode(self, data: bytes) -> np.ndarray:
        if data == b"no photo":
            raise OmokageError(ErrorCode.NOT_AN_IMAGE)
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


class FixedDetector:
    def __init__(self, faces: list[DetectedFace]) -> None:
        self.faces = faces

    def detect(self, image: np.ndarray) -> list[DetectedFace]:
        assert image.ndim == 3
        return self.faces


class MeanColourEmbedder:
    """Embeds a face as its mean colour, so that a test sees which pixels came in."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.warm = False

    def embed(self, chips: FaceChips) -> FaceEmbeddings:
        assert chips.dlib.shape == (len(chips.sface), 150, 150, 3)
        assert chips.sface.shape[1:] == (112, 112, 3)
        self.batches.append(len(chips.dlib))
        joint, dlib = (np.zeros((len(chips.dlib), size), np.float32) for size in (256, 128))
        joint[:, :3], joint[:, 128:131] = chips.dlib.mean((1, 2)), chips.sface.mean((1, 2))
        dlib[:, :3] = chips.dlib.mean((1, 2))
        return FaceEmbeddings(joint, dlib)

    def warm_up(self) -> None:
        self.warm = True


def png(image: np.ndarray) -> bytes:
    data = io.BytesIO()
    Image.fromarray(image).save(data, "PNG")
    return data.getvalue()


def test_each_face_is_embedded_from_its_own_pixels() -> None:
    photo = np.zeros((150, 300, 3), np.uint8)
    photo[:, :150] = (200, 0, 0)
    photo[:, 150:] = (0, 100, 0)
    left, right = face_at(0, 0, score=0.8), face_at(150, 0, score=0.9)
    embedder = MeanColourEmbedder()

    reading = PhotoReader(PillowDecoder(), FixedDetector([left, right]), embedder).read(png(photo))

    assert reading.faces == (right, left)
    assert reading.embeddings[0, :3] == pytest.approx((0, 100, 0), abs=1)
    assert reading.embeddings[1, :3] == pytest.approx((200, 0, 0), abs=1)
    assert embedder.batches == [2]
    assert (reading.image == photo).all()


def test_a_photo_without_a_face_is_read_all_the_same() -> None:
    reading = PhotoReader(PillowDecoder(), FixedDetector([]), MeanColourEmbedder()).read(png(np.zeros((9, 9, 3), "u1")))
    assert reading.faces == ()
    assert reading.embeddings.shape == (0, 256)


def test_what_is_no_photo_is_said_by_the_decoder() -> None:
    with pytest.raises(OmokageError) as caught:
        PhotoReader(PillowDecoder(), FixedDetector([]), MeanColourEmbedder()).read(b"no photo")
    assert caught.value.code is ErrorCode.NOT_AN_IMAGE


def test_of_a_crowd_the_large_and_certain_faces_are_kept() -> None:
    crowd = [face_at(0, 0, scale=0.1, score=0.5) for _ in range(200)]
    near = [face_at(0, 0, scale=1 + i / 100, score=0.9) for i in range(MAX_FACES)]
    kept = best_faces(crowd + near)
    assert kept == tuple(reversed(near))


def test_warming_up_reaches_every_part() -> None:
    embedder = MeanColourEmbedder()
    PhotoReader(PillowDecoder(), FixedDetector([face_at(0, 0)]), embedder).warm_up()
    assert embedder.batches == [1]
    assert embedder.warm


def test_the_middle_of_a_picture_can_be_read_as_one_face() -> None:
    picture = np.zeros((100, 300, 3), np.uint8)
    picture[:, 100:200] = (0, 0, 200)

    reading = PhotoReader(PillowDecoder(), FixedDetector([]), MeanColourEmbedder()).whole(picture)

    (face,) = reading.faces
    assert (face.box, face.score, face.landmarks) == (Box(100, 0, 100, 100), 0.0, ())
    assert reading.embeddings[0, :3] == pytest.approx((0, 0, 200), abs=1)


def test_one_face_of_a_reading_can_be_looked_at_alone() -> None:
    photo = np.zeros((150, 300, 3), np.uint8)
    photo[:, 150:] = (0, 100, 0)
    faces = [face_at(0, 0, score=0.9), face_at(150, 0, score=0.8)]
    reading = PhotoReader(PillowDecoder(), FixedDetector(faces), MeanColourEmbedder()).read(png(photo))

    alone = reading.only(1)

    assert alone.faces == (faces[1],)
    assert alone.embeddings.shape == (1, 256)
    assert alone.embeddings[0, :3] == pytest.approx((0, 100, 0), abs=1)
    assert alone.image is reading.image


def test_a_reading_has_the_embeddings_of_each_embedder_by_name() -> None:
    photo = np.full((150, 150, 3), (200, 0, 0), np.uint8)
    reader = PhotoReader(PillowDecoder(), FixedDetector([face_at(0, 0), face_at(0, 0)]), MeanColourEmbedder())
    alone = reader.read(png(photo)).only(0)
    assert alone.embeddings_of(DLIB_AND_SFACE) is alone.embeddings
    assert alone.embeddings_of(DLIB).shape == (1, 128)
    assert alone.embeddings_of(DLIB)[0, :3] == pytest.approx((200, 0, 0), abs=1)
    with pytest.raises(ValueError, match="tomorrow"):
        alone.embeddings_of("tomorrow")


def test_a_photo_that_lies_on_its_side_is_read_upright() -> None:
    photo = np.zeros((300, 150, 3), np.uint8)
    photo[:150] = (200, 0, 0)

    class Standing(FixedDetector):
        def detect(self, image: np.ndarray) -> list[DetectedFace]:
            return self.faces if image.shape == (150, 300, 3) and image[0, 0, 0] == 200 else []

    reader = PhotoReader(PillowDecoder(), Standing([face_at(0, 0)]), MeanColourEmbedder())
    reading = reader.read(png(photo))
    as_it_is = reader.read(png(photo), turns=False)

    assert (reading.turned, reading.image.shape, reading.faces) == (270, (150, 300, 3), (face_at(0, 0),))
    assert reading.embeddings[0, :3] == pytest.approx((200, 0, 0), abs=1)
    assert (reader.upright(photo) == reading.image).all()
    assert (as_it_is.turned, as_it_is.image.shape, as_it_is.faces) == (0, (300, 150, 3), ())
