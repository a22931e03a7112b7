"""Build what trains runs in a process; networks are loaded with the first run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.data.datasets import Dataset
from core.domain.jobs import Job
from core.domain.registry.versions import Version, VersionDraft
from core.domain.training.runs import Run
from core.models.families import make_trainer
from core.services.training.callbacks import Callback, MakeCallback, combine
from core.services.training.live_status import LiveStatusCallback
from core.services.training.segment_runner import Training, TrainingParts
from core.services.training.tensorboard import Events, TensorBoardLog
from core.services.training.trainer import Register

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage
    from core.services.jobs.robustness_checks import CheckJobs
    from core.services.registry.service import RegistryService
    from core.services.runs.service import RunService
    from core.storage.blobs import Blobs


def load_training(
    runs: RunService,
    registry: RegistryService,
    checks: CheckJobs,
    storage: DatasetStorage,
    extra: MakeCallback | None = None,
) -> Training:
    """What trains in this process.

    Args:
        runs: are trained.
        registry: gets what they become.
        checks: are asked for each new version.
        storage: has the data sets, and stores checkpoints and TensorBoard's files.
        extra: a further callback, a shell's, for which no curves are drawn.
    """
    events = TensorBoardLog(runs, storage.folder / "tensorboard", _open_events)
    callbacks = [_live_status(runs, storage.blobs, draws=extra is None), events.make_callback]
    return Training(
        TrainingParts(
            runs,
            storage.blobs,
            dataset=storage.datasets.get,
            open_dataset=storage.open,
            make_trainer=make_trainer,
            register=_registering(registry, checks, send=extra is None),
            make_callback=combine(*callbacks, *([extra] if extra else [])),
        )
    )


def _registering(registry: RegistryService, checks: CheckJobs, *, send: bool) -> Register:
    """Each new version is checked by whichever worker is free; a shell has no broker to `send` the job through."""

    def register(run: Run, dataset: Dataset, draft: VersionDraft) -> Version:
        version = registry.register(run, dataset, draft)
        checks.request(version, send=send)
        return version

    return register


def _live_status(runs: RunService, blobs: Blobs, *, draws: bool) -> MakeCallback:
    from core.render.charts import render_curves  # matplotlib

    def make(job: Job, run: Run) -> Callback:
        return LiveStatusCallback(runs, blobs, render_curves if draws else None, job=job, run=run)

    return make


def _open_events(folder: Path, after: int | None) -> Events:
    from core.models.common.event_files import EventFiles  # TensorFlow

    return EventFiles(folder, after)
