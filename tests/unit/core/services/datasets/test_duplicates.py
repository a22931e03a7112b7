from __future__ import annotations

import numpy as np

from core.services.datasets.duplicates import count_copies


def looks(*rows: tuple[float, ...]) -> np.ndarray:
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_copy_has_the_same_embedding_and_the_same_look() -> None:
    embeddings = np.zeros((4, 128), np.float32)
    embeddings[1, 0], embeddings[2, 0], embeddings[3, 0] = 0.1, 0.1, 5.0
    same, other = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    assert count_copies(embeddings, looks(same, same, other, same)) == 1


def test_a_picture_that_was_copied_twice_has_two_copies() -> None:
    assert count_copies(np.zeros((3, 128), np.float32), looks((1.0, 0.0), (1.0, 0.01), (1.0, 0.02))) == 2


def test_one_picture_and_none_have_no_copy() -> None:
    assert count_copies(np.zeros((1, 128), np.float32), looks((1.0, 0.0))) == 0
    assert count_copies(np.zeros((0, 128), np.float32), np.zeros((0, 2), np.float32)) == 0
