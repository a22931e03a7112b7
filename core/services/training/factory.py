"""Which network trains a run, and what a process that trains works with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.data.datasets import Dataset
from core.domain.jobs import Job
from core.domain.registry.versions import Version, VersionDraft
from core.domain.training.presets import CNN, DCGAN, EMBEDDING, VAE, bad_option
from core.domain.training.runs import Run
from core.services.training.callbacks import MakeWatcher, Watcher, both
from core.services.training.live_status import LiveWatcher
from core.services.training.segment_runner import Training, TrainingParts
from core.services.training.tensorboard import EventLog, Events
from core.services.training.trainer import Register, Trainer

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage
    from core.services.jobs.robustness_checks import CheckJobs
    from core.services.registry.service import RegistryService
    from core.services.runs.service import RunService
    from core.storage.blobs import Blobs
    from core.vision.datasets.dataset_reader import DatasetReader


def make_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> Trainer:
    """The trainer that a run's options ask for, at step 0; imports TensorFlow where it needs it.

    Raises:
        OmokageError: BAD_OPTION, as for a head that a later version brought.
    """
    head = run.config.get("head")
    if head == EMBEDDING:
        from core.models.embedding.trainer import make_embedding_trainer

        return make_embedding_trainer(run, dataset, reader)
    if head == CNN:
        from core.models.cnn.trainer import make_cnn_trainer

        return make_cnn_trainer(run, dataset, reader)
    if head == DCGAN:
        from core.models.dcgan.trainer import make_dcgan_trainer

        return make_dcgan_trainer(run, dataset, reader)
    if head == VAE:
        from core.models.vae.trainer import make_vae_trainer

        return make_vae_trainer(run, dataset, reader)
    raise bad_option("head", head, f"{EMBEDDING}, {CNN}, {DCGAN}, {VAE}")


def load_training(
    runs: RunService,
    registry: RegistryService,
    checks: CheckJobs,
    storage: DatasetStorage,
    beside: MakeWatcher | None = None,
) -> Training:
    """What trains in this process.

    Args:
        runs: are trained.
        registry: gets what they become.
        checks: are asked for each new version.
        storage: has the data sets, and takes checkpoints and TensorBoard's files.
        beside: who else watches: a shell, for which no curves are drawn.
    """
    events = EventLog(runs, storage.folder / "tensorboard", _open_events)
    live = both(_live(runs, storage.blobs, draws=beside is None), events.watch)
    return Training(
        TrainingParts(
            runs,
            storage.blobs,
            dataset=storage.datasets.get,
            open_dataset=storage.open,
            make_trainer=make_trainer,
            register=_registering(registry, checks, send=beside is None),
            watcher=live if beside is None else both(live, beside),
        )
    )


def _registering(registry: RegistryService, checks: CheckJobs, *, send: bool) -> Register:
    """Each new version is checked by whichever worker is free; a shell has no broker to `send` the job through."""

    def register(run: Run, dataset: Dataset, draft: VersionDraft) -> Version:
        version = registry.register(run, dataset, draft)
        checks.request(version, send=send)
        return version

    return register


def _live(runs: RunService, blobs: Blobs, *, draws: bool) -> MakeWatcher:
    from core.render.charts import render_curves  # matplotlib

    def watch(job: Job, run: Run) -> Watcher:
        return LiveWatcher(runs, blobs, render_curves if draws else None, job=job, run=run)

    return watch


def _open_events(folder: Path, after: int | None) -> Events:
    from core.models.common.event_files import EventFiles  # TensorFlow

    return EventFiles(folder, after)
