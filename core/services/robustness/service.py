"""Checks how easily a version is fooled: in a worker slice by slice, in a shell in one go."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON, Job
from core.domain.registry.robustness import CheckState
from core.models.attack.robustness import RobustnessCheck, load_samples
from core.models.families import load_head
from core.services.training.stop_conditions import PreemptionPoll

if TYPE_CHECKING:
    from core.domain.optimisation import Robustness
    from core.domain.registry.versions import Version
    from core.services.datasets.storage import DatasetStorage
    from core.services.jobs.robustness_checks import CheckJobs
    from core.services.registry.service import RegistryService
    from core.services.runs.segments import Segments
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.recognition.mean_embedding import Head

SLICE_S = 20.0  # a worker that is killed loses so much

Load: TypeAlias = "Callable[[Version], RobustnessCheck]"
Progress: TypeAlias = Callable[[float], None]  # the share that is done, [0, 1]


def load_check(registry: RegistryService, storage: DatasetStorage, version: Version) -> RobustnessCheck:
    """Of a version's head with faces of its own data, unseen ones first; seconds.

    Raises:
        OmokageError: BAD_WEIGHTS; UNKNOWN_DATASET, DATASET_CHANGED: its data are gone.
    """
    if version.dataset_id is None:
        raise OmokageError(ErrorCode.UNKNOWN_DATASET)
    reader = storage.open(storage.datasets.get(version.dataset_id, version.guild_id))
    head = load_head(version, registry.weights(version))
    return make_check(head, reader, held_out_fold(version.config))


def make_check(head: Head, reader: DatasetReader, fold: int | None) -> RobustnessCheck:
    """Of a head with faces of a data set; those of `fold`, which it was not trained on, come first."""
    from core.models.attack.differentiable_heads import differentiable_head  # TensorFlow

    return RobustnessCheck(differentiable_head(head), load_samples(reader, len(head.classes), fold))


def held_out_fold(config: Mapping[str, Any]) -> int | None:
    """The fold that a version was not trained on; None: it saw all, as the embedding head does."""
    fold = config.get("fold")
    return fold if isinstance(fold, int) else None


def run_check(check: RobustnessCheck, progress: Progress) -> Robustness:
    """From beginning to end, minutes."""
    while not check.state.done:
        check.advance()
        progress(check.state.fraction)
    return check.state.result()


class RobustnessService:
    """Answers check jobs; the version that is being checked stays loaded between its slices.

    Args:
        registry: has the versions, and gets their figures.
        segments: say whether somebody waits for the worker.
        checks: take a job back that is not done.
        load: a version and its faces.
        slice_s: seconds.
    """

    def __init__(
        self,
        registry: RegistryService,
        segments: Segments,
        checks: CheckJobs,
        load: Load,
        slice_s: float = SLICE_S,
    ) -> None:
        self._registry = registry
        self._segments = segments
        self._checks = checks
        self._load = load
        self._slice_s = slice_s
        self._warm: tuple[int, RobustnessCheck] | None = None

    def answer(self, job: Job, cancelled: Callable[[], bool]) -> dict[str, JSON] | None:
        """One slice of the check of `version_id`, going on from `state`.

        Returns:
            The figures, which are on the version's card by now; None: it is not done, and the job has gone back to the
            queue, or is somebody else's.

        Raises:
            OmokageError: UNKNOWN_VERSION, and as of `load_check`.
        """
        version = self._registry.get(int(str(job.params["version_id"])), job.origin.guild_id)
        payload: Any = job.params.get("state")
        check = self._loaded(version)
        check.state = CheckState.from_json(payload) if payload else check.initial_state
        self._work(check, _Gate(self._segments, job, cancelled))
        if not check.state.done:
            self._checks.continue_later(job, check.state)
            return None
        self._warm = None
        result = check.state.result()
        self._registry.record_robustness(version.id, result)
        return result.to_json()

    def _work(self, check: RobustnessCheck, gate: _Gate) -> None:
        """Until it is done, the slice ends, or somebody waits for this worker."""
        until = time.monotonic() + self._slice_s
        while not (check.state.done or gate.is_closed()):
            check.advance(gate.is_closed)
            if time.monotonic() >= until:
                return

    def _loaded(self, version: Version) -> RobustnessCheck:
        if self._warm is None or self._warm[0] != version.id:
            self._warm = None  # the memory of the last one is free before that of the next is taken
            self._warm = (version.id, self._load(version))
        return self._warm[1]


class _Gate:
    """Whether the worker is wanted for something else; asked before each step."""

    def __init__(self, segments: Segments, job: Job, cancelled: Callable[[], bool]) -> None:
        self._preemption = PreemptionPoll(segments, job)
        self._cancelled = cancelled
        self._closed = False

    def is_closed(self) -> bool:
        """Once closed it stays so."""
        self._closed = self._closed or self._cancelled() or self._preemption.requested()
        return self._closed
