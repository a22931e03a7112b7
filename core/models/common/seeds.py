"""Seeds for the initializers of a network, from the seed of a run alone.

Keras takes the seed of an initializer that has none from the global state of `random`. `keras.utils.set_random_seed`
fixes that for a process with one thread only: while a worker warms up a model in another thread, both draw from the
same state, and the same run begins with other weights.
"""

from __future__ import annotations

import random
from typing import Any

import keras

_LARGEST = 10**9  # of Keras' own seeds: so a run begins with the weights that `set_random_seed` gave it in one thread


class Seeds:
    """A stream of seeds: the same numbers for the same seed, whatever else draws random numbers in this process.

    Args:
        seed: of the run.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def draw(self) -> int:
        """Return the next seed, 1 to 1e9."""
        return self._random.randint(1, _LARGEST)

    def normal(self, deviation: float) -> Any:
        """Make a normal initializer with mean 0."""
        return keras.initializers.RandomNormal(0.0, deviation, seed=self.draw())

    def glorot(self) -> Any:
        """Make the initializer that is Keras' default for dense layers and convolutions (Glorot and Bengio 2010)."""
        return keras.initializers.GlorotUniform(seed=self.draw())

    def he(self) -> Any:
        """Make a normal initializer for what a ReLU follows (He et al. 2015)."""
        return keras.initializers.HeNormal(seed=self.draw())
