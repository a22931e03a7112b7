"""Versions of an earlier face embedding, and what became of training them anew without being asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.embedders import EMBEDDING_NAME
from core.domain.jobs import JSON
from core.domain.registry.versions import Version
from core.domain.training.presets import CNN, EMBEDDING

METRIC = "retraining"  # of the earlier version's metrics
PREDECESSOR = "retrained_from"  # of the successor's config: the earlier version's number
RETRAINED = "retrained for the new face networks; same people"  # the reason of a promotion that nobody asked for
_HEADS = frozenset({EMBEDDING, CNN})


class RetrainingState(StrEnum):
    """How it ended."""

    PROMOTED = "promoted"  # the successor answers
    CANDIDATE = "candidate"  # there is one, which is worse, or cannot be compared
    DATA_GONE = "data-gone"  # the version's data set was removed or damaged
    FAILED = "failed"  # its file is damaged, or no face was found


@dataclass(frozen=True, slots=True)
class Retraining:
    """The outcome, on the card of the earlier version.

    `successor` is a version's number; `new` and `old` are accuracies on the same held-out pictures, where they decided.
    """

    state: RetrainingState
    successor: int | None = None
    new: float | None = None
    old: float | None = None

    def to_json(self) -> dict[str, JSON]:
        """For a version's metrics."""
        return {"state": self.state.value, "successor": self.successor, "new": self.new, "old": self.old}


def retraining_from_metrics(metrics: Mapping[str, Any]) -> Retraining | None:
    """Read a version's metrics; None: it was not tried, or a later Omokage wrote it."""
    payload = metrics.get(METRIC)
    try:
        if isinstance(payload, Mapping):
            return Retraining(RetrainingState(payload["state"]), payload["successor"], payload["new"], payload["old"])
    except (KeyError, ValueError):
        pass
    return None


def predecessor_of(version: Version) -> int | None:
    """Return the number of the version that this one was trained from when the face networks changed."""
    number = version.config.get(PREDECESSOR)
    return number if isinstance(number, int) else None


def needs_retraining(version: Version) -> bool:
    """Return whether a version is of an earlier embedder, and its successor was not tried, or only lacked its data."""
    is_head = version.architecture.partition("-")[0] in _HEADS
    is_earlier = version.embedder is not None and version.embedder != EMBEDDING_NAME
    return is_head and is_earlier and (version.metrics.get(METRIC) is None or lacks_data(version))


def lacks_data(version: Version) -> bool:
    """Return whether a version's data set was gone when its successor was tried; the same pictures may come back."""
    retraining = retraining_from_metrics(version.metrics)
    return retraining is not None and retraining.state is RetrainingState.DATA_GONE
