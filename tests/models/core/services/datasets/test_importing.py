"""From folders to versions, with the product's own networks and drawn people."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.bootstrap import Services
from core.domain.data.datasets import NOBODY, UNNAMED, Findings
from core.domain.data.imports import ImportReport
from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets.builder import PictureFileReader
from core.services.datasets.export_index import INDEX
from core.services.datasets.exporting import export_dataset
from core.services.datasets.importing import import_folder
from core.services.datasets.sources import MAX_BYTES
from core.storage.blobs import Blobs
from core.vision.datasets.dataset_pictures import DatasetPicture, PictureReader
from tests.conftest import SHARED
from tests.models.core.services.datasets.builders import GUILD, imported, never
from tests.models.portrait_files import PEOPLE, PICTURES, name, picture

SORTED = sorted(range(PEOPLE), key=lambda person: name(person).casefold())


def refusal(services: Services, reader: PictureFileReader, source: Path) -> OmokageError:
    with pytest.raises(OmokageError) as caught:
        imported(services, reader, source)
    assert services.datasets.list(GUILD) == []
    assert stored(services) == []
    return caught.value


def stored(services: Services) -> list[str]:
    """What an import has left in the data folder, beside the empty file that all temporary folders are locked by."""
    data = services.settings.data
    files = [path for path in data.rglob("*") if path.is_file() and path.name != "folders.lock"]
    return [str(path.relative_to(data)) for path in files if "omokage.db" not in path.name]


def test_a_folder_becomes_a_version_with_faces_embeddings_and_people(
    services: Services, reader: PictureReader, folder: Path
) -> None:
    seen: list[tuple[int, int]] = []
    dataset, preflight = import_folder(
        services.dataset_storage,
        folder,
        GUILD,
        "family",
        41,
        lambda done, of: seen.append((done, of)),
        load=lambda: reader,
    )
    assert (dataset.title, dataset.pictures, dataset.created_by) == ("family v1", PEOPLE * PICTURES, 41)
    assert [(one.name, one.pictures) for one in dataset.classes] == [(name(person), PICTURES) for person in SORTED]
    known = {person.name: person.id for person in services.people.list(GUILD)}
    assert known == {one.name: one.person_id for one in dataset.classes}
    assert preflight.is_fit
    assert seen == [(PEOPLE * PICTURES, PEOPLE * PICTURES)]

    opened = services.dataset_storage.open(dataset)
    assert opened.labels.tolist() == [label for label in range(PEOPLE) for _ in range(PICTURES)]
    assert opened.found.all()
    assert len(opened) == len(opened.embeddings) == PEOPLE * PICTURES
    assert opened.sources[0] == f"{name(SORTED[0])}/0.jpg"
    distances = np.linalg.norm(opened.embeddings[:, None] - opened.embeddings[None], axis=2) + 9 * np.eye(len(opened))
    assert (opened.labels[distances.argmin(1)] == opened.labels).mean() > 0.7


def test_the_same_folder_again_is_the_same_version_and_loads_no_network(
    services: Services, reader: PictureReader, folder: Path, tmp_path: Path
) -> None:
    first = imported(services, reader, folder)
    archive = shutil.make_archive(str(tmp_path / "people"), "zip", tmp_path, "people")
    for source in (folder, Path(archive)):
        assert import_folder(services.dataset_storage, source, GUILD, "family", 42, load=never)[0] == first
    (folder / name(0) / "0.jpg").unlink()
    assert imported(services, reader, folder).version == 2


def test_what_is_double_damaged_shared_or_faceless_is_counted(
    services: Services, reader: PictureReader, folder: Path
) -> None:
    anna, ben = folder / name(0), folder / name(1)
    (anna / "copy.jpg").write_bytes((anna / "0.jpg").read_bytes())
    (ben / "hers.jpg").write_bytes((anna / "1.jpg").read_bytes())
    (ben / "cut.jpg").write_bytes(picture(1, 0)[:900])
    (ben / "notes.txt").write_text("no picture")
    Image.new("RGB", (90, 90), (120, 120, 120)).save(ben / "wall.png")
    (anna / "gone.jpg").symlink_to(folder / "nowhere")
    reports: list[ImportReport] = []
    dataset = import_folder(
        services.dataset_storage, folder, GUILD, "family", 41, load=lambda: reader, on_report=reports.append
    )[0]
    result = dataset.findings
    assert (result.identical, result.shared, result.damaged, dataset.without_face) == (1, 1, 1, 1)
    assert [(one.path, one.reason) for one in reports[0].left_out] == [
        (f"{name(0)}/gone.jpg", "link-broken"),
        (f"{name(1)}/notes.txt", "not-an-image"),
        (f"{name(1)}/cut.jpg", "cut-off"),
    ]
    assert dataset.pictures == PEOPLE * PICTURES + 2  # hers and the wall
    codes = {remark.code for remark in services.datasets.preflight(dataset).remarks}
    assert codes >= {"duplicates", "damaged", "without-face"}
    opened = services.dataset_storage.open(dataset)
    at = opened.sources.index(f"{name(1)}/wall.png")
    assert not opened.found[at]
    assert not opened.embeddings[at].any()
    # With damaged files in it, the folder is read again, and is the version that there is.
    assert imported(services, reader, folder) == dataset


def test_folders_whose_names_mean_one_person_are_one(services: Services, reader: PictureReader, tmp_path: Path) -> None:
    for place, called in enumerate(["anna", "Ａnna", "Ben"]):
        (tmp_path / "people" / called).mkdir(parents=True)
        (tmp_path / "people" / called / f"{place}.jpg").write_bytes(picture(min(place, 1), place))
    dataset = imported(services, reader, tmp_path / "people")
    assert [(one.name.casefold(), one.pictures) for one in dataset.classes] == [("anna", 2), ("ben", 1)]


def test_a_person_of_whom_nothing_can_be_read_is_left_out(
    services: Services, reader: PictureReader, folder: Path
) -> None:
    (folder / "Aaron").mkdir()
    (folder / "Aaron" / "0.jpg").write_bytes(b"nothing")
    dataset = imported(services, reader, folder)
    assert "Aaron" not in {one.name for one in dataset.classes}
    assert "Aaron" not in {person.name for person in services.people.list(GUILD)}
    assert services.dataset_storage.open(dataset).labels.tolist() == [
        label for label in range(PEOPLE) for _ in range(PICTURES)
    ]


def test_a_folder_without_a_picture_is_refused(services: Services, reader: PictureReader, tmp_path: Path) -> None:
    (tmp_path / "people" / "Anna").mkdir(parents=True)
    assert refusal(services, reader, tmp_path / "people").code is ErrorCode.DATASET_UNFIT
    (tmp_path / "people" / "Anna" / "0.jpg").write_bytes(b"nothing")
    assert refusal(services, reader, tmp_path / "people").code is ErrorCode.DATASET_UNFIT


def test_files_that_change_while_they_are_read_are_noticed_and_nothing_is_stored(
    services: Services, reader: PictureReader, folder: Path
) -> None:
    def load() -> PictureFileReader:  # after the files were counted
        (folder / name(2) / "3.jpg").write_bytes(picture(0, 0))
        return reader

    with pytest.raises(OmokageError) as caught:
        import_folder(services.dataset_storage, folder, GUILD, "family", 41, load=load)
    assert caught.value.code is ErrorCode.DATASET_CHANGED
    assert (services.datasets.list(GUILD), stored(services)) == ([], [])


def test_an_import_that_is_interrupted_leaves_nothing(services: Services, reader: PictureReader, folder: Path) -> None:
    def interrupt(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_folder(services.dataset_storage, folder, GUILD, "family", 41, interrupt, load=lambda: reader)
    assert (services.datasets.list(GUILD), stored(services), services.people.list(GUILD)) == ([], [], [])


def test_a_full_disk_is_said_and_leaves_no_version(
    services: Services, reader: PictureReader, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Blobs, _data: bytes) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Blobs, "put", full)
    assert refusal(services, reader, folder).code is ErrorCode.DISK_FULL
    assert services.people.list(GUILD) == []
    monkeypatch.undo()
    assert imported(services, reader, folder).version == 1


def test_pictures_without_names_are_one_class_of_nobody(
    services: Services, reader: PictureReader, folder: Path
) -> None:
    # Given pictures in folders, one beside them, and one that is there twice
    (folder / "beside.jpg").write_bytes(picture(1, 9))
    (folder / name(0) / "again.jpg").write_bytes(picture(1, 0))

    dataset, preflight = import_folder(
        services.dataset_storage, folder, GUILD, "faces", 41, named=False, load=lambda: reader
    )

    assert [(one.name, one.person_id, one.pictures) for one in dataset.classes] == [
        (UNNAMED, NOBODY, PEOPLE * PICTURES + 1)
    ]
    assert (dataset.people, dataset.findings.identical, services.people.list(GUILD)) == (0, 1, [])
    assert next((remark.code, remark.blocks) for remark in preflight.remarks) == ("few-to-generate", True)
    opened = services.dataset_storage.open(dataset)
    assert set(opened.labels.tolist()) == {0}
    assert "beside.jpg" in opened.sources
    again = import_folder(services.dataset_storage, folder, GUILD, "faces", 41, named=False, load=never)[0]
    assert again == dataset


def test_the_same_pictures_with_and_without_names_are_two_versions(
    services: Services, reader: PictureReader, folder: Path
) -> None:
    named = imported(services, reader, folder)
    unnamed = import_folder(services.dataset_storage, folder, GUILD, "family", 41, named=False, load=lambda: reader)[0]
    assert (named.version, unnamed.version) == (1, 2)
    assert (named.people, unnamed.people) == (PEOPLE, 0)


class EveryPictureReader:
    """Takes every file for a picture without a face, as the product's reader does with coloured squares."""

    def read_pictures(self, files: Iterable[tuple[bytes, object]]) -> list[DatasetPicture | OmokageError]:
        return [
            DatasetPicture(data, hashlib.sha256(data).hexdigest(), None, None, 0.0, 0.0, b"", None) for data, _ in files
        ]

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small inputs as real hosts write them."""
    script = SHARED / "cases" / "make_inputs.py"
    if not script.exists():
        pytest.skip("../shared/cases (inputs as real hosts write them, not part of the project) is not here")
    out = tmp_path_factory.mktemp("inputs")
    subprocess.run([sys.executable, script, out], check=True, stdout=subprocess.DEVNULL)
    return out


TWICE = ["link-twice", "link-twice"]


@pytest.mark.parametrize(
    ("source", "people", "report", "left_out"),
    [
        ("japanese-windows.zip", {"健太くん": 3, "花子さん": 3}, ImportReport("cp932"), []),
        ("japanese-windows-5c.zip", {"ソラさん": 3, "能代さん": 3}, ImportReport("cp932"), []),
        ("mac-utf8-no-flag.zip", {"Andréas": 3, "Chloë": 3}, ImportReport("utf-8"), []),
        ("backslashes.zip", {"anna": 3, "bert": 3}, ImportReport(wrapper="set"), []),
        ("one-person-with-years.zip", {"Anna": 3}, ImportReport(), []),
        ("wrapper-and-dotfile.zip", {"a": 3, "b": 3}, ImportReport(wrapper="people"), []),
        ("wrapper-and-table.zip", {"a": 3, "b": 3}, ImportReport(wrapper="people"), []),
        ("doubled-wrapper.zip", {"a": 3, "b": 3}, ImportReport(wrapper="set/set"), []),
        ("wrapper-folder", {"a": 3, "b": 3}, ImportReport(wrapper="people"), []),
        ("nas", {"a": 3, "b": 3}, ImportReport(), []),
        ("sidecars", {"a": 3, "b": 3}, ImportReport(), ["not-an-image"] * 18),
        ("links", {"a": 3, "b": 3}, ImportReport(wrapper="real"), TWICE),
    ],
)
def test_what_real_hosts_pack_is_imported_as_they_mean_it(
    *, services: Services, inputs: Path, source: str, people: dict[str, int], report: ImportReport, left_out: list[str]
) -> None:
    reports: list[ImportReport] = []
    dataset = import_folder(
        services.dataset_storage, inputs / source, GUILD, "x", 41, load=EveryPictureReader, on_report=reports.append
    )[0]
    assert {one.name: one.pictures for one in dataset.classes} == people
    assert [one.reason for one in reports[0].left_out] == left_out
    assert replace(reports[0], left_out=()) == report
    assert dataset.findings == Findings()  # nothing is double, shared, small or damaged


@pytest.mark.parametrize(("source", "reasons"), [("links/set", ["link-outside"] * 2), ("odd-names", ["beside"])])
def test_where_nothing_can_be_imported_it_is_said_what_was_left_out(
    services: Services, inputs: Path, source: str, reasons: list[str]
) -> None:
    reports: list[ImportReport] = []
    with pytest.raises(OmokageError) as caught:
        import_folder(services.dataset_storage, inputs / source, GUILD, "x", 41, load=never, on_report=reports.append)
    assert caught.value.code is ErrorCode.DATASET_UNFIT
    assert [one.reason for one in reports[0].left_out] == reasons


def test_a_file_whose_name_is_not_utf_8_is_imported_and_exported(
    services: Services, inputs: Path, tmp_path: Path
) -> None:
    dataset = import_folder(
        services.dataset_storage, inputs / "odd-names", GUILD, "odd", 41, named=False, load=EveryPictureReader
    )[0]
    assert services.dataset_storage.open(dataset).sources == ["caf\\xe9.jpg"]
    assert export_dataset(services.dataset_storage, dataset, tmp_path / "out") == 1
    index = json.loads((tmp_path / "out" / INDEX).read_text("utf-8"))
    assert index[0]["source"] == "caf\\xe9.jpg"


def test_a_picture_that_is_too_large_or_empty_is_left_out_with_its_size(
    services: Services, reader: PictureReader, folder: Path
) -> None:
    (folder / name(0) / "camera.jpg").write_bytes(picture(0, 0) + bytes(MAX_BYTES))
    (folder / name(0) / "empty.jpg").write_bytes(b"")
    reports: list[ImportReport] = []
    import_folder(services.dataset_storage, folder, GUILD, "family", 41, load=lambda: reader, on_report=reports.append)
    empty, camera = reports[0].left_out
    assert (empty.path, empty.reason) == (f"{name(0)}/empty.jpg", "empty")
    assert (camera.path, camera.reason) == (f"{name(0)}/camera.jpg", "too-large")
    assert camera.details["size"] == len(picture(0, 0)) + MAX_BYTES
