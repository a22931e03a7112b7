"""What is posted for a job."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import discord


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an answer; `description` is read out to those who cannot see it."""

    name: str
    data: bytes
    description: str

    def file(self) -> discord.File:
        """A fresh one for each attempt: discord.py closes it after sending."""
        return discord.File(io.BytesIO(self.data), self.name, description=self.description)


@dataclass(frozen=True, slots=True)
class Reply:
    """One message.

    `salutation` says whom it is for, where it does not stand below his command. With `private` only the member who
    asked sees it, as far as Discord still lets us. `more` are frames below the first, for further pictures.
    """

    content: str = ""
    mention_line: str = ""
    embed: discord.Embed | None = None
    more: tuple[discord.Embed, ...] = ()
    view: discord.ui.View | None = None
    attachments: tuple[Attachment, ...] = ()
    private: bool = False

    def edit_arguments(self) -> dict[str, Any]:
        """Arguments that make an existing message this one, whatever it was before."""
        return {
            "content": self.content or None,
            **self._embeds(),
            "view": self.view,
            "attachments": [attachment.file() for attachment in self.attachments],
        }

    def message_arguments(self, *, addressed: bool = False) -> dict[str, Any]:
        """Arguments for a new message, with or without the salutation."""
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
