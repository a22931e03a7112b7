"""Figures that are in the database: queues, labels, and how well the versions that serve do."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily

from core.domain.clock import Clock, now_utc
from core.domain.jobs import QueueName
from core.domain.training.runs import RunKind
from core.storage.monitoring_rows import count_labels, oldest_waiting
from core.storage.version_rows import serving_versions

if TYPE_CHECKING:
    from prometheus_client import Metric

    from core.services.jobs.service import JobService
    from core.storage.database import Database

_CACHED_S = 10.0  # Prometheus asks every 15 s by default; whoever asks more often costs the database nothing


class StateCollector:
    """Collects the figures when they are asked for; thread-safe. For one process of an installation, the bot.

    Args:
        database: of all tables.
        jobs: counts the queues.
        clock: aware UTC.
        timer: monotonic seconds.
    """

    def __init__(
        self,
        database: Database,
        jobs: JobService,
        clock: Clock = now_utc,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._timer = timer
        self._lock = threading.Lock()
        self._collected: tuple[float, list[Metric]] | None = None

    def describe(self) -> list[Metric]:
        """Return nothing: then the registry does not collect before it is asked to."""
        return []

    def collect(self) -> list[Metric]:
        """Return all figures; an exception of the database is the caller's."""
        with self._lock:
            if self._collected is None or self._timer() - self._collected[0] >= _CACHED_S:
                self._collected = self._timer(), list(self._collect())
            return self._collected[1]

    def _collect(self) -> Iterator[Metric]:
        with self._database.read() as connection:
            oldest = oldest_waiting(connection)
            labels = count_labels(connection)
            versions = serving_versions(connection, RunKind.RECOGNISER)
        yield from self._queues(oldest)
        counts = GaugeMetricFamily(
            "omokage_labels", "Labels that members have given, by their origin.", labels=["origin"]
        )
        for origin, count in labels.items():
            counts.add_metric([origin], count)
        yield counts
        accuracies = GaugeMetricFamily(
            "omokage_serving_accuracy",
            "Accuracy on held-out pictures, in [0, 1], of the recogniser that serves in a server, by its number there.",
            labels=["guild", "version"],
        )
        for version in versions:
            accuracy = version.metrics.get("accuracy")
            if isinstance(accuracy, int | float) and math.isfinite(accuracy):
                accuracies.add_metric([str(version.guild_id), str(version.number)], accuracy)
        yield accuracies

    def _queues(self, oldest: Mapping[str, datetime]) -> Iterator[Metric]:
        counts = GaugeMetricFamily(
            "omokage_jobs", "Jobs that have not ended, by queue and state.", labels=["queue", "state"]
        )
        for queue, backlog in self._jobs.backlog().items():
            states = {"waiting": backlog.waiting, "dispatched": backlog.dispatched, "running": backlog.running}
            for state, count in states.items():
                counts.add_metric([queue.value, state], count)
        yield counts
        ages = GaugeMetricFamily(
            "omokage_queue_age_seconds",
            "Since the oldest job that no worker has claimed was accepted.",
            labels=["queue"],
        )
        now = self._clock()
        for queue in QueueName:
            since = oldest.get(queue.value, now)
            ages.add_metric([queue.value], max(0.0, (now - since).total_seconds()))
        yield ages
