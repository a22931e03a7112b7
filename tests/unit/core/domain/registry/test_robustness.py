from __future__ import annotations

import json
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.optimisation import DEFAULT_EPSILON, Robustness
from core.domain.registry.robustness import (
    LEVELS,
    AttackBatch,
    AttackOutcome,
    CheckState,
    next_attack,
    robustness_from_metrics,
)

NEVER = DEFAULT_EPSILON + 1  # levels that a face would need which withstands all


def checked(needed: list[int], most: int) -> tuple[CheckState, list[AttackBatch]]:
    """The attacks on faces that fall to so many levels each."""
    state, attacks = CheckState((AttackOutcome(),) * len(needed), wanted=0), []
    while (attack := next_attack(state, most)) is not None:
        attacks.append(attack)
        state = state.attacked(attack, [needed[row] <= attack.level for row in attack.rows])
    return state, attacks


@given(st.lists(st.integers(1, NEVER), min_size=1, max_size=30), st.integers(1, 9))
def test_the_share_and_the_median_are_those_of_the_faces(needed: list[int], most: int) -> None:
    state, attacks = checked(needed, most)
    result = state.result()
    assert state.done
    assert state.fraction == pytest.approx(1.0)
    assert result.fooled == sum(one <= DEFAULT_EPSILON for one in needed) / len(needed)
    assert result.median_linf == (median_low(needed) if median_low(needed) <= DEFAULT_EPSILON else None)
    assert all(1 <= len(attack.rows) <= most for attack in attacks)
    tried = [(row, attack.level) for attack in attacks for row in attack.rows]
    assert len(set(tried)) == len(tried)  # nothing is tried twice


def test_a_face_that_has_fallen_is_left_in_peace_unless_the_median_needs_it() -> None:
    _, attacks = checked([1, 1, 1, 7], 10)
    assert attacks == [AttackBatch(level, (0, 1, 2, 3) if level == 1 else (3,)) for level in LEVELS]


def test_the_gap_around_the_median_is_halved() -> None:
    _, attacks = checked([5, 6, 7], 10)
    assert [attack.level for attack in attacks] == [1, 2, 4, 8, 6, 5]
    assert attacks[-1].rows == (0, 1)


@given(st.lists(st.integers(1, NEVER), max_size=9), st.integers(0, 25))
def test_a_check_goes_on_from_what_a_job_carries(needed: list[int], attacks: int) -> None:
    through, _ = checked(needed, 2)
    state = CheckState((AttackOutcome(),) * len(needed), wanted=0)
    for _ in range(attacks):
        attack = next_attack(state, 2)
        if attack is None:
            break
        state = state.attacked(attack, [needed[row] <= attack.level for row in attack.rows])
    state = CheckState.from_json(json.loads(json.dumps(state.to_json())))
    while (attack := next_attack(state, 2)) is not None:
        state = state.attacked(attack, [needed[row] <= attack.level for row in attack.rows])
    assert state == through


def test_textures_are_counted() -> None:
    state = CheckState((), wanted=100)
    assert not state.done
    state = state.shown(60, closed=9, opened=1).shown(40, closed=11, opened=0)
    assert state.done
    assert state.result() == Robustness(0, DEFAULT_EPSILON, 0.0, None, 100, 0.2, 0.01)
    assert state.fraction == pytest.approx(1.0)


def test_half_of_the_faces_is_enough_for_a_median_and_less_is_not() -> None:
    assert checked([3, NEVER], 10)[0].median == 3
    assert checked([3, NEVER, NEVER], 10)[0].median is None


def test_a_cards_figures_are_read_back_and_others_are_not_taken_for_them() -> None:
    result = Robustness(100, DEFAULT_EPSILON, 0.97, 2.0, 1000, 0.3, 0.002)
    assert robustness_from_metrics({"robustness": json.loads(json.dumps(result.to_json()))}) == result
    assert robustness_from_metrics({}) is None
    assert robustness_from_metrics({"robustness": None}) is None
    assert robustness_from_metrics({"robustness": {**result.to_json(), "of-a-later-omokage": 1}}) is None
