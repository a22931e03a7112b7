"""The message that answers a job, before it is posted."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import discord


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a reply; `description` is its alternative text."""

    name: str
    data: bytes
    description: str

    def file(self) -> discord.File:
        """Make a new `discord.File` for each attempt: discord.py closes it after sending."""
        return discord.File(io.BytesIO(self.data), self.name, description=self.description)


@dataclass(frozen=True, slots=True)
class Reply:
    """One message.

    Attributes:
        content: the text above the embeds.
        mention_line: names the member whom it is for, where it does not stand below that member's command.
        embed: the first embed.
        more: further embeds, for further pictures.
        view: buttons and selects.
        attachments: pictures, which the embeds show by their file names.
        private: only the member who asked sees it, as far as Discord still lets us.
    """

    content: str = ""
    mention_line: str = ""
    embed: discord.Embed | None = None
    more: tuple[discord.Embed, ...] = ()
    view: discord.ui.View | None = None
    attachments: tuple[Attachment, ...] = ()
    private: bool = False

    def edit_arguments(self) -> dict[str, Any]:
        """Build the arguments that turn any existing message into this one."""
        return {
            "content": self.content or None,
            **self._embeds(),
            "view": self.view,
            "attachments": [attachment.file() for attachment in self.attachments],
        }

    def message_arguments(self, *, addressed: bool = False) -> dict[str, Any]:
        """Build the arguments for a new message, with or without the mention line."""
        lines = [self.mention_line, self.content] if addressed else [self.content]
        arguments: dict[str, Any] = {"content": "\n".join(filter(None, lines)), **self._embeds(), "view": self.view}
        arguments = {key: value for key, value in arguments.items() if value}
        if self.attachments:
            arguments["files"] = [attachment.file() for attachment in self.attachments]
        return arguments

    def _embeds(self) -> dict[str, Any]:
        if self.embed is None or not self.more:
            return {"embed": self.embed}
        return {"embeds": [self.embed, *self.more]}
