from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box
from core.domain.people import NewFace
from core.domain.registry.versions import Promotion
from core.domain.training.runs import RunKind
from core.services.attack.targets import (
    Target,
    attacked_version,
    find_target,
    list_targets,
    match_target,
)
from core.services.people.service import PeopleService
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.tables import faces, labels, people
from core.storage.training_tables import versions
from core.storage.version_rows import insert_promotion
from tests.databases import new_database

GUILD = 700
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Guild:
    """People, and versions that were trained on some of them."""

    database: Database
    registry: RegistryService
    people: PeopleService

    def enrol(self, name: str, guild: int = GUILD) -> int:
        face = NewFace(1, Box(0, 5, 50, 50), 0.9, (), bytes(1024), EMBEDDING_NAME)
        return self.people.enrol(guild, name, face, source="cli:x.jpg").id

    def train(
        self,
        classes: Sequence[tuple[str, int]],
        number: int = 1,
        *,
        kind: RunKind = RunKind.RECOGNISER,
        guild: int = GUILD,
    ) -> int:
        card = {"dataset_title": "faces v1", "dataset_hash": "ab", "config": {}, "metrics": {}, "parts": []}
        card["classes"] = [list(one) for one in classes]  # type: ignore[assignment]
        values = {"guild_id": guild, "kind": kind, "number": number, "architecture": "cnn-slim", "size": 9}
        values |= {"weights": "ab" * 32, "card": card, "created_by": 1, "created_at": NOW}
        with self.database.write() as connection:
            made = connection.execute(insert(versions).values(values).returning(versions.c.id))
            return int(made.scalar_one())

    def promote(self, version_id: int | None, kind: RunKind = RunKind.RECOGNISER) -> None:
        with self.database.write() as connection:
            insert_promotion(connection, Promotion(GUILD, kind, version_id, False, "", 1, NOW))

    def forget(self, person_id: int) -> None:
        with self.database.write() as connection:
            for table in (labels, faces):
                connection.execute(delete(table).where(table.c.person_id == person_id))
            connection.execute(delete(people).where(people.c.id == person_id))

    def names(self) -> list[str]:
        return [target.name for target in list_targets(self.registry, self.people, GUILD)]

    def refuses(self, said: str, version_id: int | None = None) -> OmokageError:
        with pytest.raises(OmokageError) as caught:
            find_target(self.registry, self.people, GUILD, said, version_id)
        return caught.value


@pytest.fixture
def guild(tmp_path: Path) -> Iterator[Guild]:
    database = new_database(tmp_path / "omokage.db")
    blobs = Blobs(str(tmp_path / "blobs"))
    yield Guild(database, RegistryService(database, blobs), PeopleService(database))
    database.close()


def known(*names: str) -> list[Target]:
    return [Target(name, place) for place, name in enumerate(names, 1)]


def refused(said: str, *names: str) -> OmokageError:
    with pytest.raises(OmokageError) as caught:
        match_target(known(*names), said)
    return caught.value


def test_everybody_whom_the_serving_recogniser_knows_can_be_a_target(guild: Guild) -> None:
    ben, anna, _ = guild.enrol("Ben"), guild.enrol("Anna"), guild.enrol("Cid")
    guild.promote(guild.train([("Ben", ben), ("Anna", anna)]))

    assert list_targets(guild.registry, guild.people, GUILD) == [Target("Anna", anna), Target("Ben", ben)]


def test_a_target_is_called_what_the_person_is_called_today(guild: Guild) -> None:
    anna = guild.enrol("Anna")
    guild.promote(guild.train([("Anne, as she was called then", anna)]))

    assert guild.names() == ["Anna"]
    assert find_target(guild.registry, guild.people, GUILD, "anna") == Target("Anna", anna)


def test_a_person_who_was_deleted_since_is_no_target(guild: Guild) -> None:
    anna, ben = guild.enrol("Anna"), guild.enrol("Ben")
    guild.promote(guild.train([("Anna", anna), ("Ben", ben)]))
    guild.forget(ben)

    assert guild.names() == ["Anna"]
    assert guild.refuses("Ben").code is ErrorCode.UNKNOWN_TARGET


def test_a_person_with_two_classes_is_one_target(guild: Guild) -> None:
    anna = guild.enrol("Anna")
    guild.promote(guild.train([("Anna", anna), ("Anna as a child", anna)]))

    assert guild.names() == ["Anna"]


def test_without_a_promoted_recogniser_there_is_nobody_to_fool(guild: Guild) -> None:
    anna = guild.enrol("Anna")
    trained = guild.train([("Anna", anna)])
    assert guild.refuses("Anna").code is ErrorCode.NOT_TRAINED

    guild.promote(trained)
    guild.promote(None)  # rolled back
    assert guild.refuses("Anna").code is ErrorCode.NOT_TRAINED


def test_a_version_that_does_not_serve_can_be_meant(guild: Guild) -> None:
    anna, ben = guild.enrol("Anna"), guild.enrol("Ben")
    guild.promote(guild.train([("Anna", anna)], 1))
    other = guild.train([("Ben", ben)], 2)

    assert find_target(guild.registry, guild.people, GUILD, "Ben", other) == Target("Ben", ben)
    assert attacked_version(guild.registry, GUILD, other).number == 2
    assert guild.refuses("Ben").code is ErrorCode.UNKNOWN_TARGET


def test_what_is_no_recogniser_of_the_guild_cannot_be_meant(guild: Guild) -> None:
    strange = guild.train([], guild=GUILD + 1)
    drawing = guild.train([], kind=RunKind.DCGAN)

    for version_id in (strange, drawing, 999):
        assert guild.refuses("Anna", version_id).code is ErrorCode.UNKNOWN_VERSION


@pytest.mark.parametrize("said", ["Anna Bell", "anna bell", " ANNA  BELL ", "annabell", "Ａｎｎａ　Ｂｅｌｌ"])
def test_case_spaces_and_width_do_not_matter(said: str) -> None:
    assert match_target(known("Ben", "Anna Bell"), said).name == "Anna Bell"


def test_of_two_names_that_differ_by_a_space_the_very_one_is_meant() -> None:
    both = known("Anna Bell", "Annabell")

    assert [match_target(both, said).name for said in ("Annabell", "Anna Bell")] == ["Annabell", "Anna Bell"]


def test_names_like_the_unknown_one_are_suggested_the_likest_first() -> None:
    error = refused("Jonathn", "Anna", "Jonas", "Jonathan", "Zoe")

    assert error.code is ErrorCode.UNKNOWN_TARGET
    assert error.details == {"target": "Jonathn", "known": "Jonathan, Jonas"}


def test_where_no_name_is_like_it_the_first_are_told() -> None:
    assert refused("翼", *"ABCDEFG").details["known"] == "A, B, C, D, E"


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=20), max_size=8))
def test_a_name_that_nobody_has_is_refused_in_words_that_fit_a_message(said: str, names: list[str]) -> None:
    error = refused(said, *(name for name in names if _plain(name) != _plain(said)))
    assert error.code is ErrorCode.UNKNOWN_TARGET
    assert len(str(error.details["target"])) <= 80
    assert str(error.details["known"]).count(", ") <= 4 + sum(name.count(", ") for name in names)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def test_nobody_who_objected_is_a_target(guild: Guild) -> None:
    anna, ben = guild.enrol("Anna"), guild.enrol("Ben")
    guild.promote(guild.train([("Anna", anna), ("Ben", ben)]))
    with guild.database.write() as connection:
        connection.execute(update(people).where(people.c.id == anna).values(objected_at=NOW))
    assert guild.names() == ["Ben"]
