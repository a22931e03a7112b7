"""Name cards that are answered with a name that was typed, with a stranger, or with "no face"."""

from __future__ import annotations

from core.domain.errors import ErrorCode
from core.domain.labelling.cards import CardRef
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.people import Person
from tests.integration.core.builders import GUILD
from tests.integration.core.labelling.builders import AIKO, BEN, CHIE, OTHER, Guild, likely, refusal, vote_count

UNKNOWN = {SOMEBODY_ELSE: 1.0}


def name_card(guild: Guild, member: int = AIKO) -> CardRef:
    """Show a member the name card of an unknown face."""
    shown = guild.card(member)
    assert shown.card.person is None
    return CardRef(GUILD, member, shown.id)


def test_a_typed_name_creates_a_person_whom_others_are_asked_about(guild: Guild) -> None:
    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: UNKNOWN})
    outcome = guild.labelling.answer_new_name(name_card(guild), "  本田 翼 ")

    (tsubasa,) = guild.people.list(GUILD)
    assert (tsubasa.name, tsubasa.created_by, tsubasa.pictures) == ("本田 翼", AIKO, 0)
    assert outcome.settled == {}
    assert guild.shown_person(face_id) is None
    assert guild.people.list(OTHER) == []
    assert guild.card(BEN).card.names == (tsubasa.id,)


def test_enough_members_who_type_the_same_name_settle_a_face(guild: Guild) -> None:
    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: UNKNOWN})
    answers = 0
    for member in range(AIKO, AIKO + 6):
        if guild.labelling.state(GUILD).settled:
            break
        shown = guild.card(member)
        ref = CardRef(GUILD, member, shown.id)
        if shown.card.person is None:
            guild.labelling.answer_new_name(ref, "Ｈaru")
        else:
            guild.labelling.answer_grid(ref, frozenset())
        answers += 1
    (haru,) = guild.people.list(GUILD)
    assert guild.shown_person(face_id) == haru.id
    assert answers >= 2


def test_a_typed_name_of_somebody_known_is_that_person(guild: Guild, haru: Person) -> None:
    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.4, SOMEBODY_ELSE: 0.6}})
    guild.labelling.answer_new_name(name_card(guild), "HARU")
    assert [person.id for person in guild.people.list(GUILD)] == [haru.id]
    shown = guild.card(BEN)
    assert (shown.card.faces, shown.card.person) == ((face_id,), haru.id)


def test_a_name_is_not_for_a_grid_and_must_be_one(guild: Guild, haru: Person) -> None:
    ids = guild.post(2)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    grid = guild.ref(AIKO)
    assert refusal(guild.labelling.answer_new_name, grid, "Natsu") is ErrorCode.BAD_OPTION
    assert refusal(guild.labelling.answer_no_face, grid, ids[0]) is ErrorCode.BAD_OPTION
    assert [person.name for person in guild.people.list(GUILD)] == ["Haru"]
    guild.labelling.skip(grid)

    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: UNKNOWN})
    card = name_card(guild)
    for name in ("", "   ", "x" * 200, "unknown"):
        assert refusal(guild.labelling.answer_new_name, card, name) is ErrorCode.BAD_NAME
    assert refusal(guild.labelling.answer_no_face, card, ids[0]) is ErrorCode.BAD_OPTION  # another card's face
    assert vote_count(guild.database) == 0
    guild.labelling.answer_new_name(card, "Natsu")


def test_a_stranger_takes_two_voters_however_sure_the_recogniser_is(guild: Guild, haru: Person) -> None:
    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.001, SOMEBODY_ELSE: 0.999}})
    assert guild.labelling.answer_name(name_card(guild), SOMEBODY_ELSE).settled == {}
    assert guild.labelling.answer_name(name_card(guild, BEN), SOMEBODY_ELSE).settled == {face_id: SOMEBODY_ELSE}
    assert guild.shown_person(face_id) is None


def test_two_members_close_what_is_no_face_and_undoing_opens_it(guild: Guild, haru: Person) -> None:
    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.4, SOMEBODY_ELSE: 0.6}})
    guild.labelling.answer_no_face(name_card(guild), face_id)
    assert guild.labelling.state(GUILD).settled == 0
    guild.labelling.answer_no_face(name_card(guild, BEN), face_id)
    assert guild.labelling.state(GUILD).settled == 1
    assert guild.labelling.next_card(GUILD, CHIE) is None

    assert guild.labelling.undo(GUILD, BEN).card.faces == (face_id,)
    assert (guild.labelling.state(GUILD).open, guild.labelling.state(GUILD).settled) == (1, 0)
    assert guild.card(CHIE).card.faces == (face_id,)


def test_a_moderators_word_about_no_face_is_enough_and_is_undone(guild: Guild, haru: Person) -> None:
    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.4, SOMEBODY_ELSE: 0.6}})
    guild.labelling.answer_no_face(name_card(guild), face_id, is_moderator=True)
    assert (guild.labelling.state(GUILD).open, guild.labelling.state(GUILD).settled) == (0, 1)
    guild.labelling.undo(GUILD, AIKO)
    assert (guild.labelling.state(GUILD).open, guild.labelling.state(GUILD).settled) == (1, 0)
    assert vote_count(guild.database) == 0


def test_no_face_on_a_grid_closes_these_faces_and_no_others(guild: Guild, haru: Person) -> None:
    ids = guild.post(5)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    first = guild.ref(AIKO)
    guild.labelling.answer_grid(first, frozenset(), frozenset(ids[:2]), is_moderator=True)
    assert {guild.shown_person(face_id) for face_id in ids[:2]} == {None}
    assert guild.labelling.state(GUILD).settled >= 2
    assert refusal(guild.labelling.answer_grid, guild.ref(BEN), frozenset(), frozenset({9999})) is ErrorCode.BAD_OPTION
    assert set(guild.card(BEN).card.faces) == set(ids[2:])


def test_a_muted_members_word_about_no_face_does_not_count(guild: Guild, haru: Person) -> None:
    (face_id,) = guild.post(1)
    for _ in range(6):  # six grids that Aiko does not look at
        guild.labelling.add_faces(GUILD, likely(guild.post(2), haru, 0.6))
        shown = guild.labelling.next_card(GUILD, AIKO)
        assert shown is not None
        guild.labelling.answer_grid(CardRef(GUILD, AIKO, shown.id), frozenset())
    assert guild.voters.get(GUILD, AIKO).muted_at is not None
    settled = guild.labelling.state(GUILD).settled
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.4, SOMEBODY_ELSE: 0.6}})
    guild.labelling.answer_no_face(name_card(guild), face_id, is_moderator=True)
    assert guild.labelling.state(GUILD).settled == settled
