"""Cards and votes on both kinds of database: no answer is lost or counted twice, and what is settled is a label."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.domain.errors import ErrorCode, OmokageError
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.labelling.voters import MUTE_FROM, SLOW_DOWN_FROM
from core.domain.people import FaceRef, Person
from core.domain.storage_limits import StorageLimits
from core.services.jobs.service import JobService
from core.services.labelling.service import LabellingService, ShownCard
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.labelling_tables import labelling_cards, labelling_faces, labelling_votes
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
    job_ids: list[int] = field(default_factory=list)

    def post(self, count: int, guild: int = GUILD, job_id: int = 0) -> list[int]:
        """Post a photo with so many faces; return their ids."""
        job_id = job_id or 100 + len(self.job_ids)
        self.job_ids.append(job_id)
        self.jobs.receive(request(job_id, guild))
        self.jobs.submit(job_id, f"{job_id:064d}")
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

    def shown_person(self, face_id: int) -> int | None:
        with self.database.read() as connection:
            return connection.execute(select(faces.c.person_id).where(faces.c.id == face_id)).scalar()


@pytest.fixture
def guild(database: Database, people: PeopleService, jobs: JobService, clock: Clock) -> Guild:
    return Guild(database, people, LabellingService(database, clock, NoGold(1)), clock, jobs)


@pytest.fixture
def haru(guild: Guild) -> Person:
    return guild.person("Haru")


def likely(face_ids: Sequence[int], person: Person, probability: float = 0.9) -> dict[int, dict[int, float]]:
    return {face_id: {person.id: probability, SOMEBODY_ELSE: 1 - probability} for face_id in face_ids}


def refusal(call: object, *arguments: object) -> ErrorCode:
    with pytest.raises(OmokageError) as refused:
        call(*arguments)  # type: ignore[operator]
    return refused.value.code


def test_a_face_that_two_members_leave_on_the_grid_is_named(guild: Guild, haru: Person) -> None:
    ids = guild.post(9)
    assert guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6)) == 9
    first = guild.card(AIKO)
    assert (set(first.card.faces), first.card.person) == (set(ids), haru.id)
    guild.labelling.answer_grid(GUILD, AIKO, first.id, frozenset(ids[:1]))
    second = guild.card(BEN)
    assert set(second.card.faces) == set(ids[1:])  # the others ask about what was struck out
    outcome = guild.labelling.answer_grid(GUILD, BEN, second.id, frozenset())

    assert outcome.settled == dict.fromkeys(ids[1:], haru.id)
    assert [guild.shown_person(face_id) for face_id in ids] == [None, *[haru.id] * 8]
    assert guild.people.list(GUILD)[0].pictures == 9
    state = guild.labelling.state(GUILD)
    assert (state.open, state.settled) == (1, 8)
    alone = guild.card(AIKO).card  # what was struck out comes alone, with names
    assert (alone.faces, alone.person, alone.names) == ((ids[0],), None, (haru.id,))


def test_a_stranger_is_settled_without_a_label(guild: Guild, haru: Person) -> None:
    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.3, SOMEBODY_ELSE: 0.7}})
    settled: dict[int, int] = {}
    for member in (AIKO, BEN, CHIE):
        if not settled:
            shown = guild.card(member)
            settled = dict(guild.labelling.answer_name(GUILD, member, shown.id, SOMEBODY_ELSE).settled)

    assert settled == {face_id: SOMEBODY_ELSE}
    assert guild.shown_person(face_id) is None
    assert guild.labelling.next_card(GUILD, AIKO) is None


def test_a_half_done_card_is_found_again_and_answered_once(guild: Guild, haru: Person) -> None:
    ids = guild.post(3)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    first, again = guild.card(AIKO), guild.card(AIKO)
    assert first == again
    guild.labelling.answer_grid(GUILD, AIKO, first.id, frozenset())

    assert refusal(guild.labelling.answer_grid, GUILD, AIKO, first.id, frozenset()) is ErrorCode.CARD_CLOSED
    assert refusal(guild.labelling.skip, GUILD, AIKO, first.id) is ErrorCode.CARD_CLOSED
    assert guild.labelling.next_card(GUILD, AIKO) is None
    assert vote_count(guild.database) == 3


def test_a_card_is_its_members_alone_and_of_its_guild(guild: Guild, haru: Person) -> None:
    ids = guild.post(2)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    shown = guild.card(AIKO)
    elsewhere = guild.person("Haru", OTHER)
    for stranger in ((GUILD, BEN), (OTHER, AIKO)):
        assert refusal(guild.labelling.answer_grid, *stranger, shown.id, frozenset()) is ErrorCode.CARD_CLOSED
    struck = frozenset({ids[0], ids[-1] + 99})
    assert refusal(guild.labelling.answer_grid, GUILD, AIKO, shown.id, struck) is ErrorCode.BAD_OPTION
    assert refusal(guild.labelling.answer_name, GUILD, AIKO, shown.id, haru.id) is ErrorCode.BAD_OPTION
    assert guild.labelling.next_card(OTHER, AIKO) is None
    assert guild.labelling.add_faces(OTHER, likely(ids, elsewhere)) == 0  # they are not this guild's
    assert vote_count(guild.database) == 0

    (face_id,) = guild.post(1)
    guild.labelling.answer_grid(GUILD, AIKO, shown.id, frozenset())
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.3, SOMEBODY_ELSE: 0.7}})
    alone = guild.card(AIKO)
    name = (GUILD, AIKO, alone.id, elsewhere.id)
    assert refusal(guild.labelling.answer_name, *name) is ErrorCode.UNKNOWN_PERSON


def test_undoing_takes_back_votes_and_the_labels_that_they_gave(guild: Guild, haru: Person) -> None:
    ids = guild.post(4)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    guild.labelling.answer_grid(GUILD, AIKO, guild.card(AIKO).id, frozenset())
    last = guild.card(BEN)
    guild.labelling.answer_grid(GUILD, BEN, last.id, frozenset())
    assert guild.labelling.state(GUILD).settled == 4

    reopened = guild.labelling.undo(GUILD, BEN)

    assert (reopened.id, reopened.card) == (last.id, last.card)
    assert guild.labelling.state(GUILD).settled == 0
    assert [guild.shown_person(face_id) for face_id in ids] == [None] * 4
    assert vote_count(guild.database) == 4
    guild.clock.advance(SECONDS)
    struck = guild.labelling.answer_grid(GUILD, BEN, last.id, frozenset(ids))  # Ben has looked once more
    assert struck.settled == {}
    assert refusal(guild.labelling.undo, GUILD, CHIE) is ErrorCode.NOTHING_TO_UNDO


def test_a_skipped_card_is_not_shown_again_and_says_nothing(guild: Guild, haru: Person) -> None:
    ids = guild.post(2)
    guild.labelling.add_faces(GUILD, likely(ids, haru))
    guild.labelling.skip(GUILD, AIKO, guild.card(AIKO).id)
    assert guild.labelling.next_card(GUILD, AIKO) is None
    assert vote_count(guild.database) == 0


def test_what_somebody_names_in_another_way_is_not_asked_about_any_more(guild: Guild, haru: Person) -> None:
    ids = guild.post(2)
    guild.labelling.add_faces(GUILD, likely(ids, haru))
    shown = guild.card(AIKO)
    where = {"by": 1, "channel_id": CHANNEL, "message_id": None, "source": "this-is"}
    for number in (1, 2):
        guild.people.name_face(FaceRef(guild.job_ids[-1], number), GUILD, "Somebody", **where)  # type: ignore[arg-type]

    outcome = guild.labelling.answer_grid(GUILD, AIKO, shown.id, frozenset())

    assert outcome.settled == {}
    assert {guild.shown_person(face_id) for face_id in ids}.isdisjoint({haru.id, None})
    assert guild.labelling.next_card(GUILD, BEN) is None


def test_of_a_removed_person_and_face_nothing_is_left(
    guild: Guild, haru: Person, database: Database, tmp_path: Path, clock: Clock
) -> None:
    editor = PeopleEditor(database, RetentionService(database, Blobs(str(tmp_path)), StorageLimits()), clock)
    ids = guild.post(3)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    guild.labelling.answer_grid(GUILD, AIKO, guild.card(AIKO).id, frozenset(ids[:1]))
    guild.labelling.answer_grid(GUILD, BEN, guild.card(BEN).id, frozenset())
    guild.card(CHIE)

    editor.remove(GUILD, "Haru")

    with database.read() as connection:
        left = connection.execute(select(labelling_faces.c.face_id)).scalars().all()
        cards = connection.execute(select(func.count()).select_from(labelling_cards)).scalar()
    assert (left, vote_count(database)) == ([ids[0]], 0)
    assert cards == 1  # Chie's, which asks whom a face shows
    assert guild.card(CHIE).card.names == ()  # nobody is left whom the face could show


def test_votes_about_a_merged_person_are_about_the_other(
    guild: Guild, haru: Person, database: Database, tmp_path: Path, clock: Clock
) -> None:
    editor = PeopleEditor(database, RetentionService(database, Blobs(str(tmp_path)), StorageLimits()), clock)
    other = guild.person("Haruu")
    ids = guild.post(2)
    guild.labelling.add_faces(GUILD, likely(ids, other, 0.6))
    guild.labelling.answer_grid(GUILD, AIKO, guild.card(AIKO).id, frozenset())

    editor.merge(GUILD, "Haruu", "Haru", by=1)

    with database.read() as connection:
        assert set(connection.execute(select(labelling_votes.c.person_id)).scalars()) == {haru.id}


def test_gold_faces_are_somebodys_and_tell_how_a_member_errs(
    guild: Guild, haru: Person, database: Database, clock: Clock
) -> None:
    guild.person("Natsu")
    labelling = guild.labelling = LabellingService(database, clock, AlwaysGold(1))
    ids = [face_id for _ in range(6) for face_id in guild.post(9)]
    labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    for _ in range(6):
        shown = guild.card(AIKO)
        assert len(shown.card.faces) == 9
        assert shown.card.faces[0] not in ids  # Natsu's
        labelling.answer_grid(GUILD, AIKO, shown.id, frozenset())  # who strikes nothing
    labelling.judge_voters(GUILD)

    assert labelling.voter(GUILD, AIKO).reliability.miss > 0.5
    assert labelling.voter(GUILD, AIKO).muted_at is not None
    assert labelling.voter(GUILD, BEN).muted_at is None


def test_who_answers_faster_than_anybody_can_look_is_slowed_then_muted(guild: Guild, haru: Person) -> None:
    for number in range(MUTE_FROM):
        ids = guild.post(2)
        guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
        shown = guild.labelling.next_card(GUILD, AIKO)
        assert shown is not None
        guild.clock.advance(0.3)
        outcome = guild.labelling.answer_grid(GUILD, AIKO, shown.id, frozenset())
        assert outcome.slow_down is (number + 1 >= SLOW_DOWN_FROM)
    assert guild.labelling.voter(GUILD, AIKO).muted_at is not None
    guild.labelling.answer_grid(GUILD, BEN, guild.card(BEN).id, frozenset())
    assert guild.labelling.state(GUILD).settled == 0  # one vote that counts


def test_two_hundred_voters_at_once_lose_no_vote_and_count_none_twice(guild: Guild, haru: Person) -> None:
    ids = guild.post(9)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.0001))
    members = range(1000, 1200)

    def vote(member: int) -> int:
        shown = guild.labelling.next_card(GUILD, member)
        if shown is None:
            return 0
        answers = [lambda: guild.labelling.answer_name(GUILD, member, shown.id, haru.id) for _ in range(2)]
        return sum(_was_taken(answer) for answer in answers)

    with ThreadPoolExecutor(16) as pool:
        taken = sum(pool.map(vote, members))

    assert taken == vote_count(guild.database)
    with guild.database.read() as connection:
        answered = select(func.count()).select_from(labelling_cards).where(labelling_cards.c.answered_at.is_not(None))
        assert connection.execute(answered).scalar() == taken
    assert taken >= 9


def _was_taken(answer: object) -> bool:
    try:
        answer()  # type: ignore[operator]
    except OmokageError as error:
        if error.code is not ErrorCode.CARD_CLOSED:
            raise
        return False
    return True


def vote_count(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(labelling_votes)).scalar_one()
