"""A guild with people and unnamed faces, and members who answer cards."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from core.domain.errors import ErrorCode, OmokageError
from core.domain.labelling.cards import CardRef, ShownCard
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.people import FaceRef, Person
from core.services.jobs.service import JobService
from core.services.labelling.service import LabellingService
from core.services.labelling.voters import VoterService
from core.services.people.service import PeopleService
from core.storage.database import Database
from core.storage.labelling_tables import labelling_votes
from core.storage.tables import faces
from tests.integration.core.builders import CHANNEL, GUILD, Clock, new_face, request

OTHER = GUILD + 1
AIKO, BEN, CHIE = 31, 32, 33
SECONDS = 4.0  # that a member looks at a card


class NoGold(random.Random):
    """Never chooses a gold face."""

    def random(self) -> float:
        return 1.0


class AlwaysGold(random.Random):
    """Puts somebody else's face on each grid, as the first one."""

    def random(self) -> float:
        return 0.0

    def randint(self, a: int, b: int) -> int:
        return a


@dataclass
class Guild:
    """A guild with people and unnamed faces, and members who answer."""

    database: Database
    people: PeopleService
    labelling: LabellingService
    clock: Clock
    jobs: JobService
    voters: VoterService
    job_ids: list[int] = field(default_factory=list)

    def post(self, count: int, guild: int = GUILD, photo: str = "") -> list[int]:
        """Post a photo with so many faces; return their ids."""
        job_id = 100 + len(self.job_ids)
        self.job_ids.append(job_id)
        self.jobs.receive(request(job_id, guild))
        self.jobs.submit(job_id, (photo or str(job_id)).rjust(64, "0"))
        assert self.jobs.leases.claim(job_id, "worker")
        found = [
            new_face(number, value=float(job_id * 100 + number), x=30.0 * number) for number in range(1, count + 1)
        ]
        assert self.jobs.leases.finish(job_id, "worker", {}, found)
        with self.database.read() as connection:
            return list(connection.execute(select(faces.c.id).where(faces.c.job_id == job_id)).scalars())

    def person(self, name: str, guild: int = GUILD) -> Person:
        """Name the only face of a new photo."""
        self.post(1, guild)
        where = {"by": 1, "channel_id": CHANNEL, "message_id": None, "source": "this-is"}
        return self.people.name_face(FaceRef(self.job_ids[-1], 1), guild, name, **where)  # type: ignore[arg-type]

    def card(self, member: int, guild: int = GUILD) -> ShownCard:
        shown = self.labelling.next_card(guild, member)
        assert shown is not None
        self.clock.advance(SECONDS)
        return shown

    def ref(self, member: int) -> CardRef:
        """Show a member the next card."""
        return CardRef(GUILD, member, self.card(member).id)

    def shown_person(self, face_id: int) -> int | None:
        with self.database.read() as connection:
            return connection.execute(select(faces.c.person_id).where(faces.c.id == face_id)).scalar()


def likely(face_ids: Sequence[int], person: Person, probability: float = 0.9) -> dict[int, dict[int, float]]:
    return {face_id: {person.id: probability, SOMEBODY_ELSE: 1 - probability} for face_id in face_ids}


def refusal(call: object, *arguments: object) -> ErrorCode:
    with pytest.raises(OmokageError) as refused:
        call(*arguments)  # type: ignore[operator]
    return refused.value.code


def vote_count(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(labelling_votes)).scalar_one()
