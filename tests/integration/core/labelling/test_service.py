"""Cards and votes on both kinds of database: no answer is lost or counted twice, and what is settled is a label."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from core.domain.errors import ErrorCode, OmokageError
from core.domain.labelling.cards import CardRef
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.people import Person
from core.storage.labelling_tables import labelling_cards
from tests.integration.core.builders import GUILD
from tests.integration.core.labelling.builders import (
    AIKO,
    BEN,
    CHIE,
    OTHER,
    SECONDS,
    Guild,
    likely,
    refusal,
    vote_count,
)


def test_a_face_that_two_members_leave_on_the_grid_is_named(guild: Guild, haru: Person) -> None:
    ids = guild.post(9)
    assert guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6)) == 9
    first = guild.card(AIKO)
    assert (set(first.card.faces), first.card.person) == (set(ids), haru.id)
    guild.labelling.answer_grid(CardRef(GUILD, AIKO, first.id), frozenset(ids[:1]))
    second = guild.card(BEN)
    assert set(second.card.faces) == set(ids[1:])  # the others ask about what was struck out
    outcome = guild.labelling.answer_grid(CardRef(GUILD, BEN, second.id), frozenset())

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
            settled = dict(guild.labelling.answer_name(CardRef(GUILD, member, shown.id), SOMEBODY_ELSE).settled)

    assert settled == {face_id: SOMEBODY_ELSE}
    assert guild.shown_person(face_id) is None
    assert guild.labelling.next_card(GUILD, AIKO) is None


def test_a_half_done_card_is_found_again_and_answered_once(guild: Guild, haru: Person) -> None:
    ids = guild.post(3)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    first, again = guild.card(AIKO), guild.card(AIKO)
    assert first == again
    guild.labelling.answer_grid(CardRef(GUILD, AIKO, first.id), frozenset())

    assert refusal(guild.labelling.answer_grid, CardRef(GUILD, AIKO, first.id), frozenset()) is ErrorCode.CARD_CLOSED
    assert refusal(guild.labelling.skip, CardRef(GUILD, AIKO, first.id)) is ErrorCode.CARD_CLOSED
    assert guild.labelling.next_card(GUILD, AIKO) is None
    assert vote_count(guild.database) == 3


def test_a_card_is_its_members_alone_and_of_its_guild(guild: Guild, haru: Person) -> None:
    ids = guild.post(2)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    shown = guild.card(AIKO)
    elsewhere = guild.person("Haru", OTHER)
    for stranger in ((GUILD, BEN), (OTHER, AIKO)):
        assert refusal(guild.labelling.answer_grid, CardRef(*stranger, shown.id), frozenset()) is ErrorCode.CARD_CLOSED
    struck = frozenset({ids[0], ids[-1] + 99})
    assert refusal(guild.labelling.answer_grid, CardRef(GUILD, AIKO, shown.id), struck) is ErrorCode.BAD_OPTION
    assert refusal(guild.labelling.answer_name, CardRef(GUILD, AIKO, shown.id), haru.id) is ErrorCode.BAD_OPTION
    assert guild.labelling.next_card(OTHER, AIKO) is None
    assert guild.labelling.add_faces(OTHER, likely(ids, elsewhere)) == 0  # they are not this guild's
    assert vote_count(guild.database) == 0

    (face_id,) = guild.post(1)
    guild.labelling.answer_grid(CardRef(GUILD, AIKO, shown.id), frozenset())
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.3, SOMEBODY_ELSE: 0.7}})
    alone = guild.card(AIKO)
    name = (CardRef(GUILD, AIKO, alone.id), elsewhere.id)
    assert refusal(guild.labelling.answer_name, *name) is ErrorCode.UNKNOWN_PERSON


def test_undoing_takes_back_votes_and_the_labels_that_they_gave(guild: Guild, haru: Person) -> None:
    ids = guild.post(4)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    guild.labelling.answer_grid(guild.ref(AIKO), frozenset())
    last = guild.card(BEN)
    guild.labelling.answer_grid(CardRef(GUILD, BEN, last.id), frozenset())
    assert guild.labelling.state(GUILD).settled == 4

    reopened = guild.labelling.undo(GUILD, BEN)

    assert (reopened.id, reopened.card) == (last.id, last.card)
    assert guild.labelling.state(GUILD).settled == 0
    assert [guild.shown_person(face_id) for face_id in ids] == [None] * 4
    assert vote_count(guild.database) == 4
    guild.clock.advance(SECONDS)
    struck = guild.labelling.answer_grid(CardRef(GUILD, BEN, last.id), frozenset(ids))  # Ben has looked once more
    assert struck.settled == {}
    assert refusal(guild.labelling.undo, GUILD, CHIE) is ErrorCode.NOTHING_TO_UNDO


def test_a_skipped_card_is_not_shown_again_and_says_nothing(guild: Guild, haru: Person) -> None:
    ids = guild.post(2)
    guild.labelling.add_faces(GUILD, likely(ids, haru))
    guild.labelling.skip(guild.ref(AIKO))
    assert guild.labelling.next_card(GUILD, AIKO) is None
    assert vote_count(guild.database) == 0


def test_two_hundred_voters_at_once_lose_no_vote_and_count_none_twice(guild: Guild, haru: Person) -> None:
    ids = guild.post(9)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.0001))
    members = range(1000, 1200)

    def vote(member: int) -> int:
        shown = guild.labelling.next_card(GUILD, member)
        if shown is None:
            return 0
        answers = [lambda: guild.labelling.answer_name(CardRef(GUILD, member, shown.id), haru.id) for _ in range(2)]
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
