"""The check of a head, on a head whose weak point is known: it view_specs at the mean of a colour."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from core.domain.faces import Box, DetectedFace
from core.domain.registry.robustness import TEXTURES, AttackOutcome, CheckState
from core.domain.training.folds import FOLDS, fold_of
from core.models.attack.robustness import AttackSample, RobustnessCheck, choose_samples, load_samples
from core.vision.textures.textures import textures
from core.vision.views import Framing, View

FACE = DetectedFace(Box(8, 8, 48, 48), 0.9, ((20, 20), (40, 20), (30, 30), (22, 42), (38, 42)))
FALLS = 130  # the mean of a channel from which on the head names its person
UNKNOWN = 105  # the mean of a chip up to which it is nobody
PEOPLE = 3


@dataclass(frozen=True)
class FakeSlopes:
    losses: NDArray[np.float64]
    probabilities: NDArray[np.float64]


class Head:
    """Sure of person k where the k-th channel's mean is high enough; "unknown" wins where the chip is dark."""

    classes = tuple((name, number) for number, name in enumerate(("Ann", "Ben", "Cleo"), 1))
    view_specs = (
        SimpleNamespace(view=View(Framing.CROP, 14), size=12),
        SimpleNamespace(view=View(Framing.ALIGNED, 150), size=150),
    )
    closed_view_specs = view_specs[:1]

    def probabilities(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        crops, chips = faces
        assert crops.shape[1:] == (12, 12, 3)
        assert chips.shape[1:] == (150, 150, 3)
        people = np.where(crops.mean((1, 2)) >= FALLS, 0.9, 0.05)
        unknown = np.where(closed | (chips.mean((1, 2, 3)) > UNKNOWN), 0.0, 1.0)[:, None]
        return np.hstack([(1 - unknown) * people, unknown])

    def loss_gradients(self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool) -> Any:
        probabilities = self.probabilities(faces, closed=closed)
        return FakeSlopes(-np.log(probabilities[np.arange(len(targets)), targets]), probabilities)


def brighten(
    _head: Any, pictures: Any, _faces: Any, targets: NDArray[np.intp], *, epsilon: int, steps: int
) -> list[NDArray[np.uint8]]:
    """The best attack there is on such a head."""
    assert steps > 0
    changed = [picture.copy() for picture in pictures]
    for picture, target in zip(changed, targets, strict=True):
        picture[..., target] += epsilon
    return changed


def sitter(needed: int, target: int = 0, others: int = 100) -> AttackSample:
    """A face that falls to so many levels; the two other channels of its picture are alike."""
    picture = np.full((64, 64, 3), others, np.uint8)
    picture[..., target] = FALLS - needed
    return AttackSample(picture, FACE, target)


def check(sitters: list[AttackSample], fool: Any = brighten, state: CheckState | None = None) -> RobustnessCheck:
    state = state or CheckState((AttackOutcome(),) * len(sitters), wanted=5)
    return RobustnessCheck(Head(), sitters, state, fool)  # type: ignore[arg-type]


def ended(one: RobustnessCheck) -> RobustnessCheck:
    while not one.state.done:
        one.advance()
    return one


def test_a_head_is_fooled_as_easily_as_it_is() -> None:
    needed = [1, 1, 2, 3, 3, 6, 8, 9, 30, 3]
    result = ended(check([sitter(levels, row % PEOPLE) for row, levels in enumerate(needed)])).state.result()
    assert (result.faces, result.epsilon, result.fooled, result.median_linf) == (10, 8, 0.8, 3.0)


def test_an_attack_that_does_nothing_fools_nobody() -> None:
    def idle(_head: Any, pictures: Any, *_: Any, **__: Any) -> list[NDArray[np.uint8]]:
        return list(pictures)

    result = ended(check([sitter(1), sitter(2)], idle)).state.result()
    assert (result.fooled, result.median_linf) == (0.0, None)


def test_a_face_of_which_unknown_is_likelier_is_not_fooled() -> None:
    assert ended(check([sitter(1, others=60)])).state.result().fooled == 0.0


def test_an_attack_that_cheats_is_noticed() -> None:
    def cheat(head: Any, pictures: Any, faces: Any, targets: Any, *, epsilon: int, steps: int) -> list[Any]:
        return brighten(head, pictures, faces, targets, epsilon=epsilon + 1, steps=steps)

    with pytest.raises(ValueError, match="beyond 1 levels"):
        check([sitter(5)], cheat).advance()


def test_a_check_goes_on_where_another_process_left_it() -> None:
    sitters = [sitter(levels) for levels in (1, 2, 3, 4, 5, 6)]
    through = ended(check(sitters))
    report = check(sitters)
    while not report.state.done:
        report.advance()
        report = check(sitters, state=CheckState.from_json(report.state.to_json()))
    assert report.state == through.state


def test_an_attack_that_is_interrupted_has_not_happened() -> None:
    one, asked = check([sitter(1)], slowly), iter([False, True])
    one.advance(lambda: next(asked))
    assert one.state.faces == (AttackOutcome(),)
    one.advance()
    assert one.state.faces == (AttackOutcome(0, 1),)


def test_an_attack_has_nothing_more_to_gain_once_a_face_is_named() -> None:
    seen: list[float] = []
    report = check([sitter(1)], lambda *arguments, **options: slowly(*arguments, **options, losses=seen))
    report.advance()
    assert seen == [pytest.approx(-np.log(0.05)), 0.0]


def slowly(
    head: Any, pictures: Any, faces: Any, targets: Any, *, epsilon: int, steps: int, losses: list[float] | None = None
) -> list[Any]:
    """Looks at a face's gradient before and after it is changed, as a real attack does."""
    changed = brighten(head, pictures, faces, targets, epsilon=epsilon, steps=steps)
    for picture in (pictures[0], changed[0], changed[0]):
        crops, chips = picture[None, 26:38, 26:38], np.zeros((1, 150, 150, 3), np.uint8)
        loss = float(head.loss_gradients([crops, chips], targets, closed=True).losses[0])
        if losses is not None:
            losses.append(loss)
        if loss == 0.0:
            break
    return changed


def test_textures_are_asked_for_with_and_without_unknown() -> None:
    one = ended(check([], state=CheckState((), wanted=40)))
    faces = textures(0, 40)
    bright = (faces.mean((1, 2)) >= FALLS).any(1)
    assert one.state.textures == 40
    assert one.state.closed == pytest.approx(bright.sum(), abs=2)  # what is shown is the middle of a smaller picture
    assert one.state.opened == pytest.approx((bright & (faces.mean((1, 2, 3)) > UNKNOWN)).sum(), abs=2)
    assert 0 < one.state.opened < one.state.closed < 40


def test_a_check_begins_with_all_faces_and_a_thousand_textures() -> None:
    one = RobustnessCheck(Head(), [sitter(1), sitter(2)], None, brighten)  # type: ignore[arg-type]
    assert one.state == CheckState((AttackOutcome(), AttackOutcome()), wanted=TEXTURES)


def test_without_faces_only_textures_are_asked_for() -> None:
    report = check([], state=CheckState((), wanted=20))
    report.advance()
    assert report.state.done
    assert report.state.result().faces == 0


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=150),
    st.one_of(st.none(), st.integers(0, FOLDS - 1)),
)
def test_faces_are_attacked_towards_other_people_and_unseen_ones_first(
    pictures: list[tuple[int, bool]], fold: int | None
) -> None:
    labels = np.array([label for label, _ in pictures], np.int64)
    result = np.array([one for _, one in pictures], bool)
    rows, targets = choose_samples(labels, result, 7, fold)
    again = choose_samples(labels, result, 7, fold)
    assert (rows == again[0]).all()
    assert (targets == again[1]).all()
    assert len(set(rows.tolist())) == len(rows) == min(100, result.sum())
    assert result[rows].all()
    assert (targets != labels[rows]).all()
    assert ((targets >= 0) & (targets < 7)).all()
    if fold is not None:
        unseen = np.flatnonzero((np.array(fold_of(labels.tolist(), FOLDS)) == fold) & result)
        assert len(np.intersect1d(rows, unseen)) == min(len(unseen), 100)


def test_a_recogniser_of_one_person_has_nobody_to_be_fooled_towards() -> None:
    rows, targets = choose_samples(np.zeros(5, np.int64), np.ones(5, bool), 1, None)
    assert len(rows) == len(targets) == 0


def test_the_faces_of_a_data_set_come_with_their_landmarks() -> None:
    reader: Any = Reader()
    sitters = load_samples(reader, PEOPLE, None)
    assert [one.picture[0, 0, 0] for one in sitters] == [0, 20, 40, 60]  # the last one shows no face
    assert all(one.face == FACE for one in sitters)
    assert all(one.target != label for one, label in zip(sitters, reader.labels, strict=False))


class Reader:
    """Five grey pictures."""

    labels = np.array([0, 1, 2, 0, 1])
    found = np.array([True, True, True, True, False])

    def records(self) -> Any:
        for row, found in enumerate(self.found):
            out = io.BytesIO()
            Image.new("RGB", (64, 64), (20 * row,) * 3).save(out, "PNG")
            face = (FACE.landmarks, FACE.box, 0.9) if found else (None, None, 0.0)
            yield SimpleNamespace(image=out.getvalue(), landmarks=face[0], box=face[1], score=face[2])
