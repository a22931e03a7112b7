"""From folders to versions and back, with the product's own networks and drawn people."""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.bootstrap import Services, build
from core.domain.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import NewFace
from core.services import dataset_maker
from core.services.dataset_export import INDEX, export
from core.services.dataset_import import import_folder
from core.services.dataset_labels import from_labels
from core.services.dataset_make import Reader
from core.settings import Settings
from core.starter import cast, group
from core.storage.blobs import Blobs
from core.vision.dataset_pictures import PictureReader, load_picture_reader
from core.vision.dataset_reader import open_dataset
from core.vision.reader import EMBEDDING_NAME, PhotoReader
from core.vision.views import Framing, View
from tests.models.drawn import PEOPLE, PICTURES, name, picture, write_people

GUILD = 7
SORTED = sorted(range(PEOPLE), key=lambda person: name(person).casefold())


@pytest.fixture(scope="module")
def reader() -> Iterator[PictureReader]:
    loaded = load_picture_reader()
    yield loaded
    loaded.close()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    built = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path / "data")}), lambda *_: None)
    yield built
    built.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_people(tmp_path / "people")


def imported(services: Services, reader: Reader, source: Path, called: str = "family") -> Dataset:
    return import_folder(services, source, GUILD, called, 41, load=lambda: reader)[0]


def never() -> Reader:
    raise AssertionError("the networks were loaded")


def refusal(services: Services, reader: Reader, source: Path) -> OmokageError:
    with pytest.raises(OmokageError) as caught:
        imported(services, reader, source)
    assert services.datasets.list(GUILD) == []
    assert stored(services) == []
    return caught.value


def stored(services: Services) -> list[str]:
    """What an import has left in the data folder."""
    data = services.settings.data
    return [str(path.relative_to(data)) for path in data.rglob("*") if path.is_file() and "omokage.db" not in path.name]


def test_a_folder_becomes_a_version_with_faces_embeddings_and_people(
    services: Services, reader: PictureReader, folder: Path
) -> None:
    seen: list[tuple[int, int]] = []
    dataset, preflight = import_folder(
        services, folder, GUILD, "family", 41, lambda done, of: seen.append((done, of)), load=lambda: reader
    )
    assert (dataset.title, dataset.pictures, dataset.created_by) == ("family v1", PEOPLE * PICTURES, 41)
    assert [(one.name, one.pictures) for one in dataset.classes] == [(name(person), PICTURES) for person in SORTED]
    known = {person.name: person.id for person in services.people.list(GUILD)}
    assert known == {one.name: one.person_id for one in dataset.classes}
    assert preflight.is_fit
    assert seen == [(PEOPLE * PICTURES, PEOPLE * PICTURES)]

    opened = open_dataset(services, dataset)
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
        assert import_folder(services, source, GUILD, "family", 42, load=never)[0] == first
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
    dataset = imported(services, reader, folder)
    found = dataset.findings
    assert (found.identical, found.shared, found.damaged, dataset.without_face) == (1, 1, 2, 1)
    assert dataset.pictures == PEOPLE * PICTURES + 2  # hers and the wall
    codes = {remark.code for remark in services.datasets.preflight(dataset).remarks}
    assert codes >= {"duplicates", "damaged", "without-face"}
    opened = open_dataset(services, dataset)
    at = opened.sources.index(f"{name(1)}/wall.png")
    assert not opened.found[at]
    assert not opened.embeddings[at].any()
    # With damaged files in it, the folder is read again, and found to be the version that there is.
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
    assert open_dataset(services, dataset).labels.tolist() == [
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
    def load() -> Reader:  # after the files were counted
        (folder / name(2) / "3.jpg").write_bytes(picture(0, 0))
        return reader

    with pytest.raises(OmokageError) as caught:
        import_folder(services, folder, GUILD, "family", 41, load=load)
    assert caught.value.code is ErrorCode.DATASET_CHANGED
    assert (services.datasets.list(GUILD), stored(services)) == ([], [])


def test_an_import_that_is_interrupted_leaves_nothing(services: Services, reader: PictureReader, folder: Path) -> None:
    def interrupt(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_folder(services, folder, GUILD, "family", 41, interrupt, load=lambda: reader)
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


def test_views_are_the_same_pictures_in_the_order_of_the_labels(
    services: Services, reader: PictureReader, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset_maker, "SHARD_PICTURES", 5)
    dataset = imported(services, reader, folder)
    assert [shard.pictures for shard in dataset.shards] == [5, 5, 2]
    opened = open_dataset(services, dataset)
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
    (face,) = reader.look([(picture(0, 0, 512), None)])
    assert face is not None
    assert face.box is not None
    box = face.box
    crop = portrait.crop((round(box.x), round(box.y), round(box.x + box.w), round(box.y + box.w))).resize((112, 112))
    crop.save(tmp_path / "people" / "Anna" / "crop.png")
    portrait.resize((200, 200)).save(tmp_path / "people" / "Anna" / "portrait.png")
    shown = open_dataset(services, imported(services, reader, tmp_path / "people")).images(View(Framing.CROP, 112))
    assert np.array_equal(shown[0], np.asarray(crop))
    assert np.abs(shown[1].astype(int) - np.asarray(portrait.resize((112, 112)))).mean() > 5


@pytest.mark.parametrize("how", ["gone", "damaged", "other-count"])
def test_a_data_set_that_changed_is_noticed_and_the_others_are_not_touched(
    services: Services, reader: PictureReader, folder: Path, how: str
) -> None:
    other = imported(services, reader, write_people(folder.parent / "two", people=1), "two")
    dataset = imported(services, reader, folder)
    open_dataset(services, dataset).images(View(Framing.CROP, 32))
    (shard,) = dataset.shards
    file = services.settings.data / "blobs" / shard.sha256[:2] / shard.sha256
    if how == "gone":
        file.unlink()
    elif how == "damaged":
        file.write_bytes(file.read_bytes()[:-1] + b"!")
    else:  # the row says something else than the file
        from dataclasses import replace  # noqa: PLC0415

        dataset = replace(dataset, shards=(replace(shard, pictures=shard.pictures + 1),))
    with pytest.raises(OmokageError) as caught:
        open_dataset(services, dataset)
    assert caught.value.code is ErrorCode.DATASET_CHANGED
    assert open_dataset(services, other).images(View(Framing.CROP, 32)).shape[0] == PICTURES
    if how != "other-count":  # importing the pictures again brings it back
        assert imported(services, reader, folder) == dataset
        assert len(open_dataset(services, dataset)) == dataset.pictures


def test_embeddings_of_another_network_are_refused_and_the_pictures_are_not(
    services: Services, reader: PictureReader, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = imported(services, reader, folder)
    assert open_dataset(services, dataset).embeddings.shape == (dataset.pictures, 128)
    monkeypatch.setattr("core.vision.dataset_reader.EMBEDDING_NAME", "tomorrow's")
    opened = open_dataset(services, dataset)
    assert len(opened.images(View(Framing.CROP, 32))) == dataset.pictures
    with pytest.raises(OmokageError) as caught:
        _ = opened.embeddings
    assert caught.value.code is ErrorCode.DATASET_UNFIT
    assert caught.value.details == {"remark": "other-embedder"}


def test_what_is_exported_is_the_same_content_when_it_is_imported(
    services: Services, reader: PictureReader, folder: Path, tmp_path: Path
) -> None:
    (folder / name(0)).rename(folder / "A．／．")
    dataset = imported(services, reader, folder)
    assert export(services, dataset, tmp_path / "out") == dataset.pictures
    assert {one.name for one in dataset.classes} == {"A./.", name(1), name(2)}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"A.／．", name(1), name(2), INDEX}
    assert (tmp_path / "out" / "A.／．" / "00001.jpg").read_bytes() == picture(0, 0)
    assert import_folder(services, tmp_path / "out", GUILD, "family", 41, load=never)[0] == dataset
    with pytest.raises(OmokageError) as caught:
        export(services, dataset, tmp_path / "out")
    assert caught.value.code is ErrorCode.BAD_OPTION


def enrol(services: Services, reader: PhotoReader, photo: np.ndarray, names: dict[int, str], keep: bool = True) -> None:
    """Name the faces of a photo, from left to right."""
    out = io.BytesIO()
    Image.fromarray(photo).save(out, "JPEG", quality=95)
    blob = services.blobs.put(out.getvalue()) if keep else None
    reading = reader.read(out.getvalue())
    order = sorted(range(len(reading.faces)), key=lambda at: reading.faces[at].box.x)
    for place, called in names.items():
        face, embedding = reading.faces[order[place]], reading.embeddings[order[place]].astype("<f4").tobytes()
        new = NewFace(1, face.box, face.score, face.landmarks, embedding, EMBEDDING_NAME)
        services.people.enrol(GUILD, called, new, source="test", photo=blob)


def test_labels_become_a_version_with_the_faces_that_were_named(services: Services, reader: PictureReader) -> None:
    from core.vision.decode import SafeDecoder  # noqa: PLC0415
    from core.vision.detect import load_detector  # noqa: PLC0415

    photos = PhotoReader(SafeDecoder(), load_detector(), reader._embedder)
    friends = group(cast()[:3], 43)
    enrol(services, photos, friends.image, {0: "Left", 2: "Right"})
    enrol(services, photos, np.asarray(Image.open(io.BytesIO(picture(5, 0, 300)))), {0: "Left"}, keep=False)
    photos.close()
    dataset = from_labels(services, GUILD, 41, load=lambda: reader)
    assert (dataset.title, [(one.name, one.pictures) for one in dataset.classes]) == (
        "labels v1",
        [("Left", 1), ("Right", 1)],
    )
    assert dataset.findings.damaged == 1  # whose photo was not kept
    known = {person.name: person.id for person in services.people.list(GUILD)}
    assert {one.name: one.person_id for one in dataset.classes} == known
    # Each of the two is his own face out of the one photo.
    opened = open_dataset(services, dataset)
    live = {row.name: row.id for row in services.people.list(GUILD)}
    rows = services.people.gallery(GUILD)
    for label, one in enumerate(dataset.classes):
        stored_ones = [
            np.frombuffer(raw, "<f4")
            for raw, owner in zip(rows.embeddings, rows.owners, strict=True)
            if owner == live[one.name]
        ]
        assert min(float(np.linalg.norm(opened.embeddings[label] - raw)) for raw in stored_ones) < 0.05
    assert from_labels(services, GUILD, 41, load=never) == dataset


def test_a_guild_without_a_label_has_nothing_to_freeze(services: Services) -> None:
    with pytest.raises(OmokageError) as caught:
        from_labels(services, GUILD, 41, load=never)
    assert caught.value.code is ErrorCode.DATASET_UNFIT
