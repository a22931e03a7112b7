from __future__ import annotations

import colorsys

import numpy as np
import pytest

from core.models.common.augment import Augmentation, draw_colours, generator, place, recolour, standardise

NOTHING = Augmentation()


def pictures(count: int = 4, size: int = 16, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, 3), np.uint8)


def test_pictures_that_are_not_changed_have_mean_0_and_variance_1() -> None:
    colours = draw_colours(4, NOTHING, generator(0, 0, 0))
    result = np.asarray(recolour(pictures(), *colours))
    assert result.mean((1, 2, 3)) == pytest.approx(0, abs=1e-4)
    assert result.var((1, 2, 3)) == pytest.approx(1, abs=1e-3)


def test_recolouring_with_nothing_changed_is_standardising() -> None:
    colours = draw_colours(4, NOTHING, generator(0, 0, 0))
    assert np.asarray(recolour(pictures(), *colours)) == pytest.approx(np.asarray(standardise(pictures())), abs=1e-3)


def test_recoloured_pictures_have_mean_0_and_variance_1_whatever_was_drawn() -> None:
    change = Augmentation(brightness=0.4, contrast=0.4, hue=0.04, saturation=0.4, grey=0.3)
    result = np.asarray(recolour(pictures(64), *draw_colours(64, change, generator(1, 0, 0))))
    assert result.mean((1, 2, 3)) == pytest.approx(0, abs=1e-3)
    assert result.var((1, 2, 3)) == pytest.approx(1, abs=1e-2)


def test_recolouring_does_what_the_plain_sums_do() -> None:
    """Against the definition, a picture at a time: contrast about the channels' means, brightness, the matrix."""
    change = Augmentation(brightness=0.4, contrast=0.4, hue=0.04, saturation=0.4)
    colours = draw_colours(8, change, generator(2, 0, 0))
    faces = pictures(8)
    for index, face in enumerate(faces / 255.0):
        mean = face.mean((0, 1))
        plain = (face - mean) * colours.contrast[index] + mean + colours.brightness[index]
        plain = plain @ colours.matrix[index].T
        expected = (plain - plain.mean()) / plain.std()
        assert np.asarray(recolour(faces, *colours))[index] == pytest.approx(expected, abs=1e-3)


def test_a_blank_picture_stays_blank() -> None:
    blank = np.full((2, 8, 8, 3), 200, np.uint8)
    assert np.abs(np.asarray(recolour(blank, *draw_colours(2, NOTHING, generator(0, 0, 0))))).max() < 0.1
    assert np.abs(np.asarray(standardise(blank))).max() < 0.1


def test_a_third_of_a_turn_of_the_hue_makes_red_greenish_or_bluish() -> None:
    change = Augmentation(hue=1 / 3)
    red = np.array([1.0, 0.0, 0.0])
    hues = []
    for index in range(50):
        matrix = draw_colours(1, change, generator(0, 0, index)).matrix[0]
        hues.append(colorsys.rgb_to_hsv(*np.clip(matrix @ red, 0, 1))[0])
    assert max(min(hue, 1 - hue) for hue in hues) > 0.25
    assert min(min(hue, 1 - hue) for hue in hues) < 0.02


def test_a_picture_without_colours_is_grey() -> None:
    matrix = draw_colours(1, Augmentation(grey=1.0), generator(0, 0, 0)).matrix[0]
    values = matrix @ np.array([0.9, 0.2, 0.4])
    assert values == pytest.approx([values[0]] * 3, abs=1e-5)


def test_the_middle_is_cut_out_where_nothing_is_changed() -> None:
    faces = pictures(3, 20)
    assert (place(faces, 16, NOTHING, generator(0, 0, 0)) == faces[:, 2:18, 2:18]).all()


def test_each_crop_is_a_part_of_its_picture_or_mirrored() -> None:
    faces = pictures(32, 18)
    crops = place(faces, 16, Augmentation(shift=True, flip=True), generator(3, 0, 0))
    mirrored = 0
    for face, crop in zip(faces, crops, strict=True):
        parts = [face[y : y + 16, x : x + 16] for y in range(3) for x in range(3)]
        plain = any((part == crop).all() for part in parts)
        turned = any((part[:, ::-1] == crop).all() for part in parts)
        assert plain or turned
        mirrored += turned
    assert 4 < mirrored < 28


def test_turning_keeps_the_middle_where_it_is() -> None:
    face = np.zeros((1, 41, 41, 3), np.uint8)
    face[0, 19:22, 19:22] = 255
    for index in range(5):
        turned = place(face, 41, Augmentation(rotate=20, scale=0.1), generator(0, 0, index))[0, ..., 0]
        ys, xs = np.nonzero(turned > 100)
        assert (ys.mean(), xs.mean()) == pytest.approx((20, 20), abs=0.6)


def test_a_covered_picture_shows_its_mean_colour_somewhere() -> None:
    faces = pictures(8, 24)
    covered = place(faces, 24, Augmentation(erase=1.0), generator(0, 0, 0))
    for face, result in zip(faces, covered, strict=True):
        changed = (face != result).any(-1)
        assert 0.01 < changed.mean() < 0.3
        assert len(np.unique(result[changed], axis=0)) == 1


def test_the_same_moment_draws_the_same_numbers_and_another_one_others() -> None:
    first, again = generator(7, 1, 5).random(4), generator(7, 1, 5).random(4)
    assert (first == again).all()
    for other in (generator(8, 1, 5), generator(7, 2, 5), generator(7, 1, 6)):
        assert not np.isclose(first, other.random(4)).any()
