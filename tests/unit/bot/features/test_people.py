"""Buttons, selects and forms for naming faces."""

from __future__ import annotations

import re
from typing import Any

import discord
import pytest

from bot.features.people.custom_ids import FaceLocation
from bot.features.people.face_views import FaceButton, FacesSelect, answer_view, face_row
from bot.features.people.faces_form import FORM as FACES_FORM
from bot.features.people.faces_form import FacesButton, FacesForm
from bot.features.people.list_views import PageButton, page_view
from bot.features.people.name_form import FORM, NameForm
from bot.features.people.old_prompt import PersonSelect
from bot.features.people.shown_faces import ShownFace
from bot.ui.forms import selected_values, text_value, text_values
from bot.ui.i18n import words_in
from bot.ui.permissions import is_moderator, require_labeller
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.people import LabellingPolicy
from sandbox.rules.errors import Problems
from sandbox.rules.modals import check_modal
from tests.unit.bot.fakes import GUILD, an_interaction

HUGE = 2**63 - 1  # the largest id that the database holds
PLACE = FaceLocation(HUGE, 9999, HUGE)
WORDS = [words_in("en"), words_in("ja")]


def form_codes(form: Any) -> set[str]:
    """What Discord would refuse in a form."""
    problems = Problems()
    check_modal(problems, form)
    return set(re.findall(r"'code': '(\w+)'", repr(problems._errors)))


def known(number: int = 1, name: str = "W" * 64) -> ShownFace:
    return ShownFace(number, HUGE, name, 0.9, (), None, editable=True)


def unknown(number: int) -> ShownFace:
    return ShownFace(number, None, None, None, (), None, editable=True)


@pytest.mark.parametrize("words", WORDS)
async def test_custom_ids_and_labels_fit_and_come_back(words: Any) -> None:
    for button in face_row(words, known(), PLACE):
        match = FaceButton.__discord_ui_compiled_template__.fullmatch(button.custom_id)
        assert match is not None
        again = await FaceButton.from_custom_id(None, button.item, match)

        assert (again.action, again.person_id, again.location) == (button.action, HUGE, PLACE)
        assert len(button.custom_id) <= 100
        assert 1 <= len(button.item.label or "") <= 80


async def test_up_to_five_faces_have_a_row_each() -> None:
    view = answer_view(WORDS[0], 9, [known(1, "Hanako"), *(unknown(n) for n in range(2, 6))])

    assert view is not None
    rows = [[component["label"] for component in row["components"]] for row in view.to_components()]
    assert rows[0] == ["1 ✓ Hanako", "1 Someone else …", "1 ✗ Not Hanako"]
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
    view = answer_view(words, HUGE, [known(200), *(unknown(n) for n in range(1, faces + 1))])

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
    view = answer_view(WORDS[0], HUGE, [unknown(n) for n in range(1, faces + 1)])

    assert view is not None
    selects = [row["components"][0] for row in view.to_components() if row["components"][0]["type"] == 3]
    assert [len(select["options"]) for select in selects] == pages
    assert all(FacesSelect.__discord_ui_compiled_template__.fullmatch(select["custom_id"]) for select in selects)
    assert len({select["custom_id"] for select in selects}) == len(selects)


async def test_faces_that_are_gone_have_no_buttons() -> None:
    gone = ShownFace(1, None, None, None, (), None, editable=False)

    assert answer_view(WORDS[0], 9, [gone]) is None


@pytest.mark.parametrize("words", WORDS)
async def test_the_form_offers_the_likeliest_and_any_other_name_and_requires_neither(words: Any) -> None:
    likely = [Candidate(n, "N" * 64, 0.5 if n < 3 else 0.0) for n in range(40)]

    form = NameForm(words, PLACE, likely).to_dict()

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
    form = NameForm(words, PLACE, []).to_dict()

    (name,) = (label["component"] for label in form["components"])
    assert (name["max_length"], name["required"]) == (64, True)
    assert form_codes(form) == set()


@pytest.mark.parametrize("words", WORDS)
async def test_the_form_for_several_faces_has_a_field_for_each_of_five(words: Any) -> None:
    likely = (Candidate(1, "N" * 64, 0.3), Candidate(2, "Taro", 0.1))
    perhaps = ShownFace(1, None, None, None, likely, None, editable=True)

    form = FacesForm(words, HUGE, [perhaps, *(unknown(n) for n in range(120, 128))]).to_dict()

    fields = [label["component"] for label in form["components"]]
    assert [field["custom_id"] for field in fields] == [f"name:{n}" for n in (1, 120, 121, 122, 123)]
    assert not any(field["required"] for field in fields)
    assert "N" * 64 in fields[0]["placeholder"]
    assert form_codes(form) == set()
    assert FACES_FORM.fullmatch(form["custom_id"])


def test_prompts_of_earlier_versions_are_still_recognised() -> None:
    assert PersonSelect.__discord_ui_compiled_template__.fullmatch(f"person:{PLACE}")


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


@pytest.mark.parametrize(
    ("policy", "moderator", "allowed"),
    [
        (LabellingPolicy.MODERATORS, True, True),
        (LabellingPolicy.MODERATORS, False, False),
        (LabellingPolicy.EVERYONE, False, True),
        (LabellingPolicy.OFF, True, False),
    ],
)
async def test_who_may_name_faces(policy: LabellingPolicy, moderator: bool, allowed: bool) -> None:
    interaction = an_interaction(policy=policy)
    interaction.permissions = discord.Permissions(manage_messages=moderator)

    if allowed:
        assert await require_labeller(interaction) == GUILD
    else:
        with pytest.raises(OmokageError) as refused:
            await require_labeller(interaction)
        assert refused.value.code is ErrorCode.NOT_ALLOWED
        assert refused.value.details == {"reason": f"labelling-{policy.value}"}


@pytest.mark.parametrize(
    ("permissions", "moderator"),
    [({"manage_messages": True}, True), ({"manage_guild": True}, True), ({"administrator": True}, True), ({}, False)],
)
def test_who_is_a_moderator(permissions: dict[str, bool], moderator: bool) -> None:
    interaction = an_interaction()
    interaction.permissions = discord.Permissions(**permissions)

    assert is_moderator(interaction) is moderator


async def test_pages_lead_to_their_neighbours() -> None:
    people: list[Any] = [None] * 45

    targets = [
        [item.page for item in page_view(WORDS[0], people, page).children if isinstance(item, PageButton)]
        for page in range(3)
    ]

    assert targets == [[1], [0, 2], [1]]
