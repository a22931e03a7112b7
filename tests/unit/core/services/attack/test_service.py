"""From a request to the bytes that are posted, and what is said of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.domain.embedders import EMBEDDING_SIZE
from core.domain.errors import ErrorCode
from core.domain.generation import Face
from core.domain.jobs import JobCancelledError
from core.domain.optimisation import OptimizeMode, OptimizeRequest
from core.domain.people import NewFace
from core.services.attack.callbacks import Curve, OptimisationCallback, Optimiser
from core.services.attack.images import LONGEST_SIDE
from core.storage.blobs import Blobs
from tests.databases import new_database
from tests.unit.core.services.attack.fakes import ANNA, BEN, CARA, GUILD, NOISE, Lab, Reached, Reddening, face_at

NOISE_TO_ANNA = OptimizeRequest(ANNA, OptimizeMode.NOISE, steps=200, seed=3)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    database = new_database(tmp_path / "test.db")
    yield Lab(database, Blobs(str(tmp_path / "blobs")))
    database.close()


class Impatient(OptimisationCallback):
    """Wants what there is after so many steps; tells what it saw."""

    def __init__(self, steps: int) -> None:
        self.enough = steps
        self.stages: list[str] = []
        self.seen: list[int] = []
        self.start: np.ndarray | None = None

    def on_stage(self, name: str, fraction: float) -> None:
        self.stages.append(name)

    def on_begin(self, optimiser: Optimiser, start: np.ndarray | None) -> None:
        self.start = start

    def on_step(self, curve: Curve) -> None:
        self.seen.append(curve[-1][0])

    def should_stop(self) -> bool:
        return len(self.seen) >= self.enough


def test_a_photo_is_changed_within_its_bound_until_it_is_named_as_the_target(lab: Lab) -> None:
    version = lab.train()
    answer = lab.ask(lab.fool(red=92, target=ANNA, steps=100))

    assert answer.before is not None
    assert answer.after is not None
    assert (answer.before.named, answer.after.named, answer.succeeded) == (None, ANNA, True)
    assert (answer.before.found, answer.after.found) == (True, True)
    assert answer.after.target > 0.99 > answer.before.target
    assert (answer.model, answer.version_id, answer.target) == (version.label, version.id, ANNA)
    assert answer.norms is not None
    assert (answer.norms.linf, answer.norms.changed) == (32, 1.0)
    assert answer.norms.l2 == pytest.approx(np.sqrt(100 * 100 * (32 / 255) ** 2))
    assert (lab.pixels(answer.picture) == (60, 90, 30)).all()
    assert answer.steps == 33, "one more step shows that nothing is left to gain"
    assert not answer.stopped


def test_the_promised_verdict_is_what_classify_says_of_the_posted_bytes(lab: Lab) -> None:
    lab.train(unknown=0.1)
    answer = lab.ask(lab.fool(red=92, steps=20))
    assert answer.picture is not None
    assert answer.after is not None
    posted = lab.blobs.get(answer.picture)

    (face,) = lab.classifier.classify_photo(posted, GUILD).result.faces

    assert face.name == answer.after.named == ANNA
    assert [one.name for one in face.top] == [one.name for one in answer.after.top]
    open_chances = [one.probability * (1 - answer.after.unknown) for one in answer.after.top]
    assert [one.probability for one in face.top] == pytest.approx(open_chances)


def test_a_bound_that_is_too_small_is_said_to_be_a_failure(lab: Lab) -> None:
    lab.train()
    answer = lab.ask(lab.fool(red=110, epsilon=4))

    assert answer.norms is not None
    assert answer.norms.linf == 4
    assert answer.after is not None
    assert (answer.succeeded, answer.after.named) == (False, BEN)


def test_noise_begins_with_the_seed_and_ends_as_somebody_whom_classify_does_not_see(lab: Lab) -> None:
    lab.train()
    lab.eyes.faces = []
    answer = lab.ask(NOISE_TO_ANNA)

    assert answer.before is not None
    assert answer.after is not None
    assert (answer.after.found, answer.after.named) == (False, None)
    assert answer.after.target > 0.99 > answer.before.target
    assert answer.succeeded
    assert lab.pixels(answer.picture).shape == (NOISE, NOISE, 3)
    assert lab.ask(NOISE_TO_ANNA).picture == answer.picture
    assert lab.ask(replace(NOISE_TO_ANNA, seed=4)).picture != answer.picture


def test_where_unknown_has_the_last_word_nobody_is_named_though_the_head_is_sure(lab: Lab) -> None:
    lab.train(unknown=0.95)
    answer = lab.ask(lab.fool(red=92, steps=100))

    assert answer.after is not None
    assert answer.after.target > 0.99
    assert (answer.after.named, answer.after.unknown, answer.succeeded) == (None, 0.95, False)


def test_the_jpeg_is_judged_as_jpeg(lab: Lab) -> None:
    lab.train()
    answer = lab.ask(replace(NOISE_TO_ANNA, steps=150))  # green and blue stay noise, which the compression smears
    assert answer.jpeg is not None
    assert answer.after is not None
    assert answer.jpeg.found
    assert answer.jpeg.target != pytest.approx(answer.after.target, abs=1e-9)


def test_the_sheet_and_the_picture_are_png(lab: Lab) -> None:
    lab.train()
    answer = lab.ask(lab.fool(steps=3))
    for blob in (answer.picture, answer.sheet):
        assert blob is not None
        assert Image.open(io.BytesIO(lab.blobs.get(blob))).format == "PNG"


def test_a_large_photo_is_made_smaller_before_it_is_judged_and_changed(lab: Lab) -> None:
    lab.train()
    answer = lab.ask(lab.fool(steps=3, size=(2048, 512)))
    assert lab.pixels(answer.picture).shape == (256, LONGEST_SIDE, 3)


def test_of_several_faces_somebody_must_say_which_is_meant(lab: Lab) -> None:
    lab.train()
    lab.eyes.faces = [face_at(0, 40, 0.8), face_at(50, 40, 0.9)]
    request = lab.fool()

    choice = lab.ask(request).choice
    assert choice is not None
    assert request.start is not None
    assert (choice.which, choice.photo, choice.faces) == ("start", request.start.photo, 2)
    assert Image.open(io.BytesIO(lab.blobs.get(choice.picture))).format == "JPEG"

    made: list[Reddening] = []
    lab.attack = lambda *said, **where: made.append(Reddening(*said, **where)) or made[-1]
    answer = lab.ask(replace(request, start=Face(photo=choice.photo, index=1), steps=2))
    assert (answer.choice, made[0].face) == (None, lab.eyes.faces[0])


def test_a_face_that_the_photo_does_not_have_cannot_be_meant(lab: Lab) -> None:
    lab.train()
    error = lab.fails(lab.fool(index=1))
    assert (error.code, error.details["option"], error.details["value"]) == (ErrorCode.BAD_OPTION, "face", "2")


def test_a_photo_without_a_face_is_refused_and_named(lab: Lab) -> None:
    lab.train()
    lab.eyes.faces = []
    request = lab.fool()
    assert request.start is not None
    error = lab.fails(request)
    assert (error.code, error.details["photo"]) == (ErrorCode.NO_FACE, request.start.photo)


def test_a_photo_of_the_target_is_refused(lab: Lab) -> None:
    lab.train()
    error = lab.fails(lab.fool(red=60, target=ANNA))
    assert (error.code, error.details) == (ErrorCode.SAME_PERSON, {"target": ANNA})


def test_a_photo_that_is_gone_is_said_to_be(lab: Lab) -> None:
    lab.train()
    lost = OptimizeRequest(ANNA, OptimizeMode.FOOL, start=Face(photo="ab" * 32))
    assert lab.fails(lost).code is ErrorCode.PHOTO_GONE


def test_without_a_promoted_recogniser_there_is_nothing_to_fool(lab: Lab) -> None:
    lab.train(promoted=False)
    assert lab.fails(NOISE_TO_ANNA).code is ErrorCode.NOT_TRAINED


def test_an_unknown_target_is_refused_with_names_like_it(lab: Lab) -> None:
    lab.train()
    error = lab.fails(replace(NOISE_TO_ANNA, target="Ana"))
    assert (error.code, error.details["known"]) == (ErrorCode.UNKNOWN_TARGET, "Anna, Cara")


def test_a_target_who_was_renamed_since_is_found_by_his_id(lab: Lab) -> None:
    lab.train()
    answer = lab.ask(replace(NOISE_TO_ANNA, target="as she was called before", person_id=lab.ids[ANNA], steps=1))
    assert answer.target == ANNA


def test_another_version_can_be_fooled_than_the_one_that_serves(lab: Lab) -> None:
    first = lab.train(1)
    lab.train(2)
    assert lab.ask(replace(NOISE_TO_ANNA, version_id=first.id, steps=1)).model == first.label


def test_it_goes_on_from_an_earlier_picture_and_keeps_to_the_bound_of_the_photo(lab: Lab) -> None:
    lab.train()
    request = lab.fool(red=92, steps=5, epsilon=8)
    first = lab.ask(request)
    second = lab.ask(replace(request, so_far=first.picture))

    assert first.norms is not None
    assert second.norms is not None
    assert (first.norms.linf, second.norms.linf) == (5, 8)
    assert second.before == first.before, "both began as the photo"


def test_noise_that_goes_on_is_compared_with_the_noise_that_it_was(lab: Lab) -> None:
    lab.train()
    lab.eyes.faces = []
    at_once = lab.ask(replace(NOISE_TO_ANNA, steps=9))
    half = lab.ask(replace(NOISE_TO_ANNA, steps=5))
    both = lab.ask(replace(NOISE_TO_ANNA, steps=4, so_far=half.picture))
    assert (both.picture, both.norms, both.before) == (at_once.picture, at_once.norms, at_once.before)


def test_a_picture_of_another_size_cannot_be_gone_on_with(lab: Lab) -> None:
    lab.train()
    strange = lab.ask(lab.fool(steps=1, size=(120, 100))).picture
    error = lab.fails(lab.fool(so_far=strange))
    assert error.code is ErrorCode.BAD_OPTION
    assert (error.details["value"], error.details["allowed"]) == ("120 x 100", "100 x 100")


def test_to_stop_is_to_have_what_there_is(lab: Lab) -> None:
    lab.train()
    watch = Impatient(7)
    answer = lab.ask(lab.fool(red=110, steps=100), watch)

    assert (answer.steps, answer.stopped, watch.seen) == (7, True, [1, 2, 3, 4, 5, 6, 7])
    assert answer.norms is not None
    assert answer.norms.linf == 7
    assert answer.after is not None
    assert watch.stages == ["reading", "judging", "drawing"]
    assert watch.start is not None
    assert (watch.start == (110, 90, 30)).all()


def test_to_stop_before_the_first_step_is_to_have_nothing(lab: Lab) -> None:
    lab.train()
    with pytest.raises(JobCancelledError):
        lab.ask(NOISE_TO_ANNA, Impatient(0))


def test_a_long_curve_is_thinned_and_keeps_its_ends(lab: Lab) -> None:
    lab.train()
    answer = lab.ask(lab.fool(red=116, target=CARA, steps=250))  # the bound is reached after 32
    assert [step for step, _, _ in answer.curve] == list(range(1, 34))
    lab.attack = Restless
    answer = lab.ask(replace(NOISE_TO_ANNA, steps=250))
    assert len(answer.curve) == 100
    assert (answer.curve[0][0], answer.curve[-1][0], answer.steps) == (1, 250, 250)


class Restless(Reddening):
    """Is never settled, and infinitely far away."""

    def advance(self) -> Reached:
        super().advance()
        self.settled = False
        return Reached(float("inf"), 0.0)


def test_an_infinite_loss_can_be_kept_in_a_row(lab: Lab) -> None:
    lab.train()
    lab.attack = Restless
    assert lab.ask(replace(NOISE_TO_ANNA, steps=2)).curve == ((1, 1000.0, 0.0), (2, 1000.0, 0.0))


class Broken(Reddening):
    def advance(self) -> Reached:
        return Reached(float("nan"), float("nan"))


def test_weights_that_are_no_numbers_are_a_failure_not_a_picture(lab: Lab) -> None:
    lab.train()
    lab.attack = Broken
    assert lab.fails(NOISE_TO_ANNA).code is ErrorCode.BAD_WEIGHTS


def test_a_photo_on_its_side_is_changed_and_posted_upright(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.train()
    monkeypatch.setattr(lab.eyes, "detect", lambda image: (face_at(),) if image.shape[1] > image.shape[0] else ())

    answer = lab.ask(lab.fool(red=100, size=(100, 160)))

    assert lab.pixels(answer.picture).shape == (100, 160, 3)
    assert answer.succeeded


def test_the_names_that_people_gave_in_a_photo_do_not_stand_for_what_a_recogniser_says_of_a_changed_picture(
    lab: Lab,
) -> None:
    lab.train()
    request = lab.fool(red=100)
    assert request.start is not None
    face = NewFace(1, face_at().box, 0.9, (), bytes(4 * EMBEDDING_SIZE), "red")
    lab.people.enrol(GUILD, CARA, face, source="cli:x.jpg", photo=request.start.photo)

    answer = lab.ask(request)

    assert answer.after is not None
    assert (answer.succeeded, answer.after.named) == (True, ANNA)
