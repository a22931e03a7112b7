"""Pictures that a recogniser takes for somebody: tiny heads, the product's own rendering."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.domain.faces import DetectedFace
from core.domain.generation import Face
from core.domain.optimisation import OptimizeMode, OptimizeRequest
from core.models.attack.differentiable_heads import DifferentiableHead
from core.models.attack.optimiser import SIDE, InputOptimiser, StepResult, attack_faces
from core.vision.gradients.jpeg import compress_jpeg, decode_jpeg
from core.vision.gradients.rendering import FaceView
from tests.models.core.models.attack.builders import FOOLED, Pictures, chips, fooled_cnn, fooled_embedding
from tests.models.core.models.attack.test_differentiable_heads import FACE

NOISE = OptimizeRequest("Ben", OptimizeMode.NOISE, steps=100)
FOOL = OptimizeRequest("Ben", OptimizeMode.FOOL, start=Face(photo="0" * 64), steps=40)
DREAM = OptimizeRequest("Ben", OptimizeMode.DREAM, steps=25)


def photo(seed: int = 0) -> Pictures:
    """With something around the face."""
    return np.pad(chips(1, seed)[0], ((20, 30), (40, 20), (0, 0)), mode="reflect")


def optimiser(
    head: DifferentiableHead,
    request: OptimizeRequest,
    target: int = 1,
    *,
    start: Pictures | None = None,
    so_far: Pictures | None = None,
) -> InputOptimiser:
    face = None if start is None else FACE
    return InputOptimiser(head, target, request, start, face, so_far, lambda picture: FACE)


def run(one: InputOptimiser) -> list[StepResult]:
    reached = []
    while one.step < one.steps and not one.settled:
        reached.append(one.advance())
    return reached


def probability(
    head: DifferentiableHead, picture: Pictures, face: DetectedFace | None, target: int, *, closed: bool
) -> float:
    """What the head says of a picture, rendered as the product does."""
    faces = [FaceView(picture.shape[:2], look, face).render(picture)[None] for look in head.view_specs]
    return float(head.probabilities(faces, closed=closed)[0, target])


@pytest.mark.parametrize("target", [0, 1, 2])
def test_noise_becomes_anybody_to_a_cnn(target: int) -> None:
    one = optimiser(fooled_cnn(), NOISE, target)
    reached = run(one)
    assert reached[-1].probability > 0.999
    assert one.picture.shape == (SIDE, SIDE, 3)
    assert probability(fooled_cnn(), one.picture, None, target, closed=True) == pytest.approx(
        reached[-1].probability, abs=1e-6
    )


def test_noise_becomes_somebody_to_the_embeddings_with_unknown_in_the_race() -> None:
    one = optimiser(fooled_embedding(), NOISE)
    run(one)
    assert probability(fooled_embedding(), one.picture, None, 1, closed=False) > 0.8


@pytest.mark.parametrize("name", FOOLED)
def test_a_photo_is_fooled_within_its_bound(name: str) -> None:
    head, start = FOOLED[name](), photo()
    before = probability(head, start, FACE, 1, closed=False)
    one = optimiser(head, replace(FOOL, epsilon=24), start=start)
    reached = run(one)
    after = probability(head, one.picture, FACE, 1, closed=False)
    assert np.abs(one.picture.astype(np.int16) - start).max() <= 24
    assert after > before + 0.2
    assert after >= max(r.probability for r in reached) - 0.05
    assert one.picture.dtype == np.uint8


def test_what_is_reached_is_of_the_picture_at_that_step() -> None:
    one = optimiser(fooled_cnn(), replace(NOISE, steps=3))
    for _ in range(3):
        reached = one.advance()
        assert reached.loss == pytest.approx(-np.log(reached.probability), abs=1e-3)
        assert probability(fooled_cnn(), one.picture, None, 1, closed=True) == pytest.approx(
            reached.probability, abs=1e-5
        )


def test_a_run_ends_after_its_steps_and_stays_there() -> None:
    one = optimiser(fooled_cnn(), replace(FOOL, steps=2), start=photo())
    one.advance()
    last, picture = one.advance(), one.picture.copy()
    assert one.step == one.steps == 2
    assert one.advance() == last
    assert one.step == 2
    assert (one.picture == picture).all()


def test_a_picture_that_is_taken_for_the_target_is_left_alone() -> None:
    one = optimiser(fooled_cnn(), NOISE)
    run(one)
    assert one.settled
    assert one.step < one.steps
    step = one.step
    one.advance()
    assert one.step == step


def test_before_the_first_step_the_picture_is_the_beginning() -> None:
    assert (optimiser(fooled_cnn(), FOOL, start=photo()).picture == photo()).all()
    noise = optimiser(fooled_cnn(), NOISE).picture
    assert noise.std() == pytest.approx(74, abs=2)


@pytest.mark.parametrize("request_", [NOISE, FOOL, DREAM], ids=["noise", "fool", "dream"])
@pytest.mark.parametrize("robust", [False, True])
def test_the_same_request_gives_the_same_picture(request_: OptimizeRequest, *, robust: bool) -> None:
    asked = replace(request_, steps=3, robust=robust, seed=5)
    start = photo() if asked.mode is OptimizeMode.FOOL else None
    pictures = []
    for _ in range(2):
        one = optimiser(fooled_cnn(), asked, start=start)
        run(one)
        pictures.append(one.picture)
    assert (pictures[0] == pictures[1]).all()


def test_another_seed_gives_another_picture() -> None:
    pictures = []
    for seed in (1, 2):
        one = optimiser(fooled_cnn(), replace(NOISE, steps=2, seed=seed))
        run(one)
        pictures.append(one.picture)
    assert (pictures[0] != pictures[1]).mean() > 0.9


@pytest.mark.parametrize("request_", [NOISE, FOOL, DREAM], ids=["noise", "fool", "dream"])
def test_a_picture_is_gone_on_from(request_: OptimizeRequest) -> None:
    start = photo() if request_.mode is OptimizeMode.FOOL else None
    first = optimiser(fooled_cnn(), replace(request_, steps=4), start=start)
    run(first)
    more = optimiser(fooled_cnn(), replace(request_, steps=8), start=start, so_far=first.picture)
    assert np.abs(more.picture.astype(np.int16) - first.picture).max() <= 2
    reached = run(more)
    assert reached[-1].loss <= first.advance().loss + 0.05


def test_a_dream_works_moved_and_turned_and_is_smoother_than_noise() -> None:
    one = optimiser(fooled_cnn(), replace(DREAM, steps=60))
    run(one)
    assert probability(fooled_cnn(), one.picture, None, 1, closed=True) > 0.9
    steps = np.abs(np.diff(one.picture.astype(np.float32), axis=0)).mean()
    noise = optimiser(fooled_cnn(), NOISE)
    run(noise)
    assert steps < np.abs(np.diff(noise.picture.astype(np.float32), axis=0)).mean() / 2


def test_a_robust_picture_survives_compression() -> None:
    one = optimiser(fooled_cnn(), replace(NOISE, robust=True, steps=120))
    run(one)
    for quality in (75, 85, 95):
        assert probability(fooled_cnn(), decode_jpeg(compress_jpeg(one.picture, quality)), None, 1, closed=True) > 0.8


def test_the_face_is_found_again_and_the_best_picture_is_what_holds_then() -> None:
    moved = replace(FACE, landmarks=tuple((x + 3, y - 2) for x, y in FACE.landmarks))  # type: ignore[arg-type]
    asked: list[int] = []

    def find_face(picture: Pictures) -> DetectedFace:
        asked.append(one.step)
        return moved

    one = InputOptimiser(fooled_cnn(), 1, replace(FOOL, epsilon=24), photo(), FACE, None, find_face)
    reached = run(one)
    assert asked
    assert min(asked) <= 10
    assert reached[-1].probability == pytest.approx(
        probability(fooled_cnn(), one.picture, moved, 1, closed=False), abs=0.05
    )


def test_a_picture_in_which_the_face_is_lost_is_not_kept() -> None:
    one = InputOptimiser(fooled_cnn(), 1, FOOL, photo(), FACE, None, lambda _: None)
    run(one)
    assert (one.picture == photo()).all()


def test_who_stops_before_the_face_was_found_again_gets_the_picture_as_it_is() -> None:
    one = optimiser(fooled_cnn(), replace(FOOL, epsilon=1), start=photo())
    for _ in range(3):
        one.advance()
    assert (one.step, one.settled) == (3, False)
    assert (one.picture != photo()).any()


def test_fool_needs_a_photo() -> None:
    with pytest.raises(ValueError, match="photo"):
        InputOptimiser(fooled_cnn(), 1, FOOL, None, None, None, lambda _: None)


@pytest.mark.parametrize("name", FOOLED)
def test_many_faces_are_fooled_at_once(name: str) -> None:
    head = FOOLED[name]()
    pictures, targets = [photo(seed) for seed in range(4)] + [chips(1, 9)[0]], np.array([0, 1, 2, 1, 2])
    faces = [FACE] * 4 + [None]
    result = attack_faces(head, pictures, faces, targets, epsilon=20, steps=30)
    for picture, start, face, target in zip(result, pictures, faces, targets, strict=True):
        assert np.abs(picture.astype(np.int16) - start).max() <= 20
        before, after = (probability(head, one, face, int(target), closed=False) for one in (start, picture))
        assert after >= before
    gains = [probability(head, f, face, int(t), closed=False) - probability(head, s, face, int(t), closed=False)
             for f, s, face, t in zip(result, pictures, faces, targets, strict=True)]  # fmt: skip
    assert np.mean(gains) > 0.2


def test_no_faces_are_fooled_at_once() -> None:
    assert attack_faces(fooled_cnn(), [], [], np.zeros(0, np.intp), epsilon=8, steps=3) == []
