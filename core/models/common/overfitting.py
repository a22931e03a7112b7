"""Whether a network has begun to learn its pictures by heart, from its losses on held-out ones alone."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain.training.runs import EarlyStop

_RISING = 5  # evaluations in a row without a better one, a quarter of a run: by then it is no wavering
_CLEARLY = 1.02  # times the best loss; overfitting is slow, and a loss that stands still does no harm


def overfitted(history: Sequence[tuple[int, float]]) -> EarlyStop | None:
    """Return an early stop if held-out losses, (step, loss), have clearly been above their best for long."""
    if len(history) <= _RISING:
        return None
    best, value = min(history, key=lambda evaluation: evaluation[1])
    if all(step > best and loss > _CLEARLY * value for step, loss in history[-_RISING:]):
        return EarlyStop("worse-and-worse", history[-1][0], best, "held_out_loss", value)
    return None
