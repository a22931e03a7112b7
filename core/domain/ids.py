"""Ids of jobs and runs that no Discord interaction asked for."""

from __future__ import annotations

import secrets


def synthetic_id() -> int:
    """Return a random id of 52 bits that no interaction has.

    As a snowflake it would be of January 2015, years before Discord's first interaction, so the two never meet; it
    fits a JavaScript number, and custom ids.
    """
    return (1 << 51) | secrets.randbits(51)
