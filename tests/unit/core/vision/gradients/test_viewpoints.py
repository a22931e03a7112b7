"""The ways in which a picture is looked at while it is optimised."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.vision.gradients.jpeg import compress_jpeg, decode_jpeg
from core.vision.gradients.rendering import FaceView
from core.vision.gradients.viewpoints import JitteredView, Viewpoint, jittered_face, jittered_viewpoint, viewpoint_of
from tests.unit.core.vision.gradients.test_rendering import CHIP, NET, face, photo

FACE = face(150, 120, 75, 8)


def smooth(height: int, width: int) -> NDArray[np.uint8]:
    rows, columns = np.mgrid[:height, :width]
    wave = np.sin(rows / 17)[..., None] * np.cos(columns / 13)[..., None] * [60, 40, -50]
    return np.asarray(128 + wave, np.uint8)


def test_a_sight_shows_all_looks_of_a_face() -> None:
    image = photo(240, 300)
    net, chip = viewpoint_of((240, 300), (NET, CHIP), FACE).render(image)
    assert (net == FaceView((240, 300), NET, FACE).render(image)).all()
    assert (chip == FaceView((240, 300), CHIP, FACE).render(image)).all()


def test_the_gradients_of_all_views_are_added_up() -> None:
    viewpoint = viewpoint_of((240, 300), (NET, CHIP), FACE)
    gradients = [np.ones((48, 48, 3), np.float32), np.full((150, 150, 3), 2.0, np.float32)]
    total = np.zeros((240, 300, 3), np.float32)
    viewpoint.render(photo(240, 300))
    viewpoint.add_backward(gradients, total)
    expected = sum(
        FaceView((240, 300), spec, FACE).backward(one) for spec, one in zip((NET, CHIP), gradients, strict=True)
    )
    assert total == pytest.approx(expected)
    viewpoint.add_backward([gradients[0], None], total)
    assert total == pytest.approx(expected + FaceView((240, 300), NET, FACE).backward(gradients[0]), abs=1e-4)
    rows, columns = viewpoint.region
    assert not total[: rows.start].any()
    assert not total[:, columns.stop :].any()


def test_a_robust_sight_shows_the_face_after_compression() -> None:
    image = smooth(240, 300)
    (net,) = viewpoint_of((240, 300), (NET,), FACE, quality=40).render(image)
    assert (net == FaceView((240, 300), NET, FACE).render(decode_jpeg(compress_jpeg(image, 40)))).all()


@pytest.mark.parametrize("quality", [70, 95])
def test_a_change_that_gets_through_compression_has_a_gradient(quality: int) -> None:
    """<render(x + d) - render(x), g> is about <d, back(g)> for a wave that JPEG keeps."""
    image, viewpoint = smooth(240, 300), viewpoint_of((240, 300), (CHIP,), FACE, quality)
    rows, columns = np.mgrid[:240, :300]
    change = np.round(12 * np.sin(rows / 9) * np.cos(columns / 8))[..., None].repeat(3, 2).astype(np.int16)
    (after,) = viewpoint.render((image + change).astype(np.uint8))
    (before,) = viewpoint.render(image)
    gradient = np.sign(after.astype(np.float32) - before)
    total = np.zeros(image.shape, np.float32)
    viewpoint.add_backward([gradient], total)
    left = float(((after.astype(np.float64) - before) * gradient).sum())
    assert left == pytest.approx(float((change * total).sum()), rel=0.15)


@pytest.mark.parametrize("spec", [NET, CHIP], ids=["net", "chip"])
def test_the_gradient_of_a_jittered_view_is_the_transpose_of_the_move(spec) -> None:  # type: ignore[no-untyped-def]
    moved = JitteredView((336, 336), spec, (11.5, 20.25, 301.3), 7.0)
    image = smooth(336, 336)
    change = (np.random.default_rng(1).integers(-1, 2, (7, 7, 3)) * 30).repeat(48, 0).repeat(48, 1)
    before, after = moved.render(image), moved.render(np.clip(image + change, 0, 255).astype(np.uint8))
    change = np.clip(image + change, 0, 255) - image.astype(np.int64)
    gradient = np.sign(after.astype(np.float32) - before)
    total = np.zeros(image.shape, np.float32)
    moved.add_backward(gradient, total)
    left = float(((after.astype(np.float64) - before) * gradient).sum())
    assert left == pytest.approx(float((change * total).sum()), rel=0.01)


def test_a_picture_that_is_not_moved_is_shown_as_the_product_shows_it() -> None:
    image = photo(336, 336)
    assert (
        JitteredView((336, 336), NET, (0, 0, 336), 0.0).render(image) == FaceView((336, 336), NET, None).render(image)
    ).all()


def test_moves_are_drawn_within_the_picture() -> None:
    random = np.random.default_rng(0)
    image = np.full((100, 336, 3), 200, np.uint8)
    for _ in range(20):
        (shown,) = jittered_viewpoint((100, 336), (NET,), random).render(image)
        assert (shown[20:28, 20:28] == 200).all()


def test_a_shaken_face_is_the_same_face_a_little_elsewhere() -> None:
    random = np.random.default_rng(0)
    off = np.array([np.subtract(jittered_face(FACE, 0.01, random).landmarks, FACE.landmarks) for _ in range(200)])
    side = np.sqrt(FACE.box.w * FACE.box.h)
    assert off.std() == pytest.approx(0.01 * side, rel=0.1)
    assert abs(off.mean()) < 0.002 * side
    other = jittered_face(FACE, 0.01, random)
    assert (other.box.w, other.box.h, other.score) == (FACE.box.w, FACE.box.h, FACE.score)
    assert other.box.x != FACE.box.x


def test_sights_are_joined_over_their_looks() -> None:
    rows, columns = Viewpoint(
        [FaceView((400, 400), NET, face(100, 100, 40)), FaceView((400, 400), NET, face(300, 200, 40))]
    ).region
    assert rows.start < 90
    assert rows.stop > 210
    assert columns.start < 90
    assert columns.stop > 310
