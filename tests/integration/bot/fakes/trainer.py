"""Trains in the fake worker, with the real segments and a trainer that needs no network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from core.bootstrap import Services
from core.domain.data.datasets import NOBODY, UNNAMED, Dataset, DatasetClass, Shard
from core.domain.embedders import EMBEDDING_NAME
from core.domain.jobs import JSON, Job, JobKind
from core.domain.registry.evaluation import EvaluationReport, ReliabilityBin
from core.domain.registry.versions import LicensedPart, VersionDraft
from core.domain.training.runs import CurvePoint, Run
from core.services.training.callbacks import Callback, combine
from core.services.training.live_status import LiveStatusCallback
from core.services.training.segment_runner import Training, TrainingParts
from sandbox.world import fixtures
from tests.integration.bot.fakes.worker import OWNER, FakeWorker, jpeg
from tests.integration.core.runs.fake_trainer import FakeTrainer

GUILD = int(fixtures.GUILD_ID)
STEP_S = 0.005
NAMES = ("Aki", "Ben", "Chie")


class Trainer(FakeTrainer):
    """Leaves behind what a recogniser does; `accuracy` is measured on fold 0."""

    accuracy = 0.9
    best_step: int | None = None

    def evaluate(self) -> Mapping[str, float]:
        if self.best_step is None:
            return super().evaluate()
        return {"held_out_accuracy": 1 - abs(self.step - self.best_step) / 100}

    def finish(self) -> VersionDraft:
        report = a_report(self.accuracy).to_json()
        metrics: dict[str, JSON] = {"accuracy": self.accuracy, "folds": {"0": self.accuracy}, "report": report}
        config: dict[str, JSON] = {"head": "cnn", "preset": "slim", "size": 32, "embedder": EMBEDDING_NAME}
        classes = tuple((name, number) for number, name in enumerate(NAMES, 1))
        parts = (LicensedPart("drawn pictures", "MIT"),)
        return VersionDraft("cnn-slim", config, classes, metrics, parts, self.save_state())


class FakeGeneratorTrainer(FakeTrainer):
    """Leaves behind what a model that draws does; at `rots_at` it ends by itself."""

    kid = 0.02

    def report(self) -> Mapping[str, float]:
        super().report()
        return {"generator_loss": 1.5, "discriminator_loss": 0.8, "d_real": 0.75, "d_fake": 0.25}

    def evaluate(self) -> Mapping[str, float]:
        return {"kid": self.kid, "faces": 0.95, "diversity": 0.9, "novelty": 1.1}

    def sample(self) -> bytes:
        return jpeg(64, 64 + self.step)

    def finish(self) -> VersionDraft:
        metrics: dict[str, JSON] = {**self.evaluate(), "best_step": self.step, "real_kid": 0.0002}
        config: dict[str, JSON] = {"head": "dcgan", "preset": "light", "size": 96}
        return VersionDraft(
            "dcgan-light", config, (), metrics, (LicensedPart("drawn pictures", "MIT"),), self.save_state()
        )


class SlowDown(Callback):
    """Holds the training after a step, once its figures are written."""

    def __init__(self, stepped: Callable[[int], None]) -> None:
        self._stepped = stepped

    def on_step_end(self, step: int) -> None:
        self._stepped(step)


class FakeTraining:
    """Decides how far the training goes: `hold` stops it at a step, `go` lets it run."""

    def __init__(self, services: Services, worker: FakeWorker, slice_s: float = 2.0) -> None:
        self.services = services
        self.accuracy = 0.9
        self.best_step: int | None = None  # its held-out accuracy is the highest; None: as the trainer finds it
        self.loss: float | None = None  # said in the place of the real one
        self.kid = 0.02
        self.rots_at: int | None = None
        self.drawn = 0
        self.ending = False
        self._limit = 10**9
        self._changed = threading.Condition()
        parts = TrainingParts(
            services.runs,
            services.blobs,
            dataset=services.datasets.get,
            open_dataset=lambda *_: None,  # type: ignore[arg-type, return-value]
            make_trainer=self._trainer,  # type: ignore[arg-type]
            register=services.registry.register,
            make_callback=combine(self._live, self._brake),
            slice_s=slice_s,
        )
        self._training = Training(parts)
        worker.others = {JobKind.TRAIN: self._segment, JobKind.EVALUATE: self._evaluate}
        worker.others[JobKind.SNAPSHOT] = self._snapshot

    def hold(self, step: int) -> None:
        with self._changed:
            self._limit = step
            self._changed.notify_all()

    def go(self) -> None:
        with self._changed:
            self._limit = 10**9
            self._changed.notify_all()

    def stop(self) -> None:
        self.ending = True
        self.go()

    def _segment(self, job: Job) -> None:
        self._training.run(job, lambda: self.ending)

    def _evaluate(self, job: Job) -> None:
        version = self.services.registry.get(int(str(job.params["version_id"])))
        pictures = [self.services.blobs.put(jpeg(40, side)) for side in (30, 31)]
        report = version.metrics["report"]
        result: dict[str, JSON] = {
            "version": version.number,
            "title": version.title,
            "report": report,
            "pictures": pictures,
        }
        self.services.jobs.leases.finish(job.id, OWNER, result)

    def _snapshot(self, job: Job) -> None:
        dataset = a_dataset(self.services, "labels")
        self.services.jobs.leases.finish(job.id, OWNER, {"dataset_id": dataset.id})

    def _trainer(self, run: Run, _dataset: Dataset, _reader: None) -> FakeTrainer:
        if run.kind.generates:
            sketcher = FakeGeneratorTrainer(run, report_every=5, evaluate_every=10)
            sketcher.kid, sketcher.rots_at = self.kid, self.rots_at
            return sketcher
        trainer = Trainer(run, report_every=5, evaluate_every=10)
        trainer.accuracy, trainer.best_step = self.accuracy, self.best_step
        if self.loss is not None:
            trainer.report = lambda: {"loss": self.loss or 0.0}  # type: ignore[method-assign]
        return trainer

    def _live(self, job: Job, run: Run) -> Callback:
        return LiveStatusCallback(self.services.runs, self.services.blobs, self._draw, job=job, run=run)

    def _brake(self, _job: Job, _run: Run) -> Callback:
        return SlowDown(self._step)

    def _step(self, step: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: step < self._limit, 30)
        time.sleep(STEP_S)

    def _draw(self, points: Sequence[CurvePoint], _steps: int, _title: str) -> bytes:
        self.drawn += 1
        return jpeg(60 + len(points), 40)


def a_report(accuracy: float = 0.9) -> EvaluationReport:
    """Of three people; the third is often taken for the first."""
    confusion = ((10, 0, 0), (1, 9, 0), (4, 0, 6))
    bins = (ReliabilityBin(0.9, accuracy, 30),)
    folds, by_step = {"0": accuracy}, {"0": ((10, 0.5), (20, accuracy))}
    return EvaluationReport(
        head="cnn",
        preset="slim",
        dataset="family v1",
        dataset_hash="ab" * 32,
        names=NAMES,
        folds=folds,
        by_step=by_step,
        confusion=confusion,
        bins=bins,
        ece=0.02,
        auroc=0.98,
        known_at_1=0.9,
    )


def pictures(services: Services, name: str = "faces", count: int = 2500) -> Dataset:
    """A data set in which nobody has a name."""
    content = f"{name}{count}".encode()
    shards = [Shard(services.blobs.put(content), count, len(content))]
    classes = [DatasetClass(UNNAMED, NOBODY, count)]
    digest = content.hex().ljust(64, "0")[:64]
    return services.datasets.add(GUILD, name, classes, shards, hash=digest, without_face=0, by=1)


def a_dataset(services: Services, name: str = "family", pictures: Sequence[int] = (10, 10, 10)) -> Dataset:
    """One that can be trained on, unless its people have too few pictures."""
    classes = [
        DatasetClass(one, number, count) for number, (one, count) in enumerate(zip(NAMES, pictures, strict=False), 1)
    ]
    content = f"{name}{sum(pictures)}".encode()
    shards = [Shard(services.blobs.put(content), sum(pictures), len(content))]
    digest = content.hex().ljust(64, "0")[:64]
    return services.datasets.add(GUILD, name, classes, shards, hash=digest, without_face=2, by=1)
