"""Ages: from names and tables into a version, out of it with an export, and on into a curated one."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.bootstrap import Services
from core.domain.data.ages import FEMALE, MALE
from core.domain.data.datasets import Dataset
from core.domain.data.imports import ImportReport
from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets.ages import AGES
from core.services.datasets.builder import PictureFileReader
from core.services.datasets.exporting import export_dataset
from core.services.datasets.importing import import_folder
from core.vision.datasets.dataset_pictures import PictureReader
from tests.models.core.services.datasets.builders import GUILD, never
from tests.models.portrait_files import picture


@pytest.fixture
def aged(tmp_path: Path) -> Path:
    folder = tmp_path / "faces"
    folder.mkdir()
    for number, file in enumerate(["34_1_a.jpg", "7__b.jpg", "80_0_c.jpg"]):
        (folder / file).write_bytes(picture(number, 0))
    return folder


def imported(
    services: Services, reader: PictureFileReader | None, source: Path, *, with_ages: bool = True
) -> tuple[Dataset, ImportReport]:
    reports: list[ImportReport] = []
    dataset, _ = import_folder(
        services.dataset_storage,
        source,
        GUILD,
        "faces",
        41,
        named=False,
        with_ages=with_ages,
        load=never if reader is None else lambda: reader,
        on_report=reports.append,
    )
    return dataset, reports[0]


def test_names_of_files_say_ages(services: Services, reader: PictureReader, aged: Path) -> None:
    (aged / "200_1_d.jpg").write_bytes(picture(0, 1))
    (aged / "anna.jpg").write_bytes(picture(0, 2))
    dataset, report = imported(services, reader, aged)
    assert (dataset.pictures, dataset.people) == (3, 0)
    assert dataset.age_counts == (0, 1, 0, 0, 0, 1, 0, 0, 0, 1)
    assert services.datasets.get(dataset.id) == dataset  # as the database has it
    assert {(entry.path, str(entry.reason)) for entry in report.left_out} == {
        ("200_1_d.jpg", "bad-age"),
        ("anna.jpg", "no-age"),
    }
    assert dataset.findings.damaged == 0
    opened = services.dataset_storage.open(dataset)
    assert dict(zip(opened.sources, zip(opened.ages, opened.genders, strict=True), strict=True)) == {
        "34_1_a.jpg": (34, FEMALE),
        "7__b.jpg": (7, -1),
        "80_0_c.jpg": (80, MALE),
    }


def test_with_other_ages_the_same_pictures_are_another_version(
    services: Services, reader: PictureReader, aged: Path
) -> None:
    first, _ = imported(services, reader, aged)
    assert imported(services, None, aged)[0] == first  # nothing is read anew
    (aged / "ages.csv").write_text("file,age\n34_1_a.jpg,34\n7__b.jpg,7\n80_0_c.jpg,80\n")
    second, report = imported(services, reader, aged)  # the genders are not known any more
    assert (second.version, report.left_out) == (2, ())
    assert not np.isnan(services.dataset_storage.open(second).ages).any()
    assert services.dataset_storage.open(second).genders.tolist() == [-1, -1, -1]


def test_without_ages_being_wanted_nothing_is_read_from_names(
    services: Services, reader: PictureReader, aged: Path
) -> None:
    dataset, _ = imported(services, reader, aged, with_ages=False)
    assert dataset.age_counts == ()
    assert np.isnan(services.dataset_storage.open(dataset).ages).all()
    with_ages, _ = imported(services, reader, aged)
    assert (with_ages.version, with_ages.hash != dataset.hash) == (2, True)


def test_pictures_without_any_age_are_refused_and_the_report_says_which(
    services: Services, reader: PictureReader, aged: Path
) -> None:
    for number, path in enumerate(sorted(aged.iterdir())):
        path.rename(aged / f"picture{number}.jpg")
    reports: list[ImportReport] = []
    with pytest.raises(OmokageError) as caught:
        import_folder(
            services.dataset_storage, aged, GUILD, "faces", 41, named=False, with_ages=True, on_report=reports.append
        )
    assert caught.value.code is ErrorCode.NO_AGES
    assert [str(entry.reason) for entry in reports[0].left_out] == ["no-age"] * 3
    assert services.datasets.list(GUILD) == []


def test_a_folder_without_pictures_is_refused_as_such(services: Services, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(OmokageError) as caught:
        imported(services, None, tmp_path / "empty")
    assert caught.value.code is ErrorCode.DATASET_UNFIT


def test_a_zip_with_a_table_is_read_in_place(services: Services, reader: PictureReader, aged: Path) -> None:
    (aged / "34_1_a.jpg").rename(aged / "anna.jpg")
    (aged / "table.csv").write_bytes(b"\xef\xbb\xbfImage;Age;Sex\r\nanna.jpg;34,5;F\r\ngone.jpg;3;M\r\n")
    archive = shutil.make_archive(str(aged.parent / "faces"), "zip", aged.parent, "faces")
    dataset, report = imported(services, reader, Path(archive))
    opened = services.dataset_storage.open(dataset)
    assert (opened.sources, opened.ages.tolist(), opened.genders.tolist()) == (["faces/anna.jpg"], [34.5], [FEMALE])
    assert {(entry.path, str(entry.reason)) for entry in report.left_out} == {
        ("faces/table.csv", "no-such-picture"),
        ("faces/7__b.jpg", "no-age"),
        ("faces/80_0_c.jpg", "no-age"),
    }


def test_what_is_exported_with_ages_is_the_same_content_when_it_is_imported(
    services: Services, reader: PictureReader, aged: Path, tmp_path: Path
) -> None:
    (aged / "ages.csv").write_text("file,age,gender\n34_1_a.jpg,34.1,f\n7__b.jpg,7,\n80_0_c.jpg,80,0\n")
    dataset, _ = imported(services, reader, aged)
    export_dataset(services.dataset_storage, dataset, tmp_path / "out")
    assert (tmp_path / "out" / AGES).read_text().splitlines() == [
        "file,age,gender",
        "pictures/00001.jpg,34.1,1",
        "pictures/00002.jpg,7,",
        "pictures/00003.jpg,80,0",
    ]
    again, report = imported(services, None, tmp_path / "out")
    assert (again, report.left_out) == (dataset, ())


def test_without_ages_an_export_has_no_table(
    services: Services, reader: PictureReader, aged: Path, tmp_path: Path
) -> None:
    dataset, _ = imported(services, reader, aged, with_ages=False)
    export_dataset(services.dataset_storage, dataset, tmp_path / "out")
    assert not (tmp_path / "out" / AGES).exists()
