"""What custom ids, options and selects may hold, forged or not."""

from __future__ import annotations

import re
from typing import Any

import discord
import pytest

from bot.catalogue import FORMS, ITEMS
from bot.intake.lookup import MAX_ID, NO_ID, parse_enum, parse_id, parse_number
from bot.ui.menus import selected_value
from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import RunKind

FORGED = ("9" * 19, "9" * 20, "18446744073709551615", str(MAX_ID + 1), "0" * 20)


@pytest.mark.parametrize("text", [*FORGED, "9" * 30, "-1", "1.5", "", "x", "٣", "²", None])
def test_what_cannot_be_an_id_is_that_of_nothing(text: Any) -> None:
    assert parse_id(text) == NO_ID


def test_ids_are_read_to_the_largest_that_the_database_holds() -> None:
    assert parse_id(" 12345 ") == parse_id(12345) == 12345
    assert parse_id(str(MAX_ID)) == MAX_ID
    assert parse_number("0") == 0
    assert parse_number("x") is None


def test_an_option_that_names_no_member_is_refused() -> None:
    assert parse_enum(RunKind, "kind", "vae") is RunKind.VAE
    with pytest.raises(OmokageError) as caught:
        parse_enum(RunKind, "kind", "nothing")
    assert caught.value.code is ErrorCode.BAD_OPTION


def test_a_select_without_a_choice_has_an_empty_value() -> None:
    assert selected_value(discord.ui.Select()) == ""


@pytest.mark.parametrize("digits", FORGED)
async def test_no_custom_id_holds_a_number_that_the_database_cannot(digits: str) -> None:
    """Also one of 20 digits must be taken up: what no template fits is not answered at all."""
    for item in ITEMS:
        template = item.__discord_ui_compiled_template__
        for custom_id in filled(template, digits):
            match = template.fullmatch(custom_id)
            assert match is not None, custom_id
            made = await item.from_custom_id(None, _component(item, custom_id), match)  # type: ignore[arg-type]
            assert all(number <= MAX_ID for number in _numbers(vars(made))), custom_id
    for pattern in FORMS:
        assert all(pattern.fullmatch(custom_id) for custom_id in filled(pattern, digits))


def filled(template: re.Pattern[str], digits: str) -> list[str]:
    """Custom ids that fit a template, with these digits wherever an id may stand and 1 for the shorter numbers."""
    text = re.sub(r"\(\?P<\w+>\\d\{1,20\}\)", digits, template.pattern)
    text = re.sub(r"\(\?P<\w+>\\d\{1,\d+\}\)", "1", text)
    text = re.sub(r"\(\?P<receipt>[^)]*\)", "ab" * 16, text)
    actions = re.search(r"\(\?P<action>([\w|]+)\)", text)
    if actions is None:
        return [text]
    return [text.replace(actions[0], action) for action in actions[1].split("|")]


def _component(item: type[discord.ui.DynamicItem[Any]], custom_id: str) -> discord.ui.Item[Any]:
    is_select = "Select" in item.__name__
    return discord.ui.Select(custom_id=custom_id) if is_select else discord.ui.Button(custom_id=custom_id)


def _numbers(values: dict[str, Any]) -> list[int]:
    flat = [getattr(value, name) for value in values.values() for name in getattr(value, "__slots__", ())]
    return [value for value in [*values.values(), *flat] if isinstance(value, int)]
