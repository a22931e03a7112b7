"""What becomes of votes when people and names change in other ways, and what is found out about voters."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from core.domain.labelling.cards import CardRef
from core.domain.labelling.voters import MUTE_FROM, SLOW_DOWN_FROM
from core.domain.people import FaceRef, Person
from core.domain.storage_limits import StorageLimits
from core.services.labelling.service import LabellingService
from core.services.people.editor import PeopleEditor
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.labelling_tables import labelling_cards, labelling_faces, labelling_votes
from tests.integration.core.builders import CHANNEL, GUILD, Clock
from tests.integration.core.labelling.builders import (
    AIKO,
    BEN,
    CHIE,
    AlwaysGold,
    Guild,
    likely,
    vote_count,
)


def test_undoing_leaves_a_name_that_somebody_gave_since(guild: Guild, haru: Person) -> None:
    ids = guild.post(3)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    for member in (AIKO, BEN):
        guild.labelling.answer_grid(guild.ref(member), frozenset())
    where = {"by": 1, "channel_id": CHANNEL, "message_id": None, "source": "this-is"}
    first, second = (FaceRef(guild.job_ids[-1], number) for number in (1, 2))
    natsu = guild.people.name_face(first, GUILD, "Natsu", **where)  # type: ignore[arg-type]
    guild.people.confirm(second, GUILD, haru.id, **where)  # type: ignore[arg-type]

    guild.labelling.undo(GUILD, BEN)

    assert [guild.shown_person(face_id) for face_id in ids] == [natsu.id, haru.id, None]


def test_a_photo_that_was_posted_twice_is_settled_in_both_places(guild: Guild, haru: Person) -> None:
    ids, copies = guild.post(2, photo="same"), guild.post(2, photo="same")
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    for member in (AIKO, BEN):
        guild.labelling.answer_grid(guild.ref(member), frozenset())
    assert [guild.shown_person(face_id) for face_id in copies] == [haru.id] * 2
    guild.labelling.undo(GUILD, BEN)
    assert [guild.shown_person(face_id) for face_id in (*ids, *copies)] == [None] * 4


def test_what_somebody_names_in_another_way_is_not_asked_about_any_more(guild: Guild, haru: Person) -> None:
    ids = guild.post(2)
    guild.labelling.add_faces(GUILD, likely(ids, haru))
    shown = guild.card(AIKO)
    where = {"by": 1, "channel_id": CHANNEL, "message_id": None, "source": "this-is"}
    for number in (1, 2):
        guild.people.name_face(FaceRef(guild.job_ids[-1], number), GUILD, "Somebody", **where)  # type: ignore[arg-type]

    outcome = guild.labelling.answer_grid(CardRef(GUILD, AIKO, shown.id), frozenset())

    assert outcome.settled == {}
    assert {guild.shown_person(face_id) for face_id in ids}.isdisjoint({haru.id, None})
    assert guild.labelling.next_card(GUILD, BEN) is None


def test_of_a_removed_person_and_face_nothing_is_left(
    guild: Guild, haru: Person, database: Database, tmp_path: Path, clock: Clock
) -> None:
    editor = PeopleEditor(database, RetentionService(database, Blobs(str(tmp_path)), StorageLimits()), clock)
    ids = guild.post(3)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    guild.labelling.answer_grid(guild.ref(AIKO), frozenset(ids[:1]))
    guild.labelling.answer_grid(guild.ref(BEN), frozenset())
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
    guild.labelling.answer_grid(guild.ref(AIKO), frozenset())

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
        labelling.answer_grid(CardRef(GUILD, AIKO, shown.id), frozenset())  # who strikes nothing
    guild.voters.judge(GUILD)

    assert guild.voters.get(GUILD, AIKO).reliability.miss > 0.5
    assert guild.voters.get(GUILD, AIKO).muted_at is not None
    assert guild.voters.get(GUILD, BEN).muted_at is None


def test_who_answers_faster_than_anybody_can_look_is_slowed_then_muted(guild: Guild, haru: Person) -> None:
    for number in range(MUTE_FROM):
        ids = guild.post(2)
        guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
        shown = guild.labelling.next_card(GUILD, AIKO)
        assert shown is not None
        guild.clock.advance(0.3)
        outcome = guild.labelling.answer_grid(CardRef(GUILD, AIKO, shown.id), frozenset())
        assert outcome.slow_down is (number + 1 >= SLOW_DOWN_FROM)
    assert guild.voters.get(GUILD, AIKO).muted_at is not None
    guild.labelling.answer_grid(guild.ref(BEN), frozenset())
    assert guild.labelling.state(GUILD).settled == 0  # one vote that counts
