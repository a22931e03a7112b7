"""`/dataset curate` on the worker: a report and sheets, and then a data set of what is kept."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.bootstrap import Services
from core.domain.data.curation import Crop, Curation, Reason, Subject
from core.domain.embedders import EMBEDDING_NAME, EMBEDDING_SIZE
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError, JobKind, JobRequest, Origin
from core.services.curation.service import CurateService, JobContext, curated_name
from core.services.datasets.importing import import_folder
from core.storage.scratch import scratch_root
from core.vision.curation.subjects import SubjectLocation
from core.vision.datasets.dataset_pictures import PictureReader
from core.vision.embedding import embed
from tests.models.core.services.datasets.builders import GUILD, imported, imported_before
from tests.models.portrait_files import PEOPLE, PICTURES, name, picture

QUIET = JobContext(lambda *_: None, lambda: False)


class Eye:
    """Finds a subject in the upper left of everything but the wall."""

    def find(self, image: np.ndarray) -> SubjectLocation:
        return SubjectLocation(Crop(64, 64, 100), float(image.std() > 5))


def service(services: Services, seen: list[Subject] | None = None) -> CurateService:
    def load(subject: Subject, _sample: Callable[[], object]) -> Eye:
        if seen is not None:
            seen.append(subject)
        return Eye()

    return CurateService(services.dataset_storage, load)


def job(**params: object) -> Job:
    request = JobRequest(1, JobKind.CURATE, Origin(GUILD, 1, 41, "en", 3, "token"), params)  # type: ignore[arg-type]
    empty = dict.fromkeys(Job.__slots__)
    return Job(**{**empty, "id": 1, "kind": request.kind, "origin": request.origin, "params": request.params})  # type: ignore[arg-type]


@pytest.fixture
def messy(folder: Path) -> Path:
    Image.new("RGB", (90, 90), (120, 120, 120)).save(folder / name(1) / "wall.png")
    return folder


def test_people_keep_their_names_and_their_pictures_stay_as_they_are(
    services: Services, reader: PictureReader, messy: Path
) -> None:
    dataset = imported(services, reader, messy)
    seen: list[Subject] = []
    curator = service(services, seen)
    # When it is curated
    answer = curator.answer(job(dataset_id=dataset.id), QUIET)
    report = Curation.from_json(json.loads(services.blobs.get(str(answer["report"]))))
    assert (seen, answer["pictures"], answer["kept"]) == ([Subject.FACE], PEOPLE * PICTURES + 1, PEOPLE * PICTURES)
    assert answer["dropped"] == {Reason.NO_SUBJECT.value: 1}
    for sheet in ("dropped_sheet", "kept_sheet"):
        assert Image.open(io.BytesIO(services.blobs.get(str(answer[sheet])))).format == "PNG"
    assert len(report.pictures) == dataset.pictures
    # And a data set is made of what is kept
    made_id = curator.answer(job(dataset_id=dataset.id, report=answer["report"]), QUIET)["made"]
    made = services.datasets.get(int(str(made_id)), GUILD)
    assert (made.title, made.pictures, made.people) == ("family curated v1", PEOPLE * PICTURES, PEOPLE)
    before, after = services.dataset_storage.open(dataset), services.dataset_storage.open(made)
    assert [source for source in before.sources if "wall" not in source] == after.sources
    assert np.array_equal(before.embeddings[before.found], after.embeddings)
    # Then the first is untouched, and the same again is the same version
    assert services.datasets.find(GUILD, "family") == dataset
    assert curator.answer(job(dataset_id=dataset.id, report=answer["report"]), QUIET)["made"] == made.id


def test_a_data_set_of_an_earlier_network_becomes_one_of_the_present_networks(
    services: Services, reader: PictureReader, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "load_embedder", lambda: reader._embedder)
    old = imported_before(services, reader, folder)
    curator = service(services)
    report = curator.answer(job(dataset_id=old.id), QUIET)["report"]
    made_id = curator.answer(job(dataset_id=old.id, report=report), QUIET)["made"]
    made = services.dataset_storage.open(services.datasets.get(int(str(made_id)), GUILD))
    assert {(record.embedder, len(record.embedding)) for record in made.records()} == {
        (EMBEDDING_NAME, 4 * EMBEDDING_SIZE)
    }
    assert np.array_equal(made.embeddings, services.dataset_storage.open(old).embeddings)


def test_of_other_things_the_subject_is_cut_out(services: Services, reader: PictureReader, tmp_path: Path) -> None:
    (tmp_path / "cats").mkdir()
    for number in range(3):  # halves of faces stand for what is none
        half = Image.open(io.BytesIO(picture(number, 0, 320))).crop((0, 200, 200, 320)).resize((300, 180))
        half.save(tmp_path / "cats" / f"{number}.png")
    dataset = import_folder(
        services.dataset_storage, tmp_path / "cats", GUILD, "cats", 41, named=False, load=lambda: reader
    )[0]
    assert dataset.without_face == 3
    seen: list[Subject] = []
    curator = service(services, seen)
    answer = curator.answer(job(dataset_id=dataset.id), QUIET)
    assert seen == [Subject.ANY]
    if not answer["kept"]:
        pytest.fail(f"nothing was kept: {answer['dropped']}")
    made_id = curator.answer(job(dataset_id=dataset.id, report=answer["report"]), QUIET)["made"]
    made = services.dataset_storage.open(services.datasets.get(int(str(made_id))))
    sizes = {Image.open(io.BytesIO(record.image)).size for record in made.records()}
    assert (len(made), sizes, made.dataset.people) == (answer["kept"], {(100, 100)}, 0)


@pytest.mark.parametrize("blank", [False, True])
def test_ages_are_carried_over(*, services: Services, reader: PictureReader, tmp_path: Path, blank: bool) -> None:
    (tmp_path / "faces").mkdir()
    for number, file in enumerate(["34_1_a.jpg", "7__b.jpg"]):
        (tmp_path / "faces" / file).write_bytes(picture(number, 0))
    for number in range(3 * blank):  # so that most pictures have no face, and squares are cut out
        walls = np.random.default_rng(number).integers(0, 255, (90, 90, 3), np.uint8)
        Image.fromarray(walls).save(tmp_path / "faces" / f"50_0_{number}.png")
    dataset, _ = import_folder(
        services.dataset_storage,
        tmp_path / "faces",
        GUILD,
        "faces",
        41,
        named=False,
        with_ages=True,
        load=lambda: reader,
    )
    curator = service(services)
    report = curator.answer(job(dataset_id=dataset.id), QUIET)["report"]
    made_id = curator.answer(job(dataset_id=dataset.id, report=report), QUIET)["made"]
    made = services.datasets.get(int(str(made_id)), GUILD)
    before, after = services.dataset_storage.open(dataset), services.dataset_storage.open(made)
    kept = [before.sources.index(source) for source in after.sources]
    assert {"34_1_a.jpg", "7__b.jpg"} <= set(after.sources)
    assert np.array_equal(after.ages, before.ages[kept])
    assert np.array_equal(after.genders, before.genders[kept])
    assert sum(made.age_counts) == made.pictures


def test_it_stops_when_it_is_cancelled(services: Services, reader: PictureReader, folder: Path) -> None:
    dataset = imported(services, reader, folder)
    stages: list[tuple[str, float]] = []
    moment = JobContext(lambda stage, share: stages.append((stage, share)), lambda: len(stages) >= 3)
    with pytest.raises(JobCancelledError):
        service(services).answer(job(dataset_id=dataset.id), moment)
    assert stages == [("reading", pytest.approx(n / dataset.pictures)) for n in (1, 2, 3)]
    assert not list(scratch_root(services.settings.data).glob("curate-*"))


def test_only_the_guilds_own_data_and_reports_of_it_are_taken(
    services: Services, reader: PictureReader, folder: Path, tmp_path: Path
) -> None:
    dataset = imported(services, reader, folder)
    asked = job(dataset_id=dataset.id)
    elsewhere = replace(asked, origin=replace(asked.origin, guild_id=GUILD + 1))
    with pytest.raises(OmokageError) as caught:
        service(services).answer(elsewhere, QUIET)
    assert caught.value.code is ErrorCode.UNKNOWN_DATASET
    other = services.blobs.put(json.dumps(Curation(Subject.FACE, ()).to_json()).encode())
    with pytest.raises(OmokageError) as caught:
        service(services).answer(job(dataset_id=dataset.id, report=other), QUIET)
    assert caught.value.code is ErrorCode.DATASET_CHANGED


def test_a_curated_data_sets_name_fits_and_does_not_grow() -> None:
    assert curated_name("cats") == "cats curated"
    assert curated_name("cats curated") == "cats curated"
    assert len(curated_name("c" * 64)) == 64
