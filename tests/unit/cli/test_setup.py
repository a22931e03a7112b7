"""The invite link, and what the token says."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli.main import omokage
from cli.setup import PERMISSIONS, application_id, invite_link


def token_of(application: int) -> str:
    return f"{base64.urlsafe_b64encode(str(application).encode()).decode().rstrip('=')}.abcdef.secret_secret"


def test_the_link_asks_for_two_scopes_and_the_least_permissions():
    query = parse_qs(urlsplit(invite_link(42)).query)
    asked = discord.Permissions(int(query["permissions"][0]))
    assert query["client_id"] == ["42"]
    assert query["scope"] == ["bot applications.commands"]
    assert {name for name, given in asked if given} == {
        "view_channel", "read_messages", "send_messages", "embed_links", "attach_files",
        "create_public_threads", "send_messages_in_threads",
    } & {name for name, _ in asked}  # fmt: skip
    assert not asked.administrator


def test_the_names_are_those_of_the_bits():
    known = {"View Channels": "read_messages"}
    for name, bit in PERMISSIONS.items():
        assert getattr(discord.Permissions(bit), known.get(name, name.lower().replace(" ", "_")))


@given(st.integers(1, 2**63))
def test_a_token_names_its_application(application: int):
    assert application_id(token_of(application)) == application


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "....", "MTIz.x", "é.b.c", "Zm9v.b.c"])
def test_what_is_no_token_names_none(token: str):
    assert application_id(token) is None


def run(**environment: str):
    return CliRunner().invoke(omokage, ["setup"], env={"DISCORD_TOKEN": "", **environment})


def test_without_a_token_it_explains_how_to_get_one():
    result = run()
    assert result.exit_code == 0
    assert "https://discord.com/developers/applications" in result.output
    assert 'Leave all "Privileged Gateway Intents" off' in result.output


def test_with_a_token_it_prints_the_link_and_not_the_token():
    result = run(DISCORD_TOKEN=token_of(4711))
    assert invite_link(4711) in result.output
    assert "secret" not in result.output


def test_a_token_that_is_none_is_a_usage_error():
    assert run(DISCORD_TOKEN="hunter2").exit_code == 2
