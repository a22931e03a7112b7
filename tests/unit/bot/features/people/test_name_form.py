"""The form that names a face."""

from __future__ import annotations

from typing import Any

import pytest

from bot.features.people.name_form import FORM, NameForm
from core.domain.faces import Candidate
from tests.unit.bot.features.people.builders import LOCATION, WORDS, form_codes


@pytest.mark.parametrize("words", WORDS)
async def test_the_form_offers_the_likeliest_and_any_other_name_and_requires_neither(words: Any) -> None:
    likely = [Candidate(n, "N" * 64, 0.5 if n < 3 else 0.0) for n in range(40)]

    form = NameForm(words, LOCATION, likely).to_dict()

    who, name = (label["component"] for label in form["components"])
    assert (who["type"], name["type"]) == (3, 4)
    assert len(who["options"]) == 25
    assert "50" in who["options"][0]["description"]
    assert "description" not in who["options"][3]
    assert (who["required"], who["min_values"], name["required"]) == (False, 0, False)
    assert form_codes(form) == set()
    assert FORM.fullmatch(form["custom_id"])


@pytest.mark.parametrize("words", WORDS)
async def test_where_nobody_is_known_a_name_must_be_typed(words: Any) -> None:
    form = NameForm(words, LOCATION, []).to_dict()

    (name,) = (label["component"] for label in form["components"])
    assert (name["max_length"], name["required"]) == (64, True)
    assert form_codes(form) == set()
