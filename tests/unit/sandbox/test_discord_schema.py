"""The helper that checks everything else has to be able to say no."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.discord_schema import assert_valid_event, assert_valid_request, assert_valid_response

COMMANDS = "/applications/1/commands"
GOOD = {"name": "go", "description": "Go"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/channels/1/messages", {"content": "x" * 2001}),
        (COMMANDS, [GOOD | {"name": "Go"}]),
        (COMMANDS, [GOOD | {"description": ""}]),
        (COMMANDS, [GOOD | {"options": [GOOD | {"type": 3}, GOOD | {"name": "b", "type": 3, "required": True}]}]),
    ],
)
def test_what_the_description_leaves_out_is_checked_everywhere(path: str, body: object) -> None:
    with pytest.raises(AssertionError):
        assert_valid_request("PUT" if path == COMMANDS else "POST", path, body)


@pytest.mark.usefixtures("discord_schemas")
class TestWithDescriptions:
    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "/channels/1/messages", {"content": 3}),
            ("POST", "/channels/1/messages", {"components": [{"type": 1, "components": [{"type": 2, "style": 99}]}]}),
            ("POST", "/channels/1/messages", {"embeds": "x"}),
            ("POST", "/nowhere", {}),
            ("GET", "/users/@me", {"unexpected": 1}),
            ("POST", "/interactions/1/t/callback", {"type": 99}),
        ],
    )
    def test_a_wrong_request_is_noticed(self, method: str, path: str, body: object) -> None:
        with pytest.raises(AssertionError):
            assert_valid_request(method, path, body)

    def test_integer_ids_are_let_through(self, discord_schemas: Path) -> None:
        assert_valid_request("POST", "/channels/1/messages", {"attachments": [{"id": 0, "filename": "a.png"}]})

    def test_a_wrong_answer_is_noticed(self) -> None:
        with pytest.raises(AssertionError, match="gateway"):
            assert_valid_response("GET", "/gateway", 200, {"uri": "wss://x"})
        with pytest.raises(AssertionError, match="never answers 201"):
            assert_valid_response("GET", "/gateway", 201, {})

    def test_a_wrong_event_is_noticed(self) -> None:
        with pytest.raises(AssertionError, match="READY"):
            assert_valid_event("READY", {"v": 10})
