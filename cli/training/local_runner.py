"""Trains a run in this process, with the same segments as a worker."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from core.domain.jobs import RENEW_S
from core.domain.training.runs import Run, RunState
from worker.lease import LeaseRenewer

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.services.training.segment_runner import Training


class Interrupt:
    """Whether somebody pressed Ctrl-C; the second time is not waited for."""

    def __init__(self) -> None:
        self.requested = False

    def handle_signal(self, number: int, frame: FrameType | None) -> None:
        """The signal's handler."""
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True


@contextmanager
def catch_interrupts() -> Iterator[Interrupt]:
    """Ctrl-C and SIGTERM are noted and no more, until this ends."""
    interrupt = Interrupt()
    before = {number: signal.signal(number, interrupt.handle_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def train_run(
    services: Services, run: Run, owner: str, load: Callable[[], Training], interrupt: Interrupt
) -> Run | None:
    """Segment after segment, until the run rests.

    Args:
        services: of this process.
        run: started or resumed for `owner`.
        owner: who holds the lease of the segment's job; it is kept while the models load, too.
        load: the models, seconds.
        interrupt: pauses the run.

    Returns:
        The run as it rests; None: somebody else has it now (a rollback, or this process slept for too long).
    """
    training: Training | None = None
    after: Run | None = run
    while after is not None and after.state is RunState.WAITING and after.job_id is not None:
        job = services.jobs.get(after.job_id)
        with LeaseRenewer(lambda one=job.id: services.jobs.leases.renew(one, owner), every_s=RENEW_S):  # type: ignore[misc]
            training = training or load()
            after = training.run(job, _ending(services, run, interrupt), next_owner=owner)
    return after


def _ending(services: Services, run: Run, interrupt: Interrupt) -> Callable[[], bool]:
    """Never: an interrupted run is paused, so that no worker goes on with it."""
    is_asked = False

    def ending() -> bool:
        nonlocal is_asked
        if interrupt.requested and not is_asked:
            is_asked = True
            services.runs.control.pause(run.id, by=0)
        return False

    return ending
