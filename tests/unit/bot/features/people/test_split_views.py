"""The sheet of pictures and the form by which a person is split."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.features.people.split_views import SplitForm, pictures_embed
from core.domain.face_records import FaceRecord
from core.domain.faces import Box
from core.domain.people import LabelProvenance, Person
from core.domain.picture_sheets import SheetResult
from tests.unit.bot.features.people.builders import WORDS

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
HUGE = 2**63 - 1  # what a column of the database holds
PERSON = Person(HUGE, HUGE, "*" * 64, 1, AT, 40)


def record(number: int) -> FaceRecord:
    provenance = LabelProvenance(HUGE, HUGE, HUGE, "this-is", AT)
    return FaceRecord(HUGE - number, PERSON.id, None, Box(0, 0, 9, 9), 0.9, (), b"", "test", AT, provenance)


@pytest.mark.parametrize("words", WORDS)
async def test_the_pictures_of_a_sheet_fit_into_a_message_and_into_a_form(words: Any) -> None:
    numbered = [(number, record(number)) for number in range(10_001, 10_026)]
    sheet = SheetResult(PERSON.id, 400, 10_025, tuple(one.id for _, one in numbered), "ab" * 32, blurred=True)

    embed, form = pictures_embed(words, PERSON, numbered, sheet), SplitForm(words, PERSON, numbered)

    assert embed.description is not None
    assert embed.title is not None
    assert len(embed.description.splitlines()) == 26
    assert len(embed.description) <= 4096
    assert len(embed.title) <= 256
    assert len(form.title) <= 45
    (select, _) = form.to_components()
    options = select["component"]["options"]
    assert [option["value"] for option in options] == [str(one.id) for _, one in numbered]
    assert select["component"]["max_values"] == 25
