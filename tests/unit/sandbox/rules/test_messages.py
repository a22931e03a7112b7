from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.rules.components import walk
from sandbox.rules.errors import DiscordError, Problems
from sandbox.rules.messages import COMPONENTS_V2, check_message
from sandbox.rules.modals import check_modal
from sandbox.types import Json
from tests.unit.sandbox.rules.test_commands import codes


def message_codes(body: Json, flags: int = 0) -> set[str]:
    try:
        check_message(body, flags=flags)
    except DiscordError as error:
        return codes(error.errors)
    return set()


def modal_codes(modal: Json) -> set[str]:
    problems = Problems()
    check_modal(problems, modal)
    try:
        problems.raise_if_any()
    except DiscordError as error:
        return codes(error.errors)
    return set()


def in_row(*children: Json) -> Json:
    return {"components": [{"type": 1, "components": list(children)}]}


def button(**more: object) -> Json:
    return {"type": 2, "style": 1, "label": "b", "custom_id": "b"} | more


def select(**more: object) -> Json:
    return {"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}, {"label": "b", "value": "b"}]} | more


def _default(value: str) -> Json:
    return {"label": value, "value": value, "default": True}


@pytest.mark.parametrize(
    ("child", "code"),
    [
        (button(style=9), "BASE_TYPE_CHOICES"),
        (button(label=None), "BUTTON_COMPONENT_INVALID_LABEL"),
        (button(custom_id=None), "BASE_TYPE_REQUIRED"),
        (button(style=5, url="https://example.org"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"),
        ({"type": 2, "style": 5, "label": "b", "url": "https://x/" + "x" * 513}, "BASE_TYPE_BAD_LENGTH"),
        (select(options=[]), "BASE_TYPE_BAD_LENGTH"),
        (select(options=[{"label": "", "value": "a"}]), "BASE_TYPE_BAD_LENGTH"),
        (select(options=[{"label": "a", "value": "a", "description": "x" * 101}]), "BASE_TYPE_MAX_LENGTH"),
        (select(options=[{"label": "a", "value": "a"}] * 2), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"),
        (
            select(options=[{"label": v, "value": v, "default": True} for v in "ab"]),
            "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES",
        ),
        (select(max_values=3), "NUMBER_TYPE_MAX"),
        (select(min_values=2, max_values=1), "NUMBER_TYPE_MAX"),
        (select(placeholder="x" * 151), "BASE_TYPE_MAX_LENGTH"),
        (select(required=True, min_values=0), "SELECT_COMPONENT_REQUIRED_ZERO_MIN_VALUES"),
        ({"type": 4, "custom_id": "t"}, "BASE_TYPE_CHOICES"),
    ],
)
def test_a_component_that_discord_refuses(child: Json, code: str) -> None:
    assert code in message_codes(in_row(child))


@pytest.mark.parametrize(
    "child",
    [
        button(label=None, emoji={"name": "😀"}),
        {"type": 2, "style": 5, "label": "b", "url": "https://example.org"},
        select(min_values=0, max_values=2),
        {"type": 5, "custom_id": "u"},
    ],
)
def test_a_component_that_discord_takes(child: Json) -> None:
    assert message_codes(in_row(child)) == set()


def test_layout_components_need_their_flag_and_keep_within_40() -> None:
    text = {"type": 10, "content": "x"}

    assert "BASE_TYPE_CHOICES" in message_codes({"components": [text]})
    assert message_codes({"components": [text] * 40}, COMPONENTS_V2) == set()
    assert message_codes({"components": [text] * 41}, COMPONENTS_V2) == {"BASE_TYPE_MAX_LENGTH"}
    assert message_codes({"components": [{"type": 10, "content": "x" * 2001}] * 2}, COMPONENTS_V2) == {
        "BASE_TYPE_MAX_LENGTH"
    }


def test_a_section_needs_one_to_three_texts_and_an_accessory() -> None:
    section = {"type": 9, "components": [{"type": 10, "content": "x"}]}
    nested = {"type": 17, "components": [section | {"accessory": button(label="x" * 81)}]}

    assert message_codes({"components": [section]}, COMPONENTS_V2) == {"BASE_TYPE_REQUIRED"}
    assert message_codes({"components": [nested]}, COMPONENTS_V2) == {"BASE_TYPE_MAX_LENGTH"}


def field(**more: object) -> Json:
    return {"type": 4, "custom_id": "f", "style": 1} | more


def label(component: Json, **more: object) -> Json:
    return {"type": 18, "label": "l", "component": component} | more


def modal(*components: Json, **more: object) -> Json:
    return {"title": "t", "custom_id": "m", "components": list(components)} | more


@pytest.mark.parametrize(
    "good",
    [
        modal({"type": 1, "components": [field(label="l")]}),
        modal(label(field()), label(select()), label({"type": 19, "custom_id": "u"}), {"type": 10, "content": "hi"}),
        modal(label(select(required=False, min_values=0)), label(select(custom_id="s2", required=True, min_values=1))),
        modal(label({"type": 5, "custom_id": "u", "default_values": [{"id": "1", "type": "user"}]})),
    ],
)
def test_forms_that_discord_takes(good: Json) -> None:
    assert modal_codes(good) == set()


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (modal(), "BASE_TYPE_BAD_LENGTH"),
        (modal(*(label(field(custom_id=str(n))) for n in range(6))), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(field()), label(field())), "COMPONENT_CUSTOM_ID_DUPLICATED"),
        (modal({"type": 1, "components": [field()]}), "BASE_TYPE_BAD_TYPE"),
        (modal(label(field(style=3))), "BASE_TYPE_CHOICES"),
        (modal(label(field(max_length=4001))), "NUMBER_TYPE_MAX"),
        (modal(label(field(min_length=-1))), "NUMBER_TYPE_MIN"),
        (modal(label(field(placeholder="x" * 101))), "BASE_TYPE_MAX_LENGTH"),
        (modal(label(field(), description="x" * 101)), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(field(), description="")), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(select(min_values=0))), "SELECT_COMPONENT_REQUIRED_ZERO_MIN_VALUES"),
        (modal(label(select(disabled=True))), "MODAL_COMPONENT_DISABLED"),
        (modal(label(select(options=[{"label": str(n), "value": str(n)} for n in range(26)]))), "BASE_TYPE_BAD_LENGTH"),
        (modal({"type": 1, "components": [select()]}), "BASE_TYPE_CHOICES"),
        (
            modal(label({"type": 5, "custom_id": "u", "default_values": [{"id": "1", "type": "role"}]})),
            "BASE_TYPE_CHOICES",
        ),
        (
            modal(label({"type": 8, "custom_id": "u", "default_values": [{"id": "1", "type": "channel"}] * 2})),
            "BASE_TYPE_BAD_LENGTH",
        ),
        (modal(label(button())), "BASE_TYPE_CHOICES"),
        (modal({"type": 18, "label": "l"}), "BASE_TYPE_REQUIRED"),
        (modal(label(field()), title="x" * 46), "BASE_TYPE_BAD_LENGTH"),
        (modal(label(field()), custom_id="x" * 101), "BASE_TYPE_BAD_LENGTH"),
        (modal(in_row(field())), "BASE_TYPE_CHOICES"),
    ],
)
def test_forms_that_discord_refuses(bad: Json, code: str) -> None:
    assert code in modal_codes(bad)


@given(st.integers(0, 2100))
def test_content_has_at_most_2000_characters(length: int) -> None:
    assert message_codes({"content": "x" * length}) == (set() if length <= 2000 else {"BASE_TYPE_MAX_LENGTH"})


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=10))
def test_embeds_have_at_most_6000_characters_together(lengths: list[int]) -> None:
    body = {"embeds": [{"description": "x" * length} for length in lengths]}

    assert message_codes(body) == (set() if sum(lengths) <= 6000 else {"MAX_EMBED_SIZE_EXCEEDED"})


@pytest.mark.parametrize(
    ("embed", "code"),
    [
        ({"footer": {"text": ""}}, "BASE_TYPE_BAD_LENGTH"),
        ({"footer": {"icon_url": "https://x"}}, "BASE_TYPE_REQUIRED"),
        ({"author": {"name": "x" * 257}}, "BASE_TYPE_BAD_LENGTH"),
        ({"fields": [{"name": "n", "value": "v"}] * 26}, "BASE_TYPE_MAX_LENGTH"),
        ({"color": 1 << 24}, "NUMBER_TYPE_MAX"),
        ({"url": "javascript:x"}, "URL_TYPE_INVALID_SCHEME"),
    ],
)
def test_embeds_that_discord_refuses(embed: Json, code: str) -> None:
    assert message_codes({"embeds": [embed]}) == {code}


def test_walking_meets_every_component() -> None:
    inner = [button(custom_id=str(n)) for n in range(3)]
    tree = [
        {
            "type": 17,
            "components": [{"type": 9, "accessory": inner[0], "components": []}, {"type": 1, "components": inner[1:]}],
        }
    ]

    assert [one["custom_id"] for one in walk(tree) if one["type"] == 2] == ["0", "1", "2"]
