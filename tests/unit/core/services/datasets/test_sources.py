from __future__ import annotations

import contextlib
import json
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.data.imports import LeftOut, LeftOutReason
from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets import archives
from core.services.datasets.folder_names import folder_name
from core.services.datasets.sources import PersonFile, find_person_files, open_files, unnamed_files


def filled(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return root


def packed(path: Path, *names: str, **attributes: int) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            for key, value in attributes.items():
                setattr(info, key, value)
            archive.writestr(info, name.encode())
    return path


def offered(source: Path) -> list[tuple[str, str]]:
    with open_files(source) as files:
        return [(offer.person, str(offer.path)) for offer in find_person_files(files).files]


def refused(source: Path) -> dict[str, object]:
    with pytest.raises(OmokageError) as caught, open_files(source) as files:
        find_person_files(files)
    assert caught.value.code is ErrorCode.BAD_ARCHIVE
    return dict(caught.value.details)


def test_each_sub_folder_is_a_person_and_comes_in_order(tmp_path: Path) -> None:
    filled(tmp_path, "ben/2.jpg", "Anna/b.jpg", "Anna/a.jpg", "Anna/2019/c.png")
    assert offered(tmp_path) == [
        ("Anna", "Anna/2019/c.png"),
        ("Anna", "Anna/a.jpg"),
        ("Anna", "Anna/b.jpg"),
        ("ben", "ben/2.jpg"),
    ]


def test_files_beside_the_sub_folders_and_what_systems_leave_are_nobodys(tmp_path: Path) -> None:
    filled(tmp_path, "README.txt", "Anna/.DS_Store", "Anna/Thumbs.db", ".git/config", "__MACOSX/Anna/._a.jpg", "Anna/a")
    assert offered(tmp_path) == [("Anna", "Anna/a")]


def test_a_sub_folder_that_nobody_can_be_called_is_left_out_and_named(tmp_path: Path) -> None:
    filled(tmp_path, "Anna/a.jpg", "@everyone/b.jpg")
    with open_files(tmp_path) as files:
        person_files = find_person_files(files)
    assert [offer.person for offer in person_files.files] == ["Anna"]
    assert person_files.report.left_out == (LeftOut("@everyone", LeftOutReason.BAD_NAME, {"why": "mention"}),)


def test_names_are_normalised(tmp_path: Path) -> None:
    assert offered(filled(tmp_path, "Ａnna  Ｂ/a.jpg")) == [("Anna B", "Ａnna  Ｂ/a.jpg")]


def test_a_link_in_a_circle_is_not_followed(tmp_path: Path) -> None:
    filled(tmp_path, "Anna/a.jpg")
    (tmp_path / "Anna" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert offered(tmp_path) == [("Anna", "Anna/a.jpg")]


def test_a_zip_offers_what_its_folder_would(tmp_path: Path) -> None:
    names = ["ben/2.jpg", "Anna/b.jpg", "Anna/a.jpg", "note.txt"]
    folder = filled(tmp_path / "folder", *names)
    archive = packed(tmp_path / "a.zip", *names, "Anna/")
    assert offered(archive) == offered(folder)
    with open_files(archive) as files:
        assert files.read(PurePosixPath("Anna/b.jpg"), 6) == b"Anna/b"


def test_one_folder_around_everything_is_nobodys_name(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", "family/Anna/a.jpg", "family/Ben/b.jpg", "family/x.txt", "__MACOSX/._family")
    assert offered(archive) == [("Anna", "family/Anna/a.jpg"), ("Ben", "family/Ben/b.jpg")]
    with open_files(archive) as files:
        assert files.read(PurePosixPath("family/Ben/b.jpg"), 100) == b"family/Ben/b.jpg"


def test_one_person_alone_in_a_zip_is_a_person(tmp_path: Path) -> None:
    assert offered(packed(tmp_path / "a.zip", "Anna/a.jpg", "Anna/b.jpg")) == [
        ("Anna", "Anna/a.jpg"),
        ("Anna", "Anna/b.jpg"),
    ]


@pytest.mark.parametrize("name", ["../a.jpg", "Anna/../../a.jpg", "/etc/passwd", "C:/Anna/a.jpg", "Anna\\..\\a.jpg"])
def test_a_path_that_leaves_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    archive = packed(tmp_path / "a.zip", "Anna/a.jpg", name)
    assert refused(archive) == {"reason": "path", "file": name}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    archive = packed(tmp_path / "a.zip", "Anna/a.jpg", external_attr=(kind | 0o777) << 16)
    assert refused(archive) == {"reason": "link", "file": "Anna/a.jpg"}


def test_a_bomb_is_refused_before_a_byte_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Anna/a.jpg", bytes(20_000_000))
    assert refused(tmp_path / "a.zip") == {"reason": "bomb", "file": "Anna/a.jpg"}


def test_a_size_that_lies_gives_no_more_than_it_says(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Anna/a.jpg", bytes(9_000_000))
    raw = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(raw.replace((9_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    with open_files(tmp_path / "a.zip") as files, pytest.raises(OSError, match="damaged"):
        files.read(PurePosixPath("Anna/a.jpg"), 10_000_000)


def test_too_many_files_and_too_many_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = packed(tmp_path / "a.zip", "Anna/a.jpg", "Anna/b.jpg", "Anna/c.jpg")
    monkeypatch.setattr(archives, "MAX_FILES", 2)
    assert refused(archive) == {"reason": "many-files", "limit": 2}
    monkeypatch.setattr(archives, "MAX_FILES", 3)
    monkeypatch.setattr(archives, "MAX_BYTES", 29)
    assert refused(archive) == {"reason": "large", "limit": 29}


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    raw = packed(tmp_path / "a.zip", "Anna/a.jpg").read_bytes()
    at = raw.index(b"PK\x01\x02") + 8
    (tmp_path / "a.zip").write_bytes(raw[:at] + b"\x01" + raw[at + 1 :])
    assert refused(tmp_path / "a.zip") == {"reason": "encrypted", "file": "Anna/a.jpg"}


def test_a_damaged_file_in_a_zip_cannot_be_read(tmp_path: Path) -> None:
    raw = packed(tmp_path / "a.zip", "Anna/a.jpg").read_bytes()
    (tmp_path / "a.zip").write_bytes(raw.replace(b"Anna/a.jpg", b"XXXX/a.jpg", 2)[: len(raw)])
    with open_files(tmp_path / "a.zip") as files, pytest.raises(OSError, match="damaged"):
        files.read(PurePosixPath("Anna/a.jpg"), 100)


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x05\x06 cut off"])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    assert refused(tmp_path / "a.zip") == {"reason": "no-archive", "file": "a.zip"}


@given(st.binary(max_size=200), st.integers(0, 200))
def test_an_archive_with_any_bytes_in_its_middle_is_read_or_refused_in_our_words(noise: bytes, at: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = packed(Path(folder) / "a.zip", "Anna/a.jpg")
        raw = path.read_bytes()
        path.write_bytes(raw[:at] + noise + raw[at + len(noise) :])
        with contextlib.suppress(OmokageError, OSError), open_files(path) as files:
            for offer in find_person_files(files).files:
                files.read(offer.path, 100)


@pytest.mark.parametrize(
    "name", ["Anna", "a/b", "..", ".hidden", "A. B.", "本田 翼", 'x:"y"|<z>?*\\', "Con", "lost+found", "@tmp"]
)
def test_a_folder_for_any_name_is_safe_and_an_import_gives_the_name_back(tmp_path: Path, name: str) -> None:
    filled(tmp_path, f"{folder_name(name)}/1.jpg")
    with open_files(tmp_path) as files:
        assert find_person_files(files).files == [PersonFile(name, PurePosixPath(folder_name(name)) / "1.jpg")]


def test_an_exports_index_is_no_file_of_it_and_another_of_that_name_is(tmp_path: Path) -> None:
    filled(tmp_path, "out/pictures/1.jpg", "web/index.json")
    (tmp_path / "out" / "index.json").write_text(json.dumps([{"file": "pictures/1.jpg", "person": "pictures"}]))
    with open_files(tmp_path) as files:
        assert [str(offer.path) for offer in unnamed_files(files)] == ["out/pictures/1.jpg", "web/index.json"]


def test_an_index_says_what_a_shortened_folder_was_called(tmp_path: Path) -> None:
    filled(tmp_path, "out/Ann~1/1.jpg", "out/train/1.jpg", "out/Ben/1.jpg")
    entries = [{"file": "Ann~1/1.jpg", "person": "Anna"}, {"file": "train/1.jpg", "person": "train"}]
    (tmp_path / "out" / "index.json").write_text(json.dumps(entries))
    assert [person for person, _ in offered(tmp_path)] == ["Anna", "Ben", "train"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "7", '[{"file": "", "person": "x"}]', '[{"file": "a/1"}]', "[" * 99_999]
)
def test_an_index_that_no_export_wrote_does_not_count(tmp_path: Path, text: str) -> None:
    filled(tmp_path, "set/a/1.jpg", "set/b/1.jpg")
    (tmp_path / "index.json").write_text(text)
    assert [person for person, _ in offered(tmp_path)] == ["a", "b"]
