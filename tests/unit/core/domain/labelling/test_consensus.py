"""Whom a face shows by the answers of many: who errs weighs less, and one answer decides nothing alone."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from core.domain.labelling.consensus import (
    NEW_VOTER,
    SOMEBODY_ELSE,
    FaceEvidence,
    Reliability,
    Response,
    fit_reliabilities,
    posterior,
)

ANNA, BEN, CHLOE = 1, 2, 3
MOSTLY_ANNA = {ANNA: 0.7, BEN: 0.2, SOMEBODY_ELSE: 0.1}
EVEN = {ANNA: 0.4, BEN: 0.4, SOMEBODY_ELSE: 0.2}


def evidence(*responses: Response, shows: int | None = None) -> FaceEvidence:
    return FaceEvidence(EVEN, responses, shows)


def test_without_answers_the_recogniser_is_believed() -> None:
    assert posterior(evidence(), {}) == pytest.approx(EVEN)


def test_an_answer_counts_by_the_rates_of_its_voter() -> None:
    careful = {7: Reliability(miss=0.1, false_strike=0.05)}
    agreed = posterior(evidence(Response(7, ANNA, agrees=True)), careful)
    struck = posterior(evidence(Response(7, ANNA, agrees=False)), careful)

    # By Bayes' rule: 0.4 x 0.95 against 0.6 x 0.1, and 0.4 x 0.05 against 0.6 x 0.9.
    assert agreed[ANNA] == pytest.approx(0.38 / 0.44)
    assert struck[ANNA] == pytest.approx(0.02 / 0.56)
    assert sum(agreed.values()) == pytest.approx(1)


def test_who_agrees_with_everything_says_nothing() -> None:
    always = {7: Reliability(miss=1.0, false_strike=0.0)}
    assert posterior(evidence(Response(7, ANNA, agrees=True)), always) == pytest.approx(EVEN)


def test_a_new_voter_counts_less_than_a_proven_one() -> None:
    answer = Response(7, ANNA, agrees=True)
    proven = posterior(evidence(answer), {7: Reliability(miss=0.02, false_strike=0.01)})
    assert EVEN[ANNA] < posterior(evidence(answer), {})[ANNA] < proven[ANNA]


def test_a_person_whom_only_a_member_thought_of_is_believed_by_and_by() -> None:
    once, thrice = ([Response(voter, CHLOE, agrees=True) for voter in range(count)] for count in (1, 3))
    assert posterior(evidence(*once), {})[CHLOE] < 0.5 < posterior(evidence(*thrice), {})[CHLOE]


def test_whoever_is_known_is_known() -> None:
    shown = posterior(evidence(Response(7, BEN, agrees=True), shows=ANNA), {})
    assert shown == {ANNA: 1.0, BEN: 0.0, SOMEBODY_ELSE: 0.0}


def test_a_probability_of_zero_decides_nothing_alone() -> None:
    face = FaceEvidence({ANNA: 0.0, BEN: 1.0}, [Response(voter, ANNA, agrees=True) for voter in range(8)])
    assert posterior(face, {})[ANNA] > 0.9


def simulated(rates: dict[int, tuple[float, float]], faces: int, known: float) -> Iterable[FaceEvidence]:
    """Faces of Anna and of Ben, which all of these voters answer as Anna's."""
    numbers = random.Random(5)
    for _ in range(faces):
        shown = ANNA if numbers.random() < 0.7 else BEN
        responses = []
        for voter, (miss, false_strike) in rates.items():
            agrees = numbers.random() < (1 - false_strike if shown == ANNA else miss)
            responses.append(Response(voter, ANNA, agrees))
        yield FaceEvidence(MOSTLY_ANNA, responses, shown if numbers.random() < known else None)


def test_the_rates_of_voters_are_found_from_their_answers() -> None:
    rates = {1: (0.05, 0.01), 2: (0.15, 0.05), 3: (0.30, 0.02), 4: (0.02, 0.20)}
    fitted = fit_reliabilities(simulated(rates, faces=2000, known=0.0))
    for voter, (miss, false_strike) in rates.items():
        assert fitted[voter].miss == pytest.approx(miss, abs=0.05)  # 600 faces: 2.5 deviations
        assert fitted[voter].false_strike == pytest.approx(false_strike, abs=0.03)
        assert fitted[voter].answers == 2000


def test_spammers_are_found() -> None:
    rates = {1: (0.05, 0.01), 2: (0.10, 0.03), 3: (0.08, 0.02), 8: (1.0, 0.0), 9: (0.5, 0.5)}
    fitted = fit_reliabilities(simulated(rates, faces=200, known=0.05))
    assert min(fitted[voter].informedness for voter in (1, 2, 3)) > 0.75
    assert max(fitted[voter].informedness for voter in (8, 9)) < 0.15


def test_nobody_has_rates_without_answers() -> None:
    assert fit_reliabilities([evidence()]) == {}
    assert 0 < NEW_VOTER.miss < 1
    assert 0 < NEW_VOTER.false_strike < 1
