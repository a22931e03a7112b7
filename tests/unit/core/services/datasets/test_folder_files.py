from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from core.services.datasets.folder_files import FolderFiles
from core.services.datasets.sources import find_person_files, open_files
from tests.unit.core.services.datasets.test_sources import filled


def paths(root: Path) -> list[str]:
    return sorted(map(str, FolderFiles(root).paths()))


def left_out(root: Path) -> dict[str, tuple[str, object]]:
    return {one.path: (str(one.reason), one.details.get("target")) for one in FolderFiles(root).left_out()}


def people(source: Path) -> dict[str, int]:
    with open_files(source) as files:
        persons = [offer.person for offer in find_person_files(files).files]
    return {person: persons.count(person) for person in persons}


@pytest.mark.parametrize(
    "name",
    [
        "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg",
        "#recycle/a/9.jpg",
        ".@__thumb/a.jpg",
        "@Recycle/a.jpg",
        "a/THUMBS.DB",
        "a/ehthumbs.db",
        "a/EHThumbs_Vista.db",
        "b/Desktop.ini",
        "__MACOSX/a/._1.jpg",
        "a/._1.jpg",
        "a/.DS_Store",
        "$RECYCLE.BIN/S-1/a.jpg",
        "System Volume Information/x",
        "lost+found/1.jpg",
        "a/Icon\r",
        ".git/a.png",
    ],
)
def test_clutter_is_left_alone_and_counted_nowhere(tmp_path: Path, name: str) -> None:
    filled(tmp_path, "a/1.jpg", "b/1.jpg", name)
    assert people(tmp_path) == {"a": 1, "b": 1}
    assert (paths(tmp_path), left_out(tmp_path)) == (["a/1.jpg", "b/1.jpg"], {})


@pytest.mark.parametrize("name", ["thumbsdb", "lost and found", "eaDir", "recycle"])
def test_a_person_may_be_called_nearly_like_clutter(tmp_path: Path, name: str) -> None:
    assert people(filled(tmp_path, f"{name}/1.jpg", "b/1.jpg")) == {name: 1, "b": 1}


def test_a_linked_folder_within_the_source_is_followed_if_it_is_not_reached_otherwise(tmp_path: Path) -> None:
    filled(tmp_path, ".store/x/1.jpg", ".store/x/2023/2.jpg", "b/1.jpg")
    (tmp_path / "anna").symlink_to(".store/x", target_is_directory=True)
    assert people(tmp_path) == {"anna": 2, "b": 1}
    assert left_out(tmp_path) == {}


def test_a_folder_that_links_lead_to_as_well_is_counted_once_and_the_links_are_named(tmp_path: Path) -> None:
    filled(tmp_path, "real/a/1.jpg", "real/b/1.jpg", "set/note.txt")
    for person in "ab":
        (tmp_path / "set" / person).symlink_to(f"../real/{person}", target_is_directory=True)
    assert people(tmp_path) == {"a": 1, "b": 1}
    assert left_out(tmp_path) == {"set/a": ("link-twice", "../real/a"), "set/b": ("link-twice", "../real/b")}


def test_a_link_that_leads_out_is_named_and_not_followed(tmp_path: Path) -> None:
    filled(tmp_path, "real/a/1.jpg", "set/b/1.jpg")
    (tmp_path / "set" / "a").symlink_to("../real/a", target_is_directory=True)
    assert people(tmp_path / "set") == {"b": 1}
    assert left_out(tmp_path / "set") == {"a": ("link-outside", "../real/a")}


def test_circles_and_links_to_nothing_are_named(tmp_path: Path) -> None:
    filled(tmp_path, "a/1.jpg", "a/b/2.jpg")
    for link, target in {"a/up": "..", "a/b/self": ".", "a/loop": "loop", "a/gone.jpg": "nowhere"}.items():
        (tmp_path / link).symlink_to(target)
    assert paths(tmp_path) == ["a/1.jpg", "a/b/2.jpg"]
    assert left_out(tmp_path) == {
        "a/up": ("link-circle", ".."),
        "a/b/self": ("link-circle", "."),
        "a/loop": ("link-broken", "loop"),
        "a/gone.jpg": ("link-broken", "nowhere"),
    }


def test_links_that_lead_to_one_hidden_folder_take_it_once(tmp_path: Path) -> None:
    filled(tmp_path, ".store/1.jpg")
    for name in ("anna", "ben"):
        (tmp_path / name).symlink_to(".store", target_is_directory=True)
    assert people(tmp_path) == {"anna": 1}
    assert left_out(tmp_path) == {"ben": ("link-twice", ".store")}


def test_a_linked_file_is_read_wherever_it_lies(tmp_path: Path) -> None:
    filled(tmp_path, "elsewhere.jpg", "set/a/1.jpg")
    (tmp_path / "set/a/2.jpg").symlink_to("../../elsewhere.jpg")
    assert paths(tmp_path / "set") == ["a/1.jpg", "a/2.jpg"]
    assert FolderFiles(tmp_path / "set").read(PurePosixPath("a/2.jpg"), 100) == b"elsewhere.jpg"


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(filled(tmp_path, "a/1.jpg") / "a" / "pipe.jpg")
    assert (paths(tmp_path), left_out(tmp_path)) == (["a/1.jpg"], {})


def test_a_name_that_is_not_utf_8_is_a_file_like_any_other(tmp_path: Path) -> None:
    filled(tmp_path, "a/1.jpg")
    name = os.fsdecode(b"caf\xe9.jpg")
    (tmp_path / "a" / name).write_bytes(b"x")
    with open_files(tmp_path) as files:
        assert [offer.path.name for offer in find_person_files(files).files] == ["1.jpg", name]
        assert files.read(PurePosixPath("a") / name, 9) == b"x"


def test_a_source_given_as_a_dot_has_its_own_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(filled(tmp_path / "Anna", "2023/1.jpg"))
    assert people(Path()) == {"Anna": 1}
