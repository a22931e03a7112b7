"""What is asked of contributed photos, and what is kept of them, as jobs hold it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.domain.teaching import LeftOut, TeachRequest, TeachResult

PHOTOS = ("ab" * 32, "cd" * 32)


def stored(payload: Any) -> Any:
    """What the database gives back."""
    return json.loads(json.dumps(payload))


@pytest.mark.parametrize(
    "request_",
    [
        TeachRequest(PHOTOS),
        TeachRequest(PHOTOS[:1], "本田 翼"),
        TeachRequest(PHOTOS, "Haru", is_self=True),
        TeachRequest(()),
    ],
)
def test_a_request_is_the_same_after_the_database(request_: TeachRequest) -> None:
    assert TeachRequest.from_json(stored(request_.to_json())) == request_


def test_a_request_has_its_photos_where_a_jobs_files_are() -> None:
    # The storage of jobs and the deletion of photos look there.
    assert TeachRequest(PHOTOS).to_json() == {"files": [{"photo": photo} for photo in PHOTOS]}


def test_a_job_has_more_of_its_files_than_a_request_needs() -> None:
    payload = {"files": [{"photo": PHOTOS[0], "filename": "a.jpg", "size": 3}], "more": 1}
    assert TeachRequest.from_json(payload) == TeachRequest(PHOTOS[:1])


@pytest.mark.parametrize(
    "result",
    [
        TeachResult(1, (), (), {LeftOut.NO_FACE: 1}),
        TeachResult(10, PHOTOS, (2,), {reason: number for number, reason in enumerate(LeftOut, 1)}),
    ],
)
def test_a_result_is_the_same_after_the_database(result: TeachResult) -> None:
    assert TeachResult.from_json(stored(result.to_json())) == result
