"""A run that is over before its last step, since more of it would make the model worse."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain.training.runs import LiveStatus, RunState
from core.services.training.callbacks import MakeCallback
from core.services.training.live_status import LiveStatusCallback
from core.storage.database import Database
from tests.integration.core.runs.builders import Bench
from tests.integration.core.runs.fake_trainer import ORIGIN, FakeTrainer, request

SAID = {"code": "diversity-fell", "step": 50, "best": 25, "figure": "kid", "value": 0.03}


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Bench:
    return Bench(database, tmp_path / "blobs", change=rots)


def rots(trainer: FakeTrainer) -> None:
    trainer.rots_at = 50


def live_status(bench: Bench) -> MakeCallback:
    return lambda job, run: LiveStatusCallback(bench.runs, bench.blobs, None, job=job, run=run)


def ending_of(live: LiveStatus | None) -> object:
    assert live is not None
    return live.ending


def test_a_run_that_would_get_worse_ends_early_as_a_version_and_says_why(bench: Bench) -> None:
    run = bench.runs.start(request(100))
    done = bench.worker(make_callback=live_status(bench)).until_rest()
    assert (done.state, done.step, done.steps) == (RunState.FINISHED, 50, 50)
    assert ending_of(done.live) == SAID
    assert bench.registry.drafts.keys() == {run.id}
    assert bench.steps_of(run)[-1] == 50, "the curves show what happened"


def test_a_worker_that_is_killed_after_the_end_was_seen_leaves_it_to_the_next_one(bench: Bench) -> None:
    bench.runs.start(request(100))
    bench.worker(make_callback=live_status(bench)).segment()
    bench.change = None  # the next one would go on, if the checkpoint did not say otherwise
    done = bench.worker(make_callback=live_status(bench)).until_rest()
    assert (done.state, done.steps, ending_of(done.live)) == (RunState.FINISHED, 50, SAID)


def test_a_branch_from_before_it_has_no_ending_yet(bench: Bench) -> None:
    run = bench.runs.start(request(100))
    bench.worker(slice_s=0, make_callback=live_status(bench)).until_rest()
    bench.change = None
    branch = bench.runs.branch(run.id, 25, 5, ORIGIN, steps=60)
    assert branch.live is None or branch.live.ending is None
    done = bench.worker(make_callback=live_status(bench)).until_rest()
    assert (done.state, done.step, ending_of(done.live)) == (RunState.FINISHED, 60, None)


def test_a_picture_that_another_run_shows_is_not_deleted(bench: Bench) -> None:
    # Given two runs of one seed, which show the same picture, and a picture that nobody shows any more
    shared, unneeded = bench.blobs.put(b"sheet of both"), bench.blobs.put(b"older sheet")
    live = LiveStatus(1, {}, None, None, samples=shared)
    bench.runs.start(request(100))
    job = bench.worker().claim()
    assert job is not None
    bench.runs.segments.note_live(job, live)
    # When the other run goes on to its next ones
    bench.runs.segments.discard_picture(shared)
    bench.runs.segments.discard_picture(unneeded)
    # Then only the one that is shown stays
    assert [bench.blobs.exists(name) for name in (shared, unneeded)] == [True, False]
