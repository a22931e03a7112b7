"""Submitted forms are read by field."""

from __future__ import annotations

from typing import Any

import pytest

from bot.ui.forms import selected_values, text_value, text_values


@pytest.mark.parametrize(
    "components",
    [
        [{"type": 18, "id": 1, "component": {"type": 4, "custom_id": "name", "value": "Hanako"}}],
        [{"type": 1, "components": [{"type": 4, "custom_id": "name", "value": "Hanako"}]}],
    ],
)
def test_the_typed_name_is_found_in_either_shape(components: list[dict[str, Any]]) -> None:
    assert text_value(components, "name") == "Hanako"
    assert list(text_values(components)) == [("name", "Hanako")]


def test_choices_and_texts_of_a_form_are_told_apart() -> None:
    select = {"type": 3, "custom_id": "who", "values": ["7"]}
    text = {"type": 4, "custom_id": "name", "value": ""}
    components: list[dict[str, Any]] = [{"type": 18, "component": select}, {"type": 18, "component": text}]

    assert selected_values(components, "who") == ["7"]
    assert selected_values(components, "name") == selected_values(components, "other") == []
    assert (text_value(components, "name"), text_value(components, "who")) == ("", "")
