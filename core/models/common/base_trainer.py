"""What the trainers of all networks share; each implements `Trainer` (core/services/training/trainer.py)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from core.models.common.saved_state import check_finite, mismatch_as_bad_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.jobs import JSON
    from core.domain.registry.versions import VersionDraft
    from core.domain.training.runs import EarlyStop, Run


class Training(Protocol):
    """What is trained, a step at a time."""

    @property
    def step(self) -> int:
        """Steps done."""
        ...

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        ...

    def advance(self) -> None:
        """Do one step."""
        ...

    def report(self) -> Mapping[str, float]:
        """Return figures of the steps since the last report."""
        ...

    def tensors(self) -> Mapping[str, NDArray[Any]]:
        """Return all that the next step depends on, beside the step."""
        ...

    def set_tensors(self, tensors: Mapping[str, NDArray[Any]], step: int) -> None:
        """Go back to what `tensors` gave; KeyError, TypeError or ValueError where it does not fit."""
        ...

    def close(self) -> None:
        """Release threads."""
        ...


class TrainingOptions(Protocol):
    """What every preset of a Keras network has."""

    @property
    def batch(self) -> int:
        """Pictures in a batch."""
        ...

    @property
    def learning_rate(self) -> float:
        """Of the optimizer, at its peak."""
        ...


T = TypeVar("T", bound=Training)


class BaseTrainer(ABC, Generic[T]):
    """A training as a run: figures at regular steps, a saved state, and a version at the end.

    Args:
        training: what is trained.
        run: its preset, options and seed.
        evaluations: in a whole run.
    """

    report_every = 10  # steps; the figures of fewer jump about

    def __init__(self, training: T, run: Run, evaluations: int) -> None:
        self._training = training
        self._run = run
        self.evaluate_every = max(self.report_every, training.steps // evaluations)

    @property
    def step(self) -> int:
        """Steps done."""
        return self._training.step

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return self._training.steps

    def advance(self) -> None:
        """Do one training step."""
        self._training.advance()

    def report(self) -> Mapping[str, float]:
        """Return the figures of the training batches since the last report."""
        return self._training.report()

    @abstractmethod
    def evaluate(self) -> Mapping[str, float]:
        """Return figures of held-out pictures."""

    def should_stop(self) -> EarlyStop | None:
        """Return None: the training goes to its end."""
        return None

    def sample(self) -> bytes | None:
        """Return None: the model makes no pictures."""
        return None

    def save_state(self) -> bytes:
        """Return everything that the next step depends on, a safetensors file.

        Raises:
            OmokageError: DIVERGED.
        """
        tensors = self._training.tensors()
        check_finite(tensors, self.step)
        return self._dump(tensors)

    def restore(self, data: bytes) -> None:
        """Go back to a state that `save_state` gave.

        Raises:
            OmokageError: BAD_WEIGHTS, a damaged file or one of another network.
        """
        with mismatch_as_bad_weights():
            self._load(data)

    @abstractmethod
    def finish(self) -> VersionDraft:
        """Return what the run leaves behind."""

    def close(self) -> None:
        """Release threads."""
        self._training.close()

    @abstractmethod
    def _dump(self, tensors: Mapping[str, NDArray[Any]]) -> bytes:
        """Write the training's tensors and the trainer's own state to a file."""

    @abstractmethod
    def _load(self, data: bytes) -> None:
        """Read what `_dump` wrote; KeyError, TypeError or ValueError where it does not fit."""

    def _config(self, head: str, options: TrainingOptions, **own: JSON) -> dict[str, JSON]:
        """Return a version's config: the network's own entries between those that every network has."""
        return {
            "head": head,
            "preset": self._run.preset,
            **own,
            "steps": self.steps,
            "batch": options.batch,
            "learning_rate": options.learning_rate,
            "seed": self._run.seed,
        }
