"""The column of aliases, which files of before have not, and which a stranger may have written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.moving import GuildFaces
from core.services.moving import layout
from core.services.moving.cells import read_table
from core.services.moving.exporting import write_export
from core.storage.blobs import Blobs
from tests.unit.core.services.moving.builders import NOW, FakePhotos, files_of, small_guild, tampered, with_cell
from tests.unit.core.services.moving.test_reading import read, refusal

ALIASES = ("=Annie", "Ann, 1st", "'アンナ", 'An"na')


@pytest.fixture
def guild(tmp_path: Path) -> GuildFaces:
    moved = small_guild(Blobs(str(tmp_path / "blobs")))
    return replace(moved, people=(replace(moved.people[0], aliases=ALIASES), moved.people[1]))


@pytest.fixture
def export(guild: GuildFaces, tmp_path: Path) -> Path:
    blobs, path = Blobs(str(tmp_path / "blobs")), tmp_path / "export.zip"
    write_export(path, guild, blobs, FakePhotos(), at=NOW, with_members=True)
    return path


def test_aliases_are_read_as_they_were_written_and_are_no_formula(guild: GuildFaces, export: Path) -> None:
    assert read(export) == guild
    (row, _) = read_table(layout.PEOPLE, files_of(export)[layout.PEOPLE], ("aliases",))
    assert row.plain("aliases").startswith("'=Annie")


def test_a_file_without_the_column_has_no_aliases(guild: GuildFaces, export: Path) -> None:
    table = "person,since,objected_at\r\n" + "".join(
        f"{person.name},{person.since.isoformat()},{person.objected_at or ''}\r\n" for person in guild.people
    )
    old = tampered(export, {layout.PEOPLE: table.encode()}, honest=True)
    assert [person.aliases for person in read(old).people] == [(), ()]


def test_an_omokage_of_before_passes_over_the_column(export: Path) -> None:
    old_columns = ("person", "since", "objected_at")
    rows = list(read_table(layout.PEOPLE, files_of(export)[layout.PEOPLE], old_columns))
    assert [row.text("person", 99) for row in rows] == ["Anna", "花子"]
    assert layout.VERSION == 1  # so that it does not refuse the file


def test_spreadsheets_may_change_the_ends_of_lines(export: Path) -> None:
    changed = with_cell(export, layout.PEOPLE, "aliases", "Annie\r\n\r\n Ann ")
    assert read(changed).people[0].aliases == ("Annie", "Ann")


@pytest.mark.parametrize(("alias", "why"), [("<@123>", "mention"), ("unknown", "reserved"), ("a" * 65, "long")])
def test_an_alias_that_nobody_can_have_is_refused(export: Path, alias: str, why: str) -> None:
    answer = refusal(with_cell(export, layout.PEOPLE, "aliases", f"Annie\n{alias}"))
    assert answer == {"reason": "name", "why": why, "file": "people.csv", "line": 3}  # where that alias stands


def test_a_cell_that_is_too_long_is_refused(export: Path) -> None:
    long = "\n".join(f"alias {number}" for number in range(12_000))
    assert refusal(with_cell(export, layout.PEOPLE, "aliases", long))["reason"] in {"cell", "table"}
