from __future__ import annotations

import math

import numpy as np
import pytest

from core.vision.recognition.deciding_pictures import Decision, find_deciding_pictures
from core.vision.recognition.mean_embedding import NAME_FROM, Gallery, MeanEmbeddingRecogniser

SAME_PICTURE = 0.05


def pictures_of(person: int, count: int, spread: float = 0.35) -> np.ndarray:
    """Embeddings (count, 256) around a point of the person's own; people are 0.75 apart (squared)."""
    centre = np.zeros(256)
    centre[person] = math.sqrt(0.75 / 2)
    noise = np.random.default_rng(person).normal(size=(count, 256))
    return (centre + spread * noise / np.linalg.norm(noise, axis=1, keepdims=True)).astype(np.float32)


def gallery_of(*embeddings: np.ndarray) -> Gallery:
    owners = np.repeat(np.arange(len(embeddings)), [len(own) for own in embeddings])
    ids, names = tuple(10 + i for i in range(len(embeddings))), tuple(f"person {i}" for i in range(len(embeddings)))
    return Gallery(ids, names, np.concatenate(embeddings), owners)


def decide(gallery: Gallery, query: np.ndarray, maximum: int = 3) -> Decision:
    nobody = np.zeros(len(gallery.person_ids), bool)
    return find_deciding_pictures(
        MeanEmbeddingRecogniser(gallery), query, nobody, 10, same_picture=SAME_PICTURE, maximum=maximum
    )


def rebuilt(gallery: Gallery, query: np.ndarray, rows: list[int]) -> float:
    """The probability by a recogniser that has never seen these rows."""
    kept = np.delete(np.arange(len(gallery.owners)), rows)
    without = Gallery(gallery.person_ids, gallery.names, gallery.embeddings[kept], gallery.owners[kept])
    nobody = np.zeros((1, len(gallery.person_ids)), bool)
    return float(MeanEmbeddingRecogniser(without).probabilities(query[None], nobody)[0, 0])


@pytest.mark.parametrize("count", [4, 5, 12])
def test_the_figures_are_those_of_a_recogniser_without_the_pictures(count: int) -> None:
    gallery, query = gallery_of(pictures_of(0, count), pictures_of(1, 5)), pictures_of(0, count + 1)[-1]

    decision = decide(gallery, query)

    rows = [row for picture in decision.pictures for row in picture]
    assert (len(decision.pictures), decision.count) == (3, count)
    assert decision.before == pytest.approx(rebuilt(gallery, query, []), abs=1e-9)
    assert decision.after == pytest.approx(rebuilt(gallery, query, rows), abs=1e-9)
    assert decision.after < decision.before


def test_the_first_picture_is_the_one_whose_absence_costs_most() -> None:
    gallery, query = gallery_of(pictures_of(0, 6), pictures_of(1, 3)), pictures_of(0, 7)[-1]

    decision = decide(gallery, query, maximum=1)

    costs = [rebuilt(gallery, query, [row]) for row in range(6)]
    assert decision.pictures == ((int(np.argmin(costs)),),)
    assert decision.after == pytest.approx(min(costs), abs=1e-9)


def test_a_picture_is_left_out_together_with_its_copies() -> None:
    own = pictures_of(0, 4)
    own = np.concatenate([own, own[:1] + 1e-4, own[:1] - 1e-4])
    gallery = gallery_of(own, pictures_of(1, 3))

    decision = decide(gallery, own[0])

    assert decision.count == 4
    assert decision.pictures[0] == (0, 4, 5)  # the face is that picture


@pytest.mark.parametrize("count", [1, 3])
def test_without_all_of_somebodys_pictures_nothing_is_left_of_the_probability(count: int) -> None:
    gallery, query = gallery_of(pictures_of(0, count, 0.1), pictures_of(1, 3)), pictures_of(0, count + 1, 0.1)[-1]

    decision = decide(gallery, query)

    assert (len(decision.pictures), decision.after) == (count, 0.0)
    assert decision.needed == count


def test_how_many_pictures_the_name_needs_is_counted_by_leaving_them_out() -> None:
    gallery, query = gallery_of(pictures_of(0, 8), pictures_of(1, 3)), pictures_of(0, 9)[-1]

    decision = decide(gallery, query, maximum=8)

    rows = [row for picture in decision.pictures for row in picture]
    assert decision.before >= NAME_FROM
    assert decision.needed is not None
    assert rebuilt(gallery, query, rows[: decision.needed - 1]) >= NAME_FROM
    assert decision.needed == 8 or rebuilt(gallery, query, rows[: decision.needed]) < NAME_FROM


def test_a_name_that_needs_more_than_twelve_pictures_gone_is_told_so() -> None:
    gallery, query = gallery_of(pictures_of(0, 30, 0.1), pictures_of(1, 3)), pictures_of(0, 31, 0.1)[-1]

    assert decide(gallery, query).needed is None


def test_a_face_that_is_not_the_persons_has_no_probability_to_lose() -> None:
    gallery, query = gallery_of(pictures_of(0, 4), pictures_of(1, 4)), pictures_of(0, 5)[-1]
    recogniser, cannot_link = MeanEmbeddingRecogniser(gallery), np.array([True, False])

    decision = find_deciding_pictures(recogniser, query, cannot_link, 10, same_picture=SAME_PICTURE, maximum=3)

    assert (decision.before, decision.after, decision.needed) == (0.0, 0.0, 0)
