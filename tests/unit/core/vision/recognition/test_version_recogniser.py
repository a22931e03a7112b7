from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, Candidate, DetectedFace
from core.vision.recognition.mean_embedding import FaceNaming, Gallery, MeanEmbeddingRecogniser
from core.vision.recognition.photo_reader import PhotoReading
from core.vision.recognition.version_recogniser import VersionRecogniser, checked_probabilities, exclude_trained

ANNA, BEN, CARA, DAN = 1, 2, 3, 4
NAMES = {ANNA: "Anna", BEN: "Ben", CARA: "Cara", DAN: "Dan"}
NOBODY: tuple[frozenset[int], ...] = (frozenset(),)


def vector(person: int) -> NDArray[np.float32]:
    """Far from everybody else's."""
    return np.asarray(np.eye(256, dtype=np.float32)[person])


@dataclass(frozen=True)
class Fixed:
    """A head that says what the test says."""

    classes: tuple[tuple[str, int], ...]
    rows: ArrayLike

    def probabilities(self, reading: PhotoReading) -> NDArray[np.float64]:
        return np.array(self.rows, np.float64)


def reading(*people: int) -> PhotoReading:
    points = ((1.0, 1.0), (2.0, 1.0), (1.5, 1.5), (1.0, 2.0), (2.0, 2.0))
    faces = tuple(DetectedFace(Box(100.0 * at, 5.0, 50.0, 50.0), 0.9, points) for at in range(len(people)))
    embeddings = np.stack([vector(person) for person in people]) if people else np.zeros((0, 256), np.float32)
    return PhotoReading(np.zeros((60, 400, 3), np.uint8), faces, embeddings)


def gallery(*people: int) -> MeanEmbeddingRecogniser:
    """The live method, sure of each of these people, by ten pictures."""
    embeddings = np.stack([vector(person) for person in people for _ in range(10)]) if people else np.zeros((0, 256))
    owners = np.repeat(np.arange(len(people)), 10)
    names = tuple(f"{NAMES[person]} of old" for person in people)
    return MeanEmbeddingRecogniser(Gallery(people, names, embeddings.astype(np.float32), owners))


def head(*rows: Sequence[float], people: Sequence[int] = (ANNA, BEN)) -> Fixed:
    return Fixed(tuple((NAMES[person], person) for person in people), rows)


def recogniser(trained: Fixed, live: MeanEmbeddingRecogniser, names: dict[int, str] | None = None) -> VersionRecogniser:
    return VersionRecogniser(trained, live, NAMES if names is None else names)


def name_of(naming: FaceNaming) -> str | None:
    return naming.named.name if naming.named else None


def test_the_version_names_its_people_whatever_the_live_method_says() -> None:
    one = recogniser(head([0.95, 0.04, 0.01]), gallery(ANNA, BEN))
    (naming,) = one.recognise(reading(BEN), NOBODY)
    assert name_of(naming) == "Anna"
    assert [candidate.person_id for candidate in naming.candidates] == [ANNA, BEN]
    assert [candidate.probability for candidate in naming.candidates] == pytest.approx([0.95, 0.04])


def test_the_live_method_names_whom_the_version_was_not_trained_on() -> None:
    one = recogniser(head([0.01, 0.01, 0.98]), gallery(ANNA, CARA))
    (naming,) = one.recognise(reading(CARA), NOBODY)
    assert naming.named is not None
    assert naming.named.person_id == CARA
    assert naming.named.probability == pytest.approx(0.98, abs=0.01)


def test_whom_the_version_does_not_know_the_live_method_does_not_give_back() -> None:
    # The live method is sure that it is Anna; the version, who has learned Anna, says that it is not.
    one = recogniser(head([0.05, 0.05, 0.9]), gallery(ANNA, CARA))
    chances = one.probabilities(reading(ANNA), NOBODY)
    assert chances[0] == pytest.approx([0.05, 0.0, 0.05, 0.9], abs=0.01)  # Anna, Cara, Ben, unknown


def test_a_stranger_to_both_stays_unknown() -> None:
    one = recogniser(head([0.01, 0.01, 0.98]), gallery(CARA))
    (naming,) = one.recognise(reading(100), NOBODY)
    assert naming.named is None


def test_a_correction_holds_against_the_version() -> None:
    one = recogniser(head([0.999, 0.0009, 0.0001]), gallery(ANNA))
    (naming,) = one.recognise(reading(ANNA), [frozenset({ANNA})])
    assert naming.named is None
    assert ANNA not in {candidate.person_id for candidate in naming.candidates}
    assert all(
        candidate.probability < 0.01 for candidate in naming.candidates
    )  # and its second guess is no better than before


def test_after_a_correction_the_live_method_may_know_who_it_is() -> None:
    one = recogniser(head([0.6, 0.39, 0.01]), gallery(ANNA, BEN))
    (naming,) = one.recognise(reading(BEN), [frozenset({ANNA})])
    assert name_of(naming) == "Ben"


def test_a_correction_holds_for_one_face_only() -> None:
    one = recogniser(head([0.9, 0.0, 0.1], [0.0, 0.9, 0.1]), gallery())
    first, second = one.recognise(reading(ANNA, BEN), [frozenset({ANNA}), frozenset({ANNA})])
    assert (name_of(first), name_of(second)) == (None, "Ben")


def test_nobody_is_named_twice_in_a_photo() -> None:
    one = recogniser(head([0.9, 0.0, 0.1], [0.97, 0.0, 0.03]), gallery())
    first, second = one.recognise(reading(ANNA, ANNA), NOBODY * 2)
    assert (name_of(first), name_of(second)) == (None, "Anna")


def test_a_renamed_person_has_the_present_name() -> None:
    renamed = {**NAMES, ANNA: "Anna-Lena"}
    (naming,) = recogniser(head([0.95, 0.04, 0.01]), gallery(ANNA), renamed).recognise(reading(ANNA), NOBODY)
    assert name_of(naming) == "Anna-Lena"
    stranger = recogniser(head([0.01, 0.01, 0.98]), gallery(CARA), {**NAMES, CARA: "Carla"})
    assert name_of(stranger.recognise(reading(CARA), NOBODY)[0]) == "Carla"


def test_a_deleted_person_is_named_no_more() -> None:
    left = {BEN: "Ben"}
    one = recogniser(head([0.99, 0.005, 0.005]), gallery(BEN), left)
    (naming,) = one.recognise(reading(100), NOBODY)
    assert naming.named is None
    assert "Anna" not in {candidate.name for candidate in naming.candidates}


def test_two_classes_of_one_person_are_added() -> None:
    trained = Fixed((("Anna", ANNA), ("Anna at school", ANNA)), [[0.5, 0.45, 0.05]])
    (naming,) = recogniser(trained, gallery()).recognise(reading(ANNA), NOBODY)
    assert naming.named is not None
    assert naming.named.probability == pytest.approx(0.95)


def test_a_photo_without_faces_has_no_namings() -> None:
    trained = Fixed(head().classes, np.zeros((0, 3)))
    assert recogniser(trained, gallery(ANNA)).recognise(reading(), ()) == []


def test_who_is_known_to_be_nobody_of_the_trained_is_one_of_the_others() -> None:
    chances = np.array([[0.6, 0.1, 0.3], [1.0, 0.0, 0.0]])
    assert exclude_trained(chances, [True, False]) == pytest.approx(np.array([[0.0, 0.25, 0.75], [0.0, 0.0, 1.0]]))


chance = st.floats(0, 1)


@given(st.data())
def test_chances_always_sum_to_one_and_no_forbidden_name_has_any(data: st.DataObject) -> None:
    faces = data.draw(st.integers(1, 4))
    trained = data.draw(st.lists(st.sampled_from(sorted(NAMES)), unique=True, max_size=4))
    enrolled = data.draw(st.lists(st.sampled_from(sorted(NAMES)), unique=True, max_size=4))
    weights = np.array(data.draw(st.lists(chance, min_size=5 * faces, max_size=5 * faces))).reshape(faces, 5)
    weights = weights[:, : len(trained) + 1] + np.eye(1, len(trained) + 1, len(trained)) * 1e-9
    rows = (weights / weights.sum(1, keepdims=True)).tolist()
    shown = data.draw(st.lists(st.integers(1, 6), min_size=faces, max_size=faces))
    cannot_link_ids = data.draw(st.lists(st.frozensets(st.sampled_from(sorted(NAMES))), min_size=faces, max_size=faces))
    there = {one: NAMES[one] for one in data.draw(st.sets(st.sampled_from(sorted(NAMES)))) | set(enrolled)}
    one = recogniser(head(*rows, people=trained), gallery(*enrolled), there)
    chances = one.probabilities(reading(*shown), cannot_link_ids)
    assert chances.min() >= 0
    assert chances.sum(1) == pytest.approx(1)
    names = one.recognise(reading(*shown), cannot_link_ids)
    named = [naming.named.person_id for naming in names if naming.named]
    assert len(named) == len(set(named))
    for naming, refused in zip(names, cannot_link_ids, strict=True):
        assert not refused & {candidate.person_id for candidate in naming.candidates}
        assert {candidate.person_id for candidate in naming.candidates} <= there.keys()


@pytest.mark.parametrize(
    "rows",
    [
        [[0.5, 0.5]],  # a class is missing
        [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]],  # a face too many
        [[np.nan, 0.5, 0.5]],
        [[np.inf, 0.0, 0.0]],
        [[-0.5, 1.0, 0.5]],
        [[0.5, 0.5, 0.5]],  # no probabilities
        [[0.0, 0.0, 0.0]],
    ],
)
def test_what_are_no_probabilities_are_bad_weights(rows: list[list[float]]) -> None:
    with pytest.raises(OmokageError) as caught:
        recogniser(head(*rows), gallery(ANNA)).recognise(reading(ANNA), NOBODY)
    assert caught.value.code is ErrorCode.BAD_WEIGHTS


def test_single_precision_is_precise_enough() -> None:
    rows = np.full((1, 3), 1 / 3, np.float32)
    assert checked_probabilities(rows, 1, 2).sum(1) == pytest.approx(1, abs=1e-12)


def test_what_people_confirmed_outranks_a_trained_head_too() -> None:
    one = recogniser(head([0.99, 0.0, 0.01], [0.0, 0.99, 0.01]), gallery(ANNA))
    mei = Candidate(77, "Mei", 1.0)

    first, second = one.recognise(reading(ANNA, BEN), NOBODY * 2, (mei, mei))

    assert (first.named, second.named) == (mei, mei)


def test_a_version_tells_where_the_networks_disagree_about_a_face() -> None:
    faces = np.zeros((2, 256), np.float32)
    faces[[0, 1], [0, 1]], faces[[0, 1], [128, 129]] = np.sqrt(2 / 3), np.sqrt(1 / 3)
    live = MeanEmbeddingRecogniser(Gallery((ANNA, BEN), ("Anna", "Ben"), faces, np.array([0, 1])))
    torn = faces[0].copy()
    torn[[128, 129]] = torn[[129, 128]]
    photo = reading(ANNA, BEN)
    photo = PhotoReading(photo.image, photo.faces, np.stack([faces[0], torn]))
    namings = recogniser(head((0.9, 0.0, 0.1), (0.1, 0.2, 0.7)), live).recognise(photo, NOBODY * 2)
    assert [naming.networks_disagree for naming in namings] == [False, True]
