"""Whom a face shows, from the answers of many members and the recogniser's probabilities.

Each answer is whether a face shows a person. A voter errs in two ways, at rates of their own, since on a grid of nine
faces overlooking a wrong one is easier than striking a right one: the two-coin model of Dawid and Skene (1979,
"Maximum likelihood estimation of observer error-rates using the EM algorithm") in the form of Raykar et al. (2010,
"Learning from crowds", JMLR 11). The recogniser is heard first: its calibrated probabilities are where a face begins.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SOMEBODY_ELSE = 0  # the hypothesis that a face shows none of the people that were thought of
_UNLISTED = 0.05  # of the probability of somebody else that a person gets whom only a member thought of
# Beta distributions of the rates before anything is known: a new voter weighs little, until answers to faces that are
# known, or agreement with others, have shown more.
_MISS_PRIOR = (0.5, 4.5)  # of overlooking and of noticing that it is somebody else
_FALSE_STRIKE_PRIOR = (0.5, 9.5)  # of striking and of leaving the right person
_ROUNDS = 30  # of expectation and maximisation at most; ten are usual
_CONVERGED = 1e-3  # change of a rate
_LEAST = 1e-6  # of a probability, so that one answer never decides alone


@dataclass(frozen=True, slots=True)
class Response:
    """A voter's answer to whether a face shows a person."""

    voter: int
    person: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often a voter errs.

    `miss`: the probability of agreeing although the face shows somebody else; `false_strike`: of disagreeing although
    it shows the person. `answers`: how many they are estimated from.
    """

    miss: float
    false_strike: float
    answers: int = 0

    @property
    def informedness(self) -> float:
        """Say how much better than guessing the voter is: 1 always right, 0 no better (Youden's J)."""
        return 1.0 - self.miss - self.false_strike


@dataclass(frozen=True, slots=True)
class FaceEvidence:
    """What is known of a face: the recogniser's probabilities by person, and answers; `shows`: whom, where known."""

    probabilities: Mapping[int, float]
    responses: Sequence[Response] = ()
    shows: int | None = None


NEW_VOTER = Reliability(_MISS_PRIOR[0] / sum(_MISS_PRIOR), _FALSE_STRIKE_PRIOR[0] / sum(_FALSE_STRIKE_PRIOR))


def posterior(evidence: FaceEvidence, reliabilities: Mapping[int, Reliability]) -> dict[int, float]:
    """Return the probability of each person, and of `SOMEBODY_ELSE`, that the face shows them; they sum to 1.

    Args:
        evidence: of the face.
        reliabilities: of its voters; who is missing is a new voter.
    """
    people = {*evidence.probabilities, *(response.person for response in evidence.responses), SOMEBODY_ELSE}
    if evidence.shows is not None:
        return {person: float(person == evidence.shows) for person in {*people, evidence.shows}}
    logits = _prior_logits(evidence.probabilities, people)
    for response in evidence.responses:
        own = reliabilities.get(response.voter, NEW_VOTER)
        shown, other = own.false_strike, 1.0 - own.miss
        if response.agrees:
            shown, other = 1.0 - shown, 1.0 - other
        gain = math.log(max(shown, _LEAST)) - math.log(max(other, _LEAST))
        logits[response.person] += gain
    top = max(logits.values())
    likelihoods = {person: math.exp(logit - top) for person, logit in logits.items()}
    total = sum(likelihoods.values())
    return {person: likelihood / total for person, likelihood in likelihoods.items()}


def fit_reliabilities(faces: Iterable[FaceEvidence]) -> dict[int, Reliability]:
    """Return the reliability of each voter, by expectation and maximisation over all faces."""
    answered = [face for face in faces if face.responses]
    reliabilities: dict[int, Reliability] = {}
    for _ in range(_ROUNDS):
        before = reliabilities
        reliabilities = _maximise((face.responses, posterior(face, before)) for face in answered)
        changes = (_change(before.get(voter, NEW_VOTER), own) for voter, own in reliabilities.items())
        if max(changes, default=0.0) < _CONVERGED:
            break
    return reliabilities


def _prior_logits(probabilities: Mapping[int, float], people: Iterable[int]) -> dict[int, float]:
    unlisted = _UNLISTED * max(probabilities.get(SOMEBODY_ELSE, 0.0), _LEAST)
    return {person: math.log(max(probabilities.get(person, unlisted), _LEAST)) for person in people}


def _maximise(faces: Iterable[tuple[Sequence[Response], Mapping[int, float]]]) -> dict[int, Reliability]:
    """Estimate the rates from answers and the probabilities of whom each face shows."""
    counts: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])  # missed, other, struck, shown
    answers: defaultdict[int, int] = defaultdict(int)
    for responses, probabilities in faces:
        for response in responses:
            shown = probabilities[response.person]
            own = counts[response.voter]
            own[1] += 1.0 - shown
            own[3] += shown
            if response.agrees:
                own[0] += 1.0 - shown
            else:
                own[2] += shown
            answers[response.voter] += 1
    return {
        voter: Reliability(
            (missed + _MISS_PRIOR[0]) / (other + sum(_MISS_PRIOR)),
            (struck + _FALSE_STRIKE_PRIOR[0]) / (shown + sum(_FALSE_STRIKE_PRIOR)),
            answers[voter],
        )
        for voter, (missed, other, struck, shown) in counts.items()
    }


def _change(before: Reliability, after: Reliability) -> float:
    return max(abs(before.miss - after.miss), abs(before.false_strike - after.false_strike))
