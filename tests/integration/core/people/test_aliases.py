"""Further names of people, and people who are added by name, on both kinds of database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.domain.data.datasets import DatasetClass
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import MAX_ALIASES
from core.domain.storage_limits import StorageLimits
from core.services.datasets.removal import DatasetRemover
from core.services.datasets.service import DatasetService
from core.services.people.aliases import AliasEditor
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.people.changes import rename_person
from tests.integration.core.builders import GUILD, Clock, new_face

OTHER = GUILD + 1


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture
def editor(database: Database, blobs: Blobs, clock: Clock) -> PeopleEditor:
    return PeopleEditor(database, RetentionService(database, blobs, StorageLimits()), clock)


@pytest.fixture
def aliases(database: Database, clock: Clock) -> AliasEditor:
    return AliasEditor(database, clock)


def enrol(people: PeopleService, name: str, value: int = 1, guild: int = GUILD) -> int:
    return people.enrol(guild, name, new_face(value=value), source="test").id


def refused(call: Any, *arguments: Any, **named: Any) -> OmokageError:
    with pytest.raises(OmokageError) as caught:
        call(*arguments, **named)
    return caught.value


def test_naming_by_an_alias_or_its_reading_means_the_person(people: PeopleService, aliases: AliasEditor) -> None:
    haru = enrol(people, "春")
    aliases.add(GUILD, "春", " はる ", by=41)
    aliases.add(GUILD, "春", "Spring", by=41)
    ids = {enrol(people, name, value) for value, name in enumerate(["SPRING", "はる", "ハル", "ﾊﾙ", "Haru"], 2)}
    assert ids == {haru}
    assert [(person.name, person.pictures, person.aliases) for person in people.list(GUILD)] == [
        ("春", 6, ("はる", "Spring"))
    ]
    assert enrol(people, "Haru", guild=OTHER) != haru


def test_a_reading_that_two_people_have_means_neither(people: PeopleService, aliases: AliasEditor) -> None:
    youko, yuki, long = enrol(people, "陽子"), enrol(people, "雪", 2), enrol(people, "勇気", 3)
    aliases.add(GUILD, "陽子", "ようこ", by=41)
    aliases.add(GUILD, "雪", "ゆき", by=41)
    aliases.add(GUILD, "勇気", "ゆうき", by=41)
    assert enrol(people, "Yoko", 4) == youko
    assert enrol(people, "Yuki", 5) not in {yuki, long}  # of two, nobody can say which


def test_who_is_really_called_so_comes_before_a_reading(people: PeopleService, aliases: AliasEditor) -> None:
    enrol(people, "春")
    aliases.add(GUILD, "春", "はる", by=41)
    added = aliases.add_person(GUILD, "Haru", by=41)
    assert enrol(people, "haru", 2) == added.id


def test_a_name_is_one_persons(people: PeopleService, aliases: AliasEditor, editor: PeopleEditor) -> None:
    enrol(people, "Anna"), enrol(people, "Ben", 2)
    aliases.add(GUILD, "Anna", "Ann", by=41)
    for call in (
        lambda: aliases.add(GUILD, "Ben", "ANN", by=41),
        lambda: aliases.add(GUILD, "Ben", "anna", by=41),
        lambda: aliases.add_person(GUILD, "ann", by=41),
        lambda: editor.rename(GUILD, "Ben", "Ann"),
    ):
        error = refused(call)
        assert (error.code, error.details["name"]) == (ErrorCode.NAME_TAKEN, "Anna")
    assert refused(aliases.add_person, GUILD, "Zoë", by=41, alias="Ben").code is ErrorCode.NAME_TAKEN
    assert refused(aliases.add, GUILD, "Anna", "unknown", by=41).code is ErrorCode.BAD_NAME
    assert refused(aliases.add, OTHER, "Anna", "Annie", by=41).code is ErrorCode.UNKNOWN_PERSON
    assert [(person.name, person.aliases) for person in people.list(GUILD)] == [("Anna", ("Ann",)), ("Ben", ())]


def test_commands_find_a_person_by_an_alias(people: PeopleService, aliases: AliasEditor, editor: PeopleEditor) -> None:
    anna = enrol(people, "Anna")
    assert aliases.add(GUILD, "Anna", "Ann", by=41).aliases == ("Ann",)
    assert aliases.add(GUILD, "ann", "ANN", by=41).aliases == ("Ann",)
    assert editor.get_by_name(GUILD, "ann").id == anna
    assert aliases.remove(GUILD, "ann", " ANN ").aliases == ()
    assert refused(editor.get_by_name, GUILD, "Ann").code is ErrorCode.UNKNOWN_PERSON
    assert refused(aliases.remove, GUILD, "Anna", "Ann").details["reason"] == "no-such-alias"


def test_an_alias_can_become_the_name(people: PeopleService, aliases: AliasEditor, editor: PeopleEditor) -> None:
    enrol(people, "Anna")
    aliases.add(GUILD, "Anna", "Ann", by=41)
    renamed = editor.rename(GUILD, "Anna", "Ann")
    assert (renamed.name, renamed.aliases) == ("Ann", ())
    assert refused(editor.get_by_name, GUILD, "Anna").code is ErrorCode.UNKNOWN_PERSON


def test_only_so_many_aliases_are_kept(people: PeopleService, aliases: AliasEditor) -> None:
    enrol(people, "Anna")
    for number in range(MAX_ALIASES):
        aliases.add(GUILD, "Anna", f"Anna {number}", by=41)
    error = refused(aliases.add, GUILD, "Anna", "one more", by=41)
    assert (error.code, error.details["reason"]) == (ErrorCode.BAD_OPTION, "too-many-aliases")


def test_merging_moves_aliases_and_keeps_the_name_that_is_gone(
    people: PeopleService, aliases: AliasEditor, editor: PeopleEditor
) -> None:
    enrol(people, "Ann"), enrol(people, "Anna", 2)
    aliases.add(GUILD, "Ann", "アン", by=41)
    merged = editor.merge(GUILD, "Ann", "Anna", by=43).person
    assert merged.aliases == ("アン", "Ann")
    assert enrol(people, "ann", 3) == merged.id


def test_a_name_that_is_refused_today_is_not_kept_by_a_merge(
    people: PeopleService, editor: PeopleEditor, database: Database
) -> None:
    nobody = enrol(people, "Ann")
    enrol(people, "Anna", 2)
    with database.write() as connection:
        rename_person(connection, nobody, "unknown")
    assert editor.merge(GUILD, "unknown", "Anna", by=43).person.aliases == ()


def test_aliases_go_with_the_person(people: PeopleService, aliases: AliasEditor, editor: PeopleEditor) -> None:
    enrol(people, "Anna")
    aliases.add(GUILD, "Anna", "Ann", by=41)
    editor.remove(GUILD, "Ann")
    assert people.list(GUILD) == []
    assert aliases.add_person(GUILD, "Ann", by=41).aliases == ()


def test_a_person_without_a_picture_is_known_to_lists_and_to_no_recogniser(
    people: PeopleService, aliases: AliasEditor, editor: PeopleEditor
) -> None:
    anna = aliases.add_person(GUILD, " Anna ", by=41, alias="アンナ")
    assert (anna.name, anna.pictures, anna.created_by, anna.aliases) == ("Anna", 0, 41, ("アンナ",))
    assert people.list(GUILD) == [anna]
    assert people.gallery.enrolled(GUILD).names == ()
    assert people.gallery.version(GUILD) != 0
    assert editor.history(GUILD, "Anna") == (anna, [])
    assert enrol(people, "anna") == anna.id
    assert people.gallery.enrolled(GUILD).names == ("Anna",)


def test_who_was_added_by_name_stays_when_a_data_set_goes(  # noqa: PLR0917 - fixtures
    people: PeopleService, aliases: AliasEditor, database: Database, blobs: Blobs, clock: Clock, tmp_path: Path
) -> None:
    datasets = DatasetService(database, blobs, clock)
    added = aliases.add_person(GUILD, "Anna", by=41, alias="Ann")
    imported = datasets.people(GUILD, ["Ann", "Ben"], by=41)
    assert imported[0].id == added.id
    classes = [DatasetClass(person.name, person.id, 5) for person in imported]
    datasets.add(GUILD, "family", classes, (), hash="ab" * 32, without_face=0, by=41)
    remover = DatasetRemover(database, RetentionService(database, blobs, StorageLimits()), tmp_path, clock)
    (removed,) = remover.remove(GUILD, "family", None, by=41)
    assert removed.people == ("Ben",)
    assert people.list(GUILD) == [added]
