"""What an export that somebody has tampered with is answered with."""

from __future__ import annotations

import json
import math
import stat
import struct
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.domain.moving import GuildFaces
from core.services.moving import layout
from core.services.moving.archive_reader import open_archive
from core.services.moving.reading import check_crops, read_export
from core.storage.blobs import Blobs
from tests.unit.core.services.moving.builders import (
    NOW,
    embedding,
    export_small_guild,
    files_of,
    photo,
    small_guild,
    tampered,
    with_cell,
)

_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_small_guild(tmp_path_factory.mktemp("export"))


def read(path: Path) -> GuildFaces:
    with open_archive(path) as archive:
        moved = read_export(archive, NOW)
        check_crops(archive)
        return moved


def refusal(path: Path) -> dict[str, Any]:
    with pytest.raises(OmokageError) as caught:
        read(path)
    assert caught.value.code is ErrorCode.BAD_EXPORT
    return dict(caught.value.details)


def repacked(export: Path, **kinds: int) -> Path:
    """The same archive with `extra` files: name and kind of file as Unix has it."""
    path = export.with_name("repacked.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files_of(export).items():
            archive.writestr(name, data)
        for name, kind in kinds.items():
            info = zipfile.ZipInfo(name.replace("__", "/"))
            info.external_attr = kind << 16
            archive.writestr(info, "x")
    return path


def test_an_export_is_read_as_it_was_written(export: Path, tmp_path: Path) -> None:
    assert read(export) == small_guild(Blobs(str(tmp_path)))


def test_without_members_no_id_is_in_the_file(tmp_path: Path) -> None:
    path = export_small_guild(tmp_path, with_members=False)
    assert {label.by for face in read(path).faces for label in face.labels} == {None}
    assert b",41," not in files_of(path)[layout.FACES]


def test_the_crops_are_folders_of_people_with_a_picture_of_each_face(export: Path) -> None:
    folders = [name.split("/")[1] for name in files_of(export) if name.startswith("faces/")]
    assert sorted(folders) == ["Anna", "Anna", "花子"]


def test_each_photo_is_there_once_to_the_byte(export: Path) -> None:
    photos = [data for name, data in files_of(export).items() if name.startswith("photos/")]
    assert sorted(photos) == sorted([photo("both"), photo("alone")])


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:\\evil", "faces\\..\\..\\evil"])
def test_a_path_out_of_the_archive_is_refused(export: Path, name: str) -> None:
    assert refusal(tampered(export, {name: b"x"}, honest=True))["reason"] == "path"


def test_a_link_is_refused(export: Path) -> None:
    assert refusal(repacked(export, faces__link=stat.S_IFLNK | 0o777))["reason"] == "link"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["faces.csv", "FACES.CSV"])
def test_two_files_of_one_name_are_refused(export: Path, name: str) -> None:
    path = export.with_name("twice.zip")
    path.write_bytes(export.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    assert refusal(path)["reason"] == "duplicate"


def test_a_bomb_is_refused_before_it_is_unpacked(export: Path) -> None:
    assert refusal(tampered(export, {"faces/Anna/0.jpg": bytes(20_000_000)}, honest=True))["reason"] == "bomb"


def test_files_that_share_their_bytes_are_refused(export: Path) -> None:
    data = export.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HLL", data, end + 10)
    directory = data[start : start + size]
    copies = 200
    doubled = data[:start] + directory * copies
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count * copies, count * copies, size * copies, start, 0)
    path = export.with_name("overlap.zip")
    path.write_bytes(doubled + tail)
    assert refusal(path)["reason"] in {"bomb", "duplicate"}


@pytest.mark.parametrize("name", ["notes.txt", "faces/Anna/evil.exe", "photos/evil.jpg", "inner.zip"])
def test_a_file_that_belongs_to_nothing_is_refused(export: Path, name: str) -> None:
    for honest in (True, False):
        answer = refusal(tampered(export, {name: b"PK\x03\x04"}, honest=honest))
        assert answer == {"reason": "foreign", "file": name}


@pytest.mark.parametrize("name", [".DS_Store", "__MACOSX/faces.csv"])
def test_what_a_mac_leaves_in_an_archive_is_passed_over(export: Path, name: str) -> None:
    assert len(read(tampered(export, {name: b"x"})).faces) == 4


def test_a_missing_file_is_refused(export: Path) -> None:
    names = [layout.FACES, next(name for name in files_of(export) if name.startswith("photos/"))]
    for name in names:
        assert refusal(tampered(export, {name: None})) == {"reason": "missing", "file": name}
    assert refusal(tampered(export, {layout.PEOPLE: None}, honest=True)) == {"reason": "missing", "file": "people.csv"}
    assert refusal(tampered(export, {names[1]: None}, honest=True))["reason"] == "cell"
    assert refusal(tampered(export, {layout.MANIFEST: None}))["reason"] == "no-manifest"


def test_a_changed_file_is_refused(export: Path) -> None:
    crop = next(name for name in files_of(export) if name.startswith("faces/"))
    for name in (layout.FACES, layout.PEOPLE, crop):
        assert refusal(tampered(export, {name: b"x"})) == {"reason": "changed", "file": name}


def test_a_photo_that_is_called_like_another_is_refused(export: Path) -> None:
    name = next(name for name in files_of(export) if name.startswith("photos/"))
    assert refusal(tampered(export, {name: photo("other")}, honest=True))["reason"] == "cell"


@pytest.mark.parametrize("data", [b"", b"[" * 200_000, b"\xff", b"{", b'{"version": NaN}', b'{"a": ' + b"9" * 9999])
def test_a_manifest_that_is_no_json_is_refused(export: Path, data: bytes) -> None:
    assert refusal(tampered(export, {layout.MANIFEST: data}))["reason"] == "json"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "else"},
        {"version": 0},
        {"version": True},
        {"version": "1"},
        {"files": []},
        {"files": {"a": 1}},
        {"files": {"a": {"sha256": "A" * 64}}},
        {"counts": None},
        {"counts": {"people": 2, "faces": 5, "photos": 2}},
    ],
)
def test_a_manifest_that_cannot_be_right_is_refused(export: Path, change: dict[str, Any]) -> None:
    manifest = {**json.loads(files_of(export)[layout.MANIFEST]), **change}
    assert refusal(tampered(export, {layout.MANIFEST: json.dumps(manifest).encode()}))["reason"] in {
        "manifest",
        "missing",
        "foreign",
    }


def test_a_later_form_is_refused_with_its_number(export: Path) -> None:
    manifest = {**json.loads(files_of(export)[layout.MANIFEST]), "version": 2}
    answer = refusal(tampered(export, {layout.MANIFEST: json.dumps(manifest).encode()}))
    assert answer == {"reason": "newer", "version": 2}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("<@123>", "mention"),
        ("@everyone", "mention"),
        ("unknown", "reserved"),
        ("a" * 65, "long"),
        ("", "empty"),
        ("\u200b", "empty"),
        ("a\ue000b", "control"),
    ],
)
def test_a_name_that_nobody_can_have_is_refused(export: Path, name: str, why: str) -> None:
    answer = refusal(with_cell(export, layout.PEOPLE, "person", name))
    assert answer == {"reason": "name", "why": why, "file": "people.csv", "line": 2}


def test_the_same_name_twice_is_refused(export: Path) -> None:
    assert refusal(with_cell(export, layout.PEOPLE, "person", "ANNA", row=1))["reason"] == "name-twice"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("person", "Somebody else"),
        ("face", "2"),
        ("face", "-1"),
        ("file", "photos/0.jpg"),
        ("photo", "../photo.jpg"),
        ("photo", ""),
        ("sha256", "0" * 64),
        ("x", "nan"),
        ("w", "0"),
        ("h", "-3"),
        ("score", "1.5"),
        ("nose_x", "inf"),
        ("nose_y", ""),
        ("labelled_at", "2999-01-01T00:00:00+00:00"),
        ("labelled_by", "-5"),
        ("labelled_by", "=1"),
        ("source", "a\0b"),
        ("source", "s" * 513),
        ("embedder", ""),
        ("embedder", "ü"),
        ("embedder", "e" * 65),
        ("embedding", "zz"),
        ("embedding", ""),
        ("embedding", embedding(1.0, 128).hex()),
        ("embedding", embedding(math.nan).hex()),
        ("embedding", embedding(math.inf).hex()),
        ("embedding", embedding(1e30).hex()),
    ],
)
def test_a_cell_that_cannot_be_right_is_refused_by_line_and_column(export: Path, column: str, value: str) -> None:
    row = 1 if column == "face" and value == "2" else 0
    if row:
        value = "1"
    answer = refusal(with_cell(export, layout.FACES, column, value, row=row))
    assert answer["reason"] == "cell"
    assert (answer["file"], answer["line"]) == ("faces.csv", row + 2)


@pytest.mark.parametrize(("column", "value"), [("face", "9"), ("face", "x"), ("person", "Anna"), ("person", "Zoe")])
def test_a_cannot_link_that_cannot_be_right_is_refused(export: Path, column: str, value: str) -> None:
    answer = refusal(with_cell(export, layout.CANNOT_LINKS, column, value))
    assert (answer["reason"], answer["file"], answer["line"]) == ("cell", "cannot_links.csv", 2)


def test_a_face_that_nobody_labelled_is_refused(export: Path) -> None:
    lines = files_of(export)[layout.CANNOT_LINKS].splitlines(keepends=True)
    answer = refusal(tampered(export, {layout.CANNOT_LINKS: b"".join(lines[:-1])}, honest=True))
    assert answer == {"reason": "unlabelled", "file": "faces.csv", "face": 4}


def test_an_embedding_of_networks_that_are_not_known_here_is_taken(export: Path) -> None:
    assert read(with_cell(export, layout.FACES, "embedder", "net-9")).faces[0].embedder == "net-9"


@_FIXTURE
@given(st.sampled_from(list(layout.TABLES)), st.data())
def test_whatever_a_cell_says_the_answer_is_faces_or_a_refusal(export: Path, table: str, data: st.DataObject) -> None:
    column = data.draw(st.sampled_from(layout.TABLES[table]))
    value = data.draw(st.one_of(st.text(max_size=30), st.floats().map(repr), st.integers().map(str)))
    try:
        path = with_cell(export, table, column, value)
        moved = read(path)
    except OmokageError:
        return  # anything else that is raised fails the test
    assert len(moved.faces) == 4
    assert all(face.box.w > 0 and math.isfinite(face.box.x) for face in moved.faces)
    assert all(label.at <= NOW + timedelta(days=1) for face in moved.faces for label in face.labels)
    assert replace(moved, faces=()).people[0].name


@_FIXTURE
@given(st.data())
def test_whatever_bytes_of_the_archive_are_damaged_the_answer_is_faces_or_a_refusal(
    export: Path, data: st.DataObject
) -> None:
    content = bytearray(export.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = export.with_name("damaged.zip")
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    with suppress(OmokageError):  # anything else that is raised fails the test
        read(path)
