"""Cards that are drawn ahead: shown next, unless others have settled their faces, and dropped when a member undoes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from core.domain.errors import ErrorCode
from core.domain.labelling.cards import CardRef
from core.domain.people import Person
from core.domain.storage_limits import StorageLimits
from core.services.people.editor import PeopleEditor
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.labelling_rows import save_picture
from core.storage.labelling_tables import labelling_cards
from tests.integration.core.builders import GUILD
from tests.integration.core.labelling.builders import AIKO, BEN, OTHER, SECONDS, Guild, likely, refusal


def card_count(guild: Guild) -> int:
    with guild.database.read() as connection:
        return connection.execute(select(func.count()).select_from(labelling_cards)).scalar_one()


def test_a_prepared_card_has_other_faces_and_is_the_next_one_with_its_picture(guild: Guild, haru: Person) -> None:
    ids = guild.post(12)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.6))
    first = guild.card(AIKO)
    prepared = guild.labelling.prepare_card(GUILD, AIKO)
    assert prepared is not None
    assert guild.labelling.prepare_card(GUILD, AIKO) is None  # that one is drawn already
    assert guild.labelling.shown_card(GUILD, AIKO) == guild.labelling.next_card(GUILD, AIKO)  # still the first
    assert guild.labelling.picture(GUILD, prepared) is None
    with guild.database.write() as connection:
        save_picture(connection, prepared, "ab" * 32)

    guild.labelling.answer_grid(CardRef(GUILD, AIKO, first.id), frozenset())
    second = guild.card(AIKO)

    assert (second.id, second.picture) == (prepared, "ab" * 32)
    assert {*first.card.faces, *second.card.faces} == set(ids)
    assert set(first.card.faces).isdisjoint(second.card.faces)
    assert second.shown_at == first.shown_at + timedelta(seconds=SECONDS)


def test_a_prepared_card_cannot_be_answered_before_it_is_shown(guild: Guild, haru: Person) -> None:
    guild.labelling.add_faces(GUILD, likely(guild.post(12), haru, 0.6))
    guild.card(AIKO)
    prepared = guild.labelling.prepare_card(GUILD, AIKO)
    assert prepared is not None
    for call in (guild.labelling.skip, guild.labelling.open_card):
        assert refusal(call, CardRef(GUILD, AIKO, prepared)) is ErrorCode.CARD_CLOSED
    assert refusal(guild.labelling.picture, OTHER, prepared) is ErrorCode.CARD_CLOSED


def test_nothing_is_prepared_where_the_open_card_has_the_last_faces(guild: Guild, haru: Person) -> None:
    guild.labelling.add_faces(GUILD, likely(guild.post(4), haru, 0.6))
    guild.card(AIKO)
    assert guild.labelling.prepare_card(GUILD, AIKO) is None
    assert card_count(guild) == 1


def test_a_prepared_card_is_dropped_when_others_have_settled_one_of_its_faces(guild: Guild, haru: Person) -> None:
    ids = guild.post(12)
    guild.labelling.add_faces(GUILD, likely(ids[:9], haru, 0.7) | likely(ids[9:], haru, 0.6))
    first = guild.card(AIKO)
    prepared = guild.labelling.prepare_card(GUILD, AIKO)
    assert prepared is not None
    guild.labelling.add_faces(GUILD, likely(ids[9:10], haru, 0.9))  # the recogniser is sure by now, and so is Ben
    guild.labelling.answer_grid(guild.ref(BEN), frozenset())
    assert guild.shown_person(ids[9]) == haru.id

    guild.labelling.answer_grid(CardRef(GUILD, AIKO, first.id), frozenset())
    second = guild.card(AIKO)

    assert second.id != prepared
    assert set(second.card.faces) <= set(ids[10:])
    assert refusal(guild.labelling.picture, GUILD, prepared) is ErrorCode.CARD_CLOSED


def test_an_open_card_is_replaced_when_others_have_settled_all_of_it(guild: Guild, haru: Person) -> None:
    ids = guild.post(2)
    guild.labelling.add_faces(GUILD, likely(ids, haru, 0.9))
    first = guild.card(AIKO)
    guild.labelling.answer_grid(guild.ref(BEN), frozenset())

    assert guild.labelling.next_card(GUILD, AIKO) is None
    assert refusal(guild.labelling.picture, GUILD, first.id) is ErrorCode.CARD_CLOSED


def test_undoing_shows_the_answered_card_in_the_place_of_the_open_and_the_prepared_one(
    guild: Guild, haru: Person
) -> None:
    guild.labelling.add_faces(GUILD, likely(guild.post(27), haru, 0.6))
    first = guild.card(AIKO)
    guild.labelling.answer_grid(CardRef(GUILD, AIKO, first.id), frozenset())
    guild.card(AIKO)
    assert guild.labelling.prepare_card(GUILD, AIKO) is not None
    assert card_count(guild) == 3

    reopened = guild.labelling.undo(GUILD, AIKO)

    assert (reopened.id, reopened.card) == (first.id, first.card)
    assert card_count(guild) == 1
    assert guild.card(AIKO) == reopened


def test_nobody_who_objects_stays_on_a_card_that_was_made_before(guild: Guild, haru: Person, blobs: Blobs) -> None:
    natsu = guild.person("Natsu")
    ids = guild.post(13)
    guild.labelling.add_faces(GUILD, likely(ids[:12], haru, 0.6) | likely(ids[12:], natsu, 0.6))
    first = guild.card(AIKO)
    assert guild.labelling.prepare_card(GUILD, AIKO) is not None
    assert first.card.person == haru.id
    editor = PeopleEditor(guild.database, RetentionService(guild.database, blobs, StorageLimits()), guild.clock)

    editor.record_objection(GUILD, "Haru")

    shown = guild.card(AIKO)
    assert (shown.card.person, shown.card.faces) == (natsu.id, (ids[12],))
    guild.labelling.answer_grid(CardRef(GUILD, AIKO, shown.id), frozenset())
    assert guild.labelling.next_card(GUILD, AIKO) is None


def test_a_name_card_that_names_somebody_who_objects_is_made_anew(guild: Guild, haru: Person, blobs: Blobs) -> None:
    natsu = guild.person("Natsu")
    (face_id,) = guild.post(1)
    guild.labelling.add_faces(GUILD, {face_id: {haru.id: 0.3, natsu.id: 0.3, 0: 0.4}})
    assert set(guild.card(AIKO).card.names) == {haru.id, natsu.id}
    editor = PeopleEditor(guild.database, RetentionService(guild.database, blobs, StorageLimits()), guild.clock)

    editor.record_objection(GUILD, "Haru")

    assert guild.card(AIKO).card.names == (natsu.id,)
