"""Names of those who objected are left out, also of what was stored before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.domain.faces import Candidate
from core.domain.objections import LEFT_OUT, ObjectingPeople, optimised_without, version_without
from core.domain.optimisation import OptimizeMode, OptimizeResult, Prediction, Transfer
from core.domain.people import name_key
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind

HARU = ObjectingPeople(frozenset({7}), frozenset({name_key("Haru"), name_key("ハル")}))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
METRICS: dict[str, Any] = {"report": {"names": ["Haruka", "Ben"], "ece": 0.1}, "accuracy": 0.9}
VERSION = Version(1, 11, RunKind.RECOGNISER, 3, 1, 1, "faces v1", "ab" * 32, "cnn-slim", {},
                  (("Haruka", 7), ("Ben", 8)), METRICS, (), "cd" * 32, 1, 30, NOW)  # fmt: skip
TAKEN = Prediction(True, (Candidate(7, "Haruka", 0.9), Candidate(8, "Ben", 0.1)), 0.1, 0.0, "Haruka")


def test_somebody_is_known_by_the_id_or_by_any_name_however_it_is_written() -> None:
    assert HARU.include(7, "whatever the name was then")
    assert HARU.include(None, "HARU")
    assert HARU.include(8, "ﾊﾙ")
    assert not HARU.include(8, "Haruka")
    assert HARU.are_named_in("/optimize noise → haru")
    assert not HARU.are_named_in("/optimize noise → Ben")
    assert not ObjectingPeople().include(None, "Haru")
    assert not ObjectingPeople().are_named_in("Haru")


def test_in_no_prediction_of_a_picture_is_a_name_left() -> None:
    fields: dict[str, Any] = {"before": TAKEN, "after": TAKEN, "jpeg": TAKEN}
    result = OptimizeResult(OptimizeMode.FOOL, "Ben", "v1", 1, transfer=(Transfer("v0", TAKEN, TAKEN),), **fields)
    cleaned = optimised_without(result, HARU)
    assert "Haruka" not in str(cleaned.to_json())
    assert cleaned.before == replace(TAKEN, top=(Candidate(8, "Ben", 0.1),), named=None)
    assert optimised_without(result, ObjectingPeople()) == result


def test_of_a_version_the_figures_stay_and_the_name_goes() -> None:
    cleaned = version_without(VERSION, HARU)
    assert cleaned.classes == ((LEFT_OUT, 7), ("Ben", 8))
    assert cleaned.metrics == {"report": {"names": [LEFT_OUT, "Ben"], "ece": 0.1}, "accuracy": 0.9}
    assert version_without(VERSION, ObjectingPeople()) is VERSION
