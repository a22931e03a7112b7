from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from portraits import Traits, default_people
from portraits.head.hair import STYLES
from portraits.people.traits import Variation
from portraits.picture import draw_person
from portraits.rendering.scene import make_scene
from portraits.scenery.clothes import CLOTHES
from portraits.scenery.glasses import FRAMES

SIZE = 128  # the smallest in which a mole covers a pixel
TARIQ = default_people()[9].traits  # a beard and a parting, so that these show too
VISIBLE = 0.003  # linear light; half of one of 256 shades in a middle tone
BESIDE = {"frame", "glasses"}  # these decide what a variation holds


def drawn(t: Traits, m: Variation) -> np.ndarray:
    canvas = np.full((3, SIZE, SIZE), 0.3, np.float32)
    draw_person(canvas, make_scene(t, m, SIZE * 0.29), (SIZE * 0.5, SIZE * 0.47))
    return canvas


def difference(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.abs(one - two).max())


def other(value: object) -> object:
    if isinstance(value, str):
        return "bob" if value in STYLES else "wire"
    if isinstance(value, tuple):
        return tuple(part * 0.5 + 0.1 for part in value)
    if value is None:
        return (0.2, -0.3)
    return value + 0.15 if value < 0.5 else value - 0.2


@pytest.mark.parametrize("name", [field.name for field in fields(Traits) if field.name not in BESIDE])
def test_every_trait_shows(name: str) -> None:
    m = Variation(seed=1, yaw=0.2)
    changed = replace(TARIQ, **{name: other(getattr(TARIQ, name))})
    assert difference(drawn(changed, m), drawn(TARIQ, m)) > VISIBLE


@pytest.mark.parametrize("name", [field.name for field in fields(Variation)])
def test_everything_that_a_moment_holds_shows(name: str) -> None:
    m = Variation(seed=1, yaw=0.2)
    value = {"clothes": "hood", "glasses": "round", "seed": 5}.get(name) or other(getattr(m, name))
    assert difference(drawn(TARIQ, replace(m, **{name: value})), drawn(TARIQ, m)) > VISIBLE


@pytest.mark.parametrize("style", STYLES)
def test_every_haircut_is_drawn_without_faults(style: str) -> None:
    picture = drawn(replace(TARIQ, style=style), Variation(seed=3, yaw=-0.4, roll=0.1))
    assert np.isfinite(picture).all()
    assert picture.min() >= 0


@pytest.mark.parametrize("clothes", CLOTHES)
def test_every_piece_of_clothing_is_drawn_in_its_colour(clothes: str) -> None:
    red, green, blue = drawn(TARIQ, Variation(seed=2, clothes=clothes, clothes_colour=(0.1, 0.8, 0.1)))[:, -6:].mean(
        (1, 2)
    )
    assert green > 2 * max(red, blue)


@pytest.mark.parametrize("frame", FRAMES)
def test_glasses_change_the_eyes_and_leave_the_mouth_alone(frame: str) -> None:
    with_, without = (drawn(TARIQ, Variation(seed=1, glasses=worn)) for worn in (frame, ""))
    changed = np.abs(with_ - without).max(0) > 0.01
    rows = np.flatnonzero(changed.any(1))
    middle = SIZE * 0.47  # the eyes' height
    assert changed.sum() > 40
    assert middle - SIZE * 0.105 < rows.min() < rows.max() < middle + SIZE * 0.105


def test_closed_eyes_hide_the_white() -> None:
    t = replace(TARIQ, eye_fold=0.0)
    open_, closed = (
        drawn(t, Variation(seed=1, lids=lids))[:, int(SIZE * 0.42) : int(SIZE * 0.54)].min(0) for lids in (1.0, 0.1)
    )
    assert (open_ > 0.3).sum() > (closed > 0.3).sum()


def test_a_person_at_the_edge_is_drawn_as_far_as_there_is_room() -> None:
    canvas = np.zeros((3, 60, 60), np.float32)
    box = draw_person(canvas, make_scene(TARIQ, Variation(seed=1), 20), (10.0, 30.0))
    assert canvas.any()
    assert box.x >= 0
