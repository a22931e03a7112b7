"""How much better people are known by the faces that were labelled lately."""

from __future__ import annotations

import numpy as np

from core.services.learning.gains import MAX_FACES, MAX_PEOPLE, gains
from core.vision.recognition.mean_embedding import Gallery
from tests.unit.core.vision.recognition.test_mean_embedding import gallery, point


def flags(known: Gallery, new_of: dict[int, int]) -> np.ndarray:
    """Mark the last faces of people as new, by person."""
    is_new = np.zeros(len(known.owners), bool)
    for person, count in new_of.items():
        is_new[np.flatnonzero(known.owners == person)[-count:]] = True
    return is_new


def test_a_person_who_was_unknown_gains_everything() -> None:
    known = gallery(4, 6)
    (gain,) = gains(known, flags(known, {1: 6}))
    assert (gain.name, gain.faces, gain.before, gain.after) == ("person 1", 6, 0.0, 1.0)


def test_each_face_is_named_by_the_others_alone() -> None:
    # A single picture cannot be named by itself, however well it would fit.
    known = gallery(4, 1)
    assert gains(known, flags(known, {1: 1})) == ()


def test_who_was_known_as_well_before_is_not_told_of() -> None:
    known = gallery(6, 6)
    assert gains(known, flags(known, {0: 1, 1: 1})) == ()


def test_without_new_faces_nobody_gains() -> None:
    known = gallery(4, 4)
    assert gains(known, np.zeros(8, bool)) == ()
    empty = gallery()
    assert gains(empty, np.zeros(0, bool)) == ()


def test_a_wrong_label_is_told_as_a_loss() -> None:
    # Given the right pictures of somebody, and lately many of somebody else under the same name
    embeddings = [point(0, 0.2, seed) for seed in range(4)] + [point(2, 0.2, seed) for seed in range(40, 52)]
    embeddings += [point(1, 0.2, seed) for seed in range(20, 24)]
    owners = np.array([0] * 16 + [1] * 4, np.intp)
    known = Gallery((10, 11), ("Haru", "Natsu"), np.array(embeddings), owners)
    is_new = np.array([False] * 4 + [True] * 12 + [False] * 4)
    (gain,) = gains(known, is_new)
    # Then the old ones are not named any more, which they were
    assert gain.name == "Haru"
    assert gain.before == 0.25
    assert gain.after != gain.before


def test_the_largest_gains_of_at_most_five_people_come_first() -> None:
    known = gallery(*[4] * 8)
    # Of the first three, two faces were known already, by which the others are named.
    new_of = {0: 2, 1: 2, 2: 2} | dict.fromkeys(range(3, 8), 4)
    told = gains(known, flags(known, new_of))
    assert len(told) == MAX_PEOPLE
    assert [gain.name for gain in told] == [f"person {person}" for person in range(3, 8)]
    changes = [gain.after - gain.before for gain in told]
    assert changes == sorted(changes, reverse=True)


def test_nothing_is_told_of_who_objected() -> None:
    known = gallery(4, 6)
    objecting = {known.person_ids[1]}
    assert gains(known, flags(known, {1: 6}), unnamed=objecting) == ()


def test_of_many_faces_some_are_asked_about() -> None:
    known = gallery(80, 4)
    (gain,) = gains(known, flags(known, {0: 80}))
    assert gain.faces == MAX_FACES
