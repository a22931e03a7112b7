"""Keeps what a process holds in memory, its environment too, from other processes of the same user."""

from __future__ import annotations

import ctypes
import os
import sys

_PR_SET_DUMPABLE = 4
# Of these only the bot has a use; workers and all that they start go without.
TOKEN_VARIABLES = ("DISCORD_TOKEN",)
# With them the storage can be read: for the bot and the workers.
STORAGE_VARIABLES = ("OMOKAGE_DATABASE_", "OMOKAGE_BROKER_", "AWS_")


def hide_memory() -> None:
    """Let no process of the same user read this one's memory or environment; those that it forks are hidden as well.

    No core dumps either, which would have the secrets in them. Root still may, and so may debuggers that it starts.
    Linux only: elsewhere nothing happens.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def without_variables(environment: dict[str, str], *prefixes: str) -> dict[str, str]:
    """The variables whose names begin with none of these."""
    return {name: value for name, value in environment.items() if not name.startswith(prefixes)}


def remove_variables(*prefixes: str) -> None:
    """Take variables whose names begin so out of this process's environment: what it starts does not get them."""
    for name in [name for name in os.environ if name.startswith(prefixes)]:
        del os.environ[name]
