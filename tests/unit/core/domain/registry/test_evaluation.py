from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.registry.evaluation import (
    EvaluationReport,
    ReliabilityBin,
    calibration_error,
    confusion_matrix,
    merge_reports,
)

SHARES = st.floats(0, 1)
BINS = st.lists(st.builds(ReliabilityBin, SHARES, SHARES, st.integers(1, 999)), max_size=15).map(tuple)


def report(**changes: object) -> EvaluationReport:
    """Three people; Ann is right twice and taken for Ben once, Ben is always taken for Cem, of Cem nothing is known."""
    plain = EvaluationReport(
        head="embedding",
        preset="embedding",
        dataset="family v1",
        dataset_hash="abc",
        names=("Ann", "Ben", "Cem"),
        folds={"0": 0.5, "1": 0.7},
        by_step={"0": ((1, 0.5),), "1": ((1, 0.7),)},
        confusion=((2, 1, 0), (0, 0, 3), (0, 0, 0)),
        bins=(ReliabilityBin(0.9, 0.8, 6),),
        ece=0.1,
        auroc=0.99,
        known_at_1=0.9,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@st.composite
def reports(draw: st.DrawFn) -> EvaluationReport:
    people = draw(st.integers(1, 4))
    counts = st.lists(st.integers(0, 50), min_size=people, max_size=people).map(tuple)
    return report(
        names=tuple(f"person {i}" for i in range(people)),
        confusion=draw(st.lists(counts, min_size=people, max_size=people).map(tuple)),
        bins=draw(BINS),
        auroc=draw(st.none() | SHARES),
        faceless=draw(counts | st.just(())),
    )


@given(reports())
def test_a_report_is_the_same_after_json(one: EvaluationReport) -> None:
    assert EvaluationReport.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_the_mean_is_over_folds_and_not_over_pictures() -> None:
    assert report().mean == pytest.approx(0.6)


def test_a_card_says_how_often_and_for_whom_a_person_is_taken() -> None:
    ann, ben, cem = report().cards
    assert (ann.pictures, ann.recall, ann.taken_for, ann.times) == (3, pytest.approx(2 / 3), "Ben", 1)
    assert (ben.recall, ben.taken_for, ben.times) == (0.0, "Cem", 3)
    assert (cem.pictures, cem.recall, cem.taken_for) == (0, None, None)


def test_a_picture_without_a_face_counts_as_not_recognised() -> None:
    ann = report(faceless=(1, 0, 2)).cards[0]
    assert (ann.pictures, ann.recall) == (4, 0.5)
    assert report(faceless=(1, 0, 2)).pictures == 9


def test_the_pairs_that_are_mixed_up_come_worst_first() -> None:
    assert [(one.name, one.taken_for, one.times) for one in report().most_confused] == [
        ("Ben", "Cem", 3),
        ("Ann", "Ben", 1),
    ]


def test_ten_pairs_are_enough() -> None:
    people = 5
    everybody = tuple((1,) * people for _ in range(people))
    crowd = report(names=tuple("abcde"), confusion=everybody)
    assert len(crowd.most_confused) == 10


def test_confusion_counts_who_is_taken_for_whom() -> None:
    assert confusion_matrix([0, 0, 1, 2], [0, 1, 1, 0], 3) == ((1, 1, 0), (0, 1, 0), (1, 0, 0))


def test_reports_of_other_folds_are_one_report() -> None:
    first = report(folds={"0": 0.5}, by_step={"0": ((10, 0.5),)}, bins=(ReliabilityBin(0.9, 0.5, 2),), ece=0.4)
    second = report(
        folds={"1": 1.0},
        by_step={"1": ((10, 1.0),)},
        bins=(ReliabilityBin(0.92, 1.0, 6), ReliabilityBin(0.2, 0.2, 1)),
        faceless=(0, 1, 0),
    )
    both = merge_reports([first, second])
    assert both.folds == {"0": 0.5, "1": 1.0}
    assert both.by_step == {"0": ((10, 0.5),), "1": ((10, 1.0),)}
    assert both.confusion == ((4, 2, 0), (0, 0, 6), (0, 0, 0))
    assert [one.count for one in both.bins] == [1, 8]
    assert both.bins[1].accuracy == pytest.approx(7 / 8)
    assert both.ece == calibration_error(both.bins)
    assert both.faceless == (0, 1, 0)


@pytest.mark.parametrize("other", [report(dataset_hash="other"), report(head="cnn"), report(preset="slim")])
def test_reports_of_different_things_are_not_merged(other: EvaluationReport) -> None:
    with pytest.raises(ValueError, match="cannot be one"):
        merge_reports([report(), other])
    with pytest.raises(ValueError, match="cannot be one"):
        merge_reports([])


def test_honest_answers_have_no_calibration_error() -> None:
    assert calibration_error([ReliabilityBin(0.5, 0.5, 10), ReliabilityBin(0.9, 0.9, 3)]) == 0
    assert calibration_error([ReliabilityBin(0.5, 0.7, 1), ReliabilityBin(0.9, 0.9, 3)]) == pytest.approx(0.05)
    assert calibration_error([]) == 0
