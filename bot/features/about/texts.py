"""The texts of /help, /about and /health."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.ui.i18n import Words
from core.domain.jobs import Backlog

if TYPE_CHECKING:
    from bot.context import Command, Commands

COLOUR = 0x4477AA
_FAULT = 0xCC6677


@dataclass(frozen=True, slots=True)
class Health:
    """What /health has measured; None: not reachable, or unknown."""

    gateway_ms: int | None
    database_ms: int | None
    backlogs: tuple[Backlog, ...]
    worker_away: bool
    worker_seen_s: int | None
    memory_mb: int
    tasks: int
    stopped: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Say whether nothing needs attention."""
        reachable = self.gateway_ms is not None and self.database_ms is not None
        return reachable and not self.stopped and not self.worker_away


def help_embed(words: Words, commands: Commands) -> discord.Embed:
    """Say how to start, and list every command; those of a group in a line, since an embed holds 4,096 characters."""
    lines = [
        _group_line(words, command) if isinstance(command, app_commands.Group) else help_line(words, command)
        for command in commands
    ]
    description = f"{words.say('help-how')}\n\n" + "\n".join(lines)
    return discord.Embed(colour=COLOUR, title=words.say("help-title"), description=description)


def help_line(words: Words, command: Command | app_commands.ContextMenu) -> str:
    """Describe a command in the reader's language."""
    if isinstance(command, app_commands.ContextMenu):
        menu, description = (words.say(command.extras[key]) for key in ("name", "description"))
        return words.say("help-menu-line", menu=menu, description=description)
    name, description = (words.say(f"{command.name}-{part}") for part in ("name", "description"))
    return words.say("help-line", command=name, description=description)


def _group_line(words: Words, group: app_commands.Group) -> str:
    name, description = (words.say(f"{group.name}-{part}") for part in ("name", "description"))
    inner = " · ".join(words.say(f"{group.name}-{command.name}-name") for command in group.commands)
    return words.say("help-group", command=name, description=description, inner=inner)


def leaves(commands: Commands) -> Iterable[Command | app_commands.ContextMenu]:
    """List every command that can be used, those of groups one by one."""
    for command in commands:
        if isinstance(command, app_commands.Group):
            yield from (child for child in command.walk_commands() if isinstance(child, app_commands.Command))
        else:
            yield command


def about_embed(words: Words) -> discord.Embed:
    """Show version, licence, and what happens to pictures."""
    title = words.say("about-title", version=version("omokage"))
    embed = discord.Embed(colour=COLOUR, title=title, description=words.say("about-text"))
    embed.add_field(name=words.say("about-privacy-title"), value=words.say("about-privacy"), inline=False)
    return embed.add_field(name=words.say("about-licence-title"), value=words.say("about-licence"), inline=False)


def health_embed(words: Words, health: Health) -> discord.Embed:
    """Show every figure by name."""
    title = words.say("health-title", healthy="yes" if health.is_well else "no")
    embed = discord.Embed(colour=COLOUR if health.is_well else _FAULT, title=title)
    embed.add_field(name=words.say("health-gateway"), value=_ms(words, health.gateway_ms))
    embed.add_field(name=words.say("health-database"), value=_ms(words, health.database_ms))
    for backlog in health.backlogs:
        numbers = {"waiting": backlog.waiting, "dispatched": backlog.dispatched, "running": backlog.running}
        name = f"{words.say('health-queue')} {backlog.queue.value}"
        embed.add_field(name=name, value=words.say("health-backlog", **numbers), inline=False)
    embed.add_field(name=words.say("health-worker"), value=_worker(words, health))
    embed.add_field(name=words.say("health-memory"), value=words.say("health-megabytes", megabytes=health.memory_mb))
    return embed.add_field(name=words.say("health-tasks"), value=_tasks(words, health))


def _ms(words: Words, milliseconds: int | None) -> str:
    unreachable = milliseconds is None
    return words.say("health-unreachable") if unreachable else words.say("health-milliseconds", ms=milliseconds or 0)


def _worker(words: Words, health: Health) -> str:
    if health.worker_away:
        return words.say("health-worker-away")
    busy = any(backlog.running for backlog in health.backlogs)
    doing = words.say("health-worker-busy") if busy else words.say("health-worker-idle")
    if health.worker_seen_s is None:
        return doing
    return f"{doing}, {words.say('health-worker-seen', seconds=health.worker_seen_s)}"


def _tasks(words: Words, health: Health) -> str:
    if health.stopped:
        return words.say("health-tasks-stopped", names=", ".join(health.stopped))
    return words.say("health-tasks-all", running=health.tasks)
