"""How members err who answer cards, estimated from their answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from core.domain.clock import now_utc
from core.domain.labelling.consensus import fit_reliabilities
from core.domain.labelling.voters import Voter
from core.services.labelling.settling import settle
from core.storage import labelling_rows as rows
from core.storage.people.people_rows import lock_people

if TYPE_CHECKING:
    from core.storage.database import Database


class VoterService:
    """Voters of all guilds. Synchronous, thread-safe and light, since the bot uses it."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._clock = clock

    def get(self, guild_id: int, member_id: int) -> Voter:
        """Return how a member errs, for that member alone."""
        with self._database.read() as connection:
            return rows.voters_of(connection, guild_id).get(member_id, Voter())

    def judge(self, guild_id: int) -> None:
        """Estimate anew how the guild's voters err; bad ones are muted, and open faces are looked at without them.

        Takes up to a second, so it does not belong between a click and its answer.
        """
        with self._database.read() as connection:
            evidence = rows.all_evidence(connection, guild_id)
        reliabilities = fit_reliabilities(evidence)
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            now, voters = self._clock(), rows.voters_of(connection, guild_id)
            for member_id, reliability in reliabilities.items():
                voters[member_id] = voters.get(member_id, Voter()).judged(reliability, now)
                rows.save_voter(connection, guild_id, member_id, voters[member_id], now)
            settle(connection, guild_id, rows.voted_faces(connection, guild_id), voters, now)
