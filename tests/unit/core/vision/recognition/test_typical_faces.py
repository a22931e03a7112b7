"""Which faces stand for others: the ones in the middle, copies not counted."""

from __future__ import annotations

import numpy as np

from core.vision.recognition.typical_faces import count_represented

RADIUS, SAME = 1.0, 0.01


def on_a_line(*places: float) -> list[int]:
    embeddings = np.zeros((len(places), 4), np.float32)
    embeddings[:, 0] = places
    return count_represented(embeddings, RADIUS, SAME).tolist()


def test_the_face_in_the_middle_stands_for_those_around_it() -> None:
    assert on_a_line(0.0, 0.8, 1.6, 9.0) == [0, 2, 0, 0]


def test_each_group_has_a_face_of_its_own() -> None:
    assert on_a_line(0.0, 0.8, 1.6, 9.0, 9.8, 10.6) == [0, 2, 0, 0, 2, 0]


def test_copies_of_one_picture_count_for_nothing() -> None:
    assert on_a_line(0.0, 0.001, 0.002, 0.003) == [0, 0, 0, 0]


def test_many_faces_are_compared_block_by_block() -> None:
    counts = on_a_line(*np.linspace(0.0, 0.9, 9), *[50.0 + 9 * number for number in range(700)])
    assert (sum(counts[:9]), sum(counts[9:])) == (8, 0)


def test_without_faces_there_is_nothing_to_count() -> None:
    assert on_a_line() == []
