"""What a Discord client tells a member who does something impossible."""

from __future__ import annotations


class MemberError(Exception):
    """A sentence for the member; nothing was sent to the bot."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
