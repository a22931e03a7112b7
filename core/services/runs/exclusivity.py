"""One run of a kind at a time in a guild."""

from __future__ import annotations

from sqlalchemy import Connection

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import RunKind
from core.storage.database import Database
from core.storage.runs.run_rows import number_under_way


def lock_starts(database: Database, connection: Connection, guild_id: int) -> None:
    """Let nobody else start or resume a run of this guild until the transaction ends."""
    database.advisory_lock(connection, f"omokage-runs-{guild_id}")


def check_none_under_way(connection: Connection, guild_id: int, kind: RunKind) -> None:
    """Raise RUN_UNDER_WAY where a run of this kind waits or trains in the guild; to be called after `lock_starts`."""
    number = number_under_way(connection, guild_id, kind)
    if number is not None:
        raise OmokageError(ErrorCode.RUN_UNDER_WAY, number=number)
