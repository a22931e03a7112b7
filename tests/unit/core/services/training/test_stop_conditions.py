"""When a segment ends."""

from __future__ import annotations

import pytest

from core.domain.training.runs import DesiredState
from core.services.training import stop_conditions
from core.services.training.stop_conditions import Break, Gate
from tests.unit.core.services.run_rows import job


class Runs:
    """What the database would say; counts how often it is asked the dearer question."""

    def __init__(self) -> None:
        self.state: DesiredState | None = DesiredState.RUN
        self.wanted = False
        self.asked = 0

    def desired_state(self, job: object) -> DesiredState | None:
        return self.state

    def preemption_requested(self, job: object) -> bool:
        self.asked += 1
        return self.wanted


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr(stop_conditions.time, "monotonic", lambda: at[0])
    return at


def gate(runs: Runs, *, ending: bool = False, yields: bool = True, slice_s: float = 60.0) -> Gate:
    return Gate(runs, job(), lambda: ending, slice_s, yields=yields)  # type: ignore[arg-type]


def test_a_segment_goes_on_until_its_slice_is_over(now: list[float]) -> None:
    asked = gate(Runs())
    for _ in range(60):
        assert asked.look() is None
        now[0] += 1
    assert asked.look() is Break.SLICE


def test_what_comes_before_the_first_step_is_not_of_the_slice(now: list[float]) -> None:
    asked = gate(Runs())
    now[0] += 300  # the data set is read
    assert asked.look() is None


@pytest.mark.parametrize("desired_state", [DesiredState.PAUSE, DesiredState.STOP])
def test_a_changed_desired_state_ends_it_at_the_next_check(now: list[float], desired_state: DesiredState) -> None:
    runs = Runs()
    asked = gate(runs)
    assert asked.look() is None
    runs.state = desired_state
    assert asked.look() is Break.ASKED


def test_a_lost_job_comes_before_all_else(now: list[float]) -> None:
    runs = Runs()
    runs.state, runs.wanted = None, True
    assert gate(runs, ending=True).look() is Break.LOST


def test_a_worker_that_ends_saves(now: list[float]) -> None:
    assert gate(Runs(), ending=True).look() is Break.ENDING


def test_others_are_looked_for_once_a_second(now: list[float]) -> None:
    runs = Runs()
    asked = gate(runs)
    for _ in range(100):
        now[0] += 0.1
        asked.look()
    assert 9 <= runs.asked <= 10
    runs.wanted = True
    now[0] += 1.0
    assert asked.look() is Break.WANTED


def test_a_segment_does_something_before_it_gives_way(now: list[float]) -> None:
    runs = Runs()
    runs.wanted = True
    assert gate(runs).look() is None


def test_nobody_waits_for_a_shell(now: list[float]) -> None:
    runs = Runs()
    runs.wanted = True
    asked = gate(runs, yields=False)
    now[0] += 10
    assert asked.look() is None
    assert runs.asked == 0
