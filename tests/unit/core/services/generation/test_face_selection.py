from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.services.generation.face_selection import FaceCropper, SeveralFacesError
from core.vision.views import Framing, View, portrait_template

PORTRAIT = View(Framing.PORTRAIT, 64)
HEIGHT, WIDTH = 200, 300


class Room:
    """A photo whose red says how far right a pixel is and whose green how far down, with faces where they are put."""

    def __init__(self, *faces: DetectedFace) -> None:
        self.faces = faces
        self.closed = False

    def decode(self, data: bytes) -> np.ndarray:
        image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        image[..., 0] = (np.arange(WIDTH) * 255 // WIDTH)[None]
        image[..., 1] = (np.arange(HEIGHT) * 255 // HEIGHT)[:, None]
        return image

    def detect(self, image: np.ndarray) -> list[DetectedFace]:
        return list(self.faces) if image.shape == (HEIGHT, WIDTH, 3) else []

    def close(self) -> None:
        self.closed = True


def face(x: float, y: float, size: float = 30.0, score: float = 0.9) -> DetectedFace:
    """As a portrait of `size` / 0.4 pixels has it, with its middle at (x, y)."""
    side = size / 0.4
    points = portrait_template(1) * side + (x - side / 2, y - side / 2)
    landmarks = tuple((float(px), float(py)) for px, py in points)
    return DetectedFace(Box(x - size / 2, y - size / 2, size, size), score, landmarks)  # type: ignore[arg-type]


def shot(*faces: DetectedFace, index: int | None = None, view: View = PORTRAIT) -> np.ndarray:
    room = Room(*faces)
    return FaceCropper(room, room).crop(b"photo", view, index)


def middle(picture: np.ndarray) -> tuple[float, float]:
    """Where in the photo the picture's middle is."""
    red, green = picture[28:36, 28:36, :2].astype(float).mean((0, 1))
    return red * WIDTH / 255, green * HEIGHT / 255


def test_the_only_face_is_meant() -> None:
    assert middle(shot(face(100, 80))) == pytest.approx((100, 80), abs=3)


def test_of_several_faces_one_has_to_be_chosen_by_its_number() -> None:
    two = (face(100, 80), face(200, 100, size=20))
    with pytest.raises(SeveralFacesError) as caught:
        shot(*two)
    assert caught.value.faces == 2
    shown = Image.open(io.BytesIO(caught.value.picture))
    assert (shown.format, shown.size[0] / shown.size[1]) == ("JPEG", WIDTH / HEIGHT)
    assert middle(shot(*two, index=1)) == pytest.approx((200, 100), abs=3)


def test_the_best_face_is_the_first() -> None:
    assert middle(shot(face(200, 100, size=12), face(100, 80), index=0)) == pytest.approx((100, 80), abs=3)


def test_a_number_that_no_face_has_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(OmokageError) as caught:
        shot(face(100, 80), index=4)
    assert (caught.value.code, caught.value.details["value"], caught.value.details["allowed"]) == (
        ErrorCode.BAD_OPTION, "5", "1 to 1",
    )  # fmt: skip


def test_a_photo_without_a_face_is_refused() -> None:
    with pytest.raises(OmokageError) as caught:
        shot()
    assert caught.value.code is ErrorCode.NO_FACE


def test_of_whole_pictures_the_middle_is_taken_whatever_it_shows() -> None:
    picture = shot(face(20, 20), face(40, 40), view=View(Framing.WHOLE, 64))
    assert middle(picture) == pytest.approx((150, 100), abs=3)


@given(st.floats(5, WIDTH - 5), st.floats(5, HEIGHT - 5), st.floats(6, 120))
def test_wherever_a_face_is_it_is_framed_alike(x: float, y: float, size: float) -> None:
    assert middle(shot(face(x, y, size))) == pytest.approx((x, y), abs=5)


def test_a_face_in_a_photo_on_its_side_is_framed_upright() -> None:
    class OnItsSide(Room):
        def decode(self, data: bytes) -> np.ndarray:
            return np.rot90(super().decode(data))

    room = OnItsSide(face(100, 80))
    picture = FaceCropper(room, room).crop(b"photo", PORTRAIT, None)
    assert middle(picture) == pytest.approx((100, 80), abs=3)


def test_closing_ends_the_decoder() -> None:
    room = Room()
    FaceCropper(room, room).close()
    assert room.closed
