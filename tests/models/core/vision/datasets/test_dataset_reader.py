"""From versions back to pictures: views, what has changed, export."""

from __future__ import annotations

import errno
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.bootstrap import Services
from core.domain.data.datasets import NOBODY, UNNAMED, DatasetClass, Shard
from core.domain.data.imports import ImportReport
from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets import shard_writer
from core.services.datasets.export_index import INDEX
from core.services.datasets.exporting import export_dataset
from core.services.datasets.importing import import_folder
from core.vision.datasets.dataset_pictures import DatasetPicture, PictureReader
from core.vision.datasets.records import Record
from core.vision.datasets.shards import write_shard
from core.vision.views import Framing, View
from tests.models.core.services.datasets.builders import GUILD, imported, never
from tests.models.portrait_files import PEOPLE, PICTURES, name, picture, write_people

SORTED = sorted(range(PEOPLE), key=lambda person: name(person).casefold())


def test_views_are_the_same_pictures_in_the_order_of_the_labels(
    services: Services, reader: PictureReader, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_writer, "SHARD_PICTURES", 5)
    dataset = imported(services, reader, folder)
    assert [shard.pictures for shard in dataset.shards] == [5, 5, 2]
    opened = services.dataset_storage.open(dataset)
    for view in (View(Framing.CROP, 48), View(Framing.ALIGNED, 64)):
        images = opened.images(view)
        assert images.shape == (len(opened), view.size, view.size, 3)
        assert isinstance(images, np.memmap)
        assert len({images[row].tobytes() for row in range(len(images))}) == len(images)
    whole = np.asarray(Image.open(io.BytesIO(picture(SORTED[2], 3))).resize((48, 48)))
    crop = opened.images(View(Framing.CROP, 48))[-1]
    assert abs(float(whole.mean()) - float(crop.mean())) < 40
    assert len(list((services.settings.data / "cache").glob("*.npy"))) == 2


def test_a_picture_that_came_as_a_crop_of_a_face_is_shown_as_it_came(
    services: Services, reader: PictureReader, tmp_path: Path
) -> None:
    (tmp_path / "people" / "Anna").mkdir(parents=True)
    portrait = Image.open(io.BytesIO(picture(0, 0, 512)))
    (face,) = reader.read_pictures([(picture(0, 0, 512), None)])
    assert isinstance(face, DatasetPicture)
    assert face.box is not None
    box = face.box
    crop = portrait.crop((round(box.x), round(box.y), round(box.x + box.w), round(box.y + box.w))).resize((112, 112))
    crop.save(tmp_path / "people" / "Anna" / "crop.png")
    portrait.resize((200, 200)).save(tmp_path / "people" / "Anna" / "portrait.png")
    shown = services.dataset_storage.open(imported(services, reader, tmp_path / "people")).images(
        View(Framing.CROP, 112)
    )
    assert np.array_equal(shown[0], np.asarray(crop))
    assert np.abs(shown[1].astype(int) - np.asarray(portrait.resize((112, 112)))).mean() > 5


def test_ages_and_genders_are_read_and_are_nan_and_minus_one_where_unknown(services: Services, tmp_path: Path) -> None:
    records = [_record(age=34.5, gender=1), _record(age=7.0), _record(gender=0), _record()]
    write_shard(tmp_path / "shard", records)
    data = (tmp_path / "shard").read_bytes()
    shard = Shard(services.dataset_storage.blobs.put(data), len(records), len(data))
    classes = [DatasetClass(UNNAMED, NOBODY, len(records))]
    dataset = services.datasets.add(GUILD, "faces", classes, [shard], hash="ab", without_face=len(records), by=41)
    opened = services.dataset_storage.open(dataset)
    assert np.array_equal(opened.ages, np.array([34.5, 7, np.nan, np.nan], np.float32), equal_nan=True)
    assert (opened.ages.dtype, opened.genders.dtype) == (np.float32, np.int8)
    assert opened.genders.tolist() == [1, -1, 0, -1]


@pytest.mark.parametrize("how", ["gone", "damaged", "other-count"])
def test_a_data_set_that_changed_is_noticed_and_the_others_are_not_touched(
    services: Services, reader: PictureReader, folder: Path, how: str
) -> None:
    other = imported(services, reader, write_people(folder.parent / "two", people=1), "two")
    dataset = imported(services, reader, folder)
    services.dataset_storage.open(dataset).images(View(Framing.CROP, 32))
    (shard,) = dataset.shards
    file = services.settings.data / "blobs" / shard.sha256[:2] / shard.sha256
    if how == "gone":
        file.unlink()
    elif how == "damaged":
        file.write_bytes(file.read_bytes()[:-1] + b"!")
    else:  # the row says something else than the file
        dataset = replace(dataset, shards=(replace(shard, pictures=shard.pictures + 1),))
    with pytest.raises(OmokageError) as caught:
        services.dataset_storage.open(dataset)
    assert caught.value.code is ErrorCode.DATASET_CHANGED
    assert services.dataset_storage.open(other).images(View(Framing.CROP, 32)).shape[0] == PICTURES
    if how != "other-count":  # importing the pictures again brings it back
        assert imported(services, reader, folder) == dataset
        assert len(services.dataset_storage.open(dataset)) == dataset.pictures


def test_what_is_exported_is_the_same_content_when_it_is_imported(
    services: Services, reader: PictureReader, folder: Path, tmp_path: Path
) -> None:
    (folder / name(0)).rename(folder / "A．／．")
    dataset = imported(services, reader, folder)
    assert export_dataset(services.dataset_storage, dataset, tmp_path / "out") == dataset.pictures
    assert {one.name for one in dataset.classes} == {"A./.", name(1), name(2)}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"A.／．", name(1), name(2), INDEX}
    assert (tmp_path / "out" / "A.／．" / "00001.jpg").read_bytes() == picture(0, 0)
    assert import_folder(services.dataset_storage, tmp_path / "out", GUILD, "family", 41, load=never)[0] == dataset
    with pytest.raises(OmokageError) as caught:
        export_dataset(services.dataset_storage, dataset, tmp_path / "out")
    assert caught.value.code is ErrorCode.BAD_OPTION


def test_an_export_comes_back_with_long_and_odd_names_and_without_a_remark(
    services: Services, reader: PictureReader, tmp_path: Path
) -> None:
    # Given people whose folders cannot be called like them, and one whose folder would look like an album
    long = "\U00020b9f" * 64  # 256 bytes
    write_people(tmp_path / "people", people=3)
    for number, person in enumerate(["train", "Con", "2023"]):
        (tmp_path / "people" / name(number)).rename(tmp_path / "people" / person)
    dataset = imported(services, reader, tmp_path / "people")
    classes = tuple(replace(one, name=long) if one.name == "train" else one for one in dataset.classes)
    # When they are exported
    export_dataset(services.dataset_storage, replace(dataset, classes=classes), tmp_path / "out")
    reports: list[ImportReport] = []
    again, _ = import_folder(
        services.dataset_storage, tmp_path / "out", GUILD, "again", 41, load=lambda: reader, on_report=reports.append
    )
    # Then an import knows them
    assert {one.name: one.pictures for one in again.classes} == {one.name: one.pictures for one in classes}
    assert (reports[0], again.findings) == (ImportReport(), dataset.findings)


@pytest.mark.parametrize("exists", [False, True])
def test_an_export_that_fails_leaves_no_half_folder(
    *,
    services: Services,
    reader: PictureReader,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    exists: bool,
) -> None:
    dataset = imported(services, reader, folder)
    out = tmp_path / "place" / "out"
    (out if exists else out.parent).mkdir(parents=True)
    with monkeypatch.context() as patched:
        patched.setattr(json, "dumps", full)  # at the end, when the pictures are written
        with pytest.raises(OmokageError) as caught:
            export_dataset(services.dataset_storage, dataset, out)
    assert caught.value.code is ErrorCode.DISK_FULL
    assert list(out.parent.rglob("*")) == ([out] if exists else [])
    # And then it can be said again, into a folder that others may read as any
    export_dataset(services.dataset_storage, dataset, out)
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert out.stat().st_mode == (tmp_path / "place").stat().st_mode


def test_an_export_into_a_volume_stays_within_it(
    services: Services, reader: PictureReader, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = imported(services, reader, folder)
    (tmp_path / "volume").mkdir()
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "volume")  # which cannot be renamed to
    with monkeypatch.context() as patched:
        patched.setattr(json, "dumps", full)
        with pytest.raises(OmokageError):
            export_dataset(services.dataset_storage, dataset, tmp_path / "volume")
    assert list((tmp_path / "volume").iterdir()) == []
    export_dataset(services.dataset_storage, dataset, tmp_path / "volume")
    assert {path.name for path in (tmp_path / "volume").iterdir()} == {INDEX, *map(name, range(PEOPLE))}


def _record(age: float | None = None, gender: int | None = None) -> Record:
    return Record(b"jpeg", 0, "a.jpg", "ab" * 32, None, None, 0.0, b"", age=age, gender=gender)


def full(*_: object, **__: object) -> str:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
