"""What pool processes tell their worker of the models that they hold."""

from __future__ import annotations

import os
import warnings

from worker.shared_models import SharedModels


def test_what_all_slots_hold_is_read_together() -> None:
    shared = SharedModels(2)
    assert shared.read() == ()
    shared.write(0, (7, 3, "starter vae"))
    shared.write(1, (3, 12))
    assert shared.read() == (3, 7, 12, "starter vae")


def test_a_process_that_replaces_another_starts_without_its_models() -> None:
    shared = SharedModels(1)
    shared.write(0, (1, 2, 3))
    shared.write(0, ())
    assert shared.read() == ()


def test_more_models_than_fit_are_cut_and_leave_the_next_slot_alone() -> None:
    shared = SharedModels(2)
    shared.write(1, (5,))
    shared.write(0, tuple(range(10_000, 11_000)))
    kept = shared.read()
    assert kept[:2] == (5, 10_000)
    assert 100 < len(kept) < 1_000


def test_a_child_tells_its_parent() -> None:
    shared = SharedModels(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of other tests; this child needs none
        child = os.fork()
    if child == 0:
        shared.write(0, (42,))
        os._exit(0)
    os.waitpid(child, 0)
    assert shared.read() == (42,)
