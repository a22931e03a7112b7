from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.domain.embedders import EMBEDDING_NAME
from core.domain.registry.retraining import (
    METRIC,
    Retraining,
    RetrainingState,
    lacks_data,
    needs_retraining,
    retraining_from_metrics,
)
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OLD = Version(1, 11, RunKind.RECOGNISER, 3, 1, 1, "faces v1", "ab" * 32, "cnn-slim", {}, (), {}, (), "cd" * 32, 1, 30,
              NOW)  # fmt: skip


@pytest.mark.parametrize("state", RetrainingState)
def test_an_outcome_is_read_back_from_a_card(state: RetrainingState) -> None:
    retraining = Retraining(state, 4, 0.97, 0.98)
    metrics = json.loads(json.dumps({METRIC: retraining.to_json()}))
    assert retraining_from_metrics(metrics) == retraining


@pytest.mark.parametrize("metrics", [{}, {METRIC: 3}, {METRIC: {}}, {METRIC: {"state": "postponed", "successor": 1}}])
def test_what_a_later_product_wrote_is_no_outcome(metrics: Mapping[str, Any]) -> None:
    assert retraining_from_metrics(metrics) is None


def test_only_recognisers_of_an_earlier_embedder_are_retrained_and_only_once() -> None:
    assert needs_retraining(OLD)
    assert needs_retraining(replace(OLD, architecture="embedding-distances"))
    assert not needs_retraining(replace(OLD, config={"embedder": EMBEDDING_NAME}))
    assert not needs_retraining(replace(OLD, kind=RunKind.DCGAN, architecture="dcgan-light"))
    assert not needs_retraining(replace(OLD, architecture="later-net"))
    for state in RetrainingState:  # only what lacked its data may be tried again
        tried = replace(OLD, metrics={METRIC: Retraining(state).to_json()})
        assert needs_retraining(tried) is lacks_data(tried) is (state is RetrainingState.DATA_GONE)
