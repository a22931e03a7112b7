"""A curation in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cli.data.curation_formatting import caption, curation_lines
from core.domain.data.curation import CuratedPicture, Curation, Measures, Reason, Subject

MEASURES = Measures(subject=0.004, side=40.4, detail=0.056, text=0.21)


def test_what_is_left_out_is_counted_by_its_reason() -> None:
    pictures = (CuratedPicture("a", ""), CuratedPicture("b", "", Reason.TEXT), CuratedPicture("c", "", Reason.TEXT))
    assert curation_lines("cats", Curation(Subject.ANY, pictures), Path("out")) == [
        "cats: 3 pictures, 1 kept, 2 left out",
        "",
        "REASON  PICTURES  WHY\ntext    2         letters lie over it",
        "",
        "In out: kept/ has what is kept, dropped.png shows what is not, curation.json says why.",
    ]


def test_where_all_is_kept_one_line_is_enough() -> None:
    assert curation_lines("cats", Curation(Subject.ANY, (CuratedPicture("a", ""),)), None) == [
        "cats: 1 picture, 1 kept, 0 left out"
    ]


@pytest.mark.parametrize(
    ("judged", "words"),
    [
        (CuratedPicture("more/a.jpg", "", None, MEASURES), "a.jpg"),
        (CuratedPicture("a.jpg", "", Reason.NO_SUBJECT, MEASURES), "no-subject 0.00"),
        (CuratedPicture("a.jpg", "", Reason.TINY, MEASURES), "tiny 40"),
        (CuratedPicture("a.jpg", "", Reason.TINY, replace(MEASURES, face=31.6)), "tiny 32"),
        (CuratedPicture("a.jpg", "", Reason.BLURRED, MEASURES), "blurred 0.06"),
        (CuratedPicture("a.jpg", "", Reason.TEXT, MEASURES), "text 0.21"),
        (CuratedPicture("a.jpg", "", Reason.COPY, MEASURES), "copy"),
        (CuratedPicture("a.jpg", "", Reason.COPY), "copy"),
    ],
)
def test_captions_name_the_reason_and_its_figure(judged: CuratedPicture, words: str) -> None:
    assert caption(judged) == words


def test_every_reason_has_a_sentence() -> None:
    for reason in Reason:
        assert curation_lines("x", Curation(Subject.FACE, (CuratedPicture("a", "", reason),)), None)[-1].count(
            reason.value
        )
