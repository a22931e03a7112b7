"""What a sandbox can be told before it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sandbox.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` requests in `window` seconds."""

    limit: int
    window: float


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The request rates that are allowed; None switches a limit off.

    Discord does not publish its figures. These are what bots see in the headers of the routes in question.
    """

    message_create: Rate | None = Rate(5, 5.0)
    message_edit: Rate | None = Rate(5, 5.0)
    message_delete: Rate | None = Rate(5, 1.0)
    # Follow-ups and edits share one bucket for each interaction token.
    webhook: Rate | None = Rate(5, 5.0)
    # Edits of messages older than an hour. Discord does not say how few; three an hour is strict enough to
    # catch a bot that relies on them.
    old_message_edit: Rate | None = Rate(3, 3600.0)
    # Fifty a second for a bot as a whole; interaction answers do not count.
    everything: Rate | None = Rate(50, 1.0)

    @classmethod
    def none(cls) -> RateLimits:
        """No limits at all, for load tests."""
        return cls(None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Settings of one sandbox."""

    # Never reachable from outside: it has one well-known token and no passwords.
    host: str = "127.0.0.1"
    # 0 takes any free port.
    port: int = 0
    token: str = "sandbox"  # noqa: S105  # not a secret: it opens nothing but this sandbox
    # Where messages and files are kept between runs; None keeps them in memory.
    data_dir: Path | None = None
    # Pictures that the web chat offers as ready-made attachments.
    starter_dir: Path | None = None
    clock: Clock = field(default_factory=SystemClock)
    rate_limits: RateLimits = field(default_factory=RateLimits)
    # Gateway intents that need Discord's approval and that this application has: none, as the bot is to live without.
    privileged_intents: int = 0
    # Milliseconds; the figure that Discord sends.
    heartbeat_interval: int = 41_250
    # Members see "did not respond" after this many seconds.
    acknowledge_within: float = 3.0
    # An interaction's token works for a quarter of an hour.
    token_lifetime: float = 900.0
