"""Write docs/commands.md from the commands themselves: `python -m bot.reference > docs/commands.md`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands

from bot.catalogue import COMMANDS
from bot.context import Commands
from bot.features.about.texts import leaves
from bot.ui.i18n import CommandTranslator, words_in
from bot.ui.permissions import is_moderator

_HEAD = """# Commands

Made from the bot's own command list by `python -m bot.reference`; a test keeps it up to date. Discord shows names and
descriptions in the member's language; English and Japanese are here.

| Command | Japanese | What it does | Who |
|---|---|---|---|
"""
_OPTIONS = """
## Options

| Command | Option | Japanese | What it is |
|---|---|---|---|
"""
_SUB_COMMAND, _SUB_GROUP = 1, 2
_MESSAGE_MENU = 3
Payload = dict[str, Any]


async def payload_of(commands: Commands = COMMANDS) -> list[Payload]:
    """Build what Discord gets of the commands, translations included."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents(guilds=True)))
    translator = CommandTranslator()
    return [await command.get_translated_payload(tree, translator) for command in commands]


def reference(payload: list[Payload]) -> str:
    """Write the page."""
    everything = [leaf for command in payload for leaf in _leaves([command])]
    rows = [_row(_name(path), _japanese(path), _description(path[-1]), _who(path)) for path in everything]
    options = [row for path in everything for row in _option_rows(path)]
    return _HEAD + "".join(rows) + _OPTIONS + "".join(options)


def _leaves(path: list[Payload]) -> Iterator[list[Payload]]:
    """List each command that can be used, with the groups that it is in before it."""
    inner = [option for option in path[-1].get("options", []) if option["type"] in {_SUB_COMMAND, _SUB_GROUP}]
    if not inner:
        yield path
    for option in inner:
        yield from _leaves([*path, option])


def _name(path: list[Payload]) -> str:
    if path[0]["type"] == _MESSAGE_MENU:
        return f"{path[0]['name']} (in the menu of a message)"
    return f"`/{' '.join(step['name'] for step in path)}`"


def _japanese(path: list[Payload]) -> str:
    return " ".join(step["name_localizations"]["ja"] for step in path)


def _description(command: Payload) -> str:
    return command.get("description") or words_in("en").say(_menu_description_key(command["name"]))


def _menu_description_key(name: str) -> str:
    """Find the key of the text that describes a message menu, which has no description in Discord."""
    menus = (command for command in COMMANDS if isinstance(command, app_commands.ContextMenu))
    return next(str(menu.extras["description"]) for menu in menus if menu.name == name)


def _who(path: list[Payload]) -> str:
    return "moderators" if " ".join(step["name"] for step in path) in commands_for_moderators() else "everybody"


def commands_for_moderators(commands: Commands = COMMANDS) -> frozenset[str]:
    """List the qualified names of the commands that the bot refuses to everybody else."""
    return frozenset(leaf.qualified_name for leaf in leaves(commands) if is_moderator in leaf.checks)


def _option_rows(path: list[Payload]) -> Iterator[str]:
    for option in path[-1].get("options", []):
        choices = ": " + ", ".join(choice["name"] for choice in option["choices"]) if option.get("choices") else ""
        optional = "" if option["required"] else " (optional)"
        what = f"{option['description']}{choices}{optional}"
        yield _row(_name(path), f"`{option['name']}`", option["name_localizations"]["ja"], what)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(reference(asyncio.run(payload_of())))
