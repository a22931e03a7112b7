from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from core.domain.embedders import DLIB, EMBEDDING_NAME
from core.domain.faces import Candidate
from core.domain.people import EnrolledFaces
from core.vision.recognition.assignment import assign
from core.vision.recognition.calibrated_distances import (
    RecogniserConfig,
    calibrate,
)
from core.vision.recognition.drawn_cohort import drawn_cohort
from core.vision.recognition.mean_embedding import (
    FaceNaming,
    Gallery,
    MeanEmbeddingRecogniser,
    make_recogniser,
    name_faces,
    person_means,
)

NOBODY: frozenset[int] = frozenset()
CONFIG = RecogniserConfig()


def point(person: int, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    """An embedding; different people are 0.75 apart (squared), as faces of two people are."""
    embedding = np.zeros(256, np.float32)
    embedding[person] = math.sqrt(0.75 / 2)
    direction = np.random.default_rng(seed).normal(size=256)
    return (embedding + noise * direction / np.linalg.norm(direction)).astype(np.float32)


def gallery(*pictures: int) -> Gallery:
    """Person i has pictures[i] pictures, the id 10 + i and the name "person i"."""
    owners = [person for person, count in enumerate(pictures) for _ in range(count)]
    embeddings = [point(person, 0.2, seed) for seed, person in enumerate(owners)]
    ids, names = tuple(10 + i for i in range(len(pictures))), tuple(f"person {i}" for i in range(len(pictures)))
    return Gallery(ids, names, np.array(embeddings, np.float32).reshape(-1, 256), np.array(owners, np.intp))


def test_a_near_face_is_named_and_a_stranger_is_not() -> None:
    recogniser = MeanEmbeddingRecogniser(gallery(5, 5, 5))
    known, stranger = recogniser.recognise(np.stack([point(1, 0.2, 99), point(60)]), [NOBODY] * 2)
    assert known.named is not None
    assert (known.named.person_id, known.named.name) == (11, "person 1")
    assert known.named == known.candidates[0]
    assert stranger.named is None
    assert len(stranger.candidates) == 3


def test_candidates_come_likeliest_first_and_are_three_at_most() -> None:
    recogniser = MeanEmbeddingRecogniser(gallery(1, 1, 1, 1, 1))
    query = (0.55 * point(2) + 0.45 * point(4)).astype(np.float32)
    (naming,) = recogniser.recognise(query[None], [NOBODY])
    assert [candidate.person_id for candidate in naming.candidates[:2]] == [12, 14]
    assert len(naming.candidates) == 3
    assert sorted(naming.candidates, key=lambda one: -one.probability) == list(naming.candidates)


def test_one_picture_a_person_is_enough_to_be_named() -> None:
    (naming,) = MeanEmbeddingRecogniser(gallery(1, 1)).recognise(point(0, 0.35, 99)[None], [NOBODY])
    assert naming.named is not None
    assert naming.named.person_id == 10


def test_the_mean_of_many_pictures_must_be_nearer_than_a_single_picture() -> None:
    once, often = (calibrate(np.array([[0.3]]), np.array([count]), CONFIG)[0, 0] for count in (1, 20))
    assert once > 0.5 > often


def test_an_empty_gallery_names_nobody() -> None:
    (naming,) = make_recogniser(EnrolledFaces((), (), (), ())).recognise(point(0)[None], [NOBODY])
    assert naming == FaceNaming((), None)


def test_a_photo_without_faces_gets_no_naming() -> None:
    assert MeanEmbeddingRecogniser(gallery(1, 2)).recognise(np.zeros((0, 256), np.float32), []) == []


def test_a_face_is_never_named_nor_proposed_as_whom_it_is_said_not_to_be() -> None:
    recogniser = MeanEmbeddingRecogniser(gallery(5, 5, 5))
    (naming,) = recogniser.recognise(point(1, 0.2, 99)[None], [frozenset({11})])
    assert naming.named is None
    assert 11 not in {candidate.person_id for candidate in naming.candidates}


def test_a_face_that_is_said_to_be_nobody_of_the_gallery_stays_unknown() -> None:
    recogniser = MeanEmbeddingRecogniser(gallery(5, 5))
    (naming,) = recogniser.recognise(point(1)[None], [frozenset({10, 11})])
    assert naming == FaceNaming((), None)


def test_of_two_faces_alike_only_the_nearer_is_named() -> None:
    recogniser = MeanEmbeddingRecogniser(gallery(5, 5))
    near, nearest = recogniser.recognise(np.stack([point(0, 0.25, 5), point(0, 0.1, 6)]), [NOBODY] * 2)
    assert near.named is None
    assert near.candidates[0].person_id == 10
    assert nearest.named is not None
    assert nearest.named.person_id == 10


def test_rows_of_the_database_become_a_gallery() -> None:
    embeddings = tuple(point(person).astype("<f4").tobytes() for person in (0, 1, 1))
    (naming,) = make_recogniser(EnrolledFaces((7, 9), ("Aiko", "Ken"), embeddings, (7, 9, 9))).recognise(
        point(1)[None], [NOBODY]
    )
    assert naming.named is not None
    assert (naming.named.person_id, naming.named.name) == (9, "Ken")


def test_a_person_is_the_mean_of_the_pictures() -> None:
    means, counts = person_means(gallery(1, 4))
    assert counts.tolist() == [1, 4]
    assert means[1] == pytest.approx(gallery(1, 4).embeddings[1:].mean(0), abs=1e-6)


def test_a_person_without_a_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="picture"):
        MeanEmbeddingRecogniser(Gallery((1, 2), ("a", "b"), np.zeros((1, 256), np.float32), np.array([0])))


def drawn_faces() -> tuple[np.ndarray, np.ndarray]:
    """A drawn face of which there is one picture, and another drawn person's: members of the cohort, a little aside."""
    cohort = drawn_cohort(EMBEDDING_NAME)
    assert cohort is not None
    aside = np.zeros(256, np.float32)
    aside[:2] = 0.15
    return cohort.embeddings[0] + aside, cohort.embeddings[np.flatnonzero(cohort.owners == 1)[0]]


def test_a_drawn_stranger_is_not_named_though_another_drawn_face_is_near() -> None:
    known, stranger = drawn_faces()
    recogniser = MeanEmbeddingRecogniser(Gallery((1,), ("Aiko",), known[None], np.array([0])))
    own, other = recogniser.recognise(np.stack([known, stranger]), [NOBODY] * 2)
    assert own.named is not None
    assert own.named.name == "Aiko"
    assert other.named is None


def test_a_gallery_of_the_older_embedder_is_compared_by_its_own_constants_without_a_cohort() -> None:
    assert drawn_cohort(DLIB) is None
    embedding = np.zeros(128, np.float32)
    rows = EnrolledFaces((7,), ("Aiko",), (embedding.tobytes(),), (7,), DLIB)
    recogniser = make_recogniser(rows)
    assert recogniser.embedder == DLIB
    distance = 0.3
    query = embedding.copy()
    query[0] = math.sqrt(distance)
    (chances,) = recogniser.probabilities(query[None], np.zeros((1, 1), bool))
    assert chances == pytest.approx(calibrate(np.array([[distance]]), np.array([1]), RecogniserConfig())[0])


def best_by_trying_all(chances: np.ndarray) -> float:
    """The largest product of probabilities over all namings in which nobody is named twice."""
    faces, people = len(chances), chances.shape[1] - 1
    best = 0.0
    for names in itertools.product(range(people + 1), repeat=faces):
        known = [name for name in names if name < people]
        if len(known) == len(set(known)):
            best = max(best, math.prod(chances[face, name] for face, name in enumerate(names)))
    return best


@given(npst.arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(0.01, 1)))
def test_the_naming_of_a_photo_is_the_likeliest_without_doubles(weights: np.ndarray) -> None:
    chances = weights / weights.sum(1, keepdims=True)
    names = assign(chances, 0.0)
    known = [name for name in names if name is not None]
    assert len(known) == len(set(known))
    chosen = math.prod(chances[face, -1 if name is None else name] for face, name in enumerate(names))
    assert chosen == pytest.approx(best_by_trying_all(chances))


def test_a_name_is_said_only_from_the_threshold_on() -> None:
    chances = np.array([(0.79, 0.01, 0.2)])
    assert assign(chances, 0.8) == [None]
    assert assign(chances, 0.79) == [0]


def test_an_impossible_name_is_not_given_even_where_unknown_is_impossible_too() -> None:
    assert assign(np.array([(0.0, 1.0, 0.0), (0.0, 1.0, 0.0)]), 0.5).count(None) == 1


HARU, MEI = Candidate(10, "Haru", 1.0), Candidate(11, "Mei", 1.0)
PEOPLE = {10: "Haru", 11: "Mei"}


def names_of(chances: list[tuple[float, ...]], *confirmed: Candidate | None) -> list[str | None]:
    result = name_faces(np.array(chances), PEOPLE, 0.8, confirmed)
    return [one.named.name if one.named else None for one in result]


def test_a_sure_name_that_another_face_has_already_is_withheld_and_told() -> None:
    first, second = name_faces(np.array([(0.96, 0.0, 0.04), (0.9, 0.0, 0.1)]), PEOPLE, 0.8)
    assert (first.named, first.withheld) == (Candidate(10, "Haru", 0.96), None)
    assert (second.named, second.withheld) == (None, Candidate(10, "Haru", 0.9))


def test_a_name_that_was_never_sure_is_not_told_as_withheld() -> None:
    _, second = name_faces(np.array([(0.96, 0.0, 0.04), (0.79, 0.0, 0.21)]), PEOPLE, 0.8)
    assert second.withheld is None


def test_what_people_confirmed_needs_no_probability_and_may_be_the_same_person_twice() -> None:
    assert names_of([(0.0, 0.9, 0.1), (0.0, 0.0, 1.0)], HARU, HARU) == ["Haru", "Haru"]


def test_whom_people_confirmed_is_in_the_photo_so_a_guess_of_the_same_person_is_withheld() -> None:
    first, second = name_faces(np.array([(0.1, 0.0, 0.9), (0.99, 0.0, 0.01)]), PEOPLE, 0.8, (HARU, None))
    assert first.named == HARU
    assert (second.named, second.withheld) == (None, Candidate(10, "Haru", 0.99))


def test_whom_people_confirmed_twice_is_in_the_photo_as_often_as_guesses_are_sure() -> None:
    chances = [(0.1, 0.0, 0.9), (0.1, 0.0, 0.9), (0.99, 0.0, 0.01), (0.9, 0.0, 0.1), (0.5, 0.0, 0.5)]
    assert names_of(chances, HARU, HARU, None, None, None) == ["Haru", "Haru", "Haru", "Haru", None]


def test_a_confirmed_face_leaves_the_name_that_was_guessed_for_it_to_others() -> None:
    assert names_of([(0.99, 0.0, 0.01), (0.9, 0.0, 0.1)], MEI, None) == ["Mei", "Haru"]


def test_people_may_confirm_somebody_of_whom_the_recogniser_knows_nothing() -> None:
    (naming,) = name_faces(np.array([[1.0]]), {}, 0.8, (HARU,))
    assert naming == FaceNaming((), HARU)


def test_a_face_that_is_not_sure_enough_to_be_named_keeps_no_other_face_from_the_name() -> None:
    assert names_of([(0.79, 0.21, 0.0), (0.81, 0.0, 0.19)]) == [None, "Haru"]


chances_of_photos = npst.arrays(float, st.tuples(st.integers(1, 5), st.just(3)), elements=st.floats(0.001, 1))


@given(chances_of_photos, st.data())
def test_whatever_people_confirmed_guesses_name_nobody_twice_and_say_what_they_withhold(
    weights: np.ndarray, data: st.DataObject
) -> None:
    chances = weights / weights.sum(1, keepdims=True)
    choice = st.sampled_from([None, HARU, MEI])
    confirmed = data.draw(st.lists(choice, min_size=len(chances), max_size=len(chances)))
    result = name_faces(chances, PEOPLE, 0.8, confirmed)
    for column, person in enumerate((10, 11)):
        times = sum(one is not None and one.person_id == person for one in confirmed)
        guessed = [one for one, sure in zip(result, confirmed, strict=True) if sure is None and one.named]
        again = sum(one.named is not None and one.named.person_id == person for one in guessed)
        assert times > 1 or again + times <= 1
        for row, one, sure in zip(chances, result, confirmed, strict=True):
            if sure is None and row[column] >= 0.8:
                assert one.named or one.withheld == Candidate(person, PEOPLE[person], row[column])
    assert [one.named for one, sure in zip(result, confirmed, strict=True) if sure] == [one for one in confirmed if one]


def two_part_face(dlib: int, sface: int) -> np.ndarray:
    """The joint embedding of a face that dlib's network takes for one person, and SFace for another."""
    embedding = np.zeros(256, np.float32)
    embedding[dlib], embedding[128 + sface] = math.sqrt(2 / 3), math.sqrt(1 / 3)
    return embedding


def two_part_recogniser() -> MeanEmbeddingRecogniser:
    faces = np.stack([two_part_face(0, 0), two_part_face(1, 1)])
    return MeanEmbeddingRecogniser(Gallery((10, 11), ("Haru", "Mei"), faces, np.array([0, 1])))


def test_networks_disagree_where_each_is_nearest_to_another_person() -> None:
    queries = np.stack([two_part_face(0, 0), two_part_face(0, 1), two_part_face(1, 0)])
    none = np.zeros((3, 2), bool)
    assert two_part_recogniser().disagreements(queries, none).tolist() == [False, True, True]
    not_mei = np.array([[False, True]] * 3)
    assert two_part_recogniser().disagreements(queries, not_mei).tolist() == [False, False, False]


def test_of_a_disagreement_is_told_only_with_a_candidate_that_may_be_right() -> None:
    chances = np.array([(0.9, 0.02, 0.08), (0.06, 0.04, 0.9), (0.04, 0.0, 0.96), (0.9, 0.02, 0.08)])
    disagreements = np.array([True, True, True, False])
    namings = name_faces(chances, PEOPLE, 0.95, (), disagreements)
    assert [naming.networks_disagree for naming in namings] == [True, True, False, False]


def test_no_disagreement_is_told_of_what_people_confirmed() -> None:
    (naming,) = name_faces(np.array([(0.9, 0.0, 0.1)]), PEOPLE, 0.8, (HARU,), np.array([True]))
    assert not naming.networks_disagree


def test_an_embedder_of_one_network_and_an_empty_gallery_never_disagree() -> None:
    empty = make_recogniser(EnrolledFaces((), (), (), ()))
    assert empty.disagreements(np.ones((2, 256), np.float32), np.zeros((2, 0), bool)).tolist() == [False, False]
    faces = np.eye(128, dtype="<f4")[:2]
    rows = EnrolledFaces((1, 2), ("a", "b"), (faces[0].tobytes(), faces[1].tobytes()), (1, 2), DLIB)
    older = make_recogniser(rows)
    assert older.disagreements(np.eye(128, dtype=np.float32)[:3], np.zeros((3, 2), bool)).tolist() == [False] * 3
