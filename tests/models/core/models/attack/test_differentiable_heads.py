"""Heads as differentiable functions: the same answers, and slopes that say how the answers change."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain.faces import Box, DetectedFace
from core.models.attack.differentiable_heads import CHIP_SPEC, DifferentiableHead, differentiable_head
from core.vision.embedding.align import align
from core.vision.gradients.rendering import ViewSpec, sampling_of
from core.vision.views import Framing, View
from tests.models.core.models.attack.builders import (
    FOOLED,
    Pictures,
    chips,
    cnn_head,
    embedding_head,
    embedding_network,
    fooled_cnn,
    fooled_embedding,
    reading,
)

POINTS = ((38.0, 42.0), (70.0, 40.0), (55.0, 62.0), (42.0, 78.0), (69.0, 77.0))
FACE = DetectedFace(Box(25, 15, 60, 75), 0.9, POINTS)


def shown(head: DifferentiableHead, count: int, seed: int = 4) -> list[Pictures]:
    """Faces for each of a head's looks."""
    images = np.pad(chips(count, seed), ((0, 0), (5, 5), (5, 5), (0, 0)), mode="reflect")
    return [
        np.array([sampling_of(image.shape[:2], look, FACE).render(image) for image in images]) for look in head.looks
    ]


@pytest.mark.parametrize("framing", [Framing.ALIGNED, Framing.CROP])
@pytest.mark.parametrize("grey", [False, True])
def test_a_cnn_says_what_its_head_says_of_the_photo(framing: Framing, *, grey: bool) -> None:
    head = cnn_head(framing=framing, grey=grey)
    image = np.pad(chips(1, 4)[0], ((5, 5), (5, 5), (0, 0)), mode="reflect")
    seen = differentiable_head(head, embedding_network())
    assert seen.looks == (ViewSpec(View(framing, 37), 32), CHIP_SPEC)
    faces = [sampling_of(image.shape[:2], look, FACE).render(image)[None] for look in seen.looks]
    answer = head.probabilities(reading(image, (FACE,), align(image, POINTS)[None]))
    assert seen.chances(faces, closed=False) == pytest.approx(answer, abs=1e-5)
    assert seen.slopes(faces, np.array([1]), closed=False).chances == pytest.approx(answer, abs=1e-5)
    people = head.closed(head.views(reading(image, (FACE,), faces[1])))
    assert seen.chances(faces, closed=True)[:, :-1] == pytest.approx(people, abs=1e-5)


@pytest.mark.parametrize("faceless", [0, 1, 3])
def test_an_embedding_head_says_what_it_says_of_the_photo(faceless: int) -> None:
    head = embedding_head(faceless=faceless)
    faces = chips(20, 4)  # more than go through the network at a time
    faces[:3] = chips(3)
    answer = head.probabilities(reading(faces[0], (FACE,) * 20, faces))
    assert (answer.argmax(1)[:3] == [0, 1, 2]).all()
    seen = differentiable_head(head, embedding_network())
    assert seen.chances([faces], closed=False) == pytest.approx(answer, abs=1e-4)
    assert seen.slopes([faces], np.zeros(20, np.intp), closed=False).chances == pytest.approx(answer, abs=1e-4)
    closed = answer[:, :-1] / answer[:, :-1].sum(1, keepdims=True)
    assert seen.chances([faces], closed=True)[:, :-1] == pytest.approx(closed, abs=1e-4)


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("name", FOOLED)
def test_the_losses_are_of_the_targets_chances(name: str, *, closed: bool) -> None:
    head = FOOLED[name]()
    targets = np.arange(6) % 3
    found = head.slopes(shown(head, 6), targets, closed=closed)
    assert found.losses == pytest.approx(-np.log(found.chances[np.arange(6), targets]), abs=1e-4)
    assert found.chances.sum(1) == pytest.approx(1)
    assert (found.chances[:, -1] == 0).all() == closed
    assert found.chances == pytest.approx(head.chances(shown(head, 6), closed=closed), abs=1e-5)


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("name", FOOLED)
def test_a_small_change_of_pixels_changes_the_loss_by_its_slope(name: str, *, closed: bool) -> None:
    head = FOOLED[name]()
    faces, targets = shown(head, 4), np.array([0, 1, 2, 0])
    slopes = head.slopes(faces, targets, closed=closed)
    for place, gradient in enumerate(slopes.gradients):
        if gradient is None:
            continue
        size = np.abs(gradient).reshape(4, -1)
        # The 8 numbers that matter most: with all of them, even one level is far enough for the slope to change.
        few = (size >= np.sort(size, axis=1)[:, -8:-7]).reshape(gradient.shape)
        step = (np.sign(gradient) * few).astype(np.int16)
        up, down = (
            [*faces[:place], (faces[place] + sign * step).astype(np.uint8), *faces[place + 1 :]] for sign in (1, -1)
        )
        moved = head.slopes(up, targets, closed=closed).losses - head.slopes(down, targets, closed=closed).losses
        assert moved == pytest.approx(2 * (np.abs(gradient) * few).sum((1, 2, 3)), rel=0.2)  # maxima change places


def test_the_closed_answer_of_a_cnn_needs_its_own_look_only() -> None:
    head = fooled_cnn()
    faces, targets = shown(head, 3), np.array([0, 1, 2])
    alone = head.slopes(faces[:1], targets, closed=True)
    assert alone.gradients[1] is None
    assert alone.losses == pytest.approx(head.slopes(faces, targets, closed=True).losses)
    assert head.chances(faces[:1], closed=True) == pytest.approx(alone.chances, abs=1e-5)


def test_the_gate_is_followed_only_where_it_doubts() -> None:
    head = fooled_cnn()
    faces, targets = shown(head, 3), np.zeros(3, np.intp)
    faces[1][:2] = chips(2)  # two of those whom the gate knows, and a stranger
    slopes = head.slopes(faces, targets, closed=False)
    gate = slopes.gradients[1]
    assert gate is not None
    assert slopes.chances[:2, -1].max() < 0.01 < slopes.chances[2, -1]
    assert not gate[:2].any()
    assert gate[2].any()
    assert head.slopes([one[:2] for one in faces], targets[:2], closed=False).gradients[1] is None


def test_somebody_without_a_picture_can_be_asked_for_but_not_reached() -> None:
    head = differentiable_head(embedding_head(faceless=1), embedding_network())
    slopes = head.slopes([chips(2)], np.array([3, 3]), closed=False)
    assert (slopes.chances[:, 3] == 0).all()
    assert np.isfinite(slopes.losses).all()


def test_no_faces_have_no_answers() -> None:
    assert fooled_cnn().chances([np.zeros((0, 32, 32, 3), np.uint8), chips(0)], closed=False).shape == (0, 4)
    assert fooled_embedding().chances([chips(0)], closed=True).shape == (0, 4)


def test_other_heads_are_refused() -> None:
    with pytest.raises(TypeError, match="no way back"):
        differentiable_head(object())  # type: ignore[arg-type]
