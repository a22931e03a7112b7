"""Under which conditions a segment stops."""

from __future__ import annotations

import pytest

from core.domain.training.runs import DesiredState
from core.services.training import stop_conditions
from core.services.training.stop_conditions import StopConditions, StopReason
from tests.unit.core.services.training.builders import job


class Runs:
    """What the database would say; counts how often it is asked the dearer question."""

    def __init__(self) -> None:
        self.state: DesiredState | None = DesiredState.RUN
        self.preempted = False
        self.polls = 0

    def desired_state(self, job: object) -> DesiredState | None:
        return self.state

    def preemption_requested(self, job: object) -> bool:
        self.polls += 1
        return self.preempted


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr(stop_conditions.time, "monotonic", lambda: at[0])
    return at


def conditions_of(
    runs: Runs, *, shutting_down: bool = False, yields: bool = True, slice_s: float = 60.0
) -> StopConditions:
    return StopConditions(runs, job(), lambda: shutting_down, slice_s, yields=yields)  # type: ignore[arg-type]


def test_a_segment_goes_on_until_its_slice_is_over(now: list[float]) -> None:
    conditions = conditions_of(Runs())
    for _ in range(60):
        assert conditions.check() is None
        now[0] += 1
    assert conditions.check() is StopReason.SLICE_OVER


def test_what_comes_before_the_first_step_is_not_of_the_slice(now: list[float]) -> None:
    conditions = conditions_of(Runs())
    now[0] += 300  # the data set is read
    assert conditions.check() is None


@pytest.mark.parametrize("desired_state", [DesiredState.PAUSE, DesiredState.STOP])
def test_a_changed_desired_state_ends_it_at_the_next_check(now: list[float], desired_state: DesiredState) -> None:
    runs = Runs()
    conditions = conditions_of(runs)
    assert conditions.check() is None
    runs.state = desired_state
    assert conditions.check() is StopReason.REQUESTED


def test_a_lost_job_comes_before_all_else(now: list[float]) -> None:
    runs = Runs()
    runs.state, runs.preempted = None, True
    assert conditions_of(runs, shutting_down=True).check() is StopReason.JOB_LOST


def test_a_worker_that_ends_saves(now: list[float]) -> None:
    assert conditions_of(Runs(), shutting_down=True).check() is StopReason.SHUTDOWN


def test_others_are_looked_for_once_a_second(now: list[float]) -> None:
    runs = Runs()
    conditions = conditions_of(runs)
    for _ in range(100):
        now[0] += 0.1
        conditions.check()
    assert 9 <= runs.polls <= 10
    runs.preempted = True
    now[0] += 1.0
    assert conditions.check() is StopReason.PREEMPTED


def test_a_segment_does_something_before_it_gives_way(now: list[float]) -> None:
    runs = Runs()
    runs.preempted = True
    assert conditions_of(runs).check() is None


def test_nobody_waits_for_a_shell(now: list[float]) -> None:
    runs = Runs()
    runs.preempted = True
    conditions = conditions_of(runs, yields=False)
    now[0] += 10
    assert conditions.check() is None
    assert runs.polls == 0
