"""Events as they travel."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.events import MAX_DETAIL_LENGTH, EventPublisher, JobEvent

kinds = st.sampled_from(["started", "progress", "finished"])
events = st.builds(
    JobEvent,
    st.integers(0, 2**63),
    kinds,
    st.text(max_size=30),
    st.integers(0, 1000).map(lambda n: n / 1000),
    st.text(max_size=30),
)


@given(events)
def test_an_event_survives_the_stream(event: JobEvent):
    assert JobEvent.from_fields(event.to_fields()) == event


@given(st.dictionaries(st.sampled_from(["job", "kind", "stage", "fraction"]), st.text(max_size=9)))
def test_what_another_version_wrote_is_skipped_and_raises_nothing(fields: dict[str, str]):
    event = JobEvent.from_fields(fields)
    assert event is None or event.kind == fields["kind"]


def test_an_event_of_before_there_were_details_is_understood():
    fields = {"job": "5", "kind": "progress", "stage": "reading", "fraction": "0.500"}
    assert JobEvent.from_fields(fields) == JobEvent(5, "progress", "reading", 0.5, "")
    assert JobEvent(5, "progress", "reading", 0.5).to_fields() == fields


def test_a_detail_that_would_fill_the_stream_is_refused():
    with pytest.raises(ValueError, match="pictures travel as blobs"):
        JobEvent(5, "progress", "optimising", 0.5, "x" * (MAX_DETAIL_LENGTH + 1))


def test_a_broker_that_is_away_costs_one_warning_and_no_job(tmp_path, caplog: pytest.LogCaptureFixture):
    stream = EventPublisher(f"redis+socket://{tmp_path}/none.sock")
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            stream.publish(JobEvent(1, "progress", "reading", 0.1))
    assert len(caplog.records) == 1
    stream.close()
