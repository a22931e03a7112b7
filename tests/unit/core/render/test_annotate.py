from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.domain.faces import Box, Candidate, DetectedFace, RecognisedFace
from core.render.annotate import MAX_BYTES, MAX_LONG_SIDE, MIN_LONG_SIDE, Picture, annotate
from core.render.palette import PALETTE, UNNAMED


def face(x: float, y: float, w: float, h: float, name: str | None = None) -> RecognisedFace:
    detected = DetectedFace(Box(x, y, w, h), 0.9, ((x, y),) * 5)
    named = Candidate(1, name, 0.8) if name is not None else None
    return RecognisedFace(detected, (named,) if named else (), named)


def photo(width: int, height: int, grey: int = 128) -> np.ndarray:
    return np.full((height, width, 3), grey, np.uint8)


def pixels(picture: Picture) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB")).astype(int)


def near(image: np.ndarray, colour: tuple[int, int, int], tolerance: int = 12) -> int:
    return int((np.abs(image - colour).max(axis=2) <= tolerance).sum())


def test_a_photo_without_faces_comes_back_as_it_is() -> None:
    picture = annotate(photo(640, 480), [])
    assert (picture.width, picture.height, picture.content_type) == (640, 480, "image/jpeg")
    assert np.abs(pixels(picture) - 128).max() <= 1


def test_the_same_photo_gives_the_same_bytes() -> None:
    faces = [face(100, 100, 80, 100, "晴香"), face(300, 80, 90, 110)]
    assert annotate(photo(640, 480), faces) == annotate(photo(640, 480), faces)


def test_the_callers_photo_is_not_drawn_on() -> None:
    image = photo(640, 480)
    annotate(image, [face(100, 100, 80, 100, "Mina")])
    assert (image == 128).all()


def test_named_faces_get_colours_and_unknown_ones_grey() -> None:
    drawn = pixels(annotate(photo(640, 480), [face(60, 100, 80, 100, "Mina"), face(300, 100, 80, 100)]))
    assert near(drawn[:, :250], PALETTE[0]) > 300
    assert near(drawn[:, 250:], UNNAMED) > 300
    assert near(drawn[:, 250:], PALETTE[1]) == 0


def test_the_frame_does_not_cover_the_face() -> None:
    drawn = pixels(annotate(photo(640, 480), [face(200, 150, 120, 150)]))
    assert np.abs(drawn[158:292, 208:312] - 128).max() <= 12  # a block of JPEG beside the frame rings a little


def test_a_japanese_name_is_drawn_and_not_only_its_number() -> None:
    with_name = annotate(photo(640, 480), [face(200, 150, 120, 150, "晴香")])
    with_number = annotate(photo(640, 480), [face(200, 150, 120, 150, "김")])
    assert near(pixels(with_name), PALETTE[0]) > near(pixels(with_number), PALETTE[0]) + 200


def test_own_labels_replace_the_names() -> None:
    faces = [face(200, 150, 120, 150, "Mina")]
    assert annotate(photo(640, 480), faces, labels=["Mina"]) == annotate(photo(640, 480), faces)
    assert annotate(photo(640, 480), faces, labels=["Mina 93 %"]) != annotate(photo(640, 480), faces)


def test_a_number_of_labels_other_than_that_of_the_faces_is_refused() -> None:
    with pytest.raises(ValueError, match="1 faces, but 2 labels"):
        annotate(photo(64, 64), [face(1, 1, 9, 9)], labels=["a", "b"])


@pytest.mark.parametrize("shape", [(10, 10), (10, 10, 4), (0, 10, 3)])
def test_other_than_an_rgb_image_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected an image"):
        annotate(np.zeros(shape, np.uint8), [])


def test_a_huge_photo_is_made_smaller_with_its_faces() -> None:
    drawn = annotate(photo(6000, 4000), [face(3000, 2000, 600, 800, "Mina")])
    assert (drawn.width, drawn.height) == (MAX_LONG_SIDE, round(4000 * MAX_LONG_SIDE / 6000))
    rows, columns = np.nonzero(np.abs(pixels(drawn) - PALETTE[0]).max(axis=2) <= 12)
    scale = MAX_LONG_SIDE / 6000
    assert abs(columns.min() - 3000 * scale) < 20
    assert abs(columns.max() - 3600 * scale) < 20
    assert abs(rows.max() - 2800 * scale) < 20


@pytest.mark.parametrize("size", [(1, 1), (8, 5), (48, 64), (1, 4000), (4000, 1), (480, 2)])
def test_a_picture_of_any_size_comes_back(size: tuple[int, int]) -> None:
    drawn = annotate(photo(*size), [face(0, 0, size[0] / 2, size[1], "Mina")])
    assert MIN_LONG_SIDE <= max(drawn.width, drawn.height) <= MAX_LONG_SIDE
    assert pixels(drawn).shape == (drawn.height, drawn.width, 3)


def test_fifty_faces_with_long_names_are_drawn() -> None:
    faces = [face(20 + 100 * (n % 10), 30 + 150 * (n // 10), 70, 90, f"とても長い名前の人 {n}" * 3) for n in range(50)]
    drawn = pixels(annotate(photo(1024, 768), faces))
    assert all(near(drawn, colour) > 500 for colour in PALETTE)


def test_boxes_that_reach_out_of_the_picture_are_drawn_as_far_as_they_are_in_it() -> None:
    assert annotate(photo(320, 240), [face(-50, -50, 100, 100, "Mina"), face(300, 200, 900, 900, "Otis")]).data


def test_the_worst_picture_to_compress_still_fits_into_a_message() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2048, 2048, 3), np.uint8)
    assert len(annotate(noise, []).data) < MAX_BYTES


def test_nothing_but_the_picture_is_in_the_file() -> None:
    opened = Image.open(io.BytesIO(annotate(photo(64, 64), []).data))
    assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not opened.getexif()
