"""Deletes blobs that nothing needs any more."""

from __future__ import annotations

import logging
from collections.abc import Collection

from core.storage.blob_references import still_referenced
from core.storage.blobs import Blobs
from core.storage.database import Database

_log = logging.getLogger(__name__)


def delete_unneeded(database: Database, blobs: Blobs, names: Collection[str]) -> int:
    """Delete those of these blobs that nothing names; the number of them.

    To be called after the transaction that took their names away: a blob without a row only takes up room, a row
    without its blob is a fault. Blobs that cannot be deleted now stay, and the log says so.

    Args:
        database: of all guilds.
        blobs: where they are.
        names: sha256 of each.
    """
    if not names:
        return 0
    with database.write() as connection:
        unneeded = set(names) - still_referenced(connection, names)
        for name in unneeded:
            try:
                blobs.delete(name)
            except OSError as error:
                _log.warning("the blob %s was not deleted: %s", name, error)
    return len(unneeded)
