"""Aliases travel with their people, by the rules of /people alias."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.moving import GuildFaces, MovedPerson
from core.domain.people import MAX_ALIASES
from core.services.moving.service import ImportOptions, MovingService
from core.services.people.aliases import AliasEditor
from core.services.people.service import PeopleService
from core.storage.blobs import Blobs
from core.storage.database import Database
from tests.integration.core.builders import GUILD, Clock


@pytest.fixture
def moving(database: Database, clock: Clock, tmp_path: Path) -> MovingService:
    return MovingService(database, Blobs(str(tmp_path / "blobs")), clock)


@pytest.fixture
def editor(database: Database, clock: Clock) -> AliasEditor:
    return AliasEditor(database, clock)


def people_of(people: PeopleService) -> dict[str, tuple[str, ...]]:
    return {person.name: person.aliases for person in people.list(GUILD)}


def guild_faces(clock: Clock, **aliases: tuple[str, ...]) -> GuildFaces:
    return GuildFaces(tuple(MovedPerson(name, clock.now, None, texts) for name, texts in aliases.items()), ())


def test_an_alias_that_somebody_else_has_is_left_out_and_counted(
    moving: MovingService, editor: AliasEditor, people: PeopleService, clock: Clock
) -> None:
    editor.add_person(GUILD, "Ben", by=1, alias="Benji")
    # Given aliases that are here somebody's name or alias, or in the file somebody's name or another's alias
    moved = guild_faces(clock, Anna=("Annie", "ben", "BENJI", "Carl", "Anna"), Carl=("annie", "Carlo"))
    report = moving.add(GUILD, moved, ImportOptions())

    assert (report.added, report.merged) == (("Anna", "Carl"), ())
    assert people_of(people) == {"Anna": ("Annie",), "Ben": ("Benji",), "Carl": ("Carlo",)}
    assert (report.aliases, report.aliases_left_out) == (2, 4)


def test_nobody_gets_more_than_a_person_may_have_and_the_same_again_changes_nothing(
    moving: MovingService, editor: AliasEditor, people: PeopleService, clock: Clock
) -> None:
    editor.add_person(GUILD, "Anna", by=1, alias="mine")
    moved = guild_faces(clock, Anna=tuple(f"alias {number}" for number in range(MAX_ALIASES)))
    first = moving.add(GUILD, moved, ImportOptions(merge=True))
    before = people_of(people)
    again = moving.add(GUILD, moved, ImportOptions(merge=True))

    assert (first.aliases, first.aliases_left_out) == (MAX_ALIASES - 1, 1)
    assert (again.aliases, again.aliases_left_out) == (0, 1)
    assert people_of(people) == before
    assert len(before["Anna"]) == MAX_ALIASES


def test_a_name_that_is_somebodys_alias_here_is_known(
    moving: MovingService, editor: AliasEditor, people: PeopleService, clock: Clock
) -> None:
    editor.add_person(GUILD, "Hanako", by=1, alias="Hana")
    moved = guild_faces(clock, hana=("Flower",))
    with pytest.raises(OmokageError) as caught:
        moving.add(GUILD, moved, ImportOptions())
    assert (caught.value.code, caught.value.details["names"]) == (ErrorCode.PEOPLE_KNOWN, "Hanako")

    report = moving.add(GUILD, moved, ImportOptions(merge=True))
    assert (report.added, report.merged) == ((), ("Hanako",))
    assert people_of(people) == {"Hanako": ("Hana", "Flower")}


def test_a_dry_run_counts_aliases_and_gives_none(moving: MovingService, people: PeopleService, clock: Clock) -> None:
    moved = guild_faces(clock, Anna=("Annie",))
    report = moving.add(GUILD, moved, ImportOptions(dry_run=True))
    assert (report.aliases, people_of(people)) == (1, {})
