"""Learning-rate schedules."""

from __future__ import annotations

import math

_WARM_UP = 0.05  # fraction of the steps in which the learning rate rises


def warm_up_cosine(peak: float, step: int, steps: int) -> float:
    """Return the learning rate of a step: a linear rise to the peak, then half a cosine down to nothing.

    Args:
        peak: the highest rate.
        step: from 0.
        steps: of the whole run.
    """
    warm_up = max(1, round(_WARM_UP * steps))
    if step < warm_up:
        return peak * (step + 1) / warm_up
    return peak * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up))) / 2
