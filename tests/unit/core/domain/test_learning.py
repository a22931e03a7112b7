"""What came of training on labels, as jobs hold it."""

from __future__ import annotations

import json

import pytest

from core.domain.learning import LearnOutcome, LearnResult, PersonGain


@pytest.mark.parametrize(
    "result",
    [
        LearnResult(LearnOutcome.UNCHANGED, "labels v3", 40, 4, 0),
        LearnResult(
            LearnOutcome.PROMOTED, "labels v4", 62, 4, 22, 7, 0.96875, 0.9375,
            (PersonGain("本田 翼", 12, 0.5, 0.9166666666666666), PersonGain("Ben", 3, 1.0, 2 / 3)),
        ),
        *(LearnResult(outcome, "labels v1", 8, 2, 8, 1, None, 0.5) for outcome in LearnOutcome),
    ],
)  # fmt: skip
def test_a_result_is_the_same_after_the_database(result: LearnResult) -> None:
    assert LearnResult.from_json(json.loads(json.dumps(result.to_json()))) == result
