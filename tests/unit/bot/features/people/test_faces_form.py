"""The form that names several faces."""

from __future__ import annotations

from typing import Any

import pytest

from bot.features.people.faces_form import FORM as FACES_FORM
from bot.features.people.faces_form import FacesForm
from bot.features.people.shown_faces import ShownFace
from core.domain.faces import Candidate
from tests.unit.bot.features.people.builders import HUGE, WORDS, form_codes, unknown_face


@pytest.mark.parametrize("words", WORDS)
async def test_the_form_for_several_faces_has_a_field_for_each_of_five(words: Any) -> None:
    likely = (Candidate(1, "N" * 64, 0.3), Candidate(2, "Taro", 0.1))
    perhaps = ShownFace(1, None, None, None, likely, None, editable=True)

    form = FacesForm(words, HUGE, [perhaps, *(unknown_face(n) for n in range(120, 128))]).to_dict()

    fields = [label["component"] for label in form["components"]]
    assert [field["custom_id"] for field in fields] == [f"name:{n}" for n in (1, 120, 121, 122, 123)]
    assert not any(field["required"] for field in fields)
    assert "N" * 64 in fields[0]["placeholder"]
    assert form_codes(form) == set()
    assert FACES_FORM.fullmatch(form["custom_id"])
