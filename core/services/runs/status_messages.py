"""Remembers the bot's message that shows a run."""

from __future__ import annotations

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import StatusMessage
from core.storage.database import Database
from core.storage.runs.run_rows import read_status_message, write_status_message


class StatusMessages:
    """One message a run; synchronous and thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, run_id: int, message: StatusMessage) -> None:
        """Remember the message of a run; this is no change of the run."""
        with self._database.write() as connection:
            write_status_message(connection, run_id, message)

    def get(self, run_id: int) -> StatusMessage:
        """Return what was saved last.

        Raises:
            OmokageError: UNKNOWN_RUN.
        """
        with self._database.read() as connection:
            message = read_status_message(connection, run_id)
        if message is None:
            raise OmokageError(ErrorCode.UNKNOWN_RUN)
        return message
