from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.jobs import Job, JobCancelledError, JobKind, JobState, Origin, QueueName
from core.domain.people import FaceRef
from tests.unit.core.services.recognition.fakes import GUILD, ConstantRecogniser, Parts, name, opened, reject


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with opened(tmp_path) as made:
        yield made


def job(photo: str | None) -> Job:
    now = datetime.now(UTC)
    origin = Origin(GUILD, 1, 2, "ja", 3, "token")
    return Job(
        1, JobKind.CLASSIFY, JobState.RUNNING, QueueName.CPU, 0, origin, {}, photo, 1, False,
        now, now, now, None, "worker", now, None, None, None,
    )  # fmt: skip


def test_a_job_is_answered_with_names_and_a_picture(parts: Parts) -> None:
    anna = parts.enrol("Anna", 0.0)
    parts.reader.show((0.1, 40), (9.0, 60))
    outcome = parts.service.classify(job(parts.blobs.put(b"photo")), lambda *_: None, lambda: False)
    result = outcome.result
    assert (result.width, result.height, result.model, result.picture_type) == (
        400,
        300,
        "net-1+nearest/1",
        "image/jpeg",
    )
    named, unknown = result.faces
    assert (named.number, named.person_id, named.name, named.box.x) == (1, anna, "Anna", 0.0)
    assert (unknown.number, unknown.person_id, unknown.name, unknown.box.x) == (2, None, None, 100.0)
    assert Image.open(io.BytesIO(parts.blobs.get(result.picture))).format == "JPEG"
    assert [np.frombuffer(face.embedding, "<f4")[0] for face in outcome.faces] == pytest.approx([0.1, 9.0])
    assert [(face.number, face.embedder) for face in outcome.faces] == [(1, EMBEDDING_NAME), (2, EMBEDDING_NAME)]


def test_the_best_named_face_is_number_one_and_stored_so(parts: Parts) -> None:
    parts.enrol("Anna", 0.0)
    parts.enrol("Ben", 5.0)
    parts.reader.show((9.0, 30), (0.3, 20), (9.0, 80), (5.1, 20))
    outcome = parts.service.classify_photo(b"photo", GUILD)
    assert [face.name for face in outcome.result.faces] == ["Ben", "Anna", None, None]
    assert [face.box.w for face in outcome.result.faces] == [20, 20, 80, 30]
    assert [face.box for face in outcome.faces] == [face.box for face in outcome.result.faces]


def test_an_answer_has_three_candidates_at_most(parts: Parts) -> None:
    for number in range(5):
        parts.enrol(f"Person {number}", number / 10)
    parts.reader.show((0.0, 20))
    top = parts.service.classify_photo(b"photo", GUILD).result.faces[0].top
    assert [candidate.name for candidate in top] == ["Person 0", "Person 1", "Person 2"]


def test_a_photo_without_a_face_is_an_answer(parts: Parts) -> None:
    outcome = parts.service.classify_photo(b"photo", GUILD)
    assert (outcome.result.faces, outcome.faces) == ((), ())
    assert parts.blobs.exists(outcome.result.picture)


def test_bytes_that_are_no_photo_are_refused(parts: Parts) -> None:
    with pytest.raises(OmokageError) as caught:
        parts.service.classify(job(parts.blobs.put(b"text")), lambda *_: None, lambda: False)
    assert caught.value.code is ErrorCode.NOT_AN_IMAGE


@pytest.mark.parametrize("photo", [None, "ab" * 32])
def test_a_photo_that_was_deleted_is_gone(parts: Parts, photo: str | None) -> None:
    with pytest.raises(OmokageError) as caught:
        parts.service.classify(job(photo), lambda *_: None, lambda: False)
    assert caught.value.code is ErrorCode.PHOTO_GONE


def test_progress_is_reported_stage_by_stage(parts: Parts) -> None:
    reported: list[tuple[str, float]] = []
    parts.service.classify(job(parts.blobs.put(b"photo")), lambda *stage: reported.append(stage), lambda: False)
    assert [name for name, _ in reported] == ["reading", "finding-faces", "recognising", "drawing"]
    fractions = [fraction for _, fraction in reported]
    assert fractions == sorted(fractions)
    assert all(0 <= fraction < 1 for fraction in fractions)


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_cancelled_job_stops_at_the_next_stage(parts: Parts, after: int) -> None:
    reported: list[str] = []
    photo = parts.blobs.put(b"photo")
    with pytest.raises(JobCancelledError):
        parts.service.classify(job(photo), lambda name, _: reported.append(name), lambda: len(reported) >= after)
    assert len(reported) == after


def test_a_guild_knows_only_its_own_people(parts: Parts) -> None:
    parts.enrol("Anna", 0.0, guild=GUILD + 1)
    parts.reader.show((0.0, 20))
    assert parts.names() == [None]
    assert parts.names(guild=GUILD + 1) == ["Anna"]


def test_the_gallery_is_loaded_again_only_after_a_label_was_added(parts: Parts) -> None:
    parts.enrol("Anna", 0.0)
    parts.reader.show((0.0, 20))
    for _ in range(3):
        assert parts.names() == ["Anna"]
    assert len(parts.loads) == 1
    parts.enrol("Ben", 5.0)
    parts.reader.show((5.0, 20))
    assert parts.names() == ["Ben"]
    assert len(parts.loads) == 2


def test_a_rejected_face_is_not_named_so_when_the_same_photo_is_posted_again(parts: Parts) -> None:
    anna = parts.enrol("Anna", 0.0)
    reject(parts, anna, b"photo", value=0.4, size=50)
    parts.reader.show((0.1, 48))  # another version of the detector: a box beside the old one, another embedding
    assert parts.names(b"photo") == [None]
    assert parts.names(b"another photo") == ["Anna"]


def test_a_rejected_face_is_recognised_in_a_copy_of_the_photo(parts: Parts) -> None:
    anna = parts.enrol("Anna", 0.0)
    reject(parts, anna, b"photo", value=0.3, size=50)
    parts.reader.show((0.3 + 0.1 / np.sqrt(256), 200))  # 0.1 away: saved again, larger
    assert parts.names(b"a copy") == [None]
    parts.reader.show((0.3 + 0.5 / np.sqrt(256), 200))  # 0.5 away: another picture of the same person
    assert parts.names(b"another photo") == ["Anna"]


def test_another_face_in_the_same_photo_may_still_be_the_person(parts: Parts) -> None:
    anna = parts.enrol("Anna", 0.0)
    reject(parts, anna, b"photo", value=0.4, size=50)
    parts.reader.show((9.0, 50), (0.1, 50))
    assert parts.names(b"photo") == ["Anna", None]


def test_a_photo_is_recognised_without_drawing_as_it_is_with(parts: Parts) -> None:
    parts.enrol("Anna", 0.0)
    parts.reader.show((9.0, 80), (0.1, 40))
    recognised = parts.service.recognise(b"photo", GUILD)
    drawn = parts.service.classify_photo(b"photo", GUILD).result
    assert [face.named and face.named.name for face in recognised.faces] == [None, "Anna"]
    assert [face.detected for face in recognised.faces] == list(recognised.reading.faces)
    assert (recognised.faces[1].candidates, recognised.model) == (drawn.faces[0].top, drawn.model)


def test_another_head_keeps_to_the_same_labels(parts: Parts) -> None:
    anna = parts.enrol("Anna", 0.0)
    reject(parts, anna, b"photo", value=0.4, size=50)
    parts.reader.show((0.1, 50))
    reading = parts.reader.read(b"photo")
    parts.combine = ConstantRecogniser

    def named(photo: bytes) -> list[str | None]:
        faces = parts.service.recognise_as("head", reading, hashlib.sha256(photo).hexdigest(), GUILD)
        return [face.named.name if face.named else None for face in faces]

    assert named(b"another photo") == ["head knows ['Anna']"]
    assert named(b"photo") == [f"not {anna}"]


def test_the_reader_is_warmed_up_and_closed(parts: Parts) -> None:
    parts.service.warm_up()
    assert parts.reader.warm
    parts.service.close()
    assert not parts.reader.warm


def test_all_faces_that_were_named_keep_their_names_when_the_same_bytes_are_posted_again(parts: Parts) -> None:
    parts.reader.show((9.0, 50), (9.5, 50))
    name(parts, b"strip", face_1="Haru", face_2="Haru")

    faces = parts.service.classify_photo(b"strip", GUILD).result.faces

    assert [(face.name, face.confirmed_by) for face in faces] == [("Haru", 33), ("Haru", 33)]


def test_a_moderators_label_overrides_the_guess_of_the_baseline_and_of_any_head(parts: Parts) -> None:
    parts.enrol("Anna", 0.0)
    parts.reader.show((0.0, 50))
    haru = name(parts, b"photo", face_1="Haru")["Haru"]
    parts.combine = ConstantRecogniser

    (by_baseline,) = parts.service.recognise(b"photo", GUILD).faces
    reading = parts.reader.read(b"photo")
    (by_head,) = parts.service.recognise_as("head", reading, hashlib.sha256(b"photo").hexdigest(), GUILD)

    assert by_baseline.named == by_head.named == Candidate(haru, "Haru", 1.0)
    assert (by_baseline.candidates[0].name, by_baseline.confirmed_by) == (
        "Anna",
        33,
    )  # the guess stays visible


def test_a_name_holds_for_the_labelled_bytes_and_for_no_copy(parts: Parts) -> None:
    parts.reader.show((9.0, 50))
    name(parts, b"photo", face_1="Haru")
    parts.reader.show((9.9, 50))  # the face of a changed picture, in the same place

    assert parts.names(b"photo") == ["Haru"]
    assert parts.names(b"attacked photo") == [None]


def test_a_name_holds_for_the_labelled_box(parts: Parts) -> None:
    parts.reader.show((9.0, 50), (20.0, 50))
    name(parts, b"photo", face_2="Haru")

    faces = parts.service.recognise(b"photo", GUILD).faces

    assert [face.named and face.named.name for face in faces] == [None, "Haru"]


def test_a_name_that_is_taken_back_is_not_given_again(parts: Parts) -> None:
    parts.reader.show((9.0, 50))
    haru = name(parts, b"photo", face_1="Haru")["Haru"]
    parts.people.reject(FaceRef(1, 1), GUILD, haru, by=1, channel_id=2, message_id=None, source="test")

    assert parts.names(b"photo") == [None]


def test_an_enrolled_face_keeps_its_name_as_confirmed_by_the_operator(parts: Parts) -> None:
    parts.enrol("Anna", 9.0, photo=hashlib.sha256(b"photo").hexdigest())
    parts.reader.show((20.0, 50))

    (face,) = parts.service.classify_photo(b"photo", GUILD).result.faces

    assert (face.name, face.confirmed_by) == ("Anna", 0)


def test_the_names_in_a_photo_stay_within_the_guild(parts: Parts) -> None:
    parts.reader.show((9.0, 50))
    name(parts, b"photo", face_1="Haru")

    assert parts.names(b"photo", guild=GUILD + 1) == [None]


def test_the_answer_holds_the_degrees_by_which_the_photo_was_turned(parts: Parts) -> None:
    parts.reader.show((9.0, 50))
    parts.reader.turned = 270

    result = parts.service.classify_photo(b"photo", GUILD).result

    assert (result.turned, result.width, result.height) == (270, 400, 300)


def test_who_objected_is_not_named_and_is_nobodys_alternative(parts: Parts) -> None:
    anna = parts.enrol("Anna", 0.0)
    parts.enrol("Ben", 0.6)
    parts.reader.show((0.1, 40), (0.55, 60))
    assert parts.names() == ["Ben", "Anna"]
    parts.editor.record_objection(GUILD, "Anna")

    faces = parts.service.classify_photo(b"photo", GUILD).result.faces

    assert sorted(face.name or "" for face in faces) == ["", "Ben"]
    assert anna not in {candidate.person_id for face in faces for candidate in face.top}
    parts.editor.withdraw_objection(GUILD, "Anna")
    assert parts.names() == ["Ben", "Anna"]


def test_who_objected_is_not_named_even_where_members_did(parts: Parts) -> None:
    parts.reader.show((0.1, 40))
    name(parts, b"photo", face_1="Anna")
    assert parts.names() == ["Anna"]
    parts.editor.record_objection(GUILD, "Anna")
    (face,) = parts.service.classify_photo(b"photo", GUILD).result.faces
    assert (face.name, face.person_id, face.confirmed_by, face.top) == (None, None, None, ())
