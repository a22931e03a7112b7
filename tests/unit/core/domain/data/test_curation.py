"""What is kept and why, and the report as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.data.curation import (
    LIMITS,
    Crop,
    CuratedPicture,
    Curation,
    ManualOverrides,
    Measures,
    Reason,
    Subject,
    apply_overrides,
    find_reason,
)

GOOD = Measures(subject=0.9, side=128, detail=0.3, text=0.0, face=90)
shares = st.floats(0, 1)
measures = st.builds(Measures, shares, st.floats(1, 5000), shares, shares, st.none() | st.floats(1, 5000))
crops = st.builds(Crop, st.floats(-50, 5000), st.floats(-50, 5000), st.floats(1, 5000), st.floats(-180, 180))
judgements = st.builds(
    CuratedPicture,
    st.text(min_size=1),
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.none() | st.sampled_from(Reason),
    st.none() | measures,
    st.none() | crops,
    st.none() | st.text(min_size=1),
    st.booleans(),
    st.none() | st.just("broken-image"),
)


def test_a_good_picture_is_kept() -> None:
    assert find_reason(GOOD) is None
    assert find_reason(replace(GOOD, face=None)) is None  # a cat


@pytest.mark.parametrize(
    ("measures", "reason"),
    [
        (replace(GOOD, subject=0.0), Reason.NO_SUBJECT),
        (replace(GOOD, side=40), Reason.TINY),
        (replace(GOOD, face=30), Reason.TINY),
        (replace(GOOD, detail=0.05), Reason.BLURRED),
        (replace(GOOD, text=0.2), Reason.TEXT),
        (replace(GOOD, subject=0.0, detail=0.0, text=0.5), Reason.NO_SUBJECT),
        (replace(GOOD, side=40, detail=0.0), Reason.TINY),
    ],
)
def test_each_fault_has_its_reason_and_the_first_counts(measures: Measures, reason: Reason) -> None:
    assert find_reason(measures) is reason


@given(measures)
def test_what_is_better_in_everything_is_never_dropped_where_the_worse_is_kept(one: Measures) -> None:
    better = Measures(
        1.0, one.side + 1, min(1.0, one.detail + 0.1), one.text / 2, None if one.face is None else one.face + 1
    )
    assert find_reason(one) is not None or find_reason(better) is None


@given(st.sampled_from(Subject), st.lists(judgements, max_size=5))
def test_a_report_is_the_same_after_json(subject: Subject, pictures: list[CuratedPicture]) -> None:
    payload = Curation(subject, tuple(pictures)).to_json()
    again = Curation.from_json(json.loads(json.dumps(payload)))
    assert again.to_json() == payload
    assert [picture.reason for picture in again.pictures] == [picture.reason for picture in pictures]


def test_a_report_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 2"):
        Curation.from_json({"format": 2, "subject": "any", "pictures": []})


def test_reasons_are_counted_in_their_order() -> None:
    reasons = [Reason.COPY, None, Reason.TINY, Reason.COPY]
    curation = Curation(Subject.ANY, tuple(CuratedPicture(str(n), "", reason) for n, reason in enumerate(reasons)))
    assert list(curation.counts.items()) == [(Reason.TINY, 1), (Reason.COPY, 2)]
    assert [one.source for one in curation.kept] == ["1"]
    assert [one.source for one in curation.dropped] == ["0", "2", "3"]


def test_a_hand_has_the_last_word() -> None:
    blurred, kept = CuratedPicture("a.jpg", "aa", Reason.BLURRED), CuratedPicture("b.jpg", "bb")
    overrides = ManualOverrides(keep=frozenset({"aa"}), drop=frozenset({"b.jpg"}))
    assert apply_overrides(blurred, overrides) == CuratedPicture("a.jpg", "aa", None, by_hand=True)
    assert apply_overrides(kept, overrides) == CuratedPicture("b.jpg", "bb", Reason.BY_HAND, by_hand=True)
    assert apply_overrides(kept, ManualOverrides()) == kept
    assert overrides.unknown([blurred, kept]) == []
    assert ManualOverrides(frozenset({"c"}), frozenset({"a.jpg"})).unknown([blurred]) == ["c"]


def test_nobody_can_keep_what_cannot_be_read() -> None:
    broken = CuratedPicture("a.jpg", "aa", Reason.UNREADABLE)
    assert apply_overrides(broken, ManualOverrides(frozenset({"a.jpg"}))) == broken


def test_the_smallest_face_is_what_preflight_calls_small() -> None:
    from core.domain.training.preflight import SMALL_FACE

    assert LIMITS.min_face == SMALL_FACE
