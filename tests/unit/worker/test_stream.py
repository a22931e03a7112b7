"""Events as they travel."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.stream import JobEvent, Stream

kinds = st.sampled_from(["started", "progress", "finished"])
events = st.builds(
    JobEvent, st.integers(0, 2**63), kinds, st.text(max_size=30), st.integers(0, 1000).map(lambda n: n / 1000)
)


@given(events)
def test_an_event_survives_the_stream(event: JobEvent):
    assert JobEvent.from_fields(event.to_fields()) == event


@given(st.dictionaries(st.sampled_from(["job", "kind", "stage", "fraction"]), st.text(max_size=9)))
def test_what_another_version_wrote_is_skipped_and_raises_nothing(fields: dict[str, str]):
    event = JobEvent.from_fields(fields)
    assert event is None or event.kind == fields["kind"]


def test_a_broker_that_is_away_costs_one_warning_and_no_job(tmp_path, caplog: pytest.LogCaptureFixture):
    stream = Stream(f"redis+socket://{tmp_path}/none.sock")
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            stream.publish(JobEvent(1, "progress", "reading", 0.1))
    assert len(caplog.records) == 1
    stream.close()
