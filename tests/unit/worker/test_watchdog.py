"""When a worker counts as stuck."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.watchdog import BUSY_PATIENCE_S, PATIENCE_S, QueueSample, WatchdogState, is_stuck, observe

ENOUGH = int(PATIENCE_S) + 1


def seen(*sights: QueueSample) -> WatchdogState:
    watch: WatchdogState | None = None
    for sight in sights:
        watch = observe(watch, sight)
    assert watch is not None
    return watch


def idle(at: float, queued: int | None = 3, taken: int = 7, active: int = 0) -> QueueSample:
    return QueueSample(at, queued, taken, active)


def test_a_worker_that_takes_nothing_from_a_full_queue_is_stuck():
    assert is_stuck(seen(*(idle(at) for at in range(0, ENOUGH + 2, 2))))


def test_it_gets_the_whole_patience_first():
    watch = seen(*(idle(at) for at in range(0, int(PATIENCE_S), 2)))
    assert not is_stuck(watch)
    assert watch.idle_s == PATIENCE_S - 2


def test_an_empty_queue_is_no_reason():
    assert not is_stuck(seen(*(idle(at, queued=0) for at in range(0, 600, 2))))


def test_a_broker_that_cannot_be_asked_is_an_excuse_and_begins_the_count_anew():
    sights = [idle(at) for at in range(0, 18, 2)] + [idle(18, queued=None)] + [idle(at) for at in range(20, 38, 2)]
    assert not is_stuck(seen(*sights))


def test_one_message_taken_begins_the_count_anew():
    sights = [idle(at) for at in range(0, 18, 2)] + [idle(at, taken=8) for at in range(18, 36, 2)]
    assert not is_stuck(seen(*sights))


def test_a_long_job_is_no_reason_and_neither_is_the_moment_after_it():
    busy = [idle(at, active=1) for at in range(0, 60, 2)]
    assert not is_stuck(seen(*busy))
    assert not is_stuck(seen(*busy, idle(60)))


def test_a_job_that_outlasts_every_limit_is_stuck():
    assert is_stuck(seen(*(idle(at, active=1) for at in range(0, int(BUSY_PATIENCE_S) + 3, 2))))


sights = st.builds(
    QueueSample,
    at=st.just(0.0),
    queued=st.one_of(st.none(), st.integers(0, 3)),
    taken=st.integers(0, 2),
    active=st.integers(0, 1),
)


@given(st.lists(sights, min_size=1, max_size=40))
def test_nobody_is_stuck_who_has_just_done_something_or_has_nothing_to_do(drawn: list[QueueSample]):
    timed = [QueueSample(2.0 * n, one.queued, one.taken, one.active) for n, one in enumerate(drawn)]
    for n in range(1, len(timed)):
        if not timed[n].queued or timed[n].taken != timed[n - 1].taken:
            assert not is_stuck(seen(*timed[: n + 1]))


@given(st.lists(sights, min_size=1, max_size=40))
def test_idle_time_is_never_longer_than_what_was_watched(drawn: list[QueueSample]):
    timed = [QueueSample(2.0 * n, one.queued, one.taken, one.active) for n, one in enumerate(drawn)]
    watch = seen(*timed)
    assert 0 <= watch.idle_s <= watch.still_s <= timed[-1].at
