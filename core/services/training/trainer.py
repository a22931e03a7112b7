"""The protocol of trainers: what a network must implement to be trained as a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias

from core.domain.data.datasets import Dataset
from core.domain.registry.versions import Version, VersionDraft
from core.domain.training.runs import EarlyStop, Run

if TYPE_CHECKING:
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.datasets.embed_anew import OnEmbedded


class Trainer(Protocol):
    """What a run trains. All that the next step depends on is in its saved state."""

    @property
    def step(self) -> int:
        """Steps done."""
        ...

    @property
    def steps(self) -> int:
        """Of the whole run."""
        ...

    @property
    def report_every(self) -> int:
        """Steps between two points of the curves."""
        ...

    @property
    def evaluate_every(self) -> int:
        """Steps between two evaluations."""
        ...

    def advance(self) -> None:
        """One step."""
        ...

    def report(self) -> Mapping[str, float]:
        """Means over the steps since the last report; waits for the device."""
        ...

    def evaluate(self) -> Mapping[str, float]:
        """Held-out figures at this step; within three seconds, so that others need not wait."""
        ...

    def should_stop(self) -> EarlyStop | None:
        """Why it is best to train no further, as the evaluation that was just made shows; None: go on.

        Once there is a reason, `steps` is the present step, also after a restore, and `finish` leaves behind what was
        best.
        """
        ...

    def sample(self) -> bytes | None:
        """PNG, if the model makes pictures."""
        ...

    def save_state(self) -> bytes:
        """A safetensors file."""
        ...

    def restore(self, data: bytes) -> None:
        """Go back to a saved state; BAD_WEIGHTS."""
        ...

    def finish(self) -> VersionDraft:
        """What the run leaves behind."""
        ...


MakeTrainer: TypeAlias = "Callable[[Run, Dataset, DatasetReader], Trainer]"
OpenDataset: TypeAlias = "Callable[[Dataset, OnEmbedded], DatasetReader]"
Register: TypeAlias = Callable[[Run, Dataset, VersionDraft], Version]


def is_due(step: int, every: int, steps: int) -> bool:
    """Whether something that is done every so often, and at the end, is to be done now."""
    return step == steps or (every > 0 and step % every == 0)


def close(trainer: Trainer) -> None:
    """Let a trainer end its threads, if it has any."""
    end = getattr(trainer, "close", None)
    if end is not None:
        end()
