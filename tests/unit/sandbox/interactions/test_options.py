from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.config import SandboxConfig
from sandbox.interactions.errors import MemberError
from sandbox.interactions.files import RequestFiles, StarterFolder
from sandbox.interactions.options import OptionReader, focused_option
from sandbox.types import Json, Upload
from sandbox.world import fixtures
from sandbox.world.world import World

SPECS: list[Json] = [
    {"name": "text", "type": 3, "required": True, "min_length": 2, "max_length": 4},
    {"name": "whole", "type": 4, "min_value": 1, "max_value": 3},
    {"name": "real", "type": 10},
    {"name": "flag", "type": 5},
    {"name": "user", "type": 6},
    {"name": "channel", "type": 7},
    {"name": "role", "type": 8},
    {"name": "any", "type": 9},
    {"name": "photo", "type": 11},
    {"name": "pick", "type": 3, "choices": [{"name": "A", "value": "a"}]},
]


@pytest.fixture
def reader() -> Iterator[OptionReader]:
    world = World(SandboxConfig(), "http://sandbox")
    files = RequestFiles({0: Upload("a.png", b"data")}, StarterFolder(None))
    yield OptionReader(world, fixtures.PHOTOS_ID, files, typing=False)
    world.store.close()


def read(reader: OptionReader, **values: object) -> Json:
    given = [{"name": name, "value": value} for name, value in values.items()]
    return {option["name"]: option["value"] for option in reader.read(SPECS, given)}


def test_values_are_passed_on_with_what_they_refer_to(reader: OptionReader) -> None:
    values = read(
        reader,
        text="abc",
        user=fixtures.BEN_ID,
        channel=fixtures.GENERAL_ID,
        role=fixtures.MODERATOR_ROLE_ID,
        photo="files[0]",
    )

    assert values["text"] == "abc"
    assert reader.resolved["users"][fixtures.BEN_ID]["username"] == "ben"
    assert "user" not in reader.resolved["members"][fixtures.BEN_ID]
    assert reader.resolved["channels"][fixtures.GENERAL_ID]["name"] == "general"
    assert reader.resolved["roles"][fixtures.MODERATOR_ROLE_ID]["name"] == "Moderator"
    assert reader.resolved["attachments"][values["photo"]]["filename"] == "a.png"


def test_a_mentionable_is_a_user_or_a_role(reader: OptionReader) -> None:
    read(reader, text="abc", any=fixtures.BEN_ID)
    read(reader, text="abc", any=fixtures.MODERATOR_ROLE_ID)

    assert set(reader.resolved) == {"users", "members", "roles"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "required: text"),
        ({"text": "a"}, "2 to 4 characters"),
        ({"text": "abcde"}, "2 to 4 characters"),
        ({"text": 3}, "is a text"),
        ({"text": "abc", "whole": 4}, "from 1 to 3"),
        ({"text": "abc", "whole": 1.5}, "whole number"),
        ({"text": "abc", "whole": True}, "whole number"),
        ({"text": "abc", "real": "x"}, "is a number"),
        ({"text": "abc", "flag": "yes"}, "true or false"),
        ({"text": "abc", "user": "1"}, "nobody"),
        ({"text": "abc", "user": fixtures.GENERAL_ID}, "nobody"),
        ({"text": "abc", "role": fixtures.BEN_ID}, "nobody"),
        ({"text": "abc", "photo": "files[1]"}, "no file"),
        ({"text": "abc", "photo": "starter:../secret.png"}, "no file"),
        ({"text": "abc", "pick": "b"}, "one of the choices"),
        ({"text": "abc", "other": "b"}, "no option other"),
    ],
)
def test_what_a_client_would_refuse_is_refused_in_words(reader: OptionReader, values: Json, words: str) -> None:
    with pytest.raises(MemberError, match=words):
        read(reader, **values)


def test_one_sub_command_has_to_be_chosen(reader: OptionReader) -> None:
    specs: list[Json] = [{"name": "one", "type": 1, "options": []}, {"name": "two", "type": 1}]

    assert reader.read(specs, [{"name": "two"}]) == [{"name": "two", "type": 1, "options": []}]
    with pytest.raises(MemberError, match="sub-commands"):
        reader.read(specs, [])


def test_the_focused_option_is_found_in_a_sub_command() -> None:
    leaf: Json = {"name": "leaf", "type": 3, "autocomplete": True}
    specs: list[Json] = [{"name": "sub", "type": 1, "options": [{"name": "x", "type": 3}, leaf]}]

    assert (
        focused_option(
            [{"name": "sub", "type": 1, "options": [{"name": "x"}, {"name": "leaf", "focused": True}]}], specs
        )
        == leaf
    )
    with pytest.raises(MemberError, match="focus"):
        focused_option([{"name": "sub", "type": 1, "options": []}], specs)
