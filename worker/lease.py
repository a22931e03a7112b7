"""Renews the lease of a job while it runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType

from core.domain.jobs import RENEW_S, LeaseStatus

_log = logging.getLogger(__name__)


class LeaseRenewer:
    """Renews in a thread for as long as it is entered.

    Args:
        renew: asks the database, see JobService.renew; a failure is tried again at the next turn.
        every_s: seconds between two renewals.
        max_duration_s: a job that runs for longer is stuck: its lease is left to others.
    """

    def __init__(
        self, renew: Callable[[], LeaseStatus], *, every_s: float = RENEW_S, max_duration_s: float = float("inf")
    ) -> None:
        self._renew = renew
        self._every_s = every_s
        self._max_duration_s = max_duration_s
        self._status = LeaseStatus.HELD
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    @property
    def status(self) -> LeaseStatus:
        """What the last renewal said; LOST and CANCEL_REQUESTED stay."""
        return self._status

    def __enter__(self) -> LeaseRenewer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _keep(self) -> None:
        last = time.monotonic() + self._max_duration_s
        while not self._ended.wait(self._every_s) and self._status is not LeaseStatus.LOST:
            self._status = self._renewed() if time.monotonic() < last else LeaseStatus.LOST

    def _renewed(self) -> LeaseStatus:
        try:
            status = self._renew()
        except Exception as error:  # noqa: BLE001 - whatever the database's driver raises; the lease lasts four turns
            _log.warning("the lease was not renewed: %s", error)
            return self._status
        return self._status if status is LeaseStatus.HELD else status
