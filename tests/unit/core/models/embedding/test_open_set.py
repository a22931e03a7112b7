from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import check_grad

from core.domain.embedders import DLIB, EMBEDDING_NAME
from core.models.embedding import open_set
from core.models.embedding.evidence import Evidence, References
from core.models.embedding.open_set import PRIORS, OpenSet, fit_open_set
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS
from core.vision.recognition.mean_embedding import Gallery, MeanEmbeddingRecogniser
from tests.unit.core.models.embedding.builders import faces_of

PRIOR = PRIORS[EMBEDDING_NAME]


def fitted(counts: list[int], seed: int = 0) -> tuple[References, OpenSet]:
    embeddings, owners = faces_of(counts, seed)
    references = References(embeddings, owners, len(counts))
    return references, fit_open_set(references.left_out(np.arange(len(owners))), owners)


def test_chances_sum_to_one_and_absent_people_have_none() -> None:
    references, model = fitted([5, 0, 4, 1])
    chances = model.probabilities(references.evidence(faces_of([3, 3], seed=1)[0]))
    assert chances.shape == (6, 5)
    assert chances.sum(1) == pytest.approx(np.ones(6))
    assert (chances[:, 1] == 0).all()


def test_known_people_are_named_and_strangers_are_not() -> None:
    embeddings, owners = faces_of([30] * 25)
    kept = owners < 15
    trained = kept & (np.arange(len(owners)) % 3 > 0)
    references = References(embeddings[trained], owners[trained], 15)
    model = fit_open_set(references.left_out(np.arange(trained.sum())), owners[trained])
    known = model.probabilities(references.evidence(embeddings[kept & ~trained]))
    strangers = model.probabilities(references.evidence(embeddings[~kept]))
    assert (known.argmax(1) == owners[kept & ~trained]).mean() > 0.95
    assert (strangers.argmax(1) == 15).mean() > 0.95


def test_without_evidence_the_constants_of_dlib_are_those_of_the_method_without_training() -> None:
    embeddings, owners = faces_of([1, 1, 1])
    references = References(embeddings, owners, 3)
    model = fit_open_set(references.evidence(np.zeros((0, 256), np.float32)), np.zeros(0, int), DLIB)
    faces = faces_of([4] * 5, seed=2)[0]
    people = (0, 1, 2)
    live = MeanEmbeddingRecogniser(Gallery(people, ("a", "b", "c"), embeddings, owners), RECOGNISER_CONFIGS[DLIB])
    config = RECOGNISER_CONFIGS[DLIB]
    references.spread = config.distance_one  # one picture each says nothing about it  # type: ignore[misc]
    chances = model.probabilities(references.evidence(faces))
    assert chances == pytest.approx(live.probabilities(faces, np.zeros((20, 3), bool)), abs=1e-4)


def test_many_people_move_the_constants_further_than_few() -> None:
    start = PRIORS[EMBEDDING_NAME].values[:2]
    moved = [np.abs(fitted([12] * people)[1].weights - start).sum() for people in (2, 20)]
    assert moved[1] > 2 * moved[0]


def test_somebody_who_looks_like_strangers_is_named_less_readily() -> None:
    embeddings, owners = faces_of([30] * 12, apart=0.3)
    average = embeddings.mean(0)
    embeddings[owners == 3] = average + (embeddings[owners == 3] - embeddings[owners == 3].mean(0))
    references = References(embeddings, owners, 12)
    model = fit_open_set(references.left_out(np.arange(len(owners))), owners)
    assert model.offsets.argmin() == 3
    assert model.offsets[3] < -0.2


def test_the_only_person_can_be_fitted() -> None:
    references, model = fitted([4])
    chances = model.probabilities(references.evidence(references.embeddings))
    assert (chances[:, 0] > 0.5).all()


def test_the_gradient_is_that_of_the_surprise() -> None:
    embeddings, owners = faces_of([4, 3, 5])
    references = References(embeddings, owners, 3)
    evidence = references.left_out(np.arange(12))
    material = open_set._Material.of(evidence, PRIOR)
    truth = np.where(np.arange(12) % 2 == 0, owners, 3)
    weights = np.linspace(0.3, 0.9, 12)
    start = np.array([50.0, 10.0, 15.0, 8.0, 0.3, -0.2, 0.1])

    def value(x: np.ndarray) -> float:
        return open_set._surprise(x, material, truth, weights, PRIOR)[0]

    def gradient(x: np.ndarray) -> np.ndarray:
        return open_set._surprise(x, material, truth, weights, PRIOR)[1]

    assert check_grad(value, gradient, start, epsilon=1e-5) < 1e-4


def test_missing_rivals_count_as_usual_ones() -> None:
    distances = np.full((2, 1, 5), PRIOR.rival_distance)
    everybody = Evidence(distances, np.ones((1, 5), int))
    alone = Evidence(distances[:, :, :1], np.ones((1, 1), int))
    assert open_set._rivals(everybody, PRIOR.rival_distance) == pytest.approx([0.0])
    assert open_set._rivals(alone, PRIOR.rival_distance) == pytest.approx([0.0])


def test_the_same_pictures_give_the_same_constants() -> None:
    first, second = fitted([6, 7, 8])[1], fitted([6, 7, 8])[1]
    assert (first.weights == second.weights).all()
    assert (first.offsets == second.offsets).all()


def test_who_is_as_near_to_somebody_of_the_cohort_is_unknown() -> None:
    embeddings, owners = faces_of([3, 3])
    faces = embeddings[:1]
    model = PRIOR.open_set(2)
    alone = model.probabilities(References(embeddings, owners, 2).evidence(faces))
    twin = References(faces, np.zeros(1, int), 1)
    compared = model.probabilities(References(embeddings, owners, 2, cohort=twin).evidence(faces))
    assert alone[0, owners[0]] > 0.9
    assert compared[0, -1] > 0.5
    assert compared.sum(1) == pytest.approx([1.0])
    assert compared[0, :-1].argmax() == owners[0]


def test_a_cohort_far_away_changes_nothing() -> None:
    embeddings, owners = faces_of([3, 3])
    far = References(embeddings[:1] + 0.1, np.zeros(1, int), 1)  # 2.6 away, squared
    model = PRIOR.open_set(2)
    alone, compared = (
        model.logits(References(embeddings, owners, 2, cohort).evidence(embeddings)) for cohort in (None, far)
    )
    assert compared == pytest.approx(alone, abs=1e-6)


def test_the_fit_does_not_look_at_the_cohort() -> None:
    embeddings, owners = faces_of([4, 4, 4])
    near = References(embeddings[:1], np.zeros(1, int), 1)
    first, second = (
        fit_open_set(References(embeddings, owners, 3, cohort).left_out(np.arange(12)), owners)
        for cohort in (None, near)
    )
    assert first.bias == second.bias


def test_one_picture_a_person_leaves_what_was_believed() -> None:
    embeddings, owners = faces_of([1] * 30)
    model = fit_open_set(References(embeddings, owners, 30).left_out(np.arange(30)), owners)
    assert np.append(model.weights, [model.bias, model.rivals]) == pytest.approx(PRIOR.values)
    assert model.offsets == pytest.approx(np.zeros(30))
