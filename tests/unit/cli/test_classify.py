"""`omokage classify` and `omokage people`, with a classifier that sees what its photo says."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.error_texts import error_text
from cli.main import omokage
from core.domain.classification import ClassifyOutcome, ClassifyResult, FaceAnswer
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, Candidate
from core.domain.people import NOBODY_KNOWN, UNKNOWN, NewFace

LYING = ((1.0, 2.0), (1.0, 1.0), (1.5, 1.5), (2.0, 2.0), (2.0, 1.0))  # eyes to the left of the mouth


class Classifier:
    """A photo is JSON: {"error": code} or {"faces": [name, ...]}; "confirmed" and "twin" are more than names.

    "turned": by how many degrees; "lies": so do the faces.
    """

    def __init__(self) -> None:
        self.guilds: list[int] = []

    def classify_photo(self, data: bytes, guild_id: int, *, estimate_ages: bool = False) -> ClassifyOutcome:
        self.guilds.append(guild_id)
        photo = json.loads(data)
        if "error" in photo:
            raise OmokageError(ErrorCode(photo["error"]))
        answers = tuple(answer(number, name) for number, name in enumerate(photo["faces"], 1))
        marks = LYING if photo.get("lies") else ()
        if estimate_ages:
            answers = tuple(replace(face, age=30 + face.number if face.name else None) for face in answers)
        age_error = 7.1 if estimate_ages else None
        faces = tuple(NewFace(one.number, one.box, one.score, marks, bytes(512), "fake") for one in answers)
        result = ClassifyResult(
            640, 480, "ab" * 32, "image/jpeg", answers, "fake", 0.1, photo.get("turned", 0), age_error
        )
        return ClassifyOutcome(result, faces)


def answer(number: int, name: str | None) -> FaceAnswer:
    top = (Candidate(number, name, 0.875),) if name else ()
    result = FaceAnswer(number, Box(10.0 * number, 20.0, 30.0, 40.0), 0.5, number if name else None, name, top)
    if name == "confirmed":
        return replace(result, confirmed_by=33)
    if name == "torn":
        return replace(result, networks_disagree=True)
    # As if this face looked like the first one.
    return replace(result, person_id=None, name=None, withheld=Candidate(1, "Mina", 0.96)) if name == "twin" else result


@pytest.fixture(autouse=True)
def classifier(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Classifier:
    made = Classifier()
    monkeypatch.setattr("core.bootstrap.build_classifier", lambda _services, *, operator: made)
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return made


def photo(name: str, content: object) -> str:
    Path(name).write_text(json.dumps(content))
    return name


def run(*arguments: str) -> tuple[int, Result]:
    # Without standalone mode click returns what the command returned.
    result = CliRunner().invoke(omokage, list(arguments), standalone_mode=False)
    if result.exception is not None:
        return getattr(result.exception, "exit_code", 99), result
    return result.return_value or 0, result


def test_json_is_one_object_a_photo_in_the_documented_shape():
    status, result = run("classify", "--json", photo("a.jpg", {"faces": ["Mina", None]}))
    assert status == 0
    assert json.loads(result.stdout) == {
        "photo": "a.jpg",
        "size": [640, 480],
        "faces": [
            {"box": [10.0, 20.0, 30.0, 40.0], "score": 0.5, "name": "Mina", "top": [["Mina", 0.875]]},
            {"box": [20.0, 20.0, 30.0, 40.0], "score": 0.5, "name": None, "top": []},
        ],
    }


def test_one_bad_photo_does_not_stop_the_others_and_is_status_1():
    names = [photo("bad.jpg", {"error": "broken-image"}), "missing.jpg", photo("good.jpg", {"faces": []})]
    status, result = run("classify", "--json", *names)
    assert status == 1
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"photo": "bad.jpg", "error": "the picture is damaged"},
        {"photo": "missing.jpg", "error": "No such file or directory"},
        {"photo": "good.jpg", "size": [640, 480], "faces": []},
    ]
    assert result.stderr.splitlines() == [
        "bad.jpg: the picture is damaged",
        "missing.jpg: No such file or directory",
    ]


def test_the_text_names_the_faces_best_first(classifier: Classifier):
    status, result = run("classify", "--guild", "7", photo("a.jpg", {"faces": ["美咲", None]}))
    assert status == 0
    assert result.stdout.splitlines() == [
        "a.jpg: 2 faces, 1 known",
        "  1. 美咲 (30x40 at 10,20): 美咲 88%",
        "  2. unknown (30x40 at 20,20)",
    ]
    assert classifier.guilds == [7]


def test_the_text_says_what_people_said_and_what_was_withheld():
    status, result = run("classify", photo("a.jpg", {"faces": ["Mina", "confirmed", "twin"]}))
    assert status == 0
    assert result.stdout.splitlines() == [
        "a.jpg: 3 faces, 2 known",
        "  1. Mina (30x40 at 10,20): Mina 88%",
        "  2. confirmed (30x40 at 20,20): named by people",
        "  3. unknown (30x40 at 30,20): would be Mina too, with 96%, but nobody is named twice in one photo",
    ]


def test_no_face_is_an_answer():
    status, result = run("classify", photo("a.jpg", {"faces": []}))
    assert (status, result.stdout) == (0, "a.jpg: no face found\n")


def test_a_device_is_not_read():
    status, result = run("classify", "/dev/zero")
    assert status == 1
    assert "not a JPEG" in result.stderr


def test_somebody_is_enrolled_and_listed():
    assert run("people", "enrol", " Mina ", photo("a.jpg", {"faces": [None]}))[0] == 0
    _, listed = run("people", "list", "--json")
    assert [(load["name"], load["pictures"]) for load in json.loads(listed.stdout)] == [("Mina", 1)]
    assert "Mina  1" in run("people", "list")[1].stdout
    assert run("people", "list", "--guild", "5")[1].stdout.startswith("Nobody is known yet.")


def test_the_photo_of_somebody_who_is_enrolled_is_kept_to_train_on(tmp_path: Path):
    run("people", "enrol", "Mina", photo("a.jpg", {"faces": [None]}))
    kept = [path.read_bytes() for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()]
    assert kept == [Path("a.jpg").read_bytes()]


@pytest.mark.parametrize(("faces", "word"), [([], "no face"), ([None, None], "2 faces")])
def test_a_photo_must_show_one_face_to_be_enrolled(faces: list[None], word: str):
    status, result = run("people", "enrol", "Mina", photo("a.jpg", {"faces": faces}), photo("b.jpg", {"faces": [None]}))
    assert status == 1
    assert word in result.stderr
    assert "b.jpg: Mina, 1 picture" in result.stdout


def test_a_photo_that_was_turned_is_told_and_a_face_that_still_lies_is_not_enrolled():
    turned, lying = photo("a.jpg", {"faces": [None], "turned": 90}), photo("b.jpg", {"faces": [None], "lies": True})
    status, result = run("people", "enrol", "Mina", turned, lying)
    assert status == 1
    assert result.stdout == "a.jpg: Mina, 1 picture (the photo is turned clockwise by 90 degrees)\n"
    assert result.stderr == "b.jpg: the face lies on its side; turn the picture and try again\n"
    assert run("classify", turned)[1].stdout.startswith(
        "a.jpg: 1 face, 0 known; the photo is turned clockwise by 90 degrees\n"
    )


def test_a_name_that_cannot_be_used_is_status_2():
    status, result = run("people", "enrol", "@everyone", "a.jpg")
    assert status == 2
    assert "mention" in str(result.exception.message)  # type: ignore[union-attr]


@pytest.mark.parametrize("word", [UNKNOWN, NOBODY_KNOWN, "不明"])
def test_nobody_is_enrolled_as_what_the_shell_calls_nobody(word: str):
    status, result = run("people", "enrol", word, photo("a.jpg", {"faces": [None]}))
    assert status == 2
    assert "that is what a face is called that nobody knows" in str(result.exception.message)  # type: ignore[union-attr]


@pytest.mark.parametrize("code", ErrorCode)
def test_every_failure_has_a_sentence(code: ErrorCode):
    said = error_text(OmokageError(code))
    assert said
    assert not said.endswith(".")


def test_names_that_are_not_utf_8_and_names_with_control_characters_are_read_and_shown(tmp_path: Path):
    odd, wild = os.fsdecode(b"caf\xe9.jpg"), "\x1b]0;owned\x07\nx.jpg"
    for name in (odd, wild):
        photo(name, {"faces": [None]})
    status, result = run("classify", "--json", odd, wild, f"no {odd}")
    assert (status, [json.loads(line)["photo"] for line in result.stdout.splitlines()]) == (
        1,
        ["caf\\xe9.jpg", wild, "no caf\\xe9.jpg"],
    )
    assert result.stderr == "no caf\\xe9.jpg: No such file or directory\n"
    assert run("classify", odd, wild)[1].stdout.splitlines()[::2] == [
        "caf\\xe9.jpg: 1 face, 0 known",
        "\\x1b]0;owned\\x07\\x0ax.jpg: 1 face, 0 known",
    ]
    status, result = run("people", "enrol", "Mina", odd, wild)
    assert (status, result.stdout.splitlines()) == (
        0, ["caf\\xe9.jpg: Mina, 1 picture", "\\x1b]0;owned\\x07\\x0ax.jpg: Mina, 1 picture"]
    )  # fmt: skip


def test_the_text_says_where_the_networks_disagree():
    status, result = run("classify", photo("a.jpg", {"faces": ["torn"]}))
    assert status == 0
    assert result.stdout.splitlines()[1] == "  1. torn (30x40 at 10,20): torn 88%; the two face networks disagree here"


def test_ages_and_their_error_are_told_where_they_are_asked_for():
    name = photo("a.jpg", {"faces": ["Mina", None]})
    status, result = run("classify", "--age", name)
    assert status == 0
    assert result.stdout.splitlines() == [
        "a.jpg: 2 faces, 1 known; ages are off by 7 years on average",
        "  1. Mina (30x40 at 10,20): Mina 88%; looks about 31",
        "  2. unknown (30x40 at 20,20)",
    ]
    read = json.loads(run("classify", "--age", "--json", name)[1].stdout)
    assert read["age_error"] == 7.1
    assert [face.get("age") for face in read["faces"]] == [31, None]
    assert "looks" not in run("classify", name)[1].stdout
