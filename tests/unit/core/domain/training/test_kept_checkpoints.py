"""Which checkpoints are kept."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.domain.training.kept_checkpoints import NEWEST, SPREAD, best_checkpoint, kept_steps, newest_figures
from core.domain.training.runs import Checkpoint

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def checkpoint(step: int, **values: float) -> Checkpoint:
    return Checkpoint(1, step, f"{step:064x}", 10, values, NOW)


def trained(steps: list[int], best: int | None = None) -> list[Checkpoint]:
    """What is kept after one after the other was added."""
    kept: list[Checkpoint] = []
    for step in steps:
        kept.append(checkpoint(step, held_out_accuracy=0.9 if step == best else 0.5))
        steps_kept = kept_steps(kept)
        kept = [one for one in kept if one.step in steps_kept]
    return kept


def test_the_newest_are_kept() -> None:
    assert [one.step for one in trained(list(range(100, 10_100, 100)))][-NEWEST:] == [9800, 9900, 10_000]


def test_the_best_is_kept() -> None:
    assert 3700 in [one.step for one in trained(list(range(100, 10_100, 100)), best=3700)]


def test_the_others_are_spread_over_the_whole_run() -> None:
    steps = [one.step for one in trained(list(range(100, 10_100, 100)))]
    assert 5 <= len(steps) <= NEWEST + SPREAD + 2
    gaps = [after - before for before, after in zip([0, *steps], steps, strict=False)]
    assert max(gaps) <= 2 * 2048, "the spacing is the least power of two that eight of reach the end"


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=120, unique=True))
def test_few_are_kept_and_the_newest_of_all_always(drawn: list[int]) -> None:
    kept = [one.step for one in trained(sorted(drawn))]
    assert len(kept) <= NEWEST + SPREAD + 2
    assert kept[-1] == max(drawn)


def test_without_held_out_figures_the_lowest_loss_is_best() -> None:
    best = best_checkpoint([checkpoint(1, loss=0.5), checkpoint(2, loss=0.2), checkpoint(3, loss=0.3), checkpoint(4)])
    assert best is not None
    assert best.step == 2
    assert best_checkpoint([checkpoint(1)]) is None


def test_each_curves_last_value_is_newest() -> None:
    assert newest_figures([{"loss": 2.0, "held_out_accuracy": 0.1}, {"loss": 1.0}]) == {
        "loss": 1.0,
        "held_out_accuracy": 0.1,
    }


def test_of_a_model_that_draws_the_nearest_to_real_pictures_is_best_unless_it_has_a_loss_of_its_own() -> None:
    drawing = [checkpoint(1, kid=0.4, generator_loss=0.1), checkpoint(2, kid=0.1, generator_loss=9.0)]
    encoding = [checkpoint(1, kid=0.4, held_out_loss=0.1), checkpoint(2, kid=0.1, held_out_loss=0.2)]
    assert [best.step for best in map(best_checkpoint, (drawing, encoding)) if best is not None] == [2, 1]
