from __future__ import annotations

import math

import numpy as np

from portraits import default_people
from portraits.variations import make_variation

MOMENTS = [make_variation(person.traits, seed, person.id) for person in default_people() for seed in range(60)]


def test_a_seed_and_a_number_always_give_the_same_moment() -> None:
    traits = default_people()[0].traits
    assert make_variation(traits, 5, 1) == make_variation(traits, 5, 1)
    assert make_variation(traits, 5, 1) != make_variation(traits, 6, 1)
    assert make_variation(traits, 5, 1) != make_variation(traits, 5, 2)


def test_heads_turn_by_up_to_30_degrees_to_both_sides_and_no_further() -> None:
    yaws = [math.degrees(m.yaw) for m in MOMENTS]
    assert max(map(abs, yaws)) <= 30.001
    assert min(yaws) < -20
    assert max(yaws) > 20


def test_pictures_differ_in_light_expression_eyes_and_clothes() -> None:
    assert np.std([m.light_x for m in MOMENTS]) > 0.3
    assert np.std([m.smile for m in MOMENTS]) > 0.2
    assert 0.05 < np.mean([m.lids < 0.7 for m in MOMENTS]) < 0.2
    assert 0.2 < np.mean([m.open > 0.05 for m in MOMENTS]) < 0.7
    assert len({m.clothes for m in MOMENTS}) == 6
    assert len({m.clothes_colour for m in MOMENTS}) >= 8


def test_everyone_is_seen_with_and_without_glasses() -> None:
    for person in default_people():
        worn = [bool(make_variation(person.traits, seed, person.id).glasses) for seed in range(80)]
        assert any(worn)
        assert not all(worn)
