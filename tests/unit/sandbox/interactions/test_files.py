from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.interactions.errors import MemberError
from sandbox.interactions.files import RequestFiles, StarterFolder
from sandbox.types import Upload
from tests.integration.sandbox.sample_bot import PIXEL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.png", "a.png", ".hidden.png", "notes.txt"):
        (tmp_path / name).write_bytes(PIXEL)
    (tmp_path.parent / "secret.png").write_bytes(PIXEL)
    return tmp_path


def test_pictures_are_listed_in_the_order_of_their_index(folder: Path) -> None:
    (folder / "index.json").write_text(json.dumps([{"filename": "b.png", "description": "Bea"}]))

    assert StarterFolder(folder).list() == [
        {"filename": "b.png", "url": "/starter/b.png", "description": "Bea", "width": 1, "height": 1},
        {"filename": "a.png", "url": "/starter/a.png", "description": "", "width": 1, "height": 1},
    ]


def test_without_a_folder_or_before_it_is_filled_there_are_none(tmp_path: Path) -> None:
    assert StarterFolder(None).list() == []
    assert StarterFolder(tmp_path / "later").list() == []


@pytest.mark.parametrize("name", ["../secret.png", ".hidden.png", "notes.txt", "none.png", "", "/etc/passwd"])
def test_nothing_but_its_pictures_is_served(folder: Path, name: str) -> None:
    assert StarterFolder(folder).path(name) is None


def test_a_starter_picture_is_attached_by_name(folder: Path) -> None:
    files = RequestFiles({}, StarterFolder(folder))

    assert files.named("starter:a.png") == Upload("a.png", PIXEL)
    assert files.from_starter(["a.png", "b.png"], first=2)[3].filename == "b.png"


def test_a_member_cannot_attach_more_than_ten_megabytes() -> None:
    with pytest.raises(MemberError, match="too large"):
        RequestFiles({0: Upload("a.png", bytes(10 * 1024 * 1024 + 1))}, StarterFolder(None))
