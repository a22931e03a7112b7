"""JSON that came from outside, read so that no depth of it can break what works with it."""

from __future__ import annotations

import json

# Discord's own bodies nest about 20 deep (components in sections in containers). What walks through a body here calls
# itself a few times a level, so that this is far from Python's limit of 1,000 calls.
MAX_DEPTH = 64


def parse_document(text: bytes | str) -> object:
    """Parse JSON of at most MAX_DEPTH nested lists and objects.

    Raises:
        ValueError: it is no JSON, or nested deeper.
    """
    try:
        document: object = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _check_depth(document)
    return document


def _check_depth(document: object) -> None:
    """Look at one level after the other: this itself must not call itself."""
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    if any(isinstance(one, dict | list) for one in level):
        raise ValueError("nested too deeply")


def _children(parent: object) -> list[object]:
    if isinstance(parent, dict):
        return list(parent.values())
    return parent if isinstance(parent, list) else []
