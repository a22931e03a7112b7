"""Photos of Label Studio's tasks are found by name and folders, and never the wrong ones."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from core.services.datasets.archives import ZipFiles
from core.services.moving.photo_finder import MAX_FILE_BYTES, FolderPhotos, NamedPhotos, ZipPhotos

FILES = {
    "a/1.jpg": b"first",
    "b/1.jpg": b"second",
    "b/2.jpg": b"third",
    "deep/b/3.jpg": b"fourth",
    "mu\u0308.jpg": b"fifth",
}


@pytest.fixture(params=["folder", "zip"])
def photos(request: pytest.FixtureRequest, tmp_path: Path) -> NamedPhotos:
    if request.param == "folder":
        for name, data in FILES.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
        return FolderPhotos(tmp_path)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    return ZipPhotos(ZipFiles(zipfile.ZipFile(packed)))


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/data/upload/1/2.jpg", b"third"),
        ("/srv/photos/a/1.jpg", b"first"),
        ("b/1.jpg", b"second"),
        ("b/3.jpg", b"fourth"),
        ("elsewhere/3.jpg", b"fourth"),
        ("m\u00fc.jpg", b"fifth"),
        ("/data/upload/1/1.jpg", None),
        ("../../etc/passwd", None),
        (".", None),
        ("a", None),
    ],
)
def test_of_files_of_one_name_the_folders_decide_and_where_they_do_not_none_is_taken(
    photos: NamedPhotos, path: str, data: bytes | None
) -> None:
    assert photos.read(PurePosixPath(path)) == data


def test_a_file_that_is_too_large_for_a_photo_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.jpg").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert FolderPhotos(tmp_path).read(PurePosixPath("large.jpg")) is None
