from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vision.views import Framing, View, render_view
from portraits.head.hair import STYLES
from portraits.random_people import SIDE, TRAITS, draw_random_person, random_person

SEEDS = st.integers(0, 2**31)
MANY = [random_person(seed) for seed in range(400)]


@given(SEEDS)
def test_a_seed_is_always_the_same_sitter(seed: int) -> None:
    assert random_person(seed) == random_person(seed)


@given(SEEDS)
def test_what_is_said_of_a_sitter_is_what_is_drawn(seed: int) -> None:
    who = random_person(seed)
    assert tuple(who.labels) == TRAITS
    assert bool(who.variation.glasses) == who.labels["glasses"]
    assert (who.traits.beard > 0) == who.labels["beard"]
    assert (who.traits.age > 0.5) == who.labels["age"]
    assert (who.variation.smile > 0.5) == who.labels["smile"]
    assert (STYLES[who.traits.style].bottom < -0.6) == who.labels["long-hair"]
    assert not (who.woman and who.labels["beard"])


@given(SEEDS)
def test_colours_are_colours(seed: int) -> None:
    traits = random_person(seed).traits
    assert all(0 <= value <= 1 for colour in (traits.skin, traits.lips, traits.hair) for value in colour)


@pytest.mark.parametrize("trait", TRAITS)
def test_each_trait_is_seen_and_missed_often_enough_to_be_learnt(trait: str) -> None:
    share = np.mean([who.labels[trait] for who in MANY])
    assert 0.12 < share < 0.6


def test_no_two_sitters_are_the_same_person() -> None:
    assert len({(who.traits.eye_x, who.traits.skin, who.traits.nose_length) for who in MANY}) == len(MANY)


def test_a_portrait_shows_a_face_where_it_should_be() -> None:
    picture = draw_random_person(MANY[0])
    assert picture.shape == (SIDE, SIDE, 3)
    face, corner = picture[118:148, 113:143], picture[:20, :20]
    assert face.std() > 2 * corner.std()
    assert (picture == draw_random_person(MANY[0])).all()


def test_the_view_of_a_portrait_lies_within_it() -> None:
    # Eyes as the sitter has them from the front, in pixels: the view needs no pixel that was not drawn.
    half, x, y = 0.33 * SIDE, 0.5 * SIDE, 0.455 * SIDE
    points = [(-0.29, 0), (0.29, 0), (0, -0.33), (-0.23, -0.57), (0.23, -0.57)]
    landmarks = [(x + half * u, y - half * v) for u, v in points]
    picture = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), np.uint8)
    middle = render_view(View(Framing.WHOLE, 96), picture, None)
    portrait = render_view(View(Framing.PORTRAIT, 96), picture, landmarks)
    assert portrait.shape == (96, 96, 3)
    assert not (portrait == middle).all()  # it is no fallback
    assert not (portrait[:, 0] == portrait[:, 1]).all()  # and no edge that was drawn out
    assert not (portrait[0] == portrait[1]).all()
