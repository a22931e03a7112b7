"""`omokage people export` and `import`, in a shell, with photos in which nobody looks for faces."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cli.context import open_services
from cli.people import moving_tasks
from cli.people.moving_errors import moving_error_text
from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box
from core.domain.people import NewFace
from core.services.moving import photos
from core.services.moving.service import MovingService
from core.settings import Settings
from tests.unit.cli.people.test_changes import POINTS, refused, run, said
from tests.unit.core.services.moving.builders import embedding, export_small_guild, tampered


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    monkeypatch.setattr(photos, "load_photo_cutter", photos.PhotoCutter)  # without the face detector
    return tmp_path


def picture(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (100, 80), colour).save(out, "PNG")
    return out.getvalue()


def new_face(value: float = 1.0, x: float = 10.0) -> NewFace:
    return NewFace(1, Box(x, 10.0, 20.0, 20.0), 0.9, POINTS, embedding(value), EMBEDDING_NAME)


def enrol(*names: str, guild: int = 0) -> None:
    with open_services(Settings.from_env()) as services:
        for number, name in enumerate(names):
            photo = services.blobs.put(picture(("red", "green", "blue")[number]))
            services.people.enrol(guild, name, new_face(number + 1.0), source="cli:a.jpg", photo=photo)


def names(guild: int) -> dict[str, int]:
    return {one["name"]: one["pictures"] for one in said("people", "list", "--guild", str(guild))}


def rename_in_tasks(path: Path, old: str, new: str) -> Path:
    """What Label Studio exports after somebody has corrected a name there."""
    with zipfile.ZipFile(path) as archive:
        text = archive.read("tasks.json").decode()
    tasks = path.with_suffix(".json")
    tasks.write_text(text.replace(f'"{old}"', f'"{new}"'))
    return tasks


def test_people_move_to_another_guild(folder: Path) -> None:
    enrol("Anna", "花子")
    path = str(folder / "people.zip")
    written = said("people", "export", path)
    assert written == {"file": path, "people": 2, "faces": 2, "photos": 2, "without_photo": 0}
    dry = said("people", "import", path, "--guild", "5", "--dry-run")
    assert names(5) == {}
    added = said("people", "import", path, "--guild", "5")
    assert {**dry, "dry_run": False} == added
    assert (added["added"], added["faces"]) == (["Anna", "花子"], 2)
    assert names(5) == names(0) == {"Anna": 1, "花子": 1}


def test_aliases_are_counted_and_it_is_said_who_may_come_back(folder: Path) -> None:
    enrol("Anna")
    path = str(folder / "people.zip")
    for alias in ("Annie", "Ann"):
        assert run("people", "alias", "Anna", "--add", alias)[0] == 0
    run("people", "export", path)
    assert run("people", "add", "Ann", "--guild", "5")[0] == 0
    dry = run("people", "import", path, "--guild", "5", "--dry-run")[1].stdout
    _, result = run("people", "import", path, "--guild", "5")
    lines = result.stdout.splitlines()
    again = run("people", "import", path, "--guild", "5", "--force")[1].stdout

    assert lines[:3] == [
        "Added: 1 person, 1 face.",
        "note   1 alias given to people.",
        "note   1 alias left out: somebody else is called so here, or the person has 10 already.",
    ]
    assert lines[-1].startswith("note   Whoever was forgotten after the file was made has come back with it:")
    assert "Whoever was forgotten after the file was made would come back with it:" in dry
    assert "Whoever was forgotten" not in again  # nothing was added


def test_known_names_are_merged_only_with_force(folder: Path) -> None:
    enrol("Anna")
    path = str(folder / "people.zip")
    run("people", "export", path)
    status, text = refused("people", "import", path)
    assert status == 2
    assert "Anna; --force merges" in text
    assert "Nothing was changed" in text
    status, result = run("people", "import", path, "--force")
    assert (status, "Known already, so added to: Anna." in result.stdout) == (0, True)
    assert names(0) == {"Anna": 1}


def test_another_kind_of_file_is_not_written_over(folder: Path) -> None:
    (folder / "notes.zip").write_text("notes")
    assert refused("people", "export", str(folder / "notes.zip"))[0] == 2
    assert (folder / "notes.zip").read_text() == "notes"
    assert refused("people", "export", str(folder / "people.txt"))[0] == 2


def test_a_file_that_was_tampered_with_is_refused_with_the_place_and_changes_nothing(folder: Path) -> None:
    bad = tampered(export_small_guild(folder), {"people.csv": b"person,since,objected_at\r\n<@1>,,\r\n"}, honest=True)
    status, text = refused("people", "import", str(bad))
    assert status == 2
    assert text == (
        "people.csv, line 2: the name must not contain a mention or an emoji of a server. Nothing was changed."
    )
    (folder / "no.zip").write_bytes(b"PK")
    assert "it is not a zip file" in refused("people", "import", str(folder / "no.zip"))[1]
    assert names(0) == {}


def test_a_name_that_was_corrected_in_label_studio_counts_where_it_is_to_overrule(folder: Path) -> None:
    enrol("Anna", "Ben")
    said("people", "export", str(folder / "ls.zip"), "--format", "label-studio")
    tasks = rename_in_tasks(folder / "ls.zip", "Ben", "Carl")
    kept = said("people", "import", str(tasks))
    assert (kept["contradicted"], kept["labels"], kept["present"]) == (1, 0, 1)
    assert names(0) == {"Anna": 1, "Ben": 1, "Carl": 0}
    changed = said("people", "import", str(tasks), "--overrule")
    assert (changed["labels"], changed["tasks_without_photo"]) == (1, [])
    assert names(0) == {"Anna": 1, "Ben": 0, "Carl": 1}


def test_another_guild_does_not_get_faces_by_the_hash_of_a_photo(folder: Path) -> None:
    enrol("Anna")
    run("people", "export", str(folder / "ls.zip"), "--format", "label-studio")
    tasks = rename_in_tasks(folder / "ls.zip", "Anna", "Anna")
    answer = said("people", "import", str(tasks), "--guild", "5")
    assert (answer["tasks_without_photo"], answer["faces"]) == ([1], 0)
    assert names(5) == {}


def test_photos_that_the_guild_has_not_come_from_the_file_or_a_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def detect(_self: object, _data: bytes) -> tuple[tuple[int, int], Sequence[NewFace], int]:
        return (100, 80), [new_face()], 0

    monkeypatch.setattr(moving_tasks._Detector, "detect", detect)
    enrol("Anna")
    run("people", "export", str(folder / "ls.zip"), "--format", "label-studio")
    assert said("people", "import", str(folder / "ls.zip"), "--guild", "5")["faces"] == 1
    with zipfile.ZipFile(folder / "ls.zip") as archive:
        archive.extractall(folder / "unpacked")
    tasks = folder / "unpacked" / "tasks.json"
    photos_option = ("--photos", str(folder / "unpacked"))
    dry = said("people", "import", str(tasks), "--guild", "6", *photos_option, "--dry-run")
    assert (dry["faces"], names(6)) == (1, {})
    assert said("people", "import", str(tasks), "--guild", "6", *photos_option)["faces"] == 1
    assert names(5) == names(6) == {"Anna": 1}
    with open_services(Settings.from_env()) as services:
        moved = MovingService(services.database, services.blobs).read(6)
        assert [services.blobs.get(photo) for photo in moved.photos()] == [picture()]
        assert [label.source for face in moved.faces for label in face.labels] == ["label-studio"]


def test_tasks_that_are_none_are_refused(folder: Path) -> None:
    (folder / "tasks.json").write_text(json.dumps([{"image": "a.jpg", "label": []}]))
    status, text = refused("people", "import", str(folder / "tasks.json"))
    assert (status, "task 1" in text, "JSON-MIN" in text) == (2, True, True)


def test_each_reason_has_a_sentence_that_no_terminal_obeys() -> None:
    details: dict[str, Any] = {"file": "a\x1b[2J", "line": 2, "column": "x", "columns": "x", "limit": 9, "version": 2}
    details |= {"face": 1, "task": 1, "why": "mention"}
    from cli.people.moving_errors import _TEXTS

    for reason in _TEXTS:
        text = moving_error_text(OmokageError(ErrorCode.BAD_EXPORT, reason=reason, **details))
        assert "{" not in text
        assert "\x1b" not in text
