"""What members say counts more than what the recogniser predicted."""

from __future__ import annotations

from dataclasses import replace

from bot.features.classify import texts
from bot.features.people.shown_faces import shown_faces
from bot.ui.i18n import words_in
from core.domain.classification import FaceAnswer
from core.domain.faces import Candidate
from tests.unit.bot.features.people.builders import BOX, HANAKO, TARO, classify_result, predicted_face, stored_face

EN = words_in("en")


def test_what_a_member_said_outweighs_what_was_found() -> None:
    (face,) = shown_faces(classify_result(predicted_face(1, HANAKO, named=True)), [stored_face(1, TARO)])

    assert (face.name, face.said_by, face.probability) == ("Taro", 33, None)
    assert texts.face_line(EN, face) == "**1** · **Taro** ✓ said by <@33>"


def test_a_rejected_name_is_not_shown_again() -> None:
    (face,) = shown_faces(
        classify_result(predicted_face(1, HANAKO, TARO, named=True)), [stored_face(1, rejected=frozenset({1}))]
    )

    assert texts.face_line(EN, face) == "**1** · unknown · perhaps Taro 5%"


def test_an_unknown_face_is_not_perhaps_somebody_who_is_there_already() -> None:
    faces = [predicted_face(1, HANAKO, TARO, named=True), predicted_face(2, HANAKO, TARO)]

    first, second = shown_faces(classify_result(*faces), [stored_face(1), stored_face(2)])

    assert texts.face_line(EN, first) == "**1** · **Hanako** 92% · Taro 5%"
    assert texts.face_line(EN, second) == "**2** · unknown · perhaps Taro 5%"


def test_a_sure_name_that_is_withheld_is_told_as_long_as_somebody_else_has_it() -> None:
    faces = [predicted_face(1, HANAKO, named=True), FaceAnswer(2, BOX, 0.9, None, None, (HANAKO,), withheld=HANAKO)]

    _, withheld = shown_faces(classify_result(*faces), [stored_face(1), stored_face(2)])
    _, free = shown_faces(classify_result(*faces), [stored_face(1, TARO), stored_face(2)])
    _, refused = shown_faces(classify_result(*faces), [stored_face(1), stored_face(2, rejected=frozenset({1}))])

    assert texts.face_line(EN, withheld) == (
        "**2** · unknown · would be Hanako too, with 92%, but I name nobody twice in one photo"
    )
    assert "Hanako さんの可能性も92%" in texts.face_line(words_in("ja"), withheld)
    assert texts.face_line(EN, free) == "**2** · unknown · perhaps Hanako 92%"
    assert texts.face_line(EN, refused) == "**2** · unknown"


def test_a_name_from_an_earlier_answer_is_told_as_what_a_member_said() -> None:
    answer = FaceAnswer(1, BOX, 0.9, 1, "Hanako", (TARO,), confirmed_by=33)

    (face,) = shown_faces(classify_result(answer), [stored_face(1)])
    (rejected,) = shown_faces(classify_result(answer), [stored_face(1, rejected=frozenset({1}))])

    assert texts.face_line(EN, face) == "**1** · **Hanako** ✓ said by <@33>"
    assert texts.face_line(EN, rejected) == "**1** · unknown · perhaps Taro 5%"


def test_no_recogniser_is_sure() -> None:
    (face,) = shown_faces(
        classify_result(predicted_face(1, Candidate(1, "Hanako", 0.9999), named=True)), [stored_face(1)]
    )

    assert texts.face_line(EN, face) == "**1** · **Hanako** 99%"


def test_a_face_that_is_not_stored_cannot_be_named() -> None:
    (face,) = shown_faces(classify_result(predicted_face(1)), [])

    assert not face.editable


def test_a_guess_says_where_the_networks_disagree_and_a_name_by_a_member_does_not() -> None:
    torn = replace(predicted_face(1, HANAKO, TARO), networks_disagree=True)
    named = replace(predicted_face(2, HANAKO, named=True), networks_disagree=True)

    guess, sure = shown_faces(classify_result(torn, named), [stored_face(1), stored_face(2)])
    (said, _) = shown_faces(classify_result(torn, named), [stored_face(1, TARO), stored_face(2)])

    assert texts.face_line(EN, guess) == "**1** · unknown · perhaps Taro 5% · the two face networks disagree here"
    assert texts.face_line(EN, sure) == "**2** · **Hanako** 92% · the two face networks disagree here"
    assert "判断が分かれています" in texts.face_line(words_in("ja"), sure)
    assert texts.face_line(EN, said) == "**1** · **Taro** ✓ said by <@33>"


def test_who_objected_is_not_shown_whoever_named_the_face() -> None:
    faces = [
        predicted_face(1, HANAKO, named=True),
        predicted_face(2, HANAKO, TARO),
        predicted_face(3, TARO, named=True),
    ]
    stored = [stored_face(1, HANAKO), stored_face(2), stored_face(3)]

    shown = shown_faces(classify_result(*faces), stored, frozenset({HANAKO.person_id}))

    lines = [texts.face_line(EN, face) for face in shown]
    assert "Hanako" not in "".join(lines)
    assert [face.name for face in shown] == [None, None, "Taro"]
    assert shown[0].editable
