"""Names that contributors give their own photos: a vote on a card that nobody was shown."""

from __future__ import annotations

from core.domain.errors import ErrorCode
from core.domain.labelling.cards import MAX_NAMES, CardRef, Proposal
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.people import Consent, Person
from core.storage.people.changes import set_objection
from tests.integration.core.builders import GUILD
from tests.integration.core.labelling.builders import AIKO, BEN, CHIE, Guild, likely, refusal, vote_count
from tests.integration.core.labelling.contributions import consent_of, post_in_chat

UNKNOWN = {SOMEBODY_ELSE: 1.0}


def names(guild: Guild) -> list[str]:
    return sorted(person.name for person in guild.people.list(GUILD))


def person_id(guild: Guild, name: str) -> int:
    return next(person.id for person in guild.people.list(GUILD) if person.name == name)


def test_a_contributor_names_somebody_new_and_settles_nothing_alone(guild: Guild) -> None:
    ids = guild.post(3)
    proposals = dict.fromkeys(ids, Proposal(AIKO, " Ｈaru "))
    assert guild.labelling.add_faces(GUILD, dict.fromkeys(ids, UNKNOWN), proposals) == 3

    assert names(guild) == ["Haru"]
    assert vote_count(guild.database) == 3
    assert (guild.labelling.state(GUILD).open, guild.labelling.state(GUILD).settled) == (3, 0)
    assert [guild.shown_person(face_id) for face_id in ids] == [None] * 3
    assert guild.labelling.next_card(GUILD, AIKO) is None  # who has said it already
    assert guild.card(BEN).card.names == (person_id(guild, "Haru"),)


def test_the_same_face_is_not_proposed_twice(guild: Guild) -> None:
    (face_id,) = guild.post(1)
    for name in ("Haru", "Natsu"):
        guild.labelling.add_faces(GUILD, {face_id: UNKNOWN}, {face_id: Proposal(AIKO, name)})
    assert names(guild) == ["Haru"]
    assert vote_count(guild.database) == 1


def test_a_proposal_helps_others_to_settle_a_face(guild: Guild, haru: Person) -> None:
    with_proposal, without = guild.post(2)
    doubtful = {haru.id: 0.3, SOMEBODY_ELSE: 0.7}
    guild.labelling.add_faces(
        GUILD, {with_proposal: doubtful, without: doubtful}, {with_proposal: Proposal(AIKO, "haru")}
    )
    assert guild.labelling.state(GUILD).settled == 0
    grid = guild.card(BEN)
    assert (grid.card.faces, grid.card.person) == ((with_proposal,), haru.id)
    assert guild.labelling.answer_grid(CardRef(GUILD, BEN, grid.id), frozenset()).settled == {with_proposal: haru.id}
    alone = guild.card(BEN)
    assert alone.card.faces == (without,)
    assert guild.labelling.answer_name(CardRef(GUILD, BEN, alone.id), haru.id).settled == {}


def test_only_a_person_whom_the_member_has_named_first_agrees_to_be_learnt(guild: Guild, haru: Person) -> None:
    own, others, again = guild.post(3)
    guild.labelling.add_faces(
        GUILD,
        dict.fromkeys((own, others), UNKNOWN),
        {own: Proposal(AIKO, "Aiko", is_self=True), others: Proposal(AIKO, "Haru", is_self=True)},
    )
    assert (consent_of(guild, "Aiko"), consent_of(guild, "Haru")) == (Consent.SELF, None)
    guild.labelling.add_faces(GUILD, {again: UNKNOWN}, {again: Proposal(BEN, "Ben")})
    assert consent_of(guild, "Ben") is None


def test_another_member_cannot_agree_for_a_contributor(guild: Guild) -> None:
    first, second = guild.post(2)
    guild.labelling.add_faces(GUILD, {first: UNKNOWN}, {first: Proposal(AIKO, "Aiko")})
    guild.labelling.add_faces(GUILD, {second: UNKNOWN}, {second: Proposal(BEN, "Aiko", is_self=True)})
    assert consent_of(guild, "Aiko") is None


def test_proposals_are_no_faces_answered_and_nothing_to_undo(guild: Guild, haru: Person) -> None:
    began = guild.clock.now
    ids = guild.post(3)
    guild.labelling.add_faces(GUILD, likely(ids[:2], haru, 0.6))
    guild.labelling.answer_grid(guild.ref(AIKO), frozenset(ids[:1]))
    guild.clock.advance(60)
    guild.labelling.add_faces(GUILD, {ids[2]: UNKNOWN}, {ids[2]: Proposal(AIKO, "Natsu")})

    assert guild.labelling.faces_answered(GUILD, AIKO, began) == 2
    assert guild.labelling.faces_answered(GUILD, AIKO, guild.clock.now) == 0
    assert guild.labelling.faces_answered(GUILD, BEN, began) == 0
    assert set(guild.labelling.undo(GUILD, AIKO).card.faces) == set(ids[:2])
    assert vote_count(guild.database) == 1  # the proposal
    guild.labelling.answer_grid(guild.ref(AIKO), frozenset())


def test_who_has_only_proposed_names_has_nothing_to_undo(guild: Guild) -> None:
    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: UNKNOWN}, {face_id: Proposal(AIKO, "Haru")})
    assert refusal(guild.labelling.undo, GUILD, AIKO) is ErrorCode.NOTHING_TO_UNDO
    assert vote_count(guild.database) == 1


def test_a_name_card_offers_the_likeliest_and_then_the_newest_people(guild: Guild, haru: Person) -> None:
    newer = [guild.person(f"Person {number}") for number in range(5)]
    (face_id,) = post_in_chat(guild, b"\0" * 1024)
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.2, SOMEBODY_ELSE: 0.8}})
    offered = guild.card(CHIE).card.names
    assert offered == (haru.id, *(person.id for person in newer[::-1][: MAX_NAMES - 1]))


def test_a_name_card_does_not_offer_whoever_objects(guild: Guild, haru: Person) -> None:
    natsu = guild.person("Natsu")
    (face_id,) = guild.post(1)
    with guild.database.write() as connection:
        set_objection(connection, natsu.id, guild.clock.now)
    guild.labelling.add_faces(GUILD, {face_id: UNKNOWN})
    assert guild.card(AIKO).card.names == (haru.id,)
