from __future__ import annotations

from datetime import UTC, datetime

from cli.data.formatting import dataset_json, dataset_lines, remark_text
from core.domain.data.datasets import NOBODY, UNNAMED, Dataset, DatasetClass, Findings, Remark
from core.domain.training.preflight import preflight, trained_for
from core.domain.training.runs import RunKind

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def dataset(*counts: int, without_face: int = 0, findings: Findings = Findings()) -> Dataset:  # noqa: B008
    classes = tuple(DatasetClass(f"person {place}", 10 + place, count) for place, count in enumerate(counts))
    return Dataset(1, 7, "family", 2, "ab" * 32, classes, (), sum(counts), without_face, 0, NOW, findings)


def lines(of: Dataset) -> list[str]:
    return dataset_lines(of, preflight(of))


def test_a_good_data_set_is_said_in_two_lines() -> None:
    assert lines(dataset(9, 12)) == ["family v2: 21 pictures of 2 people, 9 to 12 each", "It can be trained on."]
    assert lines(dataset(9, 9))[0] == "family v2: 18 pictures of 2 people, 9 each"


def test_what_blocks_is_a_fault_with_names_and_comes_first() -> None:
    said = lines(dataset(2, 12, findings=Findings(damaged=1)))
    assert said[1:] == [
        "FAULT  At least 3 pictures of each person are needed; there are fewer of person 0.",
        "note   There are 12 pictures of one person and 2 of another; those with few will be recognised worse.",
        "note   Could not be read and left out: 1 picture.",
        "It cannot be trained on.",
    ]


def test_of_many_names_the_rest_is_counted() -> None:
    fault = lines(dataset(*[1] * 12))[1]
    assert fault.endswith("person 8, person 9 and 2 more.")


def test_duplicates_are_told_apart() -> None:
    (note,) = lines(dataset(9, 9, findings=Findings(identical=1, alike=0, shared=2)))[1:-1]
    assert "1 the same file of the same person (kept once), 2 given to more than one person" in note
    assert "saved anew" not in note


def test_counts_come_with_their_noun() -> None:
    assert "kept upright: 2 pictures." in lines(dataset(9, 9, findings=Findings(turned=2)))[1]
    assert "a side in 3 pictures." in lines(dataset(9, 9, findings=Findings(small=3)))[1]
    assert "No face was found in 1 picture;" in lines(dataset(9, 9, without_face=1))[1]


def test_a_remark_of_a_later_version_is_shown_by_its_code() -> None:
    assert remark_text(Remark("too-blue", {}, blocks=False)) == "too-blue"


def test_json_holds_counts_people_and_remarks() -> None:
    family = dataset(9, 60, findings=Findings(small=3))
    shown = dataset_json(family, preflight(family))
    assert (shown["name"], shown["version"], shown["pictures"], shown["fit"]) == ("family", 2, 69, True)
    assert shown["people"] == [{"name": "person 0", "pictures": 9}, {"name": "person 1", "pictures": 60}]
    assert [remark["code"] for remark in shown["remarks"]] == ["unbalanced", "small"]
    assert shown["remarks"][1]["count"] == 3


def test_pictures_without_names_are_there_to_learn_to_draw_from() -> None:
    unnamed = Dataset(1, 7, "faces", 1, "ab" * 32, (DatasetClass(UNNAMED, NOBODY, 300),), (), 300, 0, 0, NOW)
    assert trained_for(unnamed) is RunKind.DCGAN
    said = dataset_lines(unnamed, preflight(unnamed, kind=trained_for(unnamed)))
    assert said[0] == "faces v1: 300 pictures, without names: to learn to draw from"
    assert said[1].startswith("note   There are 300 pictures: what draws faces will remember some")
    assert said[-1] == "It can be trained on."


def test_too_few_pictures_to_learn_from_are_a_fault() -> None:
    unnamed = Dataset(1, 7, "faces", 1, "ab" * 32, (DatasetClass(UNNAMED, NOBODY, 99),), (), 99, 0, 0, NOW)
    said = dataset_lines(unnamed, preflight(unnamed, kind=RunKind.DCGAN))
    assert said[1] == "FAULT  At least 100 pictures are needed to learn to draw; there are 99."


def test_pictures_without_names_have_no_people_in_json() -> None:
    unnamed = Dataset(1, 7, "faces", 1, "ab" * 32, (DatasetClass(UNNAMED, NOBODY, 300),), (), 300, 0, 0, NOW)
    shown = dataset_json(unnamed, preflight(unnamed, kind=RunKind.DCGAN))
    assert (shown["people"], shown["pictures"], shown["fit"]) == ([], 300, True)
    assert [(one["code"], one["minimum"]) for one in shown["remarks"]] == [("will-copy", 1000)]


def test_ages_are_counted_in_text_and_json_and_the_sentences_say_which_are_missing() -> None:
    classes = (DatasetClass(UNNAMED, NOBODY, 300),)
    counts = (0, 19, 20, 20, 120, 20, 20, 20, 20, 61)
    of = Dataset(1, 7, "faces", 1, "ab" * 32, classes, (), 300, 0, 0, NOW, age_counts=counts)
    assert trained_for(of) is RunKind.REAGE
    checked = preflight(of, kind=trained_for(of))
    assert dataset_lines(of, checked) == [
        "faces v1: 300 pictures, with ages: to learn ageing from",
        "AGE       0-5  6-10  11-15  16-20  21-30  31-40  41-50  51-60  61-70  71+",
        "PICTURES  0    19    20     20     120    20     20     20     20     61",
        "FAULT  At least 20 pictures of any two neighbouring age groups are needed; there are fewer of 0-10.",
        "note   There are 120 pictures of the age 21-30 and 0 of 0-5; ages with few will be learnt worse.",
        "It cannot be trained on.",
    ]
    assert [group["pictures"] for group in dataset_json(of, checked)["ages"]] == list(counts)


def test_without_ages_there_is_no_table_of_them() -> None:
    family = dataset(9, 9)
    assert dataset_json(family, preflight(family))["ages"] == []
