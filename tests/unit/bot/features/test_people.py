"""Buttons, selects and forms for naming faces."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.features.classify.faces import ShownFace
from bot.features.people.buttons import FaceButton, FacesSelect, answer_view, face_row
from bot.features.people.commands import PageButton, page_view
from bot.features.people.pick import NameForm, PersonSelect, person_select
from bot.features.people.places import FacePlace
from bot.forms import typed_in
from bot.i18n import words_in
from bot.permissions import is_moderator, require_labeller
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.people import LabellingPolicy
from tests.unit.bot.fakes import GUILD, an_interaction

HUGE = 2**63 - 1  # the largest id that the database holds
PLACE = FacePlace(HUGE, 9999, HUGE)
WORDS = [words_in("en"), words_in("ja")]


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

        assert (again.action, again.person_id, again.place) == (button.action, HUGE, PLACE)
        assert len(button.custom_id) <= 100
        assert 1 <= len(button.item.label or "") <= 80


async def test_up_to_five_faces_have_a_row_each() -> None:
    view = answer_view(WORDS[0], 9, [known(1, "Hanako"), *(unknown(n) for n in range(2, 6))])

    assert view is not None
    rows = [[component["label"] for component in row["components"]] for row in view.to_components()]
    assert rows[0] == ["1 ✓ Hanako", "1 Someone else …", "1 ✗ Not Hanako"]
    assert rows[1:] == [[f"{n} This is …"] for n in range(2, 6)]
    assert view.is_persistent()


@pytest.mark.parametrize(("faces", "pages"), [(6, [6]), (25, [25]), (26, [25, 1]), (125, [25] * 5), (200, [25] * 5)])
async def test_more_faces_are_chosen_from_selects(faces: int, pages: list[int]) -> None:
    view = answer_view(WORDS[0], HUGE, [unknown(n) for n in range(1, faces + 1)])

    assert view is not None
    selects = [row["components"][0] for row in view.to_components()]
    assert [len(select["options"]) for select in selects] == pages
    assert all(FacesSelect.__discord_ui_compiled_template__.fullmatch(select["custom_id"]) for select in selects)
    assert len({select["custom_id"] for select in selects}) == len(selects)


async def test_faces_that_are_gone_have_no_buttons() -> None:
    gone = ShownFace(1, None, None, None, (), None, editable=False)

    assert answer_view(WORDS[0], 9, [gone]) is None


async def test_the_list_of_people_ends_with_another_name() -> None:
    likely = [Candidate(n, f"Person {n}", 0.5 if n < 3 else 0.0) for n in range(40)]

    select = person_select(WORDS[0], PLACE, likely)

    options = select.item.options
    assert len(options) == 25
    assert (options[0].description, options[3].description) == ("50% alike", None)
    assert (options[-1].value, options[-1].label) == ("new", "Another or a new name …")
    assert PersonSelect.__discord_ui_compiled_template__.fullmatch(select.custom_id)
    assert len(select.custom_id) <= 100


@pytest.mark.parametrize("words", WORDS)
async def test_the_form_is_within_discords_limits(words: Any) -> None:
    form = NameForm(words, PLACE).to_dict()

    assert len(form["title"]) <= 45
    assert len(form["custom_id"]) <= 100
    assert form["components"][0]["component"]["max_length"] == 64


@pytest.mark.parametrize(
    "components",
    [
        [{"type": 18, "id": 1, "component": {"type": 4, "custom_id": "name", "value": "Hanako"}}],
        [{"type": 1, "components": [{"type": 4, "custom_id": "name", "value": "Hanako"}]}],
    ],
)
def test_the_typed_name_is_found_in_either_shape(components: list[dict[str, Any]]) -> None:
    assert typed_in(components, "name") == "Hanako"


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
