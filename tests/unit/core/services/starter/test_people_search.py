from __future__ import annotations

from pathlib import Path

import numpy as np

import portraits
from core.services.starter.people_search import chosen, written
from portraits import default_people
from portraits.people.default_people import PICKS
from portraits.people.templates import TEMPLATES, shape_face


def test_of_each_roles_shapes_those_far_from_the_others_are_chosen() -> None:
    rng = np.random.default_rng(0)
    near = [rng.normal(0, 0.01, (3, 128)) for _ in range(4)]
    far = [np.eye(128)[i] + rng.normal(0, 0.01, (3, 128)) for i in range(4)]
    assert chosen([[near[i], far[i]] for i in range(4)]) == [1, 1, 1, 1]


def test_a_shape_whose_pictures_scatter_is_not_chosen() -> None:
    rng = np.random.default_rng(0)
    spot = np.eye(128)
    steady = [spot[i] + rng.normal(0, 0.01, (3, 128)) for i in range(3)]
    scattered = [spot[i] + rng.normal(0, 0.2, (3, 128)) for i in range(3)]
    assert chosen([[scattered[i], steady[i]] for i in range(3)]) == [1, 1, 1]


def test_the_committed_picks_are_what_the_search_writes() -> None:
    assert written(list(PICKS)) in (Path(portraits.__file__).parent / "people" / "default_people.py").read_text("utf-8")


def test_the_default_people_follow_their_templates_within_the_pleasant_ranges() -> None:
    assert [person.name for person in default_people()] == [role.name for role in TEMPLATES]
    for person, role in zip(default_people(), TEMPLATES, strict=True):
        assert (person.traits.skin, person.traits.hair) == (role.skin, role.hair)
        for name, (low, high) in role.ranges.items():
            if name not in role.given:
                assert low - 1e-4 <= getattr(person.traits, name) <= high + 1e-4


def test_a_shape_depends_on_its_seed_alone() -> None:
    def draw(seed: int) -> object:
        return shape_face(TEMPLATES[0], np.random.Generator(np.random.PCG64(seed)))

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_no_person_is_drawn_from_a_file() -> None:
    folder = Path(portraits.__file__).parent
    assert {path.suffix for path in folder.iterdir() if path.is_file()} == {".py"}
