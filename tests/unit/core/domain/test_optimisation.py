"""What can be asked of an attack, what is refused, and that all of it survives a job's row."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.generation import MAX_SEED, Face, FaceChoice
from core.domain.optimisation import (
    MAX_EPSILON,
    MAX_STEPS,
    Norms,
    OptimizeMode,
    OptimizeRequest,
    OptimizeResult,
    OptimizeStep,
    Prediction,
    Robustness,
    Transfer,
)

SHARES = st.floats(0, 1)
PHOTOS = st.builds(lambda photo, index: Face(None, photo, index), st.text(min_size=1), st.none() | st.integers(0, 49))
COMMON = {
    "target": st.text(),
    "person_id": st.none() | st.integers(1, 2**53),
    "steps": st.none() | st.integers(1, MAX_STEPS),
    "epsilon": st.integers(1, MAX_EPSILON),
    "robust": st.booleans(),
    "seed": st.integers(0, MAX_SEED),
    "version_id": st.none() | st.integers(1),
    "so_far": st.none() | st.text(min_size=1),
}
REQUESTS = st.builds(OptimizeRequest, mode=st.just(OptimizeMode.FOOL), start=PHOTOS, **COMMON) | st.builds(
    OptimizeRequest, mode=st.sampled_from([OptimizeMode.NOISE, OptimizeMode.DREAM]), **COMMON
)
CANDIDATES = st.builds(Candidate, st.integers(1), st.text(), SHARES)
VERDICTS = st.builds(
    Prediction, st.booleans(), st.lists(CANDIDATES, max_size=3).map(tuple), SHARES, SHARES, st.none() | st.text()
)
ANSWERS = st.builds(
    OptimizeResult,
    st.sampled_from(OptimizeMode),
    st.text(),
    st.text(),
    st.integers(1),
    before=st.none() | VERDICTS,
    after=st.none() | VERDICTS,
    jpeg=st.none() | VERDICTS,
    norms=st.none() | st.builds(Norms, SHARES, st.floats(0, 1e4), st.integers(0, 255)),
    transfer=st.lists(st.builds(Transfer, st.text(), VERDICTS, VERDICTS), max_size=2).map(tuple),
    curve=st.lists(st.tuples(st.integers(0, 9), st.floats(0, 20), SHARES), max_size=3).map(tuple),
    choice=st.none() | st.builds(FaceChoice, st.just("start"), st.text(), st.integers(2, 9), st.text()),
)


def there_and_back(said: Any) -> Any:
    """As a row keeps it."""
    return json.loads(json.dumps(said.to_json()))


@given(REQUESTS)
def test_a_request_survives_a_jobs_row(request: OptimizeRequest) -> None:
    assert OptimizeRequest.from_json(there_and_back(request)) == request


@given(ANSWERS)
def test_an_answer_survives_a_jobs_row(answer: OptimizeResult) -> None:
    assert OptimizeResult.from_json(there_and_back(answer)) == answer


@given(st.builds(OptimizeStep, st.integers(0), st.integers(1), st.floats(0, 99), SHARES, st.none() | st.text()))
def test_a_step_survives_the_stream(step: OptimizeStep) -> None:
    assert OptimizeStep.from_json(there_and_back(step)) == step


def test_a_check_survives_a_versions_card() -> None:
    result = Robustness(100, 8, 0.97, None, 1000, 0.31, 0.002)
    assert Robustness.from_json(there_and_back(result)) == result


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("steps", {"steps": 0}),
        ("steps", {"steps": MAX_STEPS + 1}),
        ("epsilon", {"epsilon": 0}),
        ("epsilon", {"epsilon": MAX_EPSILON + 1}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": MAX_SEED + 1}),
        ("start", {"mode": "fool"}),
        ("start", {"start": {"photo": "ab"}}),
        ("start", {"mode": "fool", "start": {"seed": 3}}),
        ("mode", {"mode": "nightmare"}),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_allowed(option: str, said: dict[str, Any]) -> None:
    with pytest.raises(OmokageError) as caught:
        OptimizeRequest.from_json({"target": "Anna", "mode": "noise", **said})
    assert (caught.value.code, caught.value.details["option"]) == (ErrorCode.BAD_OPTION, option)
    assert caught.value.details["allowed"]


def test_a_mode_has_steps_of_its_own_where_nobody_says_how_many() -> None:
    assert OptimizeRequest("Anna", OptimizeMode.NOISE).all_steps == 300
    assert OptimizeRequest("Anna", OptimizeMode.NOISE, steps=7).all_steps == 7


def after(*, found: bool, target: float, named: str | None = None) -> OptimizeResult:
    verdict = Prediction(found, (), target, 0.0, named)
    return OptimizeResult(OptimizeMode.NOISE, "Anna", "recogniser v1", 1, after=verdict)


def test_a_result_says_which_networks_were_attacked_and_an_old_one_does_not() -> None:
    result = replace(after(found=True, target=0.9), networks=("dlib", "sface"))
    payload = json.loads(json.dumps(result.to_json()))
    assert OptimizeResult.from_json(payload) == result
    del payload["networks"]
    assert OptimizeResult.from_json(payload).networks == ()


def test_success_with_a_face_is_to_be_named_so() -> None:
    assert after(found=True, target=0.81, named="Anna").succeeded
    assert not after(found=True, target=0.99).succeeded
    assert not after(found=True, target=0.1, named="Ben").succeeded


def test_success_without_a_face_is_to_be_more_likely_than_all_others() -> None:
    assert after(found=False, target=0.51).succeeded
    assert not after(found=False, target=0.5).succeeded
    assert not OptimizeResult(OptimizeMode.NOISE, "Anna", "recogniser v1", 1).succeeded
