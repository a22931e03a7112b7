"""What is requested, from options and from the picture so far."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.optimize import requests
from bot.features.optimize.requests import (
    AGAIN,
    CONTINUE,
    ROBUST,
    WIDER,
    OptimizeOptions,
    next_actions,
    params_of_next,
    request_for,
)
from core.domain.errors import ErrorCode, OmokageError
from core.domain.optimisation import (
    MAX_STEPS,
    OptimizeMode,
    OptimizeRequest,
    OptimizeResult,
)
from tests.unit.bot.features.optimize.builders import (
    FOOL,
    MINA,
    NAMED,
    NOISE,
    OTIS,
    PICTURE,
    UNSEEN,
    an_optimize_job,
    optimize_result,
)


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        (OptimizeOptions(photo=True), OptimizeMode.FOOL),
        (OptimizeOptions(), OptimizeMode.NOISE),
        (OptimizeOptions("fool", photo=True), OptimizeMode.FOOL),
        (OptimizeOptions("dream"), OptimizeMode.DREAM),
    ],
)
def test_a_photo_is_changed_and_without_one_noise_is(said: OptimizeOptions, mode: OptimizeMode) -> None:
    request = request_for(MINA, said)

    assert (request.mode, request.target, request.person_id) == (mode, "Mina", 7)
    assert (request.start is not None) is said.photo


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (OptimizeOptions("fool"), "fool-without-photo"),
        (OptimizeOptions("noise", photo=True), "photo-without-fool"),
        (OptimizeOptions("dream", epsilon=8), "epsilon-without-fool"),
        (OptimizeOptions(epsilon=8), "epsilon-without-fool"),
    ],
)
def test_options_that_do_not_go_together_are_said(said: OptimizeOptions, reason: str) -> None:
    with pytest.raises(OmokageError) as refused:
        request_for(MINA, said)

    assert refused.value.code is ErrorCode.BAD_OPTION
    assert refused.value.details == {"reason": reason}


@pytest.mark.parametrize(
    "said", [OptimizeOptions(steps=0), OptimizeOptions(steps=MAX_STEPS + 1), OptimizeOptions(photo=True, epsilon=33)]
)
def test_what_is_out_of_range_is_said_with_its_range(said: OptimizeOptions) -> None:
    with pytest.raises(OmokageError) as refused:
        request_for(MINA, said)

    assert {"option", "value", "allowed"} <= set(refused.value.details)


def test_what_was_said_is_asked_for_and_without_a_seed_each_picture_is_another() -> None:
    asked = request_for(MINA, OptimizeOptions("fool", photo=True, steps=40, epsilon=4, robust=True, seed=9))
    seeds = {request_for(MINA, OptimizeOptions()).seed for _ in range(5)}

    assert (asked.steps, asked.epsilon, asked.robust, asked.seed) == (40, 4, True, 9)
    assert len(seeds) > 1


def test_to_continue_is_the_same_from_the_picture_that_was_posted_with_the_same_recogniser() -> None:
    job = an_optimize_job()

    asked = OptimizeRequest.from_json(params_of_next(job, CONTINUE))

    assert asked == replace(FOOL, so_far=PICTURE, version_id=5)
    assert "photos" not in params_of_next(job, CONTINUE)  # or the photo would be fetched again


def test_the_other_buttons_change_one_thing_each() -> None:
    job, on = an_optimize_job(), replace(FOOL, so_far=PICTURE, version_id=5)
    noise = an_optimize_job(NOISE, optimize_result(UNSEEN, OptimizeMode.NOISE))
    wider, robust, again = (
        OptimizeRequest.from_json(params_of_next(one, action))
        for one, action in ((job, WIDER), (job, ROBUST), (noise, AGAIN))
    )

    assert wider == replace(on, epsilon=16)
    assert robust == replace(on, robust=True)
    assert again == replace(NOISE, version_id=5, seed=again.seed)
    assert again.seed != 41


@given(st.integers(1, 32))
def test_twice_the_bound_stays_within_what_is_allowed(epsilon: int) -> None:
    asked = OptimizeRequest.from_json(params_of_next(an_optimize_job(replace(FOOL, epsilon=epsilon)), WIDER))

    assert epsilon <= asked.epsilon <= 32


@pytest.mark.parametrize(
    ("asked", "result", "offered"),
    [
        (FOOL, optimize_result(jpeg=NAMED), (CONTINUE,)),
        (FOOL, optimize_result(jpeg=OTIS), (CONTINUE, ROBUST)),
        (replace(FOOL, robust=True), optimize_result(jpeg=OTIS), (CONTINUE,)),
        (FOOL, optimize_result(OTIS), (CONTINUE, WIDER)),
        (replace(FOOL, epsilon=32), optimize_result(OTIS), (CONTINUE,)),
        (FOOL, optimize_result(steps=40), ()),  # it ended by itself
        (FOOL, optimize_result(steps=40, stopped=True), (CONTINUE,)),
        (replace(NOISE, steps=100), optimize_result(UNSEEN, OptimizeMode.NOISE), (CONTINUE, AGAIN)),
        (FOOL, OptimizeResult(OptimizeMode.FOOL, "Mina", "recogniser v2", 5), ()),
    ],
)
def test_only_what_makes_sense_is_offered(
    asked: OptimizeRequest, result: OptimizeResult, offered: tuple[str, ...]
) -> None:
    assert next_actions(asked, result) == offered


def test_a_job_without_a_picture_has_nothing_to_go_on_from() -> None:
    for job in (replace(an_optimize_job(), result=None), an_optimize_job(result=optimize_result(picture=None))):
        with pytest.raises(OmokageError) as refused:
            requests.params_of_next(job, CONTINUE)
        assert refused.value.code is ErrorCode.PHOTO_GONE
