"""What the trainers of generators share: they keep the best evaluation, not the last, and may stop early."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from core.domain.training.runs import EarlyStop
from core.models.common.base_trainer import BaseTrainer, T
from core.models.common.saved_state import pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.jobs import JSON
    from core.domain.training.runs import Run


class GeneratorTrainer(BaseTrainer[T]):
    """A trainer whose model makes pictures.

    Args:
        training: what is trained.
        run: its preset, options and seed.
        evaluations: in a whole run.
    """

    def __init__(self, training: T, run: Run, evaluations: int) -> None:
        super().__init__(training, run, evaluations)
        self._best: tuple[int, dict[str, NDArray[Any]]] | None = None  # step, the version's tensors
        self._early_stop: EarlyStop | None = None

    @property
    def steps(self) -> int:
        """Steps of the whole run; fewer once it stops early."""
        return self._early_stop.step if self._early_stop else self._training.steps

    def should_stop(self) -> EarlyStop | None:
        """Return why more steps would make the model worse; None: go on."""
        if self._early_stop is None and self.step < self._training.steps:
            self._early_stop = self._find_early_stop()
        return self._early_stop

    @abstractmethod
    def _find_early_stop(self) -> EarlyStop | None:
        """Judge the evaluations so far."""

    @abstractmethod
    def _own_state(self, ending: JSON) -> dict[str, Any]:
        """Return what the network's own trainer keeps, and `ending`, as JSON; the order is part of the bytes."""

    @abstractmethod
    def _set_own_state(self, values: Mapping[str, Any]) -> None:
        """Go back to what `_own_state` gave, and forget what was drawn."""

    def _best_tensors(self) -> tuple[int, dict[str, NDArray[Any]]]:
        """Return the best step and its tensors; evaluate if nothing was evaluated yet."""
        if self._best is None:
            self.evaluate()
        assert self._best is not None  # noqa: S101 - evaluating makes one
        return self._best

    def _dump(self, tensors: Mapping[str, NDArray[Any]]) -> bytes:
        step, best = self._best or (None, {})
        ending = asdict(self._early_stop) if self._early_stop else None
        values = {"step": self.step, "preset": self._run.preset, "best": step}
        return pack(tensors, best, values | self._own_state(ending))

    def _load(self, data: bytes) -> None:
        tensors, best, values = unpack(data)
        self._training.set_tensors(tensors, int(values["step"]))
        self._best = None if values["best"] is None else (int(values["best"]), best)
        self._early_stop = EarlyStop(**values["ending"]) if values["ending"] else None
        self._set_own_state(values)
