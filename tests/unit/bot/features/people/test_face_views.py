"""Buttons, selects and forms for naming faces."""

from __future__ import annotations

from typing import Any

import pytest

from bot.features.people.face_views import FaceButton, FacesSelect, answer_view, face_row
from bot.features.people.faces_form import FacesButton
from bot.features.people.shown_faces import ShownFace
from tests.unit.bot.features.people.builders import HUGE, LOCATION, WORDS, named_face, unknown_face


@pytest.mark.parametrize("words", WORDS)
async def test_custom_ids_and_labels_fit_and_come_back(words: Any) -> None:
    for button in face_row(words, named_face(), LOCATION):
        match = FaceButton.__discord_ui_compiled_template__.fullmatch(button.custom_id)
        assert match is not None
        again = await FaceButton.from_custom_id(None, button.item, match)

        assert (again.action, again.person_id, again.location) == (button.action, HUGE, LOCATION)
        assert len(button.custom_id) <= 100
        assert 1 <= len(button.item.label or "") <= 80


async def test_up_to_five_faces_have_a_row_each() -> None:
    view = answer_view(WORDS[0], 9, [named_face(1, "Hanako"), *(unknown_face(n) for n in range(2, 6))])

    assert view is not None
    rows = [[component["label"] for component in row["components"]] for row in view.to_components()]
    assert rows[0] == ["1 ✓ Hanako", "1 Someone else …", "1 ✗ Not Hanako", "1 Why?"]
    assert rows[1:4] == [[f"{n} This is …"] for n in range(2, 5)]
    assert rows[4] == ["5 This is …", "Name these faces (2, 3, 4, 5) …"]
    assert view.is_persistent()


@pytest.mark.parametrize(
    ("faces", "numbers"),
    [(0, None), (1, None), (2, "1, 2"), (4, "1, 2, 3, 4"), (7, "1, 2, 3, 4, 5"), (99, "1, 2, 3, 4, 5"), (100, None)],
)
@pytest.mark.parametrize("words", WORDS)
async def test_several_unknown_faces_have_one_button_where_there_is_room(
    words: Any, faces: int, numbers: str | None
) -> None:
    view = answer_view(words, HUGE, [named_face(200), *(unknown_face(n) for n in range(1, faces + 1))])

    assert view is not None
    buttons = [item for item in view.children if isinstance(item, FacesButton)]
    assert [numbers in (button.item.label or "") for button in buttons if numbers] == ([True] if numbers else [])
    assert all(len(row["components"]) <= 5 for row in view.to_components())
    for button in buttons:
        match = FacesButton.__discord_ui_compiled_template__.fullmatch(button.custom_id)
        assert match is not None
        assert (await FacesButton.from_custom_id(None, button.item, match)).job_id == HUGE


@pytest.mark.parametrize(("faces", "pages"), [(6, [6]), (25, [25]), (26, [25, 1]), (125, [25] * 5), (200, [25] * 5)])
async def test_more_faces_are_chosen_from_selects(faces: int, pages: list[int]) -> None:
    view = answer_view(WORDS[0], HUGE, [unknown_face(n) for n in range(1, faces + 1)])

    assert view is not None
    selects = [row["components"][0] for row in view.to_components() if row["components"][0]["type"] == 3]
    assert [len(select["options"]) for select in selects] == pages
    assert all(FacesSelect.__discord_ui_compiled_template__.fullmatch(select["custom_id"]) for select in selects)
    assert len({select["custom_id"] for select in selects}) == len(selects)


async def test_faces_that_are_gone_have_no_buttons() -> None:
    gone = ShownFace(1, None, None, None, (), None, editable=False)

    assert answer_view(WORDS[0], 9, [gone]) is None
