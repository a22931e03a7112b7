from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from core.domain.classification import ClassifyResult, FaceAnswer, best_first
from core.domain.faces import Box, Candidate, DetectedFace, RecognisedFace, box_iou

numbers = st.floats(0, 1000)
probabilities = st.floats(0, 1)
boxes = st.builds(Box, numbers, numbers, st.floats(0.1, 1000), st.floats(0.1, 1000))
candidates = st.builds(Candidate, st.integers(1), st.text(), probabilities)
answers = st.builds(
    FaceAnswer,
    st.integers(1, 50),
    boxes,
    probabilities,
    st.none() | st.integers(1),
    st.none() | st.text(),
    st.lists(candidates, max_size=3).map(tuple),
    st.none() | candidates,
    st.none() | st.integers(0),
)
results = st.builds(
    ClassifyResult,
    st.integers(1),
    st.integers(1),
    st.text(),
    st.text(),
    st.lists(answers, max_size=3).map(tuple),
    st.text(),
    numbers,
    st.sampled_from([0, 90, 180, 270]),
)


@given(results)
def test_a_result_comes_back_from_the_database_as_it_was(result: ClassifyResult) -> None:
    assert ClassifyResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_the_clis_json_has_the_documented_shape() -> None:
    top = (Candidate(7, "Anna", 0.9), Candidate(8, "Ben", 0.05))
    faces = (
        FaceAnswer(1, Box(1.5, 2, 30, 40), 0.99, 7, "Anna", top),
        FaceAnswer(2, Box(100, 2, 30, 40), 0.5, None, None, ()),
    )
    result = ClassifyResult(200, 100, "ab" * 32, "image/jpeg", faces, "net", 0.1)
    assert result.photo_json("IMG_1.jpg") == {
        "photo": "IMG_1.jpg",
        "size": [200, 100],
        "faces": [
            {"box": [1.5, 2, 30, 40], "score": 0.99, "name": "Anna", "top": [["Anna", 0.9], ["Ben", 0.05]]},
            {"box": [100, 2, 30, 40], "score": 0.5, "name": None, "top": []},
        ],
    }


def face(size: float, probability: float | None) -> RecognisedFace:
    points = ((0.0, 0.0),) * 5
    named = None if probability is None else Candidate(1, "Anna", probability)
    return RecognisedFace(DetectedFace(Box(0, 0, size, size), 0.9, points), (), named)


def test_named_faces_come_by_probability_and_the_others_by_size() -> None:
    faces = [face(10, None), face(20, 0.8), face(99, None), face(5, 0.95), face(10, None)]
    assert best_first(faces) == [3, 1, 2, 0, 4]


@given(boxes, boxes)
def test_overlap_is_a_share_and_the_same_from_both_sides(a: Box, b: Box) -> None:
    assert 0 <= box_iou(a, b) <= 1.0001
    assert box_iou(a, b) == box_iou(b, a)
    assert abs(box_iou(a, a) - 1) < 1e-6


def test_boxes_that_only_touch_do_not_overlap() -> None:
    assert box_iou(Box(0, 0, 10, 10), Box(10, 0, 10, 10)) == 0
    assert box_iou(Box(0, 0, 10, 10), Box(5, 0, 10, 10)) == 50 / 150


def test_an_answer_of_before_names_could_be_confirmed_or_withheld_is_still_read() -> None:
    face = {"number": 1, "box": [1, 2, 3, 4], "score": 0.9, "person_id": None, "name": None, "top": []}

    old = FaceAnswer.from_json(face)

    assert (old.withheld, old.confirmed_by, old.networks_disagree, old.age) == (None, None, False, None)


def test_an_answer_of_before_photos_were_turned_is_still_read() -> None:
    result = ClassifyResult(9, 9, "", "", (), "net", 0.1).to_json()

    assert ClassifyResult.from_json({key: value for key, value in result.items() if key != "turned"}).turned == 0


def test_the_shell_is_told_what_was_confirmed_and_what_was_withheld() -> None:
    named = FaceAnswer(1, Box(1, 2, 3, 4), 0.9, 7, "Haru", (), confirmed_by=33)
    withheld = FaceAnswer(2, Box(5, 2, 3, 4), 0.9, None, None, (), withheld=Candidate(7, "Haru", 0.96))

    shown = ClassifyResult(9, 9, "", "", (named, withheld), "net", 0.1).photo_json("a.jpg")

    first, second = shown["faces"]  # type: ignore[misc]
    assert (first["confirmed"], second["withheld"]) == (True, ["Haru", 0.96])
    assert not {"withheld", "confirmed_by"} & first.keys()  # no member's id reaches the shell
    assert "turned" not in shown


def test_the_shell_is_told_that_the_photo_was_turned() -> None:
    shown = ClassifyResult(9, 9, "", "", (), "net", 0.1, turned=270).photo_json("a.jpg")

    assert shown == {"photo": "a.jpg", "size": [9, 9], "turned": 270, "faces": []}


def test_where_the_networks_disagree_is_kept_and_told_to_the_shell() -> None:
    torn = FaceAnswer(1, Box(1, 2, 3, 4), 0.9, None, None, (), networks_disagree=True)

    assert FaceAnswer.from_json(torn.to_json()) == torn
    (face,) = ClassifyResult(9, 9, "", "", (torn,), "net", 0.1).photo_json("a.jpg")["faces"]  # type: ignore[misc]
    assert face["networks_disagree"] is True


def test_how_old_a_face_looks_is_kept_and_told_to_the_shell_with_the_error() -> None:
    aged, small = (
        FaceAnswer(number, Box(1, 2, 3, 4), 0.9, None, None, (), age=age) for number, age in ((1, 31), (2, None))
    )
    result = ClassifyResult(9, 9, "", "", (aged, small), "net", 0.1, age_error=7.1)

    assert ClassifyResult.from_json(result.to_json()) == result
    shown = result.photo_json("a.jpg")
    assert shown["age_error"] == 7.1
    assert [face.get("age") for face in shown["faces"]] == [31, None]  # type: ignore[union-attr]
    assert "age" not in shown["faces"][1]  # type: ignore[index, operator]


def test_an_answer_of_before_ages_were_estimated_is_still_read() -> None:
    result = ClassifyResult(9, 9, "", "", (), "net", 0.1).to_json()

    del result["age_error"]

    assert ClassifyResult.from_json(result).age_error is None
