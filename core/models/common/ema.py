"""The exponential moving average (EMA) of a network's weights, which is what is evaluated and kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import ops


def update_ema(averages: Sequence[Any], variables: Sequence[Any], decay: float, iterations: Any) -> None:
    """Move the averages towards the variables, within a training step.

    Polyak's average with the warm-up of TensorFlow's `ExponentialMovingAverage`: it follows fast at first.

    Args:
        averages: Keras variables.
        variables: those that are averaged, in the same order.
        decay: in [0, 1); 0: the averages are the variables.
        iterations: of the optimizer, a variable.
    """
    done = ops.cast(iterations, "float32")
    kept = ops.minimum(decay, (1.0 + done) / (10.0 + done))
    for average, variable in zip(averages, variables, strict=True):
        average.assign(variable + kept * (average - variable))
