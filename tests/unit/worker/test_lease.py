"""The thread that keeps a job ours."""

from __future__ import annotations

import threading
import time

from core.domain.jobs import LeaseStatus
from worker.lease import LeaseRenewer


class Answers:
    """Says what it is told to, then HELD; counts."""

    def __init__(self, *answers: LeaseStatus | Exception) -> None:
        self._answers = list(answers)
        self.asked = 0
        self.enough = threading.Event()

    def __call__(self) -> LeaseStatus:
        self.asked += 1
        if not self._answers:
            self.enough.set()
            return LeaseStatus.HELD
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_lease_is_renewed_until_it_is_left():
    renew = Answers(LeaseStatus.HELD, LeaseStatus.HELD)
    with LeaseRenewer(renew, every_s=0.001) as lease:
        assert renew.enough.wait(5)
        assert lease.status is LeaseStatus.HELD
    asked = renew.asked
    time.sleep(0.02)
    assert renew.asked == asked


def test_a_wish_to_cancel_is_not_forgotten_at_the_next_renewal():
    renew = Answers(LeaseStatus.CANCEL_REQUESTED)
    with LeaseRenewer(renew, every_s=0.001) as lease:
        assert renew.enough.wait(5)
        assert lease.status is LeaseStatus.CANCEL_REQUESTED


def test_a_database_that_is_away_for_a_moment_loses_nothing():
    renew = Answers(ConnectionError("away"), ConnectionError("away"))
    with LeaseRenewer(renew, every_s=0.001) as lease:
        assert renew.enough.wait(5)
        assert lease.status is LeaseStatus.HELD


def test_a_lost_lease_is_not_asked_for_again():
    renew = Answers(LeaseStatus.LOST)
    with LeaseRenewer(renew, every_s=0.001) as lease:
        assert not renew.enough.wait(0.05)
        assert lease.status is LeaseStatus.LOST
    assert renew.asked == 1


def test_a_job_that_never_ends_loses_its_lease():
    with LeaseRenewer(Answers(), every_s=0.001, max_duration_s=0.02) as lease:
        end = time.monotonic() + 5
        while lease.status is LeaseStatus.HELD and time.monotonic() < end:
            time.sleep(0.001)
        assert lease.status is LeaseStatus.LOST
