"""The callback that writes a run's figures for TensorBoard."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from core.domain.jobs import Job
from core.domain.training.runs import CurvePoint, Run
from core.services.training.callbacks import Callback

if TYPE_CHECKING:
    from core.services.runs.service import RunService

_log = logging.getLogger(__name__)


class Events(Protocol):
    """What is used of `core.models.common.event_files.EventFiles`."""

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Write figures."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


OpenEvents: TypeAlias = Callable[[Path, int | None], Events]  # the run's folder, the step that it goes on from


class TensorBoardLog:
    """The event files of one process.

    The last segment's file stays open for the next one, if that goes on from where it ended.
    """

    def __init__(self, runs: RunService, folder: Path, open_events: OpenEvents) -> None:
        self._runs = runs
        self._folder = folder
        self._open_events = open_events
        self._open: tuple[int, int, Events] | None = None  # run, step

    def make_callback(self, job: Job, run: Run) -> Callback:
        """Make the callback of one segment."""
        return _TensorBoardCallback(self, run)

    def write(self, run: Run, point: CurvePoint) -> None:
        """Add a point; a fault that is no full disk costs TensorBoard's copy and nothing else."""
        try:
            events = self._events(run, point.step)
            events.add(point.step, point.values)
        except OSError as error:
            self.close()
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise
            _log.warning("run %s: no events for TensorBoard: %s", run.id, error)
            return
        self._open = (run.id, point.step, events)

    def close(self) -> None:
        """Close the file."""
        opened, self._open = self._open, None
        if opened is not None:
            opened[2].close()

    def _events(self, run: Run, step: int) -> Events:
        if self._open is not None:
            run_id, last, events = self._open
            if run_id == run.id and run.step <= last <= step:
                return events
            self.close()
        folder = self._folder / f"run-{run.id}"
        is_new = not folder.exists()
        events = self._open_events(folder, None if is_new else run.step)
        for point in self._runs.points(run.id) if is_new else ():  # what a branch has from its parent
            events.add(point.step, point.values)
        return events


class _TensorBoardCallback(Callback):
    def __init__(self, log: TensorBoardLog, run: Run) -> None:
        self._log = log
        self._run = run

    def on_figures(self, point: CurvePoint) -> None:
        self._log.write(self._run, point)
