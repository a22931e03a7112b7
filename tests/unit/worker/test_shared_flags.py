"""Flags that a parent and its children share."""

from __future__ import annotations

import os
import time
import warnings

from worker.shared_flags import SharedFlags


def test_nothing_has_happened_at_first():
    shared = SharedFlags()
    assert [shared.loaded, shared.broken, shared.stopping()] == [False, False, False]


def test_a_child_tells_its_parent():
    shared = SharedFlags()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of other tests; this child needs none
        child = os.fork()
    if child == 0:
        shared.note_loaded()
        shared.note_broken()
        os._exit(0)
    os.waitpid(child, 0)
    assert shared.loaded
    assert shared.broken


def test_jobs_may_go_on_until_the_time_is_up():
    shared = SharedFlags()
    shared.stop_after(60)
    assert not shared.stopping()
    shared.stop_after(0)
    time.sleep(0.001)
    assert shared.stopping()


def test_a_worker_that_was_asked_to_end_says_so_before_it_must():
    shared = SharedFlags()
    assert (shared.ending(), shared.stopping()) == (False, False)
    shared.stop_after(60)
    assert (shared.ending(), shared.stopping()) == (True, False)
