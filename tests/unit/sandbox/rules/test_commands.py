from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.rules.commands import ATTACHMENT, INTEGER, STRING, SUB_COMMAND, SUB_GROUP, check_bulk, valid_name
from sandbox.rules.errors import DiscordError
from sandbox.types import Json


def option(name: str, kind: int = STRING, **more: object) -> Json:
    return {"name": name, "description": "d", "type": kind, **more}


def command(*options: Json, **more: object) -> Json:
    return {"name": "go", "description": "Go", "options": list(options), **more}


def errors(*commands: Json) -> Json:
    try:
        check_bulk(list(commands)).raise_if_any()
    except DiscordError as error:
        return error.errors or {}
    return {}


def codes(node: object) -> set[str]:
    """Every error code in the answer."""
    if isinstance(node, dict):
        own = {node["code"]} if "code" in node else set()
        return own.union(*(codes(inner) for inner in node.values()))
    return set().union(*(codes(inner) for inner in node)) if isinstance(node, list) else set()


@pytest.mark.parametrize(
    "name", ["classify", "a", "x" * 32, "who-is_it", "だれ", "顔認識", "l'eau", "สวัสดี", "चेहरा", "été"]
)
def test_names_that_discord_takes(name: str) -> None:
    assert valid_name(name)


@pytest.mark.parametrize("name", ["", "Big", "two words", "x" * 33, "dot.ted", "slash/", "É", "smile😀", None, 3])
def test_names_that_discord_refuses(name: object) -> None:
    assert not valid_name(name)


@given(st.text(max_size=40))
def test_a_valid_name_has_1_to_32_characters_and_no_capitals(name: str) -> None:
    if valid_name(name):
        assert 1 <= len(name) <= 32
        assert name == name.lower()
        assert " " not in name


@pytest.mark.parametrize(
    "good",
    [
        command(option("a", required=True), option("b")),
        command(option("a", choices=[{"name": "n", "value": "v"}] * 25)),
        command(option("s", SUB_COMMAND, options=[option("a")])),
        command(option("g", SUB_GROUP, options=[option("s", SUB_COMMAND, options=[option("a", ATTACHMENT)])])),
        command(name_localizations={"ja": "行く"}, description_localizations={"ja": "行きます"}),
        {"name": "Who is this?", "type": 3},
    ],
)
def test_commands_that_discord_takes(good: Json) -> None:
    assert errors(good) == {}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (command(option("a"), option("b", required=True)), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"),
        (command(option("a"), option("a")), "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE"),
        (command(*(option(f"o{n}") for n in range(26))), "BASE_TYPE_MAX_LENGTH"),
        (command(option("a", choices=[{"name": "n", "value": "v"}] * 26)), "BASE_TYPE_MAX_LENGTH"),
        (command(option("a", INTEGER, choices=[{"name": "n", "value": "v"}])), "NUMBER_TYPE_COERCE"),
        (command(option("a", ATTACHMENT, autocomplete=True)), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        (command(option("a"), option("s", SUB_COMMAND)), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        (command(option("g", SUB_GROUP, options=[option("h", SUB_GROUP)])), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        (command(option("a", 99)), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        (command(option("A")), "APPLICATION_COMMAND_INVALID_NAME"),
        (command(description=""), "BASE_TYPE_REQUIRED"),
        (command(description="x" * 101), "BASE_TYPE_BAD_LENGTH"),
        (command(name_localizations={"ja": "Go Go"}), "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name_localizations={"jp": "go"}), "BASE_TYPE_CHOICES"),
        (command(description_localizations={"ja": "x" * 101}), "BASE_TYPE_BAD_LENGTH"),
        ({"name": "x" * 33, "type": 3}, "BASE_TYPE_BAD_LENGTH"),
        ({"name": "Who?", "type": 3, "description": "d"}, "CONTEXT_MENU_DESCRIPTION"),
        ({"name": "Who?", "type": 2, "options": [option("a")]}, "CONTEXT_MENU_OPTIONS"),
        ({"name": "go", "type": 9}, "BASE_TYPE_CHOICES"),
    ],
)
def test_commands_that_discord_refuses(bad: Json, code: str) -> None:
    assert code in codes(errors(bad))


def test_choices_and_autocomplete_exclude_each_other() -> None:
    both = option("a", choices=[{"name": "n", "value": "v"}], autocomplete=True)

    assert codes(errors(command(both))) == {"APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE"}


def test_sub_commands_do_not_nest() -> None:
    nested = option("s", SUB_COMMAND, options=[option("t", SUB_COMMAND)])

    assert codes(errors(command(nested))) == {"APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"}


def test_a_command_has_at_most_8000_characters_in_its_longest_language() -> None:
    choices = [{"name": "n" * 100, "value": "v" * 100}]
    large = [option(f"o{n}", description="x" * 100, choices=choices * 3) for n in range(11)]

    assert errors(command(*large)) == {}
    assert codes(errors(command(*large, option("last", description="x" * 100, choices=choices * 3)))) == {
        "APPLICATION_COMMAND_TOO_LARGE"
    }


def test_names_are_unique_within_a_kind() -> None:
    menu = {"name": "go", "type": 3}

    assert errors(command(), menu) == {}
    assert codes(errors(command(), command())) == {"APPLICATION_COMMANDS_DUPLICATE_NAME"}


def test_there_are_at_most_15_message_menus() -> None:
    assert errors(*({"name": f"m{n}", "type": 3} for n in range(15))) == {}
    assert codes(errors(*({"name": f"m{n}", "type": 3} for n in range(16)))) == {"BASE_TYPE_MAX_LENGTH"}
