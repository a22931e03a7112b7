"""What is said of a picture, and of which of its faces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from core.domain.faces import Box, DetectedFace, box_iou
from core.domain.optimisation import Prediction
from core.services.attack.rechecking import SelectFace, select_best, select_near
from core.storage.blobs import Blobs
from core.storage.people.changes import set_objection
from core.storage.tables import faces, labels, people
from tests.databases import new_database
from tests.unit.core.services.attack.fakes import ANNA, BEN, CARA, GUILD, NOW, Lab, RedHead, face_at, painted

BOXES = st.builds(Box, st.floats(0, 50), st.floats(0, 50), st.floats(1, 50), st.floats(1, 50))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    database = new_database(tmp_path / "test.db")
    yield Lab(database, Blobs(str(tmp_path / "blobs")))
    database.close()


def head_of(lab: Lab, *names: str, unknown: float = 0.0) -> RedHead:
    return RedHead(tuple((name, lab.ids[name]) for name in names), unknown)


def verdict(lab: Lab, head: RedHead, red: float, target: str = ANNA, pick: SelectFace = select_best) -> Prediction:
    return lab.evaluator.predict(lab.evaluator.read(painted(red), pick), head, lab.ids[target], GUILD)  # type: ignore[arg-type]


def test_the_likeliest_come_first_and_sum_to_one_if_it_had_to_be_one_of_three(lab: Lab) -> None:
    said = verdict(lab, head_of(lab, CARA, ANNA, BEN, unknown=0.3), 110)
    assert [one.name for one in said.top] == [BEN, ANNA, CARA]
    assert sum(one.probability for one in said.top) == pytest.approx(1)
    assert said.target == said.top[1].probability
    assert (said.unknown, said.found, said.named) == (pytest.approx(0.3), True, None)


def test_a_person_whom_the_head_does_not_know_has_no_chance(lab: Lab) -> None:
    assert verdict(lab, head_of(lab, BEN, CARA), 60, target=ANNA).target == 0.0


def test_two_classes_of_one_person_are_one_candidate(lab: Lab) -> None:
    head = RedHead(((ANNA, lab.ids[ANNA]), (BEN, lab.ids[ANNA]), (CARA, lab.ids[CARA])), 0.0)
    said = verdict(lab, head, 90)
    assert [one.name for one in said.top] == [ANNA, CARA]
    assert said.target == pytest.approx(1, abs=1e-4)


def test_of_people_who_were_deleted_nobody_is_told_and_their_share_is_unknown(lab: Lab) -> None:
    head = head_of(lab, ANNA, BEN, unknown=0.2)
    with lab.database.write() as connection:
        for table in (labels, faces):
            connection.execute(delete(table).where(table.c.person_id == lab.ids[BEN]))
        connection.execute(delete(people).where(people.c.id == lab.ids[BEN]))
    said = verdict(lab, head, 120)
    assert [(one.name, one.probability) for one in said.top] == [(ANNA, 1.0)]
    assert said.unknown == pytest.approx(1.0, abs=1e-4)
    assert said.named is None


def test_who_objected_is_named_as_nobody_and_their_share_is_unknown(lab: Lab) -> None:
    head = head_of(lab, ANNA, BEN)
    assert verdict(lab, head, 120).named == BEN
    with lab.database.write() as connection:
        set_objection(connection, lab.ids[BEN], NOW)
    said = verdict(lab, head, 120)
    assert [(one.name, one.probability) for one in said.top] == [(ANNA, 1.0)]
    assert said.unknown == pytest.approx(1.0, abs=1e-3)
    assert said.named is None


def test_without_a_face_the_middle_of_the_picture_is_judged(lab: Lab) -> None:
    lab.eyes.faces = []
    said = verdict(lab, head_of(lab, ANNA, BEN), 60)
    assert (said.found, said.named) == (False, None)
    assert said.target > 0.99


def test_a_face_elsewhere_is_not_the_one_that_is_meant(lab: Lab) -> None:
    lab.eyes.faces = [face_at(60, 30)]
    head = head_of(lab, ANNA, BEN)
    assert verdict(lab, head, 60, pick=select_near(Box(0, 20, 30, 30))).found is False
    assert verdict(lab, head, 60, pick=select_near(Box(62, 21, 30, 30))).named == ANNA


def test_the_face_that_covers_most_of_where_it_was_is_the_same_one() -> None:
    near, nearer = face_at(8, 60), face_at(3, 60)
    assert select_near(Box(0, 20, 60, 60))([near, nearer]) == 1
    assert select_near(Box(0, 20, 60, 60))([]) is None


@given(st.lists(BOXES, max_size=6), BOXES)
def test_what_is_picked_is_never_worse_than_another_face(boxes: list[Box], where: Box) -> None:
    result = [DetectedFace(box, 0.9, face_at().landmarks) for box in boxes]
    picked = select_near(where)(result)
    covered = [box_iou(box, where) for box in boxes]
    assert (picked is None) == (max(covered, default=0.0) < 0.5)
    assert picked is None or covered[picked] == max(covered)


def test_without_a_face_to_begin_with_the_clearest_is_meant() -> None:
    assert (select_best([face_at(), face_at(50)]), select_best([])) == (0, None)
