from __future__ import annotations

import numpy as np
import pytest

from core.models.embedding.evidence import MEAN, NEAR, NEAREST, References


def crowd(*pictures: int, size: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings and owners in mixed order; person i has pictures[i]."""
    random = np.random.default_rng(seed)
    owners = random.permutation(np.repeat(np.arange(len(pictures)), pictures))
    return random.normal(size=(len(owners), size)).astype(np.float32), owners


def test_the_nearest_pictures_count_and_the_others_do_not() -> None:
    embeddings = np.array([[0.0], [1.0], [2.0], [100.0], [5.0]], np.float32)
    near = References(embeddings, np.array([0, 0, 0, 0, 1]), 2).evidence(np.zeros((1, 1))).distances[NEAR]
    assert near[0] == pytest.approx([(0 + 1 + 4) / NEAREST, 25])


def test_the_order_of_the_pictures_makes_no_difference() -> None:
    embeddings, owners = crowd(4, 6, 1)
    order = np.random.default_rng(1).permutation(len(owners))
    faces = crowd(5, seed=2)[0]
    one = References(embeddings, owners, 3).evidence(faces)
    other = References(embeddings[order], owners[order], 3).evidence(faces)
    assert one.distances == pytest.approx(other.distances, abs=1e-4)


def test_left_out_is_as_if_the_picture_were_not_there() -> None:
    embeddings, owners = crowd(5, 4, 2, 7)
    asked = np.array([3, 0, 11, 17])
    everybody = References(embeddings, owners, 4)
    told = everybody.left_out(asked)
    for place, row in enumerate(asked):
        others = np.arange(len(owners)) != row
        without = References(embeddings[others], owners[others], 4)
        without.spread = everybody.spread  # the spread is of all pictures  # type: ignore[misc]
        truth = without.evidence(embeddings[row : row + 1])
        assert told.distances[:, place] == pytest.approx(truth.distances[:, 0], abs=1e-4)
        assert (told.counts[place] == truth.counts[0]).all()


def test_the_only_picture_left_out_leaves_nothing_to_compare_with() -> None:
    embeddings, owners = crowd(1, 3)
    row = np.flatnonzero(owners == 0)
    told = References(embeddings, owners, 2).left_out(row)
    assert told.absent.tolist() == [[True, False]]
    assert told.distances[:, 0, 0].tolist() == [0, 0]


def test_somebody_without_a_picture_is_absent() -> None:
    embeddings, owners = crowd(3, 0, 2)
    evidence = References(embeddings, owners, 3).evidence(embeddings)
    assert evidence.absent[:, 1].all()
    assert not evidence.absent[:, [0, 2]].any()


def test_a_mean_of_many_pictures_is_no_nearer_than_one_of_few() -> None:
    random = np.random.default_rng(3)
    size = 64
    few, many = (
        References(random.normal(size=(count * 40, size)), np.repeat(np.arange(40), count), 40) for count in (3, 30)
    )
    faces = random.normal(size=(50, size))
    assert few.evidence(faces).distances[MEAN].mean() == pytest.approx(
        many.evidence(faces).distances[MEAN].mean(), rel=0.02
    )


def test_a_stranger_has_never_met_his_own_person() -> None:
    embeddings, owners = crowd(3, 3)
    evidence = References(embeddings, owners, 2).left_out(np.arange(6))
    strange = evidence.without(owners)
    assert strange.absent[np.arange(6), owners].all()
    assert not evidence.absent.any()  # the original is left as it was


def test_no_face_is_no_row() -> None:
    embeddings, owners = crowd(3, 3)
    assert References(embeddings, owners, 2).evidence(np.zeros((0, 8), np.float32)).distances.shape == (2, 0, 2)


def test_more_faces_than_a_block_are_all_compared() -> None:
    embeddings, owners = crowd(30, 20)
    faces = np.tile(embeddings[:1], (1200, 1))
    near = References(embeddings, owners, 2).evidence(faces).distances[NEAR]
    assert near == pytest.approx(np.tile(near[:1], (1200, 1)), abs=1e-4)
