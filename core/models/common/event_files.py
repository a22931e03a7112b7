"""A run's figures as TensorBoard reads them: `tensorboard --logdir DATA/tensorboard`.

An event file is a TFRecord file of `Event` messages (tensorflow/core/util/event.proto). They are written here without
`tf.summary`, whose functions are in the tensorboard package since TensorFlow 2.20, which a worker does not need.

A run that goes on after a kill has its newest figures in the folder twice: from the life that ended and from the new
one. TensorBoard knows that case: an event with the session log "start" makes void all figures from its step on, and in
its faster reader any step does that is not after the one before. Each file begins with such an event, and one is
written whenever a run goes back.
"""

from __future__ import annotations

import errno
import math
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

_VERSION = "brain.Event:2"  # from 2 on, TensorBoard looks for session logs
_NAME = re.compile(r"events\.out\.tfevents\.(\d+)\.")


class EventFiles:
    """Writes one run's figures; one writer a folder at a time.

    Args:
        folder: of this run alone; made when the first figure is written.
        after: the step of the checkpoint that the run goes on from: what an earlier life wrote beyond it is void.
            None: what is void begins with the first step that is added.
    """

    def __init__(self, folder: Path, after: int | None = None) -> None:
        self._folder = folder
        self._newest = after
        self._written: set[str] = set()  # names at the newest step
        self._writer: Any = None

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Write figures at a step, by name; on the disk when this returns, but for the system's cache.

        A step before the newest one takes back everything from there on. A figure that is no finite number is left
        out, and so is one that this step has already: the same step of a run gives the same figures.

        Raises:
            OSError: the disk is full, or the folder cannot be written to.
        """
        finite = {name: value for name, value in values.items() if math.isfinite(value)}
        with _os_errors():
            self._open(step)
            if self._newest is not None and step < self._newest:
                self._void(step)
            elif step != self._newest:
                self._newest, self._written = step, set()
            fresh = {name: value for name, value in finite.items() if name not in self._written}
            self._written.update(fresh)
            if fresh:
                self._record(step, summary=_summary(fresh))
                self._writer.flush()

    def close(self) -> None:
        """Close the file; the next figure begins another."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with _os_errors():
                writer.close()

    def __enter__(self) -> EventFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, step: int) -> None:
        """Begin a file whose name sorts after the others: TensorBoard reads them in that order."""
        if self._writer is not None:
            return
        import tensorflow as tf  # seconds

        self._folder.mkdir(parents=True, exist_ok=True)
        earlier = [int(match[1]) for match in map(_NAME.match, os.listdir(self._folder)) if match]
        number = max([int(time.time()), *(number + 1 for number in earlier)])
        path = self._folder / f"events.out.tfevents.{number:010d}.omokage.{os.getpid()}"
        self._writer = tf.io.TFRecordWriter(str(path))
        self._record(0, file_version=_VERSION)
        self._void(step if self._newest is None else self._newest + 1)

    def _void(self, step: int) -> None:
        """Take back all figures from a step on."""
        from tensorflow.compat.v1 import SessionLog

        self._newest, self._written = step, set()
        self._record(step, session_log=SessionLog(status=SessionLog.START))

    def _record(self, step: int, **content: Any) -> None:
        from tensorflow.compat.v1 import Event

        self._writer.write(Event(wall_time=time.time(), step=step, **content).SerializeToString())


def _summary(values: Mapping[str, float]) -> Any:
    from tensorflow.compat.v1 import Summary

    return Summary(value=[Summary.Value(tag=name, simple_value=value) for name, value in values.items()])


@contextmanager
def _os_errors() -> Iterator[None]:
    """TensorFlow has exceptions of its own for a full disk and the like."""
    from tensorflow.errors import OpError, ResourceExhaustedError

    try:
        yield
    except OpError as error:
        number = errno.ENOSPC if isinstance(error, ResourceExhaustedError) else errno.EIO
        raise OSError(number, error.message) from error
