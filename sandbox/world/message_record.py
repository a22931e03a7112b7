"""A kept message: Discord's message object and what Discord knows beside it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from sandbox.rules.messages import LOADING
from sandbox.types import Json


@dataclass(slots=True)
class MessageRecord:
    """A message with its private part."""

    message: Json
    # The only member who sees it, for ephemeral messages.
    only_for: str | None = None
    # The interaction whose token may edit it.
    interaction_id: str | None = None
    # Attachments that an embed or layout component shows; the message object no longer lists them.
    claimed: list[Json] = field(default_factory=list)
    # Copies of a forwarded message's files, which the snapshot shows.
    forwarded: list[Json] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The message's id."""
        return str(self.message["id"])

    @property
    def channel_id(self) -> str:
        """The channel it is in."""
        return str(self.message["channel_id"])

    @property
    def author_id(self) -> str:
        """Who wrote it."""
        return str(self.message["author"]["id"])

    @property
    def loading(self) -> bool:
        """Whether it still says "is thinking"."""
        return bool(self.message["flags"] & LOADING)

    def files(self) -> list[Json]:
        """All its attachments, shown in embeds or not."""
        return [*self.message["attachments"], *self.claimed]

    def stored_files(self) -> list[Json]:
        """Every file that is kept for it: its attachments, and those that it forwards."""
        return [*self.files(), *self.forwarded]

    def visible_to(self, user_id: str) -> bool:
        """Whether that member sees it."""
        return self.only_for in (None, user_id)

    def document(self) -> Json:
        """What is stored."""
        return asdict(self)
