"""Seeds and traits as members type them."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.generate.parsing import change_trait, parse_seeds, parse_traits
from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import (
    MAX_SEED,
    MAX_TRAIT,
    GridRequest,
)


@pytest.mark.parametrize(
    ("typed", "seeds"),
    [(None, ()), ("", ()), ("3 5 9", (3, 5, 9)), ("3,5、9", (3, 5, 9)), (f" {MAX_SEED} ", (MAX_SEED,))],
)
def test_seeds_stand_between_spaces_or_commas(typed: str | None, seeds: tuple[int, ...]) -> None:
    assert parse_seeds("add", typed) == seeds


@pytest.mark.parametrize("typed", ["x", "3 -5", "1.5", f"{MAX_SEED + 1}", "٣", "1 2 3 4 5 6 7 8 9", "99999999999"])
def test_what_is_no_seed_is_said(typed: str) -> None:
    with pytest.raises(OmokageError) as refused:
        parse_seeds("add", typed)

    assert refused.value.code is ErrorCode.BAD_OPTION
    assert refused.value.details["option"] == "add"


@given(st.lists(st.integers(0, MAX_SEED), max_size=8), st.sampled_from([" ", ", ", "、", "\n"]))
def test_seeds_are_read_as_they_were_written(seeds: list[int], between: str) -> None:
    assert parse_seeds("add", between.join(map(str, seeds))) == tuple(seeds)


@pytest.mark.parametrize(
    ("typed", "traits"),
    [
        (None, {}),
        ("smile", {"smile": 1.0}),
        ("Smile 1.5, glasses -1", {"smile": 1.5, "glasses": -1.0}),
        ("smile=1.5 glasses=-1", {"smile": 1.5, "glasses": -1.0}),
        ("smile：2、long-hair", {"smile": 2.0, "long-hair": 1.0}),
        ("smile +0.5 smile -0.5", {"smile": -0.5}),
    ],
)
def test_traits_have_amounts_or_are_meant_plainly(typed: str | None, traits: dict[str, float]) -> None:
    assert parse_traits(typed) == traits


@pytest.mark.parametrize(("typed", "reason"), [("1.5", "trait-form"), ("smile 1 2", "trait-form"), ("smile 4", None)])
def test_what_is_no_trait_is_said(typed: str, reason: str | None) -> None:
    with pytest.raises(OmokageError) as refused:
        parse_traits(typed)

    assert refused.value.code is ErrorCode.BAD_OPTION
    assert refused.value.details.get("reason") == reason


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_traits_within_bounds_or_a_sentence(typed: str) -> None:
    result: dict[str, float] = {}
    with contextlib.suppress(OmokageError):
        result = parse_traits(typed)

    assert all(abs(amount) <= MAX_TRAIT and name == name.lower() for name, amount in result.items())


@given(st.dictionaries(st.sampled_from(["smile", "age"]), st.floats(-3, 3)), st.sampled_from([1.0, -1.0]))
def test_more_of_a_trait_stays_within_bounds_and_nothing_is_left_of_none(traits: Any, step: float) -> None:
    changed = change_trait(traits, "smile", step)

    GridRequest(1, 1, traits=changed)  # it may be asked for
    assert changed.get("smile", 0.0) == max(-3.0, min(3.0, traits.get("smile", 0.0) + step))
    assert 0.0 not in changed.values()
