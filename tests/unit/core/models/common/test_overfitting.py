from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.models.common.overfitting import overfitted


@given(st.lists(st.floats(0.1, 10), max_size=30))
def test_a_run_ends_only_long_after_its_best(losses: list[float]) -> None:
    ending = overfitted(list(enumerate(losses)))
    if ending is not None:
        assert ending.value == min(losses)
        assert all(loss > ending.value for loss in losses[-5:])
        assert ending.best == losses.index(min(losses))


def test_a_loss_that_stands_still_does_not_end_a_run() -> None:
    assert overfitted([(step, 0.2 + 0.001 * (step % 2)) for step in range(30)]) is None
