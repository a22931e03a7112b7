from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.vision.textures import textures as module
from core.vision.textures.patterns import PATTERNS, Plane
from core.vision.textures.textures import SIZE, texture, textures


def test_a_texture_is_the_same_every_time() -> None:
    assert (texture(7) == texture(7)).all()
    assert texture(7).shape == (SIZE, SIZE, 3)
    assert texture(7).dtype == np.uint8


def test_a_part_of_the_row_is_what_its_numbers_say() -> None:
    row = textures(38, 5)
    assert row.shape == (5, SIZE, SIZE, 3)
    assert all((one == texture(38 + place)).all() for place, one in enumerate(row))
    assert textures(3, 0).shape == (0, SIZE, SIZE, 3)


def test_successive_seeds_draw_every_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def recorded(name: str) -> Callable[[Plane, np.random.Generator], NDArray[np.float64]]:
        def draw(plane: Plane, random: np.random.Generator) -> NDArray[np.float64]:
            drawn.append(name)
            return PATTERNS[name](plane, random)

        return draw

    monkeypatch.setattr(module, "PATTERNS", {name: recorded(name) for name in PATTERNS})
    textures(0, len(PATTERNS))
    assert drawn == list(PATTERNS)


def test_no_two_textures_are_alike() -> None:
    count = 2 * len(PATTERNS)
    assert len({one.tobytes() for one in textures(0, count)}) == count


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        texture(-1)


def test_some_are_grey_and_some_are_coloured() -> None:
    spread = [float(np.ptp(one.astype(int), axis=2).mean()) for one in textures(0, 60)]
    assert min(spread) < 12
    assert max(spread) > 80


@settings(max_examples=60)
@given(
    name=st.sampled_from(sorted(PATTERNS)),
    seed=st.integers(0, 2**32 - 1),
    repeats=st.floats(1, 40),
    degrees=st.floats(-360, 360),
)
def test_a_pattern_is_shades_between_black_and_white(name: str, seed: int, repeats: float, degrees: float) -> None:
    field = PATTERNS[name](Plane.turned(48, repeats, degrees), np.random.default_rng(seed))
    assert field.shape == (48, 48)
    assert np.isfinite(field).all()
    assert field.min() >= -1e-9
    assert field.max() <= 1 + 1e-9
