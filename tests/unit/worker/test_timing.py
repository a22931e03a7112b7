"""How long a worker's jobs may take."""

from __future__ import annotations

from core.domain.jobs import BACKGROUND_KINDS, ROUTES, JobKind, QueueName
from core.services.training.stop_conditions import SLICE_S
from worker.queue import VISIBILITY_S
from worker.timing import Timing
from worker.watchdog import QueueSample, is_stuck, observe


def test_a_segment_and_what_comes_around_it_may_last_as_long_as_they_do() -> None:
    assert Timing().max_duration_s(JobKind.TRAIN) > 5 * SLICE_S
    assert Timing().max_duration_s(JobKind.CLASSIFY) == Timing().hard_limit_s


def test_an_optimisation_may_go_on_for_minutes() -> None:
    assert Timing().max_duration_s(JobKind.OPTIMIZE) > 300


def test_a_worker_is_not_called_stuck_before_its_longest_job_is() -> None:
    for kind, (queue, _) in ROUTES.items():
        assert Timing().busy_patience_s(queue) > Timing().max_duration_s(kind)
        assert Timing().max_duration_s(kind) < VISIBILITY_S, "the broker would deliver it twice"


def test_a_gpu_worker_that_trains_before_a_full_queue_is_not_stuck() -> None:
    watch = None
    for at in range(0, int(Timing().max_duration_s(JobKind.TRAIN)), 10):
        watch = observe(watch, QueueSample(float(at), queued=1, taken=5, active=1))
        assert not is_stuck(watch, Timing().patience_s, Timing().busy_patience_s(QueueName.GPU))


def test_silent_kinds_are_behind_all_others_in_their_queue() -> None:
    for kind in BACKGROUND_KINDS - {JobKind.CARD}:  # for which a member waits
        queue, priority = ROUTES[kind]
        others = [ROUTES[one][1] for one in JobKind if ROUTES[one][0] is queue and one not in BACKGROUND_KINDS]
        assert all(one < priority for one in others)


def test_a_worker_that_drains_lets_every_kind_of_job_end() -> None:
    for kind, (queue, _) in ROUTES.items():
        assert Timing().drain_s(queue) >= Timing().max_duration_s(kind), kind
