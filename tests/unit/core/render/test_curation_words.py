"""The words below the pictures of a contact sheet."""

from __future__ import annotations

import pytest

from core.domain.data.curation import CuratedPicture, Reason
from core.render.curation_words import caption_in
from core.render.lettering import drawable_text


@pytest.mark.parametrize("locale", ["en-GB", "ja"])
def test_every_reason_that_has_a_picture_has_words_that_can_be_drawn(locale: str) -> None:
    caption = caption_in(locale)
    words = [caption(CuratedPicture("a", "", reason)) for reason in Reason if reason is not Reason.UNREADABLE]
    assert len(set(words)) == len(words)
    assert all(word and drawable_text(word) == word for word in words)
    assert not set(words) & {reason.value for reason in Reason} or locale == "en-GB"
    assert caption(CuratedPicture("a", "")) == ""


def test_who_speaks_another_language_reads_english() -> None:
    assert caption_in("fr")(CuratedPicture("a", "", Reason.BLURRED)) == "blurred"
    assert caption_in("ja")(CuratedPicture("a", "", Reason.BLURRED)) == "ぼけ"
