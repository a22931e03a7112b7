"""`omokage age`, with a model that adds the difference of the ages, and photos that are one byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

import core.bootstrap
from cli.main import omokage
from core.domain.ageing import AgeRefusal
from core.domain.errors import ErrorCode, OmokageError
from core.services.ageing.service import AgeingService
from core.storage.blobs import Blobs
from tests.unit.core.services.ageing.fakes import AgeingSetup, face_at

TWO = [face_at(150), face_at(450)]


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AgeingSetup:
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    made = AgeingSetup(Blobs("memory://unused"))

    def build(_services: object, blobs: Blobs, *, operator: bool) -> AgeingService:
        assert operator
        return AgeingSetup(blobs, made.photos, made.refusals, made.objecting, made.agers).service

    monkeypatch.setattr(core.bootstrap, "build_ageing", build)
    Path("a.jpg").write_bytes(bytes([30]))
    return made


def run(*arguments: str) -> tuple[int, Result]:
    result = CliRunner().invoke(omokage, ["age", *arguments], standalone_mode=False)
    return (getattr(result.exception, "exit_code", 99) if result.exception else result.return_value or 0), result


def done(*arguments: str) -> list[str]:
    status, result = run(*arguments)
    assert status == 0, result.exception
    return result.stdout.splitlines()


def refusal(*arguments: str) -> tuple[int, str]:
    status, result = run(*arguments)
    return status, str(getattr(result.exception, "message", result.exception))


def pixel(path: str, x: int = 150) -> list[int]:
    with Image.open(path) as picture:
        shown: list[int] = np.asarray(picture.convert("RGB"))[150, x].tolist()
    return shown


def form(path: str) -> str | None:
    with Image.open(path) as picture:
        return picture.format


def test_a_photo_is_written_and_what_is_to_be_thought_of_it_said(setup: AgeingSetup) -> None:
    lines = done("a.jpg", "--to", "70", "--out", "aged.png")
    assert lines == [
        "aged.png: 1 face, by reage v1 (light)",
        f"  1. looks 30 (on average off by 6.5 years), shown at 70; identity similarity {lines[1][-4:]}",
        "For fun, not a prediction.",
    ]
    assert (form("aged.png"), pixel("aged.png"), pixel("aged.png", 500)) == ("PNG", [70] * 3, [30] * 3)


def test_years_are_added_also_of_one_face(setup: AgeingSetup) -> None:
    setup.photos.faces = TWO
    done("a.jpg", "--years", "20", "--face", "2", "--out", "aged.png")
    assert (pixel("aged.png"), pixel("aged.png", 450)) == ([30] * 3, [50] * 3)


def test_json_has_all_of_it(setup: AgeingSetup) -> None:
    setup.photos.faces, setup.refusals = TWO, {1: AgeRefusal.PROFILE}
    shown: dict[str, Any] = json.loads("".join(done("a.jpg", "--to", "70", "--out", "aged.png", "--json")))
    assert isinstance(shown["faces"][0].pop("similarity"), float)
    assert shown == {
        "photo": "a.jpg", "model": "reage v1", "label": "reage v1 (light)", "starter": False, "age_error": 6.5,
        "note": "For fun, not a prediction.", "picture": "aged.png",
        "faces": [
            {"number": 1, "present": 30, "age": 70, "refusal": None},
            {"number": 2, "present": None, "age": None, "similarity": None, "refusal": "profile"},
        ],
    }  # fmt: skip


def test_a_strip_and_films_are_written(setup: AgeingSetup) -> None:
    assert done("a.jpg", "--strip", "strip.png")[0] == "strip.png: 1 face, by reage v1 (light)"
    done("a.jpg", "--film", "film.webp")
    done("a.jpg", "--film", "film.gif")
    assert [form(name) for name in ("strip.png", "film.webp", "film.gif")] == ["PNG", "WEBP", "GIF"]


def test_a_face_that_is_left_as_it_is_has_its_reason(setup: AgeingSetup) -> None:
    setup.photos.faces, setup.refusals = TWO, {0: AgeRefusal.SUNGLASSES}
    lines = done("a.jpg", "--to", "70", "--out", "aged.png")
    assert lines[1] == "  1. left as it is, since it wears sunglasses"


@pytest.mark.parametrize("reason", AgeRefusal)
def test_where_no_face_can_be_aged_nothing_is_written_and_the_status_says_so(
    setup: AgeingSetup, reason: AgeRefusal
) -> None:
    setup.refusals = {0: reason}
    status, result = run("a.jpg", "--to", "70", "--out", "aged.png")
    assert status == 1
    assert result.stderr.startswith("a.jpg: no face was changed, by reage v1 (light)\n  1. ")
    assert "left as it is, since " in result.stderr
    assert not Path("aged.png").exists()


def test_of_the_products_model_it_is_said_whom_it_knows(setup: AgeingSetup) -> None:
    setup.agers.version_id = None
    assert done("a.jpg", "--to", "70", "--out", "aged.png")[-1] == (
        "starter reage knows drawn people only. To train one on photos of your own, whose ages are known: "
        "omokage train reage --help"
    )


def test_one_face_of_several_has_to_be_chosen(setup: AgeingSetup) -> None:
    setup.photos.faces = TWO
    assert refusal("a.jpg", "--strip", "strip.png") == (
        2, "a.jpg: there are 2 faces in it; say which is meant: --face 1 to --face 2.",
    )  # fmt: skip
    assert refusal("a.jpg", "--face", "1", "--face", "2", "--film", "a.gif")[0] == 2
    done("a.jpg", "--strip", "strip.png", "--face", "2")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--to", "70"), "Say one of --out, --strip and --film: what is to be written."),
        (("--to", "70", "--out", "a.png", "--strip", "b.png"),
         "Say one of --out, --strip and --film: what is to be written."),
        (("--out", "a.png"), "--out needs an age: either --to 70, or --years 20 to add to how old each face looks."),
        (("--out", "a.png", "--to", "70", "--years", "3"),
         "--out needs an age: either --to 70, or --years 20 to add to how old each face looks."),
        (("--strip", "a.png", "--to", "70"), "--strip shows many ages; --to and --years are for --out."),
        (("--film", "a.mp4"), "a.mp4: a film's name ends with .webp or .gif."),
        (("--out", "a.png", "--to", "200"), "To cannot be '200'; allowed: 1 to 90."),
        (("--out", "a.png", "--years", "0"), "Years cannot be '0'; allowed: -89 to 89, not 0."),
        (("--out", "a.png", "--to", "70", "--face", "3"), "a.jpg: face cannot be '3'; allowed: 1 to 1."),
        (("--out", "a.jpg", "--to", "70"), "a.jpg is read by this command, and never written over."),
        (("--out", "a.txt", "--to", "70"),
         "a.txt: the name of a PNG picture ends with .png; --force takes any."),
        (("--out", "a.png", "--to", "70", "--model", "nothing"), "There is no model 'nothing'; there are: reage v1."),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_a_sentence(
    setup: AgeingSetup, arguments: tuple[str, ...], sentence: str
) -> None:
    assert refusal("a.jpg", *arguments) == (2, sentence)
    assert not Path("a.png").exists()


def test_what_is_no_photo_of_a_face_is_refused_in_a_sentence(setup: AgeingSetup) -> None:
    Path("folder").mkdir()
    Path("text.txt").write_bytes(b"text")
    rest = ("--to", "70", "--out", "aged.png")
    assert refusal("folder", *rest) == (2, "folder: Is a directory.")
    assert refusal("none.jpg", *rest) == (2, "none.jpg: No such file or directory.")
    assert refusal("text.txt", *rest) == (1, "text.txt: not a JPEG, PNG, WebP or GIF picture.")
    setup.photos.faces = []
    assert refusal("a.jpg", *rest) == (1, "a.jpg: there is no face in the picture.")


def test_without_a_model_the_command_that_trains_one_is_said(
    setup: AgeingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OmokageError(ErrorCode.NO_AGE_MODEL)

    monkeypatch.setattr(setup.agers, "get", none)
    assert refusal("a.jpg", "--to", "70", "--out", "aged.png") == (
        1, "Nothing that ages faces has been trained yet; omokage train reage --help.",
    )  # fmt: skip
