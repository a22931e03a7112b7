"""Exports of a real database, and their import into another guild."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from core.domain.embedders import DLIB
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box
from core.domain.moving import GuildFaces
from core.domain.people import FaceRef, Label, LabelProvenance, NewFace
from core.domain.storage_limits import StorageLimits
from core.services.jobs.service import JobService
from core.services.moving.photos import PhotoCutter
from core.services.moving.service import ImportOptions, MovingService
from core.services.people.aliases import AliasEditor
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.people.label_rows import add_label
from core.storage.people.reembedding_rows import guilds_to_reembed
from core.storage.tables import faces
from tests.integration.core.builders import GUILD, Clock, embedding, job_with_faces, new_face
from tests.unit.core.services.moving.builders import FakePhotos, export_small_guild, with_cell

ELSEWHERE = GUILD + 1


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture(scope="module")
def cutter() -> Iterator[PhotoCutter]:
    photos = PhotoCutter()
    yield photos
    photos.close()


@dataclass(frozen=True, slots=True)
class Installation:
    """The services on one database."""

    database: Database
    blobs: Blobs
    people: PeopleService
    moving: MovingService
    clock: Clock


@pytest.fixture
def here(database: Database, blobs: Blobs, people: PeopleService, clock: Clock) -> Installation:
    return Installation(database, blobs, people, MovingService(database, blobs, clock), clock)


@pytest.fixture
def export(tmp_path: Path, here: Installation, cutter: PhotoCutter, guild: None) -> Path:
    path = tmp_path / "export.zip"
    here.moving.export_to(path, GUILD, cutter, with_members=True)
    return path


@pytest.fixture
def guild(here: Installation) -> None:
    """Anna in two photos, one of them with Ben, who objects; two faces that are not somebody's; Carl's name."""
    both, alone = picture("red", 200, 150), picture("green", 90, 120)
    enrol(here, "Anna", 1.0, both)
    enrol(here, "Ben <3 *bold*", 2.0, both, x=60.25)
    enrol(here, "Anna", 3.0, alone)
    enrol(here, "=Carl", 4.0, alone, x=40, by=42)
    reject(here, 3.0, "Ben <3 *bold*")
    reject(here, 4.0, "=Carl")
    retention = RetentionService(here.database, here.blobs, StorageLimits())
    PeopleEditor(here.database, retention, here.clock).record_objection(GUILD, "Ben <3 *bold*")
    for alias in ("アンナ", "=Annie", "'Ann"):
        AliasEditor(here.database, here.clock).add(GUILD, "Anna", alias, by=41)


def picture(colour: str, width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def enrol(
    here: Installation, name: str, value: float, photo: bytes, *, x: float = 10, by: int = 41, guild: int = GUILD
) -> None:
    photo_name = here.blobs.put(photo)
    here.people.enrol(guild, name, new_face(value=value, x=x), source="cli:a.jpg", by=by, photo=photo_name)


def reject(here: Installation, value: float, name: str) -> None:
    person = next(person for person in here.people.list(GUILD) if person.name == name)
    provenance = LabelProvenance(43, 0, None, "no", here.clock.now)
    with here.database.write() as connection:
        ids = connection.execute(select(faces.c.id).where(faces.c.embedding == embedding(value))).scalars().all()
        add_label(connection, GUILD, ids, person.id, Label.IS_NOT, provenance=provenance)


def pictures_of(here: Installation, guild: int) -> dict[str, int]:
    return {person.name: person.pictures for person in here.people.list(guild)}


def without_times(moved: GuildFaces) -> GuildFaces:
    """An import gives labels its own time."""
    at = moved.people[0].since
    labelled = (replace(face, labels=tuple(replace(one, at=at) for one in face.labels)) for face in moved.faces)
    return replace(moved, faces=tuple(labelled))


def test_an_import_into_an_empty_guild_makes_the_same_guild_again(
    export: Path, here: Installation, cutter: PhotoCutter
) -> None:
    here.clock.advance(3600)
    report = here.moving.import_from(export, ELSEWHERE, cutter, ImportOptions(keep_members=True))
    before, after = here.moving.read(GUILD), here.moving.read(ELSEWHERE)
    assert without_times(after) == without_times(before)
    assert (report.added, report.merged) == (tuple(person.name for person in before.people), ())
    assert (report.faces, report.photos, report.older, report.contradicted) == (4, 2, 0, 0)
    assert (report.aliases, report.aliases_left_out) == (3, 0)
    assert pictures_of(here, ELSEWHERE) == pictures_of(here, GUILD) == {"=Carl": 0, "Anna": 2, "Ben <3 *bold*": 1}
    gallery = here.people.gallery
    assert sorted(gallery.enrolled(ELSEWHERE).embeddings) == sorted(gallery.enrolled(GUILD).embeddings)
    links = [[replace(link, person_id=0) for link in gallery.cannot_links(guild)] for guild in (GUILD, ELSEWHERE)]
    assert len(links[0]) == 2
    assert links[0] == links[1]


def test_another_installation_gets_the_photos_to_the_byte(
    export: Path, tmp_path: Path, new_sqlite_url: str, here: Installation, cutter: PhotoCutter
) -> None:
    shutil.copy(new_sqlite_url.removeprefix("sqlite:///"), tmp_path / "other.db")
    database, elsewhere = Database(f"sqlite:///{tmp_path / 'other.db'}"), Blobs(str(tmp_path / "other"))
    try:
        other = MovingService(database, elsewhere, here.clock)
        other.import_from(export, 1, cutter, ImportOptions(merge=True))
        names = here.moving.read(GUILD).photos()
        assert {name: elsewhere.get(name) for name in names} == {name: here.blobs.get(name) for name in names}
        assert len(other.read(1).faces) == 4
    finally:
        database.close()


def test_labels_are_the_importers_unless_members_are_to_be_kept(
    export: Path, here: Installation, cutter: PhotoCutter
) -> None:
    here.moving.import_from(export, ELSEWHERE, cutter, ImportOptions(by=99))
    assert {label.by for face in here.moving.read(ELSEWHERE).faces for label in face.labels} == {99}


def test_people_who_are_known_already_are_merged_only_where_that_is_asked_for(
    export: Path, here: Installation, cutter: PhotoCutter
) -> None:
    enrol(here, "ANNA", 9.0, picture("blue", 50, 50), guild=ELSEWHERE)
    before = here.moving.read(ELSEWHERE)
    with pytest.raises(OmokageError) as caught:
        here.moving.import_from(export, ELSEWHERE, cutter)
    assert (caught.value.code, caught.value.details) == (ErrorCode.PEOPLE_KNOWN, {"names": "ANNA", "more": 0})
    assert here.moving.read(ELSEWHERE) == before
    report = here.moving.import_from(export, ELSEWHERE, cutter, ImportOptions(merge=True))
    assert (report.merged, len(report.added)) == (("ANNA",), 2)
    assert pictures_of(here, ELSEWHERE)["ANNA"] == 3


def test_the_same_import_again_changes_nothing(export: Path, here: Installation, cutter: PhotoCutter) -> None:
    here.moving.import_from(export, ELSEWHERE, cutter)
    before = here.moving.read(ELSEWHERE)
    report = here.moving.import_from(export, ELSEWHERE, cutter, ImportOptions(merge=True))
    assert (report.added, report.faces, report.labels, report.present) == ((), 0, 0, 5)
    assert here.moving.read(ELSEWHERE) == before


def test_a_dry_run_says_the_same_and_changes_nothing(export: Path, here: Installation, cutter: PhotoCutter) -> None:
    report = here.moving.import_from(export, ELSEWHERE, cutter, ImportOptions(dry_run=True))
    assert here.people.list(ELSEWHERE) == []
    assert here.moving.read(ELSEWHERE).faces == ()
    assert here.moving.import_from(export, ELSEWHERE, cutter) == report


def test_what_the_guild_says_counts_more_than_the_file_unless_that_is_to_overrule_it(
    export: Path, here: Installation, cutter: PhotoCutter
) -> None:
    enrol(here, "Zoe", 1.0, picture("red", 200, 150), x=11, guild=ELSEWHERE)
    report = here.moving.import_from(export, ELSEWHERE, cutter)
    assert (report.contradicted, report.labels, report.faces) == (1, 0, 3)
    assert pictures_of(here, ELSEWHERE)["Zoe"] == 1
    report = here.moving.import_from(export, ELSEWHERE, cutter, ImportOptions(merge=True, overrule=True))
    assert (report.contradicted, report.labels, report.present) == (1, 1, 4)
    assert pictures_of(here, ELSEWHERE)["Zoe"] == 0


def test_a_face_that_nobody_has_named_here_gets_its_name(
    export: Path, here: Installation, jobs: JobService, cutter: PhotoCutter
) -> None:
    photo = here.blobs.put(picture("red", 200, 150))
    job_with_faces(jobs, 1, new_face(value=7.0), guild=ELSEWHERE)
    with here.database.write() as connection:
        connection.execute(faces.update().where(faces.c.guild_id == ELSEWHERE).values(photo=photo))
    report = here.moving.import_from(export, ELSEWHERE, cutter)
    assert (report.labels, report.faces) == (1, 3)
    assert here.people.faces_of(1)[0].name == "Anna"


def test_embeddings_of_an_older_embedder_are_made_anew_by_the_worker(
    here: Installation, cutter: PhotoCutter, tmp_path: Path
) -> None:
    older = replace(new_face(), embedder=DLIB, embedding=embedding(1.0)[:512])
    here.people.enrol(GUILD, "Anna", older, source="cli:a.jpg", photo=here.blobs.put(picture("red", 200, 150)))
    here.moving.export_to(tmp_path / "old.zip", GUILD, cutter)
    assert here.moving.import_from(tmp_path / "old.zip", ELSEWHERE, cutter).older == 1
    with here.database.read() as connection:
        assert ELSEWHERE in guilds_to_reembed(connection)


def test_a_guild_exports_nothing_of_another(
    here: Installation, export: Path, cutter: PhotoCutter, tmp_path: Path
) -> None:
    enrol(here, "Secret", 9.0, picture("red", 200, 150), guild=ELSEWHERE)
    here.moving.export_to(tmp_path / "again.zip", GUILD, cutter, with_members=True)
    assert (tmp_path / "again.zip").read_bytes() == export.read_bytes()
    assert [person.name for person in here.moving.read(ELSEWHERE).people] == ["Secret"]


def test_a_face_goes_without_its_photo_where_that_is_gone_or_does_not_show_it(
    here: Installation, cutter: PhotoCutter, tmp_path: Path, guild: None
) -> None:
    enrol(here, "Dora", 5.0, picture("blue", 60, 60), x=900)
    enrol(here, "Dora", 6.0, b"\xff\xd8\xffno picture")
    here.blobs.delete(here.blobs.put(picture("green", 90, 120)))
    report = here.moving.export_to(tmp_path / "some.zip", GUILD, cutter)
    assert (report.people, report.faces, report.photos, report.without_photo) == (4, 6, 1, 4)
    here.moving.import_from(tmp_path / "some.zip", ELSEWHERE, cutter)
    assert [face.photo for face in here.moving.read(ELSEWHERE).faces].count(None) == 4
    assert pictures_of(here, ELSEWHERE) == pictures_of(here, GUILD)
    again = here.moving.import_from(tmp_path / "some.zip", ELSEWHERE, cutter, ImportOptions(merge=True))
    assert (again.faces, again.present) == (0, 7)


def test_the_former_name_of_a_face_is_left_behind(here: Installation, jobs: JobService) -> None:
    job_with_faces(jobs, 1, new_face())
    said = {"by": 41, "channel_id": 20, "message_id": 77, "source": "this-is"}
    here.people.name_face(FaceRef(1, 1), GUILD, "Anna", **said)
    here.people.name_face(FaceRef(1, 1), GUILD, "Ben", **said)
    (face,) = here.moving.read(GUILD).faces
    assert [(label.person, label.label) for label in face.labels] == [("Ben", Label.IS)]


def test_nothing_changes_where_one_photo_is_none(
    here: Installation, cutter: PhotoCutter, tmp_path: Path, clock: Clock
) -> None:
    path = export_small_guild(tmp_path)  # its photos only begin as such
    with pytest.raises(OmokageError) as caught:
        here.moving.import_from(path, ELSEWHERE, cutter)
    assert caught.value.details["reason"] == "photo"
    assert here.people.list(ELSEWHERE) == []


def test_nothing_changes_where_a_face_lies_beside_its_photo(here: Installation, tmp_path: Path) -> None:
    path = with_cell(export_small_guild(tmp_path), "faces.csv", "x", "500")
    with pytest.raises(OmokageError) as caught:
        here.moving.import_from(path, ELSEWHERE, FakePhotos())
    assert caught.value.details["reason"] == "outside"
    assert here.people.list(ELSEWHERE) == []


def test_each_crop_shows_its_face_with_what_is_around_it(cutter: PhotoCutter) -> None:
    photo = Image.new("RGB", (200, 150), "black")
    photo.paste("white", (10, 10, 30, 30))
    out = io.BytesIO()
    photo.save(out, "PNG")
    face = NewFace(1, Box(10.0, 10.0, 20.0, 20.0), 0.9, new_face().landmarks, b"")
    cut = cutter.cut(out.getvalue(), [face])  # type: ignore[list-item]  # has a box, as far as it matters
    with Image.open(io.BytesIO(cut.crops[0])) as crop:
        assert crop.size == (32, 32)
        assert crop.getpixel((16, 16)) > (240, 240, 240)
        assert crop.getpixel((2, 2)) < (15, 15, 15)
    assert (cut.width, cut.height, cut.turned) == (200, 150, 0)
