"""What the trainings of all Keras networks share: steps, figures, prefetched batches, and the state as tensors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.models.common.prefetch import Batch, Prefetch
from core.models.common.variables import assign, means, numbered, values_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.common.backend import Step, Tensors


class BaseTraining(ABC):
    """A network that is trained a step at a time.

    All that the next step depends on is in `tensors` and `step`: a training that was stopped goes on bit for bit.

    Args:
        steps: of the whole run.

    Attributes:
        step: steps done.
    """

    # Set by the network's own training; the optimizer only where the learning rate changes.
    _train_step: Step
    _optimizer: Any

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.step = 0
        self._figures: list[Tensors] = []  # of the steps since the last report, still on the device
        self._batches = Prefetch(self._make_batch, steps)

    def advance(self) -> None:
        """Do one training step."""
        batch = self._batches.get(self.step)
        rate = self._learning_rate(self.step)
        if rate is not None:
            self._optimizer.learning_rate = rate
        self._figures.append(self._train_step(*batch))
        self.step += 1

    def report(self) -> dict[str, float]:
        """Return the means over the steps since the last report; waits for the device."""
        figures, self._figures = self._figures, []
        return means(figures)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return everything that the next step depends on, beside the step itself, by name."""
        return values_of(numbered(self._variables()))

    def set_tensors(self, tensors: Mapping[str, NDArray[Any]], step: int) -> None:
        """Go back to what `tensors` gave at a step.

        Raises:
            ValueError: tensors of another network.
        """
        assign(numbered(self._variables()), tensors)
        self.step = step
        self._figures = []

    def close(self) -> None:
        """End the thread that makes batches."""
        self._batches.close()

    @abstractmethod
    def _make_batch(self, step: int) -> Batch:
        """Make the batch of a step, the same whenever it is made."""

    @abstractmethod
    def _variables(self) -> Mapping[str, Sequence[Any]]:
        """Return groups of Keras variables; the names and the order of both are the checkpoints' format."""

    def _learning_rate(self, step: int) -> float | None:
        """Return the rate of a step; None: the optimizer's own, all the time."""
        return None
