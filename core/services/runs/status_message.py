"""What the bot's message of a run needs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from core.domain.training.runs import Checkpoint, CurvePoint, Run
from core.services.runs.base import RunBase
from core.storage.run_rows import checkpoints_of, get_run, points_of, to_run
from core.storage.training_tables import runs


class Board(RunBase):
    """Reads what changes while a run trains, and remembers the message that shows it."""

    def checkpoints(self, run_id: int) -> list[Checkpoint]:
        """Those that are kept, in the order of their steps."""
        with self._database.read() as connection:
            return checkpoints_of(connection, run_id)

    def points(self, run_id: int, after: int = -1) -> list[CurvePoint]:
        """The curves behind the step `after`, up to the newest checkpoint; `Run.live` may be further."""
        with self._database.read() as connection:
            return points_of(connection, run_id, after)

    def changed_since(self, when: datetime) -> list[Run]:
        """Runs of all guilds that changed after this moment, the longest unchanged first.

        A transaction may become visible a moment after its time: ask again from some seconds before the last answer.
        """
        changed = select(runs).where(runs.c.updated_at > when).order_by(runs.c.updated_at, runs.c.id)
        with self._database.read() as connection:
            return [to_run(row) for row in connection.execute(changed)]

    def note_board(self, run_id: int, message_id: int | None, posted_at: datetime | None, shown: str | None) -> None:
        """Remember the message, when it was posted, and a hash of what it shows; this is no change of the run."""
        values = {"board_message_id": message_id, "board_posted_at": posted_at, "board_shown": shown}
        with self._database.write() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(values))

    def board(self, run_id: int) -> tuple[int | None, datetime | None, str | None]:
        """What `note_board` was told last.

        Raises:
            OmokageError: UNKNOWN_RUN.
        """
        columns = select(runs.c.board_message_id, runs.c.board_posted_at, runs.c.board_shown)
        with self._database.read() as connection:
            row = connection.execute(columns.where(runs.c.id == run_id)).first()
            if row is None:
                get_run(connection, run_id)
        return (None, None, None) if row is None else (row[0], row[1], row[2])
