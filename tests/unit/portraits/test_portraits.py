from __future__ import annotations

import hashlib
from itertools import combinations

import numpy as np
import pytest

from core.domain.faces import Box
from portraits import StarterPerson, default_people, group, portrait

HARU = default_people()[0]


def overlap(one: Box, other: Box) -> float:
    wide = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    high = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return max(wide, 0) * max(high, 0) / min(one.w * one.h, other.w * other.h)


def test_the_cast_is_twelve_people_with_names_of_their_own() -> None:
    assert [person.id for person in default_people()] == list(range(1, 13))
    assert len({person.name for person in default_people()}) == 12
    assert len({person.traits for person in default_people()}) == 12


def test_a_portrait_is_a_square_of_the_size_that_was_asked_for() -> None:
    picture = portrait(HARU, 1, 112)
    assert picture.image.shape == (112, 112, 3)
    assert picture.image.dtype == np.uint8
    assert picture.people == (HARU,)


def test_the_same_seed_gives_the_same_picture_and_another_seed_another() -> None:
    assert (portrait(HARU, 3, 96).image == portrait(HARU, 3, 96).image).all()
    assert np.abs(portrait(HARU, 3, 96).image.astype(int) - portrait(HARU, 4, 96).image).mean() > 5


def test_a_picture_is_the_same_to_the_last_bit_on_every_machine() -> None:
    """The drawing keeps to arithmetic that IEEE 754 defines exactly; only a change of the drawing changes this."""
    digest = hashlib.sha256(portrait(default_people()[10], 3, 96).image.tobytes()).hexdigest()
    assert digest[:16] == "465ac7c09b6b2d8e"


@pytest.mark.parametrize("person", default_people(), ids=lambda person: person.name)
def test_everyones_face_lies_within_the_picture_and_fills_a_good_part_of_it(person: StarterPerson) -> None:
    for seed in range(3):
        (box,) = portrait(person, seed, 96).boxes
        assert box.x > 0
        assert box.y > 0
        assert box.x + box.w < 96
        assert box.y + box.h < 90
        assert 30 < box.h < 60
        assert 0.55 < box.w / box.h < 1.1


def test_pose_and_box_do_not_depend_on_the_size() -> None:
    small, large = portrait(HARU, 7, 100).boxes[0], portrait(HARU, 7, 300).boxes[0]
    for name in ("x", "y", "w", "h"):
        assert abs(getattr(small, name) * 3 - getattr(large, name)) < 6


def test_the_face_in_the_box_has_the_colour_of_the_persons_skin() -> None:
    dark, light = (next(p for p in default_people() if p.name == name) for name in ("Otis", "Mina"))
    means = []
    for person in (dark, light):
        picture = portrait(person, 2, 112)
        box = picture.boxes[0]
        middle = picture.image[
            int(box.y + box.h * 0.45) : int(box.y + box.h * 0.6), int(box.x + box.w * 0.3) : int(box.x + box.w * 0.7)
        ]
        means.append(middle.mean())
        assert middle[..., 0].mean() > middle[..., 2].mean()
    assert means[1] > means[0] + 40


def test_a_portrait_too_small_for_a_face_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 96 pixels"):
        portrait(HARU, 1, 64)


@pytest.mark.parametrize("count", range(2, 9))
def test_faces_in_a_group_are_48_to_300_pixels_high_and_do_not_hide_each_other(count: int) -> None:
    for seed in range(2):
        picture = group(default_people()[:count], seed, 640, 480)
        assert picture.people == default_people()[:count]
        assert len(picture.boxes) == count
        assert all(46 <= box.h <= 300 for box in picture.boxes)
        assert all(box.x >= 0 and box.x + box.w <= 640 and box.y >= 0 and box.y + box.h <= 480 for box in picture.boxes)
        assert all(overlap(one, other) < 0.12 for one, other in combinations(picture.boxes, 2))


def test_a_group_is_the_same_for_the_same_seed() -> None:
    assert (group(default_people()[:3], 1, 320, 240).image == group(default_people()[:3], 1, 320, 240).image).all()


@pytest.mark.parametrize("count", [0, 1, 9])
def test_a_group_of_another_size_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="2 to 8 people"):
        group(default_people()[:count], 1)


def test_a_picture_too_small_for_the_group_is_refused() -> None:
    with pytest.raises(ValueError, match="too few for 8 faces"):
        group(default_people()[:8], 1, 200, 150)
