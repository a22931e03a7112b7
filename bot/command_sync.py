"""Register the slash commands with Discord, only when they have changed."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord.http import Route

if TYPE_CHECKING:
    from bot.context import BotClient

_log = logging.getLogger(__name__)


async def sync_commands(bot: BotClient, file: Path) -> bool:
    """Register the commands where they differ from those that were registered last; return whether any did.

    Args:
        bot: logged in; its tree has a translator.
        file: remembers the hash, by application and guild; losing it costs one registration.
    """
    hashes = _read(file)
    scopes: list[discord.Object | None] = [discord.Object(guild_id) for guild_id in bot.services.settings.guilds]
    scopes = scopes or [None]
    changed = False
    for scope in scopes:
        key = f"{Route.BASE}/{bot.application_id}/{'global' if scope is None else scope.id}"
        payload = await payload_of(bot)
        digest = hash_of(payload)
        if hashes.get(key) == digest and await _registered(bot, scope) == len(payload):
            continue
        if scope is not None:
            bot.tree.copy_global_to(guild=scope)
        await bot.tree.sync(guild=scope)
        hashes[key], changed = digest, True
        _log.info("%d commands registered", len(payload))
    if changed:
        _write(file, hashes)
    return changed


async def payload_of(bot: BotClient) -> list[dict[str, Any]]:
    """Build what Discord gets, translations included."""
    translator = bot.tree.translator
    if translator is None:
        raise RuntimeError("the command tree has no translator")
    return [await command.get_translated_payload(bot.tree, translator) for command in bot.commands]


def hash_of(payload: list[dict[str, Any]]) -> str:
    """Hash a payload; the order of its keys does not matter."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


async def _registered(bot: BotClient, scope: discord.Object | None) -> int:
    """Count the commands that Discord has: one that was removed by other means must come back."""
    return len(await bot.tree.fetch_commands(guild=scope))


def _read(file: Path) -> dict[str, str]:
    try:
        stored = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        _log.warning("%s is damaged, the commands are registered again", file.name)
        return {}
    return stored if isinstance(stored, dict) else {}


def _write(file: Path, hashes: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(hashes, indent=1), "utf-8")
    part.replace(file)
