"""Tasks as Label Studio writes them, and what is made of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box
from core.domain.moving import GuildFaces
from core.services.moving.label_studio import Task, label_config, make_task, read_tasks, rotate_box
from core.services.moving.label_studio_files import ReadPhoto, named_faces, write_tasks
from core.storage.blobs import Blobs
from tests.unit.core.services.moving.builders import NOW, FakePhotos, face, files_of, label, small_guild

BOX = Box(20.0, 10.0, 30.0, 40.0)  # in a photo of 200 x 100
RECTANGLE = {"x": 10.0, "y": 10.0, "width": 15.0, "height": 40.0, "rotation": 0}


def result(kind: str = "rectanglelabels", region: str = "a1", **value: Any) -> dict[str, Any]:
    """As Label Studio exports it: with more than is read here."""
    return {
        "id": region,
        "type": kind,
        "from_name": "label",
        "to_name": "img",
        "origin": "manual",
        "original_width": 200,
        "original_height": 100,
        "image_rotation": 0,
        "value": value,
    }


def exported(*results: dict[str, Any], image: str = "/data/upload/1/0a1b2c3d-a.jpg", **more: Any) -> dict[str, Any]:
    annotation = {"id": 7, "completed_by": 1, "was_cancelled": False, "ground_truth": False, "result": list(results)}
    return {"id": 3, "data": {"image": image}, "annotations": [annotation], "predictions": [], "project": 1, **more}


def read(*tasks: Any) -> list[Task]:
    return read_tasks(json.dumps(list(tasks)).encode())


def refusal(data: bytes) -> dict[str, Any]:
    with pytest.raises(OmokageError) as caught:
        read_tasks(data)
    assert caught.value.code is ErrorCode.BAD_EXPORT
    return dict(caught.value.details)


def test_a_rectangle_in_percent_is_a_box_in_pixels_with_its_name() -> None:
    (task,) = read(exported(result(**RECTANGLE, rectanglelabels=[" Anna "])))
    (region,) = task.regions
    assert (region.person, region.box(200, 100)) == ("Anna", BOX)
    assert [str(path) for path in task.paths] == ["/data/upload/1/0a1b2c3d-a.jpg", "/data/upload/1/a.jpg"]


def test_a_rotated_rectangle_is_what_encloses_it() -> None:
    (task,) = read(exported(result(**{**RECTANGLE, "rotation": 90}, rectanglelabels=["Anna"])))
    box = task.regions[0].box(200, 100)
    assert (box.x, box.y, box.w, box.h) == pytest.approx((-20.0, 10.0, 40.0, 30.0))


def test_a_choice_of_a_region_is_its_name_and_one_of_the_photo_is_the_photos() -> None:
    (task,) = read(exported(result("rectangle", **RECTANGLE), result("choices", **RECTANGLE, choices=["Ben"])))
    assert [region.person for region in task.regions] == ["Ben"]
    (task,) = read(exported(result("choices", choices=["Ben"])))
    assert (task.regions, task.whole) == ((), "Ben")


def test_predictions_skipped_annotations_and_names_for_nobody_are_passed_over() -> None:
    anna = result(**RECTANGLE, rectanglelabels=["Anna"])
    skipped = {"was_cancelled": True, "result": [anna]}
    (task,) = read({"data": {"image": "a.jpg"}, "annotations": [skipped], "predictions": [{"result": [anna]}]})
    assert task.regions == ()
    for names in (["unknown"], [], ["Anna", "Ben"]):
        assert read(exported(result(**RECTANGLE, rectanglelabels=names)))[0].regions == ()


def test_of_several_annotations_the_ground_truth_counts_or_else_the_last() -> None:
    one, other = (
        {"result": [result(**RECTANGLE, rectanglelabels=[name])], "ground_truth": False} for name in ("Anna", "Ben")
    )
    task = {"data": {"photo": "a.jpg"}, "annotations": [one, other]}
    assert read(task)[0].regions[0].person == "Ben"
    one["ground_truth"] = True
    assert read(task)[0].regions[0].person == "Anna"


@pytest.mark.parametrize(
    ("image", "path"),
    [
        ("https://example.com/a/b%20c.jpg?x=1", "/a/b c.jpg"),
        ("/data/local-files/?d=photos/a.jpg", "photos/a.jpg"),
        ("/data/local-files/?d=..%2F..%2Fetc%2Fpasswd", "../../etc/passwd"),
        ("C:\\photos\\a.jpg", "/photos/a.jpg"),
        ("../../0a1b2c3d-", "../../0a1b2c3d-"),
        ("", "."),
    ],
)
def test_where_a_photo_is_becomes_a_path(image: str, path: str) -> None:
    assert str(read(exported(image=image))[0].paths[0]) == path


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "json"),
        (b"[" * 100_000, "json"),
        (b"[NaN]", "json"),
        (b"{}", "tasks"),
        (b"[1]", "task"),
        (b"[{}]", "task"),
        (b'[{"data": {}, "annotations": []}]', "task"),
        (b'[{"data": {"image": 1}, "annotations": []}]', "task"),
        (b'[{"data": {"image": "a", "turned": 45}, "annotations": []}]', "task"),
        (b'[{"data": {"image": "a"}, "annotations": {}}]', ""),
        (b'[{"image": "a", "label": []}]', "task"),  # JSON-MIN
    ],
)
def test_what_label_studio_does_not_write_is_refused(data: bytes, reason: str) -> None:
    if reason:
        assert refusal(data)["reason"] == reason
    else:
        assert read_tasks(data)[0].regions == ()


@pytest.mark.parametrize("change", [{"x": "a"}, {"width": 0}, {"height": -1}, {"y": 1e9}, {"x": 10**400}, {"x": None}])
def test_a_rectangle_that_cannot_be_right_is_refused_with_its_tasks_number(change: dict[str, Any]) -> None:
    task = exported(result(**{**RECTANGLE, **change}, rectanglelabels=["Anna"]))
    answer = refusal(json.dumps([exported(), task]).encode())
    assert answer == {"reason": "task", "file": "tasks.json", "task": 2}


@pytest.mark.parametrize("name", ["<@1>", "x" * 65, "\ud800"])
def test_a_name_that_nobody_can_have_is_refused(name: str) -> None:
    answer = refusal(json.dumps([exported(result(**RECTANGLE, rectanglelabels=[name]))]).encode())
    assert (answer["reason"], answer["task"]) == ("task-name", 1)


_JSON: Any = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "image", "annotations", "result", "value", "type", "x"]), inner)
    ),
    max_leaves=12,
)


@given(_JSON, _JSON)
def test_whatever_json_says_the_answer_is_tasks_or_a_refusal(annotations: Any, value: Any) -> None:
    for task in (
        annotations,
        {"data": value, "annotations": annotations},
        exported({"type": "rectanglelabels", "value": value}),
        exported(result(**{**RECTANGLE, "x": value}, rectanglelabels=annotations)),
    ):
        with suppress(OmokageError):  # anything else that is raised fails the test
            read_tasks(json.dumps([task]).encode())


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_box_in_a_turned_photo_comes_back_from_a_task(turned: int) -> None:
    in_turned = rotate_box(BOX, 200, 100, turned)
    task = json.loads(json.dumps(make_task("a.jpg", "0" * 64, turned, (200, 100), [(in_turned, "Anna")])))
    (back,) = read(task)
    box = back.regions[0].box(200, 100)
    assert (box.x, box.y, box.w, box.h) == pytest.approx((BOX.x, BOX.y, BOX.w, BOX.h))
    photo = ReadPhoto(200, 100, (face("0" * 64, 1.0, x=in_turned.x),), turned)
    assert back.turned == photo.turned == turned


def test_the_labelling_interface_has_each_person_whatever_the_name_has_in_it() -> None:
    names = ["Anna", "\"<&>'", "花子"]
    config = ET.fromstring(label_config(names))  # noqa: S314 - our own
    assert [element.get("value") for element in config.iter("Label")] == names


def test_an_export_has_a_task_for_each_photo_with_the_named_faces(tmp_path: Path) -> None:
    blobs = Blobs(str(tmp_path / "blobs"))
    report = write_tasks(tmp_path / "tasks.zip", small_guild(blobs), blobs, FakePhotos())
    assert (report.people, report.faces, report.photos, report.without_photo) == (2, 3, 2, 0)
    files = files_of(tmp_path / "tasks.zip")
    tasks = read_tasks(files["tasks.json"])
    assert [[region.person for region in task.regions] for task in tasks] == [["Anna", "花子"], ["Anna"]]
    assert [f"photos/{task.sha256}.jpg" in files for task in tasks] == [True, True]


def test_rectangles_name_the_faces_that_they_overlap_most_and_each_but_once() -> None:
    both = ReadPhoto(100, 80, (face("a" * 64, 1.0), face("a" * 64, 2.0, x=40.0)))
    rectangles = [("Ben", 37, 8), ("Anna", 9, 12), ("Carl", 12, 12), ("Dora", 80, 50)]
    results = [
        result(region=name, x=x, y=y / 0.8, width=22, height=24 / 0.8, rectanglelabels=[name])
        for name, x, y in rectangles
    ]
    named = named_faces(read(exported(*results)), lambda _task: both, NOW, lambda _done, _total: None)
    shown = {face.embedding[:4]: face.labels[0].person for face in named.moved.faces}
    assert sorted(shown.values()) == ["Anna", "Ben"]
    assert shown[both.faces[0].embedding[:4]] == "Anna"
    assert named.without_face == 2


def test_a_name_for_a_whole_photo_counts_where_one_face_is_in_it() -> None:
    one, two = face("a" * 64, 1.0), face("a" * 64, 2.0, x=40.0)
    task = read(exported(result("choices", choices=["Anna"])))
    for faces, count in (((one,), 1), ((one, two), 0), ((), 0)):
        photo = ReadPhoto(100, 80, faces)
        named = named_faces(task, lambda _task, photo=photo: photo, NOW, lambda _done, _total: None)
        assert (len(named.moved.faces), named.without_face) == (count, 1 - count)


def test_tasks_whose_photo_is_not_there_are_told_by_their_numbers() -> None:
    tasks = read(exported(), exported(result("choices", choices=["Anna"])))
    named = named_faces(tasks, lambda _task: None, NOW, lambda _done, _total: None)
    assert (named.without_photo, named.moved) == ((2,), GuildFaces((), ()))


def test_two_spellings_of_a_name_are_one_person() -> None:
    task = read(exported(result("choices", choices=["Anna"])), exported(result("choices", choices=["ANNA"])))
    photo = ReadPhoto(100, 80, (face("a" * 64, 1.0, label("x")),))
    named = named_faces(task, lambda _task: photo, NOW, lambda _done, _total: None)
    assert [person.name for person in named.moved.people] == ["Anna"]
    assert {face.labels[0].person for face in named.moved.faces} == {"Anna"}
