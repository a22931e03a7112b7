"""Sizes of the blobs that a job stores, which count against its guild's quota."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from core.storage.blob_references import blob_names_in

BlobSize: TypeAlias = Callable[[str], int]  # a blob's name -> its bytes


def blob_sizes(blob_size: BlobSize, *stored: object) -> dict[str, int]:
    """Return the bytes of the blobs that are named in JSON; asks the store, so not within a transaction."""
    return {name: blob_size(name) for name in blob_names_in(json.dumps(stored))}
