"""A folder is looked through: nothing in it changes, everything is said, and a hand has the last word."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.domain.data.curation import Crop, CuratedPicture, Curation, ManualOverrides, Reason, Subject
from core.domain.errors import ErrorCode, OmokageError
from core.services.curation import report_files
from core.services.curation.curate import PictureSource, curate, picture_sources, read_overrides
from core.services.curation.report_files import DROPPED_SHEET, KEPT, KEPT_SHEET, REPORT, check_folder, write_report
from core.services.datasets.sources import FolderFiles
from core.vision.curation.subjects import SubjectLocation
from tests.unit.core.vision.test_crop import noise


class Pillow:
    """Decodes without a process of its own."""

    def decode(self, data: bytes) -> np.ndarray:
        try:
            return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        except OSError as error:
            raise OmokageError(ErrorCode.NOT_AN_IMAGE) from error

    def close(self) -> None:
        """Nothing is held."""


class Middle:
    """Finds a subject in the middle of everything that is not dark."""

    def find(self, image: np.ndarray) -> SubjectLocation:
        height, width = image.shape[:2]
        return SubjectLocation(Crop(width / 2, height / 2, min(width, height)), float(image.mean() > 50))


def saved(picture: Image.Image, quality: int = 95) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "pictures"
    (place / "more").mkdir(parents=True)
    files = {
        "a.jpg": saved(noise(1, 200)),
        "again.jpg": saved(noise(1, 200)),
        "better.jpg": saved(noise(1, 200).resize((300, 300), Image.Resampling.LANCZOS), 90),
        "blurred.jpg": saved(noise(2, 20).resize((200, 200), Image.Resampling.BICUBIC)),
        "broken.jpg": b"nothing",
        "dark.jpg": saved(Image.new("RGB", (200, 200))),
        "more/b.png": saved(noise(3, 200)),
        "tiny.jpg": saved(noise(4, 40)),
    }
    for name, data in files.items():
        (place / name).write_bytes(data)
    return place


def offered(folder: Path) -> list[PictureSource]:
    return picture_sources(FolderFiles(folder))


def looked(pictures: Sequence[PictureSource], overrides: ManualOverrides = ManualOverrides()) -> Curation:  # noqa: B008 - frozen
    return curate(pictures, Subject.ANY, overrides=overrides, load=lambda *_: Middle(), decoder=Pillow())


def by_name(curation: Curation) -> dict[str, CuratedPicture]:
    return {picture.source: picture for picture in curation.pictures}


def test_every_picture_has_its_reason(folder: Path) -> None:
    result = by_name(looked(offered(folder)))
    assert {name: one.reason for name, one in result.items()} == {
        "a.jpg": Reason.COPY,
        "again.jpg": Reason.COPY,
        "better.jpg": None,
        "blurred.jpg": Reason.BLURRED,
        "broken.jpg": Reason.UNREADABLE,
        "dark.jpg": Reason.NO_SUBJECT,
        "more/b.png": None,
        "tiny.jpg": Reason.TINY,
    }
    assert result["a.jpg"].copy_of == "better.jpg"
    assert result["again.jpg"].copy_of == "a.jpg"
    assert result["broken.jpg"].why == "not-an-image"
    assert result["better.jpg"].crop == Crop(150, 150, 300)
    assert result["tiny.jpg"].measures is not None
    assert result["tiny.jpg"].measures.side == 40


def test_it_is_told_after_each_picture(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    curate(
        offered(folder),
        Subject.FACE,
        progress=lambda *done: seen.append(done),
        load=lambda *_: Middle(),
        decoder=Pillow(),
    )
    assert seen == [(number, 8) for number in range(1, 9)]


def test_what_finds_the_subject_may_look_at_a_sample_first(folder: Path) -> None:
    sizes: list[tuple[int, ...]] = []

    def load(subject: Subject, sample: object) -> Middle:
        assert subject is Subject.ANY
        sizes.extend(image.shape for image in sample())  # type: ignore[operator]
        return Middle()

    curate(offered(folder), Subject.ANY, load=load, decoder=Pillow())
    assert len(sizes) == 7  # all but the broken one
    assert max(max(size) for size in sizes) <= 256


def test_manual_overrides_keep_and_drop(folder: Path) -> None:
    blurred = by_name(looked(offered(folder)))["blurred.jpg"]
    result = by_name(
        looked(offered(folder), ManualOverrides(frozenset({blurred.sha256, "a.jpg"}), frozenset({"more/b.png"})))
    )
    assert (result["blurred.jpg"].reason, result["blurred.jpg"].by_hand) == (None, True)
    assert (result["a.jpg"].reason, result["better.jpg"].copy_of) == (None, "a.jpg")
    assert result["more/b.png"].reason is Reason.BY_HAND


@pytest.mark.parametrize(
    "overrides", [ManualOverrides(keep=frozenset({"c.jpg"})), ManualOverrides(keep=frozenset({"broken.jpg"}))]
)
def test_overrides_that_cannot_be_followed_are_refused(folder: Path, overrides: ManualOverrides) -> None:
    with pytest.raises(OmokageError) as caught:
        looked(offered(folder), overrides)
    assert caught.value.code is ErrorCode.BAD_OPTION


def test_lists_by_hand_may_have_remarks_and_no_picture_twice(tmp_path: Path) -> None:
    (tmp_path / "keep").write_text("# mine\na b.jpg  # the best\n\nc#1.jpg\n", "utf-8")
    (tmp_path / "drop").write_text("d.jpg\n", "utf-8")
    assert read_overrides(tmp_path / "keep", tmp_path / "drop") == ManualOverrides(
        frozenset({"a b.jpg", "c#1.jpg"}), frozenset({"d.jpg"})
    )
    assert read_overrides(None, None) == ManualOverrides()
    with pytest.raises(OmokageError):
        read_overrides(tmp_path / "drop", tmp_path / "drop")


def written(folder: Path, out: Path, overrides: ManualOverrides = ManualOverrides()) -> dict[str, bytes]:  # noqa: B008 - frozen
    pictures = offered(folder)
    write_report(out, pictures, looked(pictures, overrides), Pillow(), lambda one: one.source)
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_squares_report_and_sheets_are_written_and_the_pictures_stay(folder: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files = written(folder, tmp_path / "out")
    assert set(files) == {f"{KEPT}/better.jpg", f"{KEPT}/more/b.png.jpg", REPORT, KEPT_SHEET, DROPPED_SHEET}
    assert Image.open(io.BytesIO(files[f"{KEPT}/better.jpg"])).size == (300, 300)
    assert json.loads(files[REPORT])["dropped"]["copy"] == 2
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_same_again_leaves_the_same_and_another_hand_takes_away(folder: Path, tmp_path: Path) -> None:
    first = written(folder, tmp_path / "out")
    assert written(folder, tmp_path / "out") == first
    after = written(folder, tmp_path / "out", ManualOverrides(drop=frozenset({"more/b.png"})))
    assert set(first) - set(after) == {f"{KEPT}/more/b.png.jpg"}


def test_a_folder_with_something_else_in_it_is_not_touched(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(OmokageError) as caught:
        written(folder, tmp_path / "out")
    assert caught.value.code is ErrorCode.BAD_OPTION
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_curated_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    assert set(written(tmp_path / "pictures", tmp_path / "out")) == {REPORT}


ODD = os.fsdecode(b"caf\xe9.jpg")


def test_a_name_that_is_not_utf_8_is_in_the_report_and_kept(tmp_path: Path) -> None:
    source = tmp_path / "pictures"
    source.mkdir()
    (source / ODD).write_bytes(saved(noise(1, 200)))
    (source / f"{ODD}.png").write_bytes(b"nothing")
    pictures = offered(source)
    curation = looked(pictures)
    write_report(tmp_path / "out", pictures, curation, Pillow(), lambda judged: judged.source)
    report = json.loads((tmp_path / "out" / REPORT).read_text("utf-8"))
    assert [one["source"] for one in report["pictures"]] == ["caf\\xe9.jpg", "caf\\xe9.jpg.png"]
    assert [path.name for path in (tmp_path / "out" / KEPT).iterdir()] == ["caf\\xe9.jpg"]


@pytest.mark.parametrize("line", [b"caf\xe9.jpg\n", b"caf\\xe9.jpg\n"])
def test_a_hand_may_name_it_as_the_report_or_as_the_system_does(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / ODD).write_bytes(saved(noise(1, 200)))
    (tmp_path / "drop.txt").write_bytes(line)
    curation = looked(offered(tmp_path / "pictures"), read_overrides(None, tmp_path / "drop.txt"))
    assert [picture.reason for picture in curation.pictures] == [Reason.BY_HAND]


def test_a_disk_that_fails_while_it_writes_leaves_the_earlier_curation(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures, out = offered(folder), tmp_path / "out"
    write_report(out, pictures, looked(pictures), Pillow(), lambda _: "")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(report_files, "serialise_report", full)
    with pytest.raises(OmokageError) as caught:
        write_report(out, pictures, looked(pictures), Pillow(), lambda _: "")
    assert caught.value.code is ErrorCode.DISK_FULL
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_what_is_read_is_not_written_over(tmp_path: Path, folder: Path) -> None:
    pictures, out = offered(folder), tmp_path / "out"
    write_report(out, pictures, looked(pictures), Pillow(), lambda _: "")
    (tmp_path / "link").symlink_to(out / KEPT)
    for source in (out / KEPT, tmp_path / "link", out / REPORT):
        with pytest.raises(OmokageError) as caught:
            check_folder(out, source)
        assert caught.value.code is ErrorCode.BAD_OPTION
    check_folder(out, folder)
