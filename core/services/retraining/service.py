"""Answers retraining jobs: the successor of a version of an earlier face embedding answers, if it is not worse."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON, Job, JobCancelledError
from core.domain.registry.retraining import Retraining, RetrainingState, needs_retraining
from core.services.retraining.successors import make_successor
from core.services.training.stop_conditions import SLICE_S, PreemptionPoll

if TYPE_CHECKING:
    from core.domain.data.datasets import Dataset
    from core.domain.registry.versions import Version, VersionDraft
    from core.services.datasets.storage import DatasetStorage
    from core.services.jobs.retraining_jobs import RetrainingJobs
    from core.services.jobs.robustness_checks import CheckJobs
    from core.services.registry.service import RegistryService
    from core.services.runs.segments import Segments
    from core.vision.datasets.dataset_reader import DatasetReader

    MakeSuccessor: TypeAlias = Callable[[Version, bytes, Dataset, DatasetReader], VersionDraft]

_log = logging.getLogger(__name__)
_DATA_GONE = frozenset({ErrorCode.UNKNOWN_DATASET, ErrorCode.DATASET_REMOVED, ErrorCode.DATASET_CHANGED})
_FAILED = frozenset({ErrorCode.BAD_WEIGHTS, ErrorCode.DATASET_UNFIT})
_NOT_PROMOTED = frozenset({ErrorCode.NOT_BETTER, ErrorCode.NOT_COMPARABLE})


class RetrainingService:
    """Retrains one version a job. What is embedded anew is in the cache, so that a job that gives way loses seconds.

    Args:
        registry: has the versions, and gets their successors.
        storage: has the data sets.
        segments: say whether somebody waits for the worker.
        jobs: take a job back that is not done.
        checks: are asked for each successor.
        make: trains.
        slice_s: seconds of embedding after which other background jobs have their turn.
    """

    def __init__(
        self,
        registry: RegistryService,
        storage: DatasetStorage,
        segments: Segments,
        jobs: RetrainingJobs,
        checks: CheckJobs,
        *,
        make: MakeSuccessor = make_successor,
        slice_s: float = SLICE_S,
    ) -> None:
        self._registry = registry
        self._storage = storage
        self._segments = segments
        self._jobs = jobs
        self._checks = checks
        self._make = make
        self._slice_s = slice_s

    def answer(self, job: Job, cancelled: Callable[[], bool]) -> dict[str, JSON] | None:
        """Train the successor of `version_id`, and promote it in the version's place if it is not worse.

        Returns:
            The outcome, which is on the version's card by now, empty where there was nothing to do; None: the job has
            gone back to the queue, or is somebody else's.

        Raises:
            OmokageError: UNKNOWN_VERSION, DISK_FULL.
            JobCancelledError: `cancelled` told so.
        """
        version = self._registry.get(int(str(job.params["version_id"])), job.origin.guild_id)
        if not needs_retraining(version):
            return {}
        conditions = _Conditions(PreemptionPoll(self._segments, job), cancelled, self._slice_s)
        try:
            retraining = self._retrain(version, conditions)
        except _GiveWayError:
            self._jobs.continue_later(job)
            return None
        _log.info("%s of guild %s: %s", version.title, version.guild_id, retraining)
        self._registry.record_retraining(version.id, retraining)
        return retraining.to_json()

    def _retrain(self, version: Version, conditions: _Conditions) -> Retraining:
        try:
            dataset = self._find_dataset(version)
            reader = self._storage.open(dataset, conditions.check)
            draft = self._make(version, self._registry.weights(version), dataset, reader)
        except OmokageError as error:
            if error.code in _DATA_GONE | _FAILED:
                _log.warning("%s of guild %s cannot be retrained: %s", version.title, version.guild_id, error.code)
                is_gone = error.code in _DATA_GONE
                return Retraining(RetrainingState.DATA_GONE if is_gone else RetrainingState.FAILED)
            raise
        successor = self._registry.register_successor(version, dataset, draft)
        self._checks.request(successor)
        return self._promote(successor, version)

    def _find_dataset(self, version: Version) -> Dataset:
        """Return the newest data set of the version's very pictures: it may have been imported again since.

        Raises:
            OmokageError: UNKNOWN_DATASET.
        """
        for dataset in self._storage.datasets.list(version.guild_id):
            if dataset.hash == version.dataset_hash:
                return dataset
        raise OmokageError(ErrorCode.UNKNOWN_DATASET)

    def _promote(self, successor: Version, version: Version) -> Retraining:
        try:
            promotion = self._registry.promote_successor(successor, version)
        except OmokageError as error:
            if error.code not in _NOT_PROMOTED:
                raise
            figures: Any = error.details
            return Retraining(RetrainingState.CANDIDATE, successor.number, figures.get("new"), figures.get("old"))
        state = RetrainingState.CANDIDATE if promotion is None else RetrainingState.PROMOTED
        return Retraining(state, successor.number)


class _GiveWayError(Exception):
    """Others need the worker."""


class _Conditions:
    """Whether the worker is needed for something else; checked after each portion of faces."""

    def __init__(self, preemption: PreemptionPoll, cancelled: Callable[[], bool], slice_s: float) -> None:
        self._preemption = preemption
        self._cancelled = cancelled
        self._until = time.monotonic() + slice_s

    def check(self, done: int, total: int) -> None:
        """Raise where the job is to stop or to give way."""
        if self._cancelled():
            raise JobCancelledError
        if self._preemption.requested() or time.monotonic() >= self._until:
            _log.info("%s of %s pictures are embedded anew; other jobs go first", done, total)
            raise _GiveWayError
