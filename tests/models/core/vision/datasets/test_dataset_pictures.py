from __future__ import annotations

import hashlib
import io
from functools import cache

import numpy as np
import pytest
from PIL import Image

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.services.datasets.duplicates import count_copies
from core.vision.datasets.dataset_pictures import MAX_SIDE, DatasetPicture, PictureReader
from core.vision.detection.detect import Detector, load_detector
from core.vision.embedding.align import align
from portraits import default_people, group, portrait
from tests.models.portrait_files import picture


def file(image: np.ndarray, kind: str = "JPEG", **options: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, kind, **options)
    return out.getvalue()


def read_pictures(reader: PictureReader, *files: bytes, face: DetectedFace | None = None) -> list[DatasetPicture]:
    seen = reader.read_pictures((data, face) for data in files)
    assert all(isinstance(one, DatasetPicture) for one in seen)
    return [one for one in seen if isinstance(one, DatasetPicture)]


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def embedding(seen: DatasetPicture) -> np.ndarray:
    return np.frombuffer(seen.embedding, "<f4")


def test_a_small_file_is_kept_as_it_came(reader: PictureReader) -> None:
    data = picture(0, 0)
    (seen,) = read_pictures(reader, data)
    assert seen.image == data
    assert seen.sha256 == hashlib.sha256(data).hexdigest()
    assert seen.box is not None
    assert seen.side == pytest.approx((seen.box.w * seen.box.h) ** 0.5)
    assert embedding(seen).shape == (256,)
    record = seen.record(3, "Anna/1.jpg")
    assert (record.label, record.source, record.image, record.landmarks) == (3, "Anna/1.jpg", data, seen.landmarks)


def test_of_a_large_photo_a_crop_around_the_face_is_kept(reader: PictureReader) -> None:
    photo = np.full((1400, 1800, 3), 90, np.uint8)
    photo[200:512, 900:1212] = portrait(default_people()[0], 300, 312).image
    (face,) = load_faces(photo)
    (seen,) = read_pictures(reader, file(photo, quality=95), face=face)
    crop = pixels(seen.image)
    assert max(crop.shape) < MAX_SIDE
    assert seen.landmarks is not None
    assert seen.box is not None
    assert 0 < seen.box.x < seen.box.x + seen.box.w < crop.shape[1]
    # What networks will see of the crop is what they would see of the photo.
    there, here = align(photo, face.landmarks), align(crop, seen.landmarks)
    assert np.abs(there.astype(int) - here).mean() < 3


def test_a_crop_of_a_huge_face_is_shrunk_and_its_landmarks_with_it(reader: PictureReader) -> None:
    photo = portrait(default_people()[1], 301, 1024).image
    (face,) = load_faces(photo)
    (seen,) = read_pictures(reader, file(photo, quality=95), face=face)
    crop = pixels(seen.image)
    assert max(crop.shape) == MAX_SIDE
    assert seen.landmarks is not None
    assert seen.box is not None
    assert seen.side == pytest.approx((face.box.w * face.box.h) ** 0.5)
    assert seen.box.w < face.box.w
    there, here = align(photo, face.landmarks), align(crop, seen.landmarks)
    assert np.abs(there.astype(int) - here).mean() < 3


@pytest.mark.parametrize("side", [312, 560])  # within what is kept as it came, and beyond
def test_a_face_that_lies_on_its_side_is_kept_upright(reader: PictureReader, side: int) -> None:
    photo = portrait(default_people()[2], 302, side).image
    (standing,) = read_pictures(reader, file(photo, quality=95))
    for turns, degrees in ((1, 90), (2, 180), (3, 270)):
        (seen,) = read_pictures(reader, file(np.ascontiguousarray(np.rot90(photo, turns)), quality=95))
        assert (standing.turned, seen.turned) == (0, degrees)
        assert seen.landmarks is not None
        assert standing.landmarks is not None
        there, here = align(pixels(standing.image), standing.landmarks), align(pixels(seen.image), seen.landmarks)
        assert np.abs(there.astype(int) - here).mean() < 5
        assert np.linalg.norm(embedding(standing) - embedding(seen)) < 0.2


def test_a_picture_without_a_face_is_kept_and_says_so(reader: PictureReader) -> None:
    grey = np.full((100, 120, 3), 130, np.uint8)
    small, large = read_pictures(reader, file(grey, "PNG"), file(np.full((900, 1200, 3), 130, np.uint8), "PNG"))
    assert small.image == file(grey, "PNG")
    assert pixels(large.image).shape == (384, 512, 3)
    for seen in (small, large):
        assert (seen.landmarks, seen.box, seen.embedding, seen.side) == (None, None, b"", 0.0)
        assert seen.record(0, "x").embedder == ""


def test_damaged_files_have_no_content_and_do_not_disturb_the_others(reader: PictureReader) -> None:
    good = picture(0, 0)
    seen = reader.read_pictures(
        [(b"nothing", None), (good, None), (good[: len(good) // 3], None), (good, None), (b"", None)]
    )
    codes = [one.code if isinstance(one, OmokageError) else None for one in seen]
    assert codes == [ErrorCode.NOT_AN_IMAGE, None, ErrorCode.CUT_OFF, None, ErrorCode.NOT_AN_IMAGE]
    assert isinstance(seen[1], DatasetPicture)
    assert isinstance(seen[3], DatasetPicture)
    assert np.allclose(embedding(seen[1]), embedding(seen[3]), atol=1e-4)


def test_the_face_that_is_meant_is_taken_rather_than_the_largest(reader: PictureReader) -> None:
    people = default_people()[:3]
    photo = group(people, 43)
    data = file(photo.image, quality=95)
    faces = load_faces(photo.image)
    for box in photo.boxes:
        meant = max(faces, key=lambda face: -abs(face.box.x + face.box.w / 2 - box.x - box.w / 2))
        (seen,) = read_pictures(reader, data, face=meant)
        assert seen.side == pytest.approx((meant.box.w * meant.box.h) ** 0.5)


def test_landmarks_in_one_place_count_as_no_face(reader: PictureReader) -> None:
    degenerate = DetectedFace(Box(10, 10, 20, 20), 0.9, ((5.0, 5.0),) * 5)
    (seen,) = read_pictures(reader, picture(0, 0), face=degenerate)
    assert seen.landmarks is None


def test_a_picture_saved_anew_is_a_copy_and_another_moment_is_none(reader: PictureReader) -> None:
    original, other = picture(0, 0, 224), picture(0, 1, 224)
    again, twice = (file(pixels(original), quality=quality) for quality in (85, 70))
    (face,) = load_faces(pixels(original))  # drawn faces have vague corners; so that all copies are cut alike
    seen = [*read_pictures(reader, original, again, twice, face=face), *read_pictures(reader, other)]
    embeddings = np.stack([embedding(one) for one in seen])
    thumbnails = np.stack([one.thumbnail for one in seen if one.thumbnail is not None])
    assert count_copies(embeddings[:3], thumbnails[:3]) == 2
    assert count_copies(embeddings[[0, 3]], thumbnails[[0, 3]]) == 0


def load_faces(image: np.ndarray) -> list[DetectedFace]:
    return list(detector().detect(image))


@cache
def detector() -> Detector:
    return load_detector()
