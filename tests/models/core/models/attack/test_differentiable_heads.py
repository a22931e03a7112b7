"""Heads as differentiable functions: the same answers, and head_gradients that say how the answers change."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from core.domain.embedders import DLIB, DLIB_AND_SFACE
from core.domain.faces import Box, DetectedFace
from core.models.attack.differentiable_heads import (
    DLIB_SPEC,
    SFACE_SPEC,
    DifferentiableHead,
    _embedding_function,
    differentiable_head,
)
from core.vision.embedding.align import face_chips
from core.vision.embedding.embed import load_embedder
from core.vision.gradients.rendering import FaceView, ViewSpec
from core.vision.views import Framing, View
from tests.models.core.models.attack.builders import (
    FOOLED,
    Pictures,
    chips,
    cnn_head,
    embed,
    embedding_head,
    fooled_cnn,
    fooled_embedding,
    reading,
    views_of,
)

POINTS = ((38.0, 42.0), (70.0, 40.0), (55.0, 62.0), (42.0, 78.0), (69.0, 77.0))
FACE = DetectedFace(Box(25, 15, 60, 75), 0.9, POINTS)


def shown(head: DifferentiableHead, count: int, seed: int = 4) -> list[Pictures]:
    """Faces for each of a head's view_specs."""
    images = np.pad(chips(count, seed), ((0, 0), (5, 5), (5, 5), (0, 0)), mode="reflect")
    return [
        np.array([FaceView(image.shape[:2], look, FACE).render(image) for image in images]) for look in head.view_specs
    ]


SPECS = {DLIB: (DLIB_SPEC,), DLIB_AND_SFACE: (DLIB_SPEC, SFACE_SPEC)}


@pytest.mark.parametrize(
    ("framing", "grey", "embedder"),
    [
        (Framing.ALIGNED, False, DLIB_AND_SFACE),
        (Framing.CROP, True, DLIB_AND_SFACE),
        (Framing.CROP, False, DLIB_AND_SFACE),
        (Framing.ALIGNED, False, DLIB),
    ],
)
def test_a_cnn_says_what_its_head_says_of_the_photo(framing: Framing, *, grey: bool, embedder: str) -> None:
    head = cnn_head(framing=framing, grey=grey, embedder=embedder)
    image = np.pad(chips(1, 4)[0], ((5, 5), (5, 5), (0, 0)), mode="reflect")
    seen = differentiable_head(head, embed)
    assert seen.closed_view_specs == (ViewSpec(View(framing, 37), 32),)
    assert seen.view_specs == (*seen.closed_view_specs, *SPECS[embedder])
    faces = [FaceView(image.shape[:2], look, FACE).render(image)[None] for look in seen.view_specs]
    answer = head.probabilities(reading(image, (FACE,), faces[1:]))
    assert seen.probabilities(faces, closed=False) == pytest.approx(answer, abs=1e-5)
    assert seen.loss_gradients(faces, np.array([1]), closed=False).probabilities == pytest.approx(answer, abs=1e-5)
    people = head.closed(head.views(reading(image, (FACE,), faces[1:])))
    assert seen.probabilities(faces, closed=True)[:, :-1] == pytest.approx(people, abs=1e-5)


@pytest.mark.parametrize(
    ("faceless", "embedder"), [(0, DLIB_AND_SFACE), (1, DLIB_AND_SFACE), (3, DLIB_AND_SFACE), (1, DLIB)]
)
def test_an_embedding_head_says_what_it_says_of_the_photo(faceless: int, embedder: str) -> None:
    head = embedding_head(faceless=faceless, embedder=embedder)
    pictures = chips(20, 4)  # more than go through the networks at a time
    pictures[:3] = chips(3)
    faces = views_of(pictures, embedder)
    answer = head.probabilities(reading(pictures[0], (FACE,) * 20, faces))
    assert (answer.argmax(1)[:3] == [0, 1, 2]).all()
    seen = differentiable_head(head, embed)
    assert seen.view_specs == seen.closed_view_specs == SPECS[embedder]
    assert seen.probabilities(faces, closed=False) == pytest.approx(answer, abs=1e-4)
    assert seen.loss_gradients(faces, np.zeros(20, np.intp), closed=False).probabilities == pytest.approx(
        answer, abs=1e-4
    )
    closed = answer[:, :-1] / answer[:, :-1].sum(1, keepdims=True)
    assert seen.probabilities(faces, closed=True)[:, :-1] == pytest.approx(closed, abs=1e-4)


def test_the_product_embeds_for_each_embedder_as_its_reader_does() -> None:
    image = np.pad(chips(1, 4)[0], ((5, 5), (5, 5), (0, 0)), mode="reflect")
    embeddings = load_embedder().embed(face_chips(image, [POINTS]))
    for embedder, expected in ((DLIB, embeddings.dlib), (DLIB_AND_SFACE, embeddings.joint)):
        faces = [FaceView(image.shape[:2], spec, FACE).render(image)[None] for spec in SPECS[embedder]]
        own = _embedding_function(embedder)(*(keras.ops.convert_to_tensor(face, "float32") for face in faces))
        assert np.asarray(own) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_either_network_alone_changes_an_embedding_heads_answer(*, closed: bool) -> None:
    head = fooled_embedding()
    faces, others = views_of(chips(2)), views_of(chips(2, 7))
    answer = head.probabilities(faces, closed=closed)
    for changed in ([others[0], faces[1]], [faces[0], others[1]]):
        assert np.abs(head.probabilities(changed, closed=closed) - answer).max() > 0.01


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("name", FOOLED)
def test_the_losses_are_of_the_targets_chances(name: str, *, closed: bool) -> None:
    head = FOOLED[name]()
    targets = np.arange(6) % 3
    result = head.loss_gradients(shown(head, 6), targets, closed=closed)
    assert result.losses == pytest.approx(-np.log(result.probabilities[np.arange(6), targets]), abs=1e-4)
    assert result.probabilities.sum(1) == pytest.approx(1)
    assert (result.probabilities[:, -1] == 0).all() == closed
    assert result.probabilities == pytest.approx(head.probabilities(shown(head, 6), closed=closed), abs=1e-5)


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("name", FOOLED)
def test_a_small_change_of_pixels_changes_the_loss_by_its_gradient(name: str, *, closed: bool) -> None:
    head = FOOLED[name]()
    faces, targets = shown(head, 4), np.array([0, 1, 2, 0])
    head_gradients = head.loss_gradients(faces, targets, closed=closed)
    for place, gradient in enumerate(head_gradients.gradients):
        if gradient is None:
            continue
        movable = (faces[place] > 0) & (faces[place] < 255)  # beyond the photo all is black
        size = np.abs(gradient * movable).reshape(4, -1)
        # The 8 numbers that matter most: with all of them, even one level is far enough for the gradient to change.
        few = (size >= np.sort(size, axis=1)[:, -8:-7]).reshape(gradient.shape) & movable
        step = (np.sign(gradient) * few).astype(np.int16)
        up, down = (
            [*faces[:place], (faces[place] + sign * step).astype(np.uint8), *faces[place + 1 :]] for sign in (1, -1)
        )
        moved = (
            head.loss_gradients(up, targets, closed=closed).losses
            - head.loss_gradients(down, targets, closed=closed).losses
        )
        assert moved == pytest.approx(2 * (np.abs(gradient) * few).sum((1, 2, 3)), rel=0.2)  # maxima change places


def test_the_closed_answer_of_a_cnn_needs_its_own_look_only() -> None:
    head = fooled_cnn()
    faces, targets = shown(head, 3), np.array([0, 1, 2])
    alone = head.loss_gradients(faces[:1], targets, closed=True)
    assert alone.gradients[1:] == (None, None)
    assert alone.losses == pytest.approx(head.loss_gradients(faces, targets, closed=True).losses)
    assert head.probabilities(faces[:1], closed=True) == pytest.approx(alone.probabilities, abs=1e-5)


def test_the_gate_is_followed_only_where_it_doubts() -> None:
    head = fooled_cnn()
    faces, targets = shown(head, 3), np.zeros(3, np.intp)
    for view, known in zip(faces[1:], views_of(chips(2)), strict=True):  # two whom the gate knows, and a stranger
        view[:2] = known
    head_gradients = head.loss_gradients(faces, targets, closed=False)
    assert head_gradients.probabilities[:2, -1].max() < 0.01 < head_gradients.probabilities[2, -1]
    for gate in head_gradients.gradients[1:]:
        assert gate is not None
        assert not gate[:2].any()
        assert gate[2].any()
    without_doubt = head.loss_gradients([face[:2] for face in faces], targets[:2], closed=False)
    assert without_doubt.gradients[1:] == (None, None)


def test_somebody_without_a_picture_can_be_asked_for_but_not_reached() -> None:
    head = differentiable_head(embedding_head(faceless=1), embed)
    head_gradients = head.loss_gradients(views_of(chips(2)), np.array([3, 3]), closed=False)
    assert (head_gradients.probabilities[:, 3] == 0).all()
    assert np.isfinite(head_gradients.losses).all()


def test_no_faces_have_no_answers() -> None:
    none = views_of(chips(0))
    assert fooled_cnn().probabilities([np.zeros((0, 32, 32, 3), np.uint8), *none], closed=False).shape == (0, 4)
    assert fooled_embedding().probabilities(none, closed=True).shape == (0, 4)


def test_other_heads_are_refused() -> None:
    with pytest.raises(TypeError, match="no way back"):
        differentiable_head(object())  # type: ignore[arg-type]
