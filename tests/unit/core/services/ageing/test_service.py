from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import ImageSequence

from core.domain.ageing import AgedFace, AgeOutput, AgeRefusal, AgeRequest
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError, JobKind, JobState, Origin, QueueName
from core.render.film import FilmFormat, FilmStyle
from core.services.ageing.face_series import SIDE as SERIES_SIDE
from core.services.ageing.service import OutputStyle
from core.vision.views import Framing
from tests.unit.core.services.ageing.fakes import ERROR, GUILD, HEIGHT, WIDTH, AgeingSetup, FakeAger, face_at
from tests.unit.core.services.generation.fakes import NOW

FACES = [face_at(150), face_at(450)]


def fails(setup: AgeingSetup, request: AgeRequest) -> OmokageError:
    with pytest.raises(OmokageError) as caught:
        setup.draw(request)
    return caught.value


def test_a_photo_comes_back_with_its_face_at_another_age_and_all_else_as_it_was(setup: AgeingSetup) -> None:
    result = setup.draw(AgeRequest(setup.photo(30), to=70))
    pixels = setup.pixels(result.picture)
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert (pixels[150, 150] == 30 + 40).all()
    assert (pixels[:, 260:] == 30).all()
    assert (result.model, result.model_label, result.version_id, result.starter) == (
        "reage v1", "reage v1 (light)", 7, False,
    )  # fmt: skip
    assert (result.age_error, result.picture_name, result.film, result.choice) == (ERROR, "aged.png", None, None)
    (face,) = result.faces
    assert (face.index, face.present, face.age, face.refusal) == (0, 30, 70, None)


def test_years_are_added_to_how_old_each_face_looks_within_what_there_is(setup: AgeingSetup) -> None:
    assert setup.draw(AgeRequest(setup.photo(30), years=20)).faces[0].age == 50
    assert setup.draw(AgeRequest(setup.photo(80), years=30)).faces[0].age == 90
    assert setup.draw(AgeRequest(setup.photo(21), years=-40)).faces[0].age == 1


def test_all_faces_are_aged_in_one_batch_or_those_that_were_chosen(setup: AgeingSetup) -> None:
    setup.photos.faces = FACES
    both = setup.draw(AgeRequest(setup.photo(30), to=70))
    pixels = setup.pixels(both.picture)
    assert (pixels[150, 150].tolist(), pixels[150, 450].tolist()) == ([70] * 3, [70] * 3)
    assert setup.open(both.numbered).format == "JPEG"
    result = setup.draw(AgeRequest(setup.photo(30), to=70, faces=(1, 1)))
    pixels = setup.pixels(result.picture)
    assert (pixels[150, 150].tolist(), pixels[150, 450].tolist()) == ([30] * 3, [70] * 3)
    assert ([face.index for face in result.faces], result.numbered) == ([1], None)
    assert setup.ager.batches == [[70, 70], [70]]


def test_similarity_falls_with_the_distance_of_the_faces(setup: AgeingSetup) -> None:
    similar = [setup.draw(AgeRequest(setup.photo(30), to=to)).faces[0].similarity for to in (32, 60, 90)]
    assert similar == sorted(similar, reverse=True)
    assert all(value is not None and 0 <= value <= 1 for value in similar)
    assert similar[0] is not None
    assert similar[0] > 0.9


@pytest.mark.parametrize("framing", [Framing.PORTRAIT, Framing.FACE])
def test_the_framing_of_the_model_does_not_matter(setup: AgeingSetup, framing: Framing) -> None:
    setup.agers.ager = FakeAger(framing)
    pixels = setup.pixels(setup.draw(AgeRequest(setup.photo(30), to=70)).picture)
    assert (pixels[150, 150] == 70).all()


@pytest.mark.parametrize("refusal", [AgeRefusal.PROFILE, AgeRefusal.SUNGLASSES])
def test_a_face_that_cannot_be_aged_stays_beside_those_that_can(setup: AgeingSetup, refusal: AgeRefusal) -> None:
    setup.photos.faces, setup.refusals = FACES, {0: refusal}
    result = setup.draw(AgeRequest(setup.photo(30), to=70))
    pixels = setup.pixels(result.picture)
    assert (pixels[150, 150].tolist(), pixels[150, 450].tolist()) == ([30] * 3, [70] * 3)
    assert result.faces[0] == AgedFace(0, None, refusal=refusal)
    assert result.faces[1].refusal is None


def test_small_faces_and_those_unlike_the_models_are_left(setup: AgeingSetup) -> None:
    setup.photos.faces = [face_at(150, height=39)]
    result = setup.draw(AgeRequest(setup.photo(30), to=70))
    assert (result.picture, result.faces) == (None, (AgedFace(0, None, refusal=AgeRefusal.TOO_SMALL),))
    setup.photos.faces, setup.ager.typical = [face_at(150)], 0.99
    result = setup.draw(AgeRequest(setup.photo(30), to=70))
    assert (result.picture, result.faces) == (None, (AgedFace(0, None, refusal=AgeRefusal.UNLIKE_TRAINING),))


def test_a_child_changes_by_two_bins_at_most(setup: AgeingSetup) -> None:
    result = setup.draw(AgeRequest(setup.photo(8), to=30))
    assert result.faces == (AgedFace(0, 8, refusal=AgeRefusal.CHILD),)
    assert setup.draw(AgeRequest(setup.photo(8), to=18)).faces[0].age == 18


def test_the_drawn_people_of_the_starter_model_are_no_children(setup: AgeingSetup) -> None:
    setup.agers.version_id = None
    assert setup.draw(AgeRequest(setup.photo(8), to=70)).faces[0].age == 70


def test_nothing_is_told_of_somebody_who_objected(setup: AgeingSetup) -> None:
    setup.photos.faces, setup.objecting = FACES, frozenset({0})
    result = setup.draw(AgeRequest(setup.photo(8), to=18))
    assert result.faces[0] == AgedFace(0, None, refusal=AgeRefusal.OBJECTED)
    assert result.faces[1].age == 18
    assert (setup.pixels(result.picture)[150, 150] == 8).all()
    child = setup.draw(AgeRequest(setup.photo(8), to=60, faces=(0,)))
    assert child.faces == (AgedFace(0, None, refusal=AgeRefusal.OBJECTED),)


def test_the_first_of_several_reasons_is_given(setup: AgeingSetup) -> None:
    setup.ager.typical = 0.0
    setup.refusals, setup.objecting = {0: AgeRefusal.PROFILE}, frozenset({0})
    assert setup.draw(AgeRequest(setup.photo(8), to=60)).faces[0].refusal is AgeRefusal.OBJECTED
    setup.objecting = frozenset()
    assert setup.draw(AgeRequest(setup.photo(8), to=60)).faces[0].refusal is AgeRefusal.PROFILE
    setup.refusals = {}
    assert setup.draw(AgeRequest(setup.photo(8), to=60)).faces[0].refusal is AgeRefusal.UNLIKE_TRAINING


def test_a_strip_shows_the_photo_first_and_then_the_decades(setup: AgeingSetup) -> None:
    result = setup.draw(AgeRequest(setup.photo(30), AgeOutput.STRIP))
    assert (result.picture_name, result.faces[0].age, result.faces[0].present) == ("strip.png", None, 30)
    pixels = setup.pixels(result.picture)
    tile = SERIES_SIDE + 4
    below = (pixels.shape[0] - 4) // 2
    shown = [int(pixels[4 + row * below + 128, 4 + column * tile + 128, 0]) for row in (0, 1) for column in range(5)]
    assert shown[:9] == [30, 10, 20, 30, 40, 50, 60, 70, 80]
    assert result.faces[0].similarity is not None


def test_the_strip_of_a_child_ends_where_it_may(setup: AgeingSetup) -> None:
    setup.draw(AgeRequest(setup.photo(12), AgeOutput.STRIP))
    assert setup.ager.batches == [[10, 20, 30]]


def test_a_film_goes_from_young_to_old_and_back_by_the_photo(setup: AgeingSetup) -> None:
    result = setup.draw(AgeRequest(setup.photo(34), AgeOutput.FILM))
    assert (result.film_name, result.picture) == ("film.webp", None)
    frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(setup.open(result.film))]
    middle = [int(frame[frame.shape[0] // 2, frame.shape[1] // 2, 1]) for frame in frames]
    oldest = middle.index(max(middle))
    assert middle[0] == pytest.approx(10, abs=3)
    assert max(middle) == pytest.approx(80, abs=3)
    assert middle[:oldest] == sorted(middle[:oldest])
    assert middle[oldest:] == sorted(middle[oldest:], reverse=True)


def test_a_film_may_be_a_gif(setup: AgeingSetup) -> None:
    style = OutputStyle(FilmStyle(FilmFormat.GIF))
    result = setup.draw(AgeRequest(setup.photo(34), AgeOutput.FILM), style=style)
    assert (result.film_name, setup.open(result.film).format) == ("film.gif", "GIF")


@pytest.mark.parametrize("output", [AgeOutput.STRIP, AgeOutput.FILM])
def test_of_several_faces_one_has_to_be_chosen_for_a_picture_of_its_own(setup: AgeingSetup, output: AgeOutput) -> None:
    setup.photos.faces = FACES
    result = setup.draw(AgeRequest(setup.photo(30), output))
    assert (result.picture, result.film, len(result.faces)) == (None, None, 2)
    assert setup.open(result.choice).format == "JPEG"
    chosen = setup.draw(AgeRequest(setup.photo(30), output, faces=(1,)))
    assert (chosen.choice, [face.index for face in chosen.faces]) == (None, [1])


@pytest.mark.parametrize("output", [AgeOutput.STRIP, AgeOutput.FILM])
def test_a_strip_or_film_of_a_face_that_is_refused_is_no_picture_but_the_reason(
    setup: AgeingSetup, output: AgeOutput
) -> None:
    setup.refusals = {0: AgeRefusal.SUNGLASSES}
    result = setup.draw(AgeRequest(setup.photo(30), output))
    assert (result.picture, result.film) == (None, None)
    assert result.faces == (AgedFace(0, None, refusal=AgeRefusal.SUNGLASSES),)


def test_bad_input_is_refused_with_the_photo_that_it_is_about(setup: AgeingSetup) -> None:
    photo = setup.photo()
    error = fails(setup, AgeRequest(photo, to=50, faces=(1,)))
    assert (error.code, error.details) == (
        ErrorCode.BAD_OPTION, {"option": "face", "value": "2", "allowed": "1 to 1", "photo": photo},
    )  # fmt: skip
    setup.photos.faces = []
    assert fails(setup, AgeRequest(photo, to=50)).code is ErrorCode.NO_FACE
    text = setup.blobs.put(b"text")
    assert fails(setup, AgeRequest(text, to=50)).details == {"photo": text}
    assert fails(setup, AgeRequest("0" * 64, to=50)).code is ErrorCode.PHOTO_GONE
    assert fails(setup, AgeRequest(photo, to=50, model="nothing")).code is ErrorCode.UNKNOWN_MODEL


def test_the_products_model_is_said_to_be(setup: AgeingSetup) -> None:
    setup.agers.version_id = None
    result = setup.draw(AgeRequest(setup.photo(30), to=50))
    assert (result.model, result.version_id, result.starter) == ("starter reage", None, True)


def job(params: Any) -> Job:
    origin = Origin(GUILD, 20, 30, "ja", 1, "token")
    return Job(
        1, JobKind.AGE, JobState.RUNNING, QueueName.GPU, 0, origin, params, None, 1, False, NOW, NOW, NOW, None, None,
        None, None, None, None,
    )  # fmt: skip


def test_a_job_is_answered_from_its_parameters(setup: AgeingSetup) -> None:
    reports: list[tuple[str, float]] = []
    request = AgeRequest(setup.photo(30), to=50)
    params = {**request.to_json(), "title": "what the bot adds"}
    result = setup.service.answer(job(params), lambda *stage: reports.append(stage), lambda: False)
    assert result == setup.draw(request)
    assert [fraction for _, fraction in reports] == sorted(fraction for _, fraction in reports)
    assert {name for name, _ in reports} == {"reading", "finding-faces", "drawing"}


def test_a_job_may_ask_for_a_gif(setup: AgeingSetup) -> None:
    params = {**AgeRequest(setup.photo(30), AgeOutput.FILM).to_json(), "format": "gif"}
    assert setup.service.answer(job(params), lambda *_: None, lambda: False).film_name == "film.gif"


@pytest.mark.parametrize("stages", range(4))
def test_a_cancelled_job_stops_at_the_next_stage(setup: AgeingSetup, stages: int) -> None:
    reports: list[str] = []
    params = AgeRequest(setup.photo(30), to=50).to_json()
    with pytest.raises(JobCancelledError):
        setup.service.answer(job(params), lambda name, _: reports.append(name), lambda: len(reports) >= stages)
    assert len(reports) == stages


def test_warming_up_runs_the_model_and_closing_ends_the_decoder(setup: AgeingSetup) -> None:
    setup.service.warm_up(GUILD)
    assert len(setup.ager.batches) == 1
    setup.service.close()
    assert setup.photos.closed
