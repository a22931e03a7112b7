"""Hides a process's memory and environment, which hold secrets, from other processes of the same user."""

from __future__ import annotations

import ctypes
import os
import sys

_PR_SET_DUMPABLE = 4
# Only the bot needs these; workers and all that they start do not get them.
TOKEN_VARIABLES = ("DISCORD_TOKEN",)
# These give access to the storage; only the bot and the workers get them.
STORAGE_VARIABLES = ("OMOKAGE_DATABASE_", "OMOKAGE_BROKER_", "AWS_")


def hide_memory() -> None:
    """Let no process of the same user read the memory or environment of this process and of those that it forks.

    It writes no core dumps either, which would hold the secrets. Root and its debuggers can still read everything.
    Works on Linux only; elsewhere it does nothing.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def without_variables(environment: dict[str, str], *prefixes: str) -> dict[str, str]:
    """Return the variables whose names begin with none of the prefixes."""
    return {name: value for name, value in environment.items() if not name.startswith(prefixes)}


def remove_variables(*prefixes: str) -> None:
    """Remove variables with these prefixes from this process's environment, so that children do not get them."""
    for name in [name for name in os.environ if name.startswith(prefixes)]:
        del os.environ[name]
