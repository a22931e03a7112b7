"""Blobs of checkpoints: which exist, and which are deleted once no run and no version needs them."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import Connection

from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.runs.checkpoint_rows import blobs_in_use

_log = logging.getLogger(__name__)


class CheckpointBlobs:
    """The store's checkpoints; thread-safe. Two runs may have the same blob."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    def lock(self, connection: Connection) -> None:
        """Let nobody delete the blob of a checkpoint until the transaction ends."""
        self._database.advisory_lock(connection, "omokage-checkpoints")

    def exists(self, name: str) -> bool:
        """Return whether the blob is stored."""
        return self._blobs.exists(name)

    def delete_unused(self, names: Iterable[str]) -> None:
        """Delete those of these blobs that neither a checkpoint nor a version needs."""
        forgotten = set(names)
        if not forgotten:
            return
        with self._database.write() as connection:
            self.lock(connection)
            for name in forgotten - blobs_in_use(connection, forgotten):
                try:
                    self._blobs.delete(name)
                except OSError as error:  # it only takes up room
                    _log.warning("the checkpoint %s was not deleted: %s", name, error)
