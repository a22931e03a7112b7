from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import ManualClock
from sandbox.types import Upload
from sandbox.world.attachments import Attachments, content_type, safe_filename
from sandbox.world.snowflakes import Snowflakes


@pytest.fixture(params=["memory", "folder"])
def attachments(request: pytest.FixtureRequest, tmp_path: Path) -> Attachments:
    return Attachments(tmp_path if request.param == "folder" else None, Snowflakes(ManualClock()))


def test_a_file_is_kept_described_and_forgotten(attachments: Attachments) -> None:
    kept = attachments.add("1", Upload("my photo.png", b"data", "a photo"))

    assert (kept["filename"], kept["title"], kept["size"]) == ("my_photo.png", "my photo", 4)
    assert (kept["content_type"], kept["description"]) == ("image/png", "a photo")
    assert attachments.read("1", kept["id"], "my_photo.png") == b"data"
    assert attachments.read("2", kept["id"], "my_photo.png") is None
    attachments.remove([kept], "1")
    assert attachments.read("1", kept["id"], "my_photo.png") is None


@pytest.mark.parametrize("path", [("..", "..", "secret"), ("1", "..", "secret"), ("1", "2", "../../../secret")])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: tuple[str, str, str]) -> None:
    (tmp_path / "secret").write_text("secret")

    assert Attachments(tmp_path / "data", Snowflakes(ManualClock())).read(*path) is None


@given(st.text())
def test_every_name_becomes_one_safe_path_segment(name: str) -> None:
    safe = safe_filename(name)

    assert 0 < len(safe) <= 255
    assert safe.isascii()
    assert not safe.startswith(".")
    assert not set("/\\ \0") & set(safe)
    assert safe_filename(safe) == safe


def test_types_follow_from_names() -> None:
    assert content_type("a.webp") == "image/webp"
    assert content_type("a.jpg") == "image/jpeg"
    assert content_type("a") == "application/octet-stream"
