"""Prefetching: the next batch is made in a thread while the network trains on this one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias

from numpy.typing import NDArray

Batch: TypeAlias = tuple[NDArray[Any], ...]


class Prefetch:
    """Batches by step, each made ahead where the steps are taken in order.

    Args:
        make_batch: the batch of a step; the same step gives the same batch, in whatever thread.
        steps: of the whole run: nothing is made beyond.
    """

    def __init__(self, make_batch: Callable[[int], Batch], steps: int) -> None:
        self._make_batch = make_batch
        self._steps = steps
        self._next: tuple[int, Future[Batch]] | None = None
        self._pool = ThreadPoolExecutor(1, "batches")

    def get(self, step: int) -> Batch:
        """Return the batch of a step, and begin that of the next."""
        prefetched, self._next = self._next, None
        is_ready = prefetched is not None and prefetched[0] == step
        batch = prefetched[1].result() if prefetched is not None and is_ready else self._make_batch(step)
        if step + 1 < self._steps:
            self._next = (step + 1, self._pool.submit(self._make_batch, step + 1))
        return batch

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown(cancel_futures=True)
