"""`omokage people rename`, `merge`, `remove` and `omokage data remove`, in a shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cli.context import open_services
from cli.main import omokage
from cli.output import confirmation
from core.domain.clock import now_utc
from core.domain.data.datasets import DatasetClass, Shard
from core.domain.embedders import EMBEDDING_NAME
from core.domain.faces import Box
from core.domain.people import Label, LabelProvenance, NewFace
from core.settings import Settings
from core.storage.people.label_rows import add_label
from core.storage.tables import faces

POINTS = ((1.0, 1.0), (2.0, 1.0), (1.5, 1.5), (1.0, 2.0), (2.0, 2.0))


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    return tmp_path


def run(*arguments: str) -> tuple[int, Result]:
    result = CliRunner().invoke(omokage, list(arguments), standalone_mode=False)
    return (getattr(result.exception, "exit_code", 99) if result.exception else result.return_value or 0), result


def said(*arguments: str) -> Any:
    status, result = run(*arguments, "--json")
    assert status == 0, result.exception
    return json.loads(result.stdout)


def refused(*arguments: str) -> tuple[int, str]:
    status, result = run(*arguments)
    return status, str(getattr(result.exception, "message", result.exception))


def enrol(*names: str, guild: int = 0) -> None:
    with open_services(Settings.from_env()) as services:
        for number, name in enumerate(names, 1):
            embedding = bytes([number]) * 1024
            face = NewFace(1, Box(0, 0, 20, 20), 0.9, POINTS, embedding, EMBEDDING_NAME)
            photo = services.blobs.put(f"{name} {guild}".encode())
            services.people.enrol(guild, name, face, source="test", photo=photo)


def reject(name: str, other: str) -> None:
    """Say that the face of `name` is not `other`."""
    with open_services(Settings.from_env()) as services, services.database.write() as connection:
        editor = services.people_editor
        person, rejected = editor.get_by_name(0, name), editor.get_by_name(0, other)
        face_ids = list(connection.execute(select(faces.c.id).where(faces.c.person_id == person.id)).scalars())
        provenance = LabelProvenance(0, 0, None, "test", now_utc())
        add_label(connection, 0, face_ids, rejected.id, Label.IS_NOT, provenance=provenance)


def add_dataset(*names: str) -> None:
    with open_services(Settings.from_env()) as services:
        people = services.datasets.people(0, names, by=0)
        classes = [DatasetClass(person.name, person.id, 3) for person in people]
        content = " ".join(names).encode()
        shards = [Shard(services.blobs.put(content), 3 * len(names), len(content))]
        services.datasets.add(0, "family", classes, shards, hash=content.hex(), without_face=0, by=0)


def names(guild: int = 0) -> list[str]:
    return [one["name"] for one in said("people", "list", "--guild", str(guild))]


def test_a_person_is_renamed_in_a_guild() -> None:
    enrol("Ana", guild=5)
    enrol("Ana")
    assert said("people", "rename", "ana", "Anna", "--guild", "5")["name"] == "Anna"
    assert (names(5), names()) == (["Anna"], ["Ana"])
    assert run("people", "rename", "Ana", "Anna")[1].stdout == "Ana is called Anna now.\n"


def test_a_name_that_is_taken_is_answered_with_the_command_that_merges() -> None:
    enrol("Anna", "Ann B.")
    status, text = refused("people", "rename", "Ann B.", "ANNA")
    assert status == 1
    assert text.endswith("somebody else is called Anna already; to make one person of both: "
                         "omokage people merge 'Ann B.' Anna")  # fmt: skip


def test_two_are_merged_and_one_is_left() -> None:
    enrol("Anna", "Ann")
    shown = said("people", "merge", "Ann", "Anna", "--yes")
    assert (shown["name"], shown["pictures"], shown["merged"], shown["faces"]) == ("Anna", 2, "Ann", 1)
    assert names() == ["Anna"]


def test_two_who_differ_are_merged_by_force_only() -> None:
    enrol("Anna", "Ann")
    reject("Anna", "Ann")
    status, text = refused("people", "merge", "Ann", "Anna", "--yes")
    assert status == 1
    assert text.endswith("Ann and Anna are not the same: photos with a face of each: 0, "
                         "labels that a face of either is not the other's: 1")  # fmt: skip
    assert names() == ["Ann", "Anna"]
    assert said("people", "merge", "Ann", "Anna", "--yes", "--force")["pictures"] == 2


def test_somebody_is_removed_and_what_is_left_of_them_is_said(folder: Path) -> None:
    enrol("Anna", "Ben")
    add_dataset("Anna", "Ben")
    status, result = run("people", "remove", "Anna", "--yes")
    assert status == 0
    assert result.stdout.splitlines() == [
        "Anna is removed, with 1 stored face and 1 photo.",
        "note   Pictures that were imported are still in: family v1 (omokage data remove).",
    ]
    assert names() == ["Ben"]
    assert said("people", "remove", "Ben", "--yes") == {
        "removed": "Ben", "faces": 1, "photos": 1, "datasets": ["family v1"], "versions": [],
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [("people", "remove", "Anna"), ("people", "merge", "Anna", "Ben"),
                                       ("data", "remove", "family", "--all")])  # fmt: skip
def test_nothing_is_deleted_before_somebody_says_yes(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol("Anna", "Ben")
    add_dataset("Anna", "Ben")
    status, text = refused(*arguments)
    assert (status, "--yes" in text) == (2, True)  # nobody sits at this terminal
    monkeypatch.setattr(confirmation, "is_interactive", lambda: True)
    monkeypatch.setattr(confirmation.click, "confirm", lambda *_, **__: False)
    assert refused(*arguments) == (1, "Nothing was changed.")
    assert (names(), len(said("data", "list"))) == (["Anna", "Ben"], 1)


def test_an_import_is_taken_back_with_who_came_with_it() -> None:
    enrol("Anna")
    add_dataset("Anna", "IMG 0001")
    add_dataset("Anna", "Chloë")
    assert said("data", "remove", "family", "--version", "1", "--yes") == [
        {"name": "family", "version": 1, "pictures": 6, "people": ["IMG 0001"]}
    ]
    assert names() == ["Anna", "Chloë"]
    assert [one["version"] for one in said("data", "list")] == [2]
    status, result = run("data", "remove", "family", "--all", "--yes")
    assert (status, result.stdout) == (
        0, "family v2 is removed, with 6 pictures; nothing else was known of Chloë, so they are removed, too.\n",
    )  # fmt: skip


def test_somebody_objects_to_being_aged_and_withdraws_it() -> None:
    enrol("Anna", "Ben")
    assert said("people", "object", "anna")["objected"] is not None
    assert (
        run("people", "list")[1].stdout.splitlines()[-1]
        == "Neither named nor shown at another age, since they object: Anna."
    )
    assert [one["objected"] is None for one in said("people", "list")] == [False, True]
    assert (
        run("people", "object", "Anna", "--withdraw")[1].stdout == "Anna may be named and shown at another age again.\n"
    )
    assert [one["objected"] for one in said("people", "list")] == [None, None]
    assert refused("people", "object", "Zoë") == (1, "Zoë: nobody of that name is known")


def test_what_cannot_be_meant_is_refused() -> None:
    enrol("Anna")
    add_dataset("Anna")
    assert refused("people", "remove", "Zoë", "--yes") == (1, "Zoë: nobody of that name is known")
    assert refused("people", "merge", "Anna", "Anna", "--yes")[0] == 2
    assert refused("data", "remove", "family")[0] == 2
    assert refused("data", "remove", "family", "--all", "--version", "1")[0] == 2
    assert refused("data", "remove", "family", "--version", "7", "--yes") == (1, "there is no such data set")
    run("data", "remove", "family", "--all", "--yes")
    assert refused("data", "show", "family", "--version", "1") == (
        1,
        "family v1 was removed, and its pictures are gone",
    )


def test_somebody_is_added_and_given_further_names() -> None:
    added = said("people", "add", "春", "--alias", "はる")
    assert (added["name"], added["pictures"], added["aliases"]) == ("春", 0, ["はる"])
    assert refused("people", "add", "はる") == (1, "somebody else is called 春 already")
    given = said("people", "alias", "春", "--add", "Spring", "--add", "ハルちゃん", "--remove", "はる")
    assert given["aliases"] == ["Spring", "ハルちゃん"]
    assert run("people", "alias", "spring")[1].stdout == "春 is also called Spring, ハルちゃん.\n"
    assert run("people", "list")[1].stdout.splitlines()[1].endswith("  Spring, ハルちゃん")
    assert refused("people", "alias", "春", "--remove", "x") == (
        2,
        "春 has no such alias; there are: Spring, ハルちゃん",
    )
    assert refused("people", "alias", "春", "--add", "unknown")[0] == 2
    enrol("haruchan", guild=0)
    assert [(one["name"], one["pictures"]) for one in said("people", "list")] == [("春", 1)]
    assert (
        run("people", "alias", "春", "--remove", "Spring", "--remove", "ハルちゃん")[1].stdout
        == "春 has no further names.\n"
    )


def test_somebody_who_was_taken_for_two_is_split() -> None:
    with open_services(Settings.from_env()) as services:
        for number in (1, 2, 3):
            face = NewFace(1, Box(0, 0, 20, 20), 0.9, POINTS, bytes([number]) * 1024, EMBEDDING_NAME)
            services.people.enrol(0, "Anna", face, source=f"cli:{number}.jpg")
    listed = said("people", "split", "Anna")
    assert [entry["source"] for entry in listed] == ["cli:3.jpg", "cli:2.jpg", "cli:1.jpg"]
    first, second, third = (str(entry["face"]) for entry in listed)
    assert run("people", "split", "Anna")[1].stdout.splitlines()[1].split()[::3] == [first, "cli:3.jpg"]
    assert refused("people", "split", "Anna", "--to", "Ann")[0] == 2
    assert refused("people", "split", "Anna", "--to", "Ann", "--faces", "x")[0] == 2
    assert refused("people", "split", "Anna", "--to", "Ann", "--faces", ",".join((first, second, third))) == (
        2,
        "Anna would have no picture left; omokage people rename gives all of them another name",
    )
    done = said("people", "split", "Anna", "--to", "Ann", "--faces", f"{first},{third}")
    assert (done["person"]["pictures"], done["other"]["name"], done["other"]["pictures"]) == (1, "Ann", 2)
    assert (done["faces"], done["versions"]) == (2, [])
    assert refused("people", "merge", "Ann", "Anna", "--yes")[0] == 1
    assert run("people", "split", "Ann", "--to", "Anna", "--faces", first)[1].stdout == (
        "1 stored face shows Anna now.\n"
    )
