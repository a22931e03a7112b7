from __future__ import annotations

import math
from itertools import combinations

import pytest

from core.render.palette import INK, PALETTE, UNNAMED, contrast, luminance

# Viénot, Brettel, Mollon 1999: what is left of a linear RGB colour for an eye without long or medium cones.
DEUTAN = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))
PROTAN = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))


def seen(colour: tuple[int, int, int], eye: tuple[tuple[float, ...], ...]) -> list[float]:
    linear = [(channel / 255) ** 2.2 for channel in colour]
    mixed = (sum(weight * value for weight, value in zip(row, linear, strict=True)) for row in eye)
    return [255 * max(0.0, value) ** (1 / 2.2) for value in mixed]


@pytest.mark.parametrize("colour", [*PALETTE, UNNAMED])
def test_ink_on_each_tag_has_the_contrast_that_text_needs(colour: tuple[int, int, int]) -> None:
    assert contrast(INK, colour) >= 4.5


@pytest.mark.parametrize("colour", [*PALETTE, UNNAMED])
def test_a_frame_shows_on_any_ground(colour: tuple[int, int, int]) -> None:
    for grey in range(256):
        ground = (grey, grey, grey)
        assert max(contrast(INK, ground), contrast(colour, ground)) >= 2.7


def test_the_contrast_of_black_and_white_is_21() -> None:
    assert math.isclose(contrast((0, 0, 0), (255, 255, 255)), 21)
    assert math.isclose(luminance((255, 255, 255)), 1)


@pytest.mark.parametrize("eye", [DEUTAN, PROTAN])
def test_neighbouring_numbers_differ_for_a_colour_blind_eye(eye: tuple[tuple[float, ...], ...]) -> None:
    for one, other in zip(PALETTE, [*PALETTE[1:], PALETTE[0]], strict=True):
        assert math.dist(seen(one, eye), seen(other, eye)) > 30


def test_no_colour_is_used_twice() -> None:
    assert all(math.dist(one, other) > 40 for one, other in combinations(PALETTE, 2))
