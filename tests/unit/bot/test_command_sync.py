"""What Discord is told of the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import COMMANDS, answerers
from bot.command_sync import _read, _write, hash_of
from bot.features.about.texts import leaves
from bot.reference import commands_for_moderators, payload_of, reference
from bot.ui.i18n import LANGUAGES, words_in
from core.domain.jobs import BACKGROUND_KINDS, JobKind
from tests.discord_schema import assert_valid_request

PAGE = Path(__file__).resolve().parents[3] / "docs" / "commands.md"


async def test_the_page_about_commands_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == reference(await payload_of()), "run: python -m bot.reference > docs/commands.md"


async def test_the_commands_are_what_discord_accepts() -> None:
    payload = json.loads(json.dumps(await payload_of()))

    assert_valid_request("PUT", "/applications/1/commands", payload)
    assert all(command["name_localizations"]["ja"] for command in payload)
    assert all(command["contexts"] == [0] for command in payload)  # in servers only


async def test_nothing_that_only_reads_is_hidden_from_members() -> None:
    """Discord hides whole groups: one that it hides must have nothing in it but what changes something."""
    payload, refused = await payload_of(), commands_for_moderators()
    hidden = {command["name"] for command in payload if command["default_member_permissions"] is not None}
    inside = {leaf.qualified_name for leaf in leaves(COMMANDS) if leaf.qualified_name.split()[0] in hidden}

    assert inside <= refused
    assert refused.isdisjoint({"train status", "train history", "dataset list", "model list", "model card"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_for_moderators_that_members_see_says_so(language: str) -> None:
    words, mark = words_in(language), {"en": "(moderators only)", "ja": "モデレーターのみ"}[language]
    for name in commands_for_moderators():
        described = words.say(f"{name.replace(' ', '-')}-description")
        assert name.startswith("settings ") or mark in described


async def test_the_hash_follows_what_is_said_and_nothing_else() -> None:
    payload: list[Any] = json.loads(json.dumps(await payload_of()))
    reordered = [dict(reversed(command.items())) for command in payload]
    changed = [*payload[1:], payload[0] | {"description": "other"}]

    assert hash_of(reordered) == hash_of(payload) == hash_of(await payload_of())
    assert hash_of(changed) != hash_of(payload)


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_damaged_memory_of_the_hash_costs_only_a_registration(tmp_path: Path, content: str) -> None:
    file = tmp_path / "commands.json"
    file.write_text(content, "utf-8")

    assert _read(file) == {}


def test_the_hash_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "run" / "commands.json"
    _write(file, {"a": "b"})

    assert _read(file) == {"a": "b"}
    assert _read(tmp_path / "none.json") == {}


def test_every_kind_of_job_has_an_answer() -> None:
    assert set(answerers()) == set(JobKind) - BACKGROUND_KINDS
