from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.domain.data.datasets import NOBODY, UNNAMED, Dataset, DatasetClass, Findings, Preflight
from core.domain.training.preflight import preflight
from core.domain.training.runs import RunKind

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def dataset(*counts: int, without_face: int = 0, findings: Findings = Findings()) -> Dataset:  # noqa: B008
    classes = tuple(DatasetClass(f"person {place}", place + 1, count) for place, count in enumerate(counts))
    return Dataset(1, 7, "family", 1, "ab" * 32, classes, (), sum(counts), without_face, 0, NOW, findings)


def codes(found: Preflight) -> list[str]:
    return [remark.code for remark in found.remarks]


def test_a_data_set_that_has_enough_of_everybody_is_fit_without_a_remark() -> None:
    assert preflight(dataset(9, 12, 30)) == Preflight(3, 51, 9, 30, ())
    assert preflight(dataset(9, 12, 30)).is_fit


def test_one_person_cannot_be_told_from_anybody() -> None:
    result = preflight(dataset(50))
    assert codes(result) == ["few-people"]
    assert not result.is_fit


def test_who_has_too_few_pictures_is_named() -> None:
    result = preflight(dataset(3, 2, 1))
    assert codes(result) == ["few-pictures"]
    assert result.remarks[0].details == {"names": ["person 1", "person 2"], "count": 2, "minimum": 3}
    assert not result.is_fit
    assert preflight(dataset(3, 2, 1), minimum_pictures=1).is_fit


def test_of_many_with_too_few_pictures_ten_are_named_and_all_are_counted() -> None:
    details = preflight(dataset(*[1] * 40)).remarks[0].details
    assert details["names"] == [f"person {place}" for place in range(10)]
    assert details["count"] == 40


def test_a_data_set_is_unbalanced_from_more_than_five_times_the_pictures_on() -> None:
    assert codes(preflight(dataset(10, 50))) == []
    result = preflight(dataset(10, 51))
    assert codes(result) == ["unbalanced"]
    assert result.is_fit


def test_what_was_found_is_said_with_its_counts_and_blocks_nothing() -> None:
    result = preflight(dataset(9, 9, without_face=4, findings=Findings(1, 2, 3, 5, 6, 7)))
    assert {remark.code: dict(remark.details) for remark in result.remarks} == {
        "duplicates": {"count": 6, "identical": 1, "alike": 2, "shared": 3},
        "without-face": {"count": 4},
        "small": {"count": 5, "pixels": 48},
        "damaged": {"count": 6},
        "turned": {"count": 7},
    }
    assert result.is_fit


@given(st.lists(st.integers(1, 300), max_size=12), st.integers(1, 20), st.builds(Findings, st.integers(0, 3)))
def test_remarks_that_block_come_first_and_are_what_makes_it_unfit(
    counts: list[int], minimum: int, findings: Findings
) -> None:
    result = preflight(dataset(*counts, findings=findings), minimum)
    blocks = [remark.blocks for remark in result.remarks]
    assert blocks == sorted(blocks, reverse=True)
    assert result.is_fit == (len(counts) >= 2 and min(counts) >= minimum)


def aged(*counts: int) -> Dataset:
    return replace(unnamed(sum(counts)), age_counts=counts)


def unnamed(count: int, findings: Findings = Findings()) -> Dataset:  # noqa: B008
    pictures = replace(dataset(count), findings=findings)
    return replace(pictures, classes=(DatasetClass(UNNAMED, NOBODY, count),))


def test_a_model_that_draws_needs_a_hundred_pictures() -> None:
    result = preflight(unnamed(99), kind=RunKind.DCGAN)
    assert (codes(result), result.is_fit, result.people) == (["few-to-generate"], False, 0)
    assert result.remarks[0].details == {"count": 99, "minimum": 100}


def test_below_a_thousand_pictures_it_is_said_that_the_model_will_copy() -> None:
    assert codes(preflight(unnamed(100), kind=RunKind.VAE)) == ["will-copy"]
    assert preflight(unnamed(100), kind=RunKind.VAE).is_fit
    assert codes(preflight(unnamed(1000), kind=RunKind.VAE)) == []


def test_a_model_that_ages_faces_draws_no_new_ones_that_could_be_copies() -> None:
    assert codes(preflight(aged(*[10] * 9, 9), kind=RunKind.CAAE)) == ["missing-ages"]
    assert codes(preflight(aged(*[10] * 10), kind=RunKind.CAAE)) == []


def test_ageing_is_not_learnt_from_pictures_without_ages() -> None:
    result = preflight(unnamed(2000), kind=RunKind.CAAE)
    assert codes(result) == ["no-ages"]
    assert not result.is_fit
    assert codes(preflight(unnamed(2000), kind=RunKind.DCGAN)) == []


def test_an_age_group_may_be_missing_but_not_two_side_by_side() -> None:
    assert preflight(aged(20, 0, 20, 0, 20, 20, 0, 20, 20, 20), kind=RunKind.CAAE).is_fit
    result = preflight(aged(20, 20, 0, 19, 20, 20, 20, 20, 0, 0), kind=RunKind.CAAE)
    assert result.remarks[0].details == {"names": ["11-20", "61+"], "count": 2, "minimum": 20}
    assert not result.is_fit


def test_ages_are_unbalanced_from_more_than_five_times_the_pictures_on() -> None:
    assert codes(preflight(aged(*[20] * 9, 100), kind=RunKind.CAAE)) == []
    (remark,) = preflight(aged(*[20] * 9, 101), kind=RunKind.CAAE).remarks
    assert (remark.code, remark.blocks) == ("unbalanced-ages", False)
    assert remark.details == {"names": ["0-5", "71+"], "fewest": 20, "most": 101}


def test_who_is_shown_does_not_matter_to_a_model_that_draws() -> None:
    assert codes(preflight(dataset(1, 1999), kind=RunKind.DCGAN)) == []
    assert codes(preflight(unnamed(2000, Findings(damaged=3)), kind=RunKind.DCGAN)) == ["damaged"]


def test_nobody_can_be_recognised_by_pictures_without_names() -> None:
    assert codes(preflight(unnamed(2000))) == ["few-people"]
