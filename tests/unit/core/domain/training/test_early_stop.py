from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.training.early_stop import FEWEST_EVALUATIONS, should_stop
from core.domain.training.runs import CurvePoint

EVERY = 100  # steps between evaluations
Curve = list[CurvePoint]


def evaluation(number: int, kid: float, diversity: float = 0.9) -> CurvePoint:
    return CurvePoint(number * EVERY, {"kid": kid, "diversity": diversity, "novelty": 1.0, "faces": 0.9})


def report(step: int, d_real: float, d_fake: float, generator_loss: float) -> CurvePoint:
    values = {"d_real": d_real, "d_fake": d_fake, "generator_loss": generator_loss, "discriminator_loss": 1.0}
    return CurvePoint(step, values)


def falling(count: int, jitter: float = 0.25, seed: int = 0) -> Curve:
    """As KID goes in a run that learns: steeply, then slower, with noise that is in proportion."""
    noise = random.Random(seed)
    return [
        evaluation(at, (0.6 / at + 0.01) * math.exp(noise.uniform(-jitter, jitter)), 0.9 * noise.uniform(0.85, 1.1))
        for at in range(1, count + 1)
    ]


def even_game(steps: int, seed: int = 0) -> Curve:
    noise = random.Random(seed)
    return [
        report(step, 0.7 + noise.uniform(-0.2, 0.29), 0.3 + noise.uniform(-0.29, 0.2), 1.5 + noise.uniform(-1, 1))
        for step in range(10, steps + 1, 10)
    ]


def lost_game(after: int, steps: int, climb: float = 3.0) -> Curve:
    """From a step on the discriminator is always right, and the generator's loss climbs."""
    return [
        report(step, 0.995, 0.004, 5.0 + climb * (step - after) / (steps - after))
        for step in range(after + 10, steps + 1, 10)
    ]


def together(*curves: Curve) -> Curve:
    return sorted((point for curve in curves for point in curve), key=lambda point: point.step)


@settings(max_examples=200)
@given(st.integers(1, 40), st.integers(0, 10_000))
def test_a_run_that_learns_goes_on_however_its_figures_jitter(count: int, seed: int) -> None:
    curve = together(falling(count, seed=seed), even_game(count * EVERY, seed))
    assert all(
        should_stop([point for point in curve if point.step <= at * EVERY]) is None for at in range(1, count + 1)
    )


@given(st.integers(0, FEWEST_EVALUATIONS - 1), st.floats(0, 9))
def test_nothing_is_said_of_a_young_run_whatever_it_does(count: int, kid: float) -> None:
    curve = [evaluation(at, kid + at, 1.0 / at) for at in range(1, count + 1)]
    assert should_stop(together(curve, lost_game(0, max(10, count * EVERY)))) is None


def test_a_discriminator_that_always_wins_while_the_generator_falls_behind_is_told() -> None:
    learnt = falling(8, jitter=0)
    after = [evaluation(at, 0.1) for at in (9, 10, 11)]
    curve = together(learnt, even_game(800), after, lost_game(800, 1100))
    early_stop = should_stop(curve)
    assert early_stop is not None
    assert (early_stop.code, early_stop.step, early_stop.best, early_stop.figure) == (
        "discriminator-won",
        1100,
        800,
        "kid",
    )
    assert early_stop.value == learnt[-1].values["kid"]
    assert should_stop(curve[: curve.index(after[1]) + 1]) is None  # two evaluations may be chance


def test_a_discriminator_that_wins_while_pictures_get_better_is_let_be() -> None:
    """As in runs with plenty of pictures, where the generator learns most from a strong opponent."""
    assert should_stop(together(falling(20, jitter=0), lost_game(0, 2000))) is None


def test_a_lead_that_does_not_grow_is_let_be() -> None:
    after = [evaluation(at, 0.09) for at in (9, 10, 11)]
    assert should_stop(together(falling(8, jitter=0), after, lost_game(800, 1100, climb=0.2))) is None


@given(st.floats(0.3, 1.2), st.floats(0.0, 0.49))
def test_samples_that_become_alike_are_told(before: float, share: float) -> None:
    learnt = [evaluation(at, 0.5 / at, before) for at in range(1, 9)]
    after = [evaluation(at, 0.07, before * share) for at in (9, 10, 11)]
    early_stop = should_stop([*learnt, *after])
    assert early_stop is not None
    assert (early_stop.code, early_stop.best) == ("diversity-fell", 800)


def test_samples_that_were_alike_once_are_let_be() -> None:
    learnt = [evaluation(at, 0.5 / at) for at in range(1, 9)]
    after = [evaluation(9, 0.07, 0.2), evaluation(10, 0.07, 0.2), evaluation(11, 0.07)]
    assert should_stop([*learnt, *after]) is None


def test_pictures_that_only_get_worse_are_told_after_six_evaluations() -> None:
    learnt = falling(10, jitter=0)
    worse = [evaluation(10 + at, 0.12 + 0.01 * at) for at in range(1, 7)]
    early_stop = should_stop([*learnt, *worse])
    assert early_stop is not None
    assert (early_stop.code, early_stop.step, early_stop.best) == ("worse-and-worse", 1600, 1000)
    assert should_stop([*learnt, *worse[:-1]]) is None


def test_pictures_that_got_worse_and_are_on_their_way_back_are_let_be() -> None:
    learnt = falling(10, jitter=0)
    assert should_stop([*learnt, *(evaluation(10 + at, 0.3 - 0.03 * at) for at in range(1, 7))]) is None


@pytest.mark.parametrize("best", [0.0, -0.002, 0.001])
def test_what_differs_by_chance_near_the_best_there_can_be_is_let_be(best: float) -> None:
    curve = [evaluation(at, best if at == 9 else 0.004) for at in range(1, 30)]
    assert should_stop(curve) is None


def dead(number: int, diversity: float = 0.0, faces: float = 0.0) -> CurvePoint:
    """As a run with steps a thousand times too large, in either precision."""
    return CurvePoint(number * EVERY, {"kid": 2.1, "diversity": diversity, "novelty": 1.6, "faces": faces})


@settings(max_examples=50)
@given(st.integers(1, 3), st.lists(st.floats(0.0, 0.29), min_size=FEWEST_EVALUATIONS, max_size=40))
def test_a_run_that_is_dead_from_its_first_evaluations_is_told(alive: int, diversities: list[float]) -> None:
    first = [evaluation(number, 1.5, 0.5) for number in range(1, alive)]
    first = [CurvePoint(point.step, {**point.values, "faces": 0.0}) for point in first]
    curve = [*first, *(dead(alive + number, diversity) for number, diversity in enumerate(diversities))]
    early_stop = should_stop(curve[:FEWEST_EVALUATIONS])
    assert early_stop is not None
    assert (early_stop.code, early_stop.step) == ("never-learnt", FEWEST_EVALUATIONS * EVERY)
    assert should_stop(curve[: FEWEST_EVALUATIONS - 1]) is None


def test_a_healthy_run_that_has_drawn_no_face_yet_is_let_be() -> None:
    """As `small` goes in its first 170 steps: KID gets no better, but the pictures are no two alike."""
    kids = [1.58, 1.64, 1.67, 1.68, 1.61, 1.55, 1.51, 1.51, 1.50, 1.50, 1.58, 1.84, 1.81, 1.70, 1.60, 1.49]
    curve = [dead(number, 0.48) for number in range(1, len(kids) + 1)]
    curve = [CurvePoint(point.step, {**point.values, "kid": kid}) for point, kid in zip(curve, kids, strict=True)]
    assert all(should_stop(curve[:count]) is None for count in range(1, len(curve) + 1))


def test_one_face_or_one_various_evaluation_is_a_sign_of_life() -> None:
    curve = [dead(number) for number in range(1, 11)]
    for sign in (dead(2, faces=0.02), dead(8, diversity=0.4)):
        alive = [sign if point.step == sign.step else point for point in curve]
        assert should_stop(alive) is None


def test_a_run_without_reports_or_diversity_is_judged_by_what_there_is() -> None:
    assert should_stop([]) is None
    kids = [CurvePoint(at * EVERY, {"kid": 0.05 if at == 5 else 0.5}) for at in range(1, 12)]
    early_stop = should_stop(kids)
    assert early_stop is not None
    assert early_stop.code == "worse-and-worse"
