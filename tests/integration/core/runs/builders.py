"""A run service on a test's database, and a worker that trains with the fake trainer in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.domain.data.datasets import Dataset
from core.domain.jobs import Job
from core.domain.training.runs import Run, RunState
from core.services.jobs.service import JobService
from core.services.runs.service import RunService
from core.services.training.callbacks import MakeCallback, no_callback
from core.services.training.segment_runner import Training, TrainingParts
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.vision.datasets.embed_anew import OnEmbedded
from tests.integration.core.builders import Broker, Clock
from tests.integration.core.runs.fake_trainer import DATASET, FakeDatasets, FakeRegistry, FakeTrainer, prepare


@dataclass
class Bench:
    """Everything that a run needs. `on_step` is called by the trainers after each step."""

    database: Database
    folder: Path
    clock: Clock = field(default_factory=Clock)
    broker: Broker = field(default_factory=Broker)
    datasets: FakeDatasets = field(default_factory=FakeDatasets)
    registry: FakeRegistry = field(default_factory=FakeRegistry)
    trainers: list[FakeTrainer] = field(default_factory=list)
    on_step: Callable[[int], None] | None = None
    change: Callable[[FakeTrainer], None] | None = None
    portions: int = 0  # of pictures that are to be embedded anew when the data set is next opened

    def __post_init__(self) -> None:
        self.blobs = Blobs(str(self.folder))
        self.jobs = JobService(self.database, self.broker, self.clock)
        self.runs = RunService(self.database, self.jobs.dispatcher, self.datasets, self.blobs, self.clock)
        prepare(self.database)

    def worker(self, slice_s: float = 60.0, make_callback: MakeCallback = no_callback) -> Worker:
        """A process with nothing in memory yet."""
        parts = TrainingParts(
            self.runs,
            self.blobs,
            dataset=self.datasets.get,
            open_dataset=self.open_dataset,
            make_trainer=self._make_trainer,
            register=self.registry.register,
            make_callback=make_callback,
            slice_s=slice_s,
        )
        return Worker(self, Training(parts))

    def open_dataset(self, dataset: Dataset, on_embedded: OnEmbedded) -> Any:
        assert dataset == DATASET
        while self.portions:
            self.portions -= 1
            on_embedded(1, 1 + self.portions)

    def _make_trainer(self, run: Run, dataset: Dataset, reader: Any) -> FakeTrainer:
        def stepped(step: int) -> None:
            if self.on_step is not None:
                self.on_step(step)

        trainer = FakeTrainer(run, on_step=stepped)
        if self.change is not None:
            self.change(trainer)
        self.trainers.append(trainer)
        return trainer

    def steps_of(self, run: Run) -> list[int]:
        return [point.step for point in self.runs.points(run.id)]


@dataclass
class Worker:
    """Takes messages; `ending` as SIGTERM sets it."""

    bench: Bench
    training: Training
    ending: bool = False
    _count: int = 0

    def claim(self) -> Job | None:
        """The next message's job, if it is still to be done."""
        for message in self.bench.broker.take():
            self._count += 1
            job = self.bench.jobs.leases.claim(message, f"{id(self)}-{self._count}")
            if job is not None:
                return job
        return None

    def segment(self) -> Run | None:
        """Claim the next job and train one segment of its run."""
        job = self.claim()
        assert job is not None, "there is no message"
        return self.training.run(job, lambda: self.ending)

    def until_rest(self) -> Run:
        """Train segments until the run no longer waits."""
        run = None
        while run is None or run.state is RunState.WAITING:
            run = self.segment()
            assert run is not None
        return run


def whole_state(steps: int) -> dict[str, object]:
    class Run:
        seed = 5

    Run.steps = steps
    trainer = FakeTrainer(Run)  # type: ignore[arg-type]
    for _ in range(steps):
        trainer.advance()
    return trainer.state()
