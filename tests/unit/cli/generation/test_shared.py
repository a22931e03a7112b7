"""`omokage generate`, `morph` and `mix`, with a model made of a matrix; photos are read by the real decoder."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from sqlalchemy import insert

from cli.context import open_services
from cli.main import omokage
from core.bootstrap import Services
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.training.runs import RunKind
from core.services.generation import factory
from core.settings import Settings
from core.storage.training_tables import versions
from tests.integration.core.builders import Clock
from tests.unit.core.services.generation.linear_generator import LinearGenerator


class Detector:
    """Finds so many faces in whatever it is shown."""

    faces = 1

    def detect(self, image: np.ndarray) -> list[DetectedFace]:
        points = ((35.0, 40.0), (55.0, 40.0), (45.0, 50.0), (38.0, 60.0), (52.0, 60.0))
        return [DetectedFace(Box(30, 30, 30 - at, 30), 0.9, points) for at in range(self.faces)]


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch) -> Detector:
    made = Detector()
    monkeypatch.setattr(factory, "_detector", lambda: made)
    return made


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, detector: Detector, shipped: Path) -> Iterator[Services]:
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(factory, "_load", lambda architecture, *_: LinearGenerator(encodes="vae" in architecture))
    with open_services(Settings.from_env()) as made:
        add(made, RunKind.DCGAN)
        yield made


def add(services: Services, kind: RunKind, guild: int = 0) -> None:
    card = {"dataset_title": "faces v1", "dataset_hash": "ab", "config": {"head": kind.value, "preset": "light"}}
    card |= {"classes": [], "metrics": {}, "parts": []}
    values = {"guild_id": guild, "kind": kind, "number": 1, "architecture": f"{kind.value}-light", "size": 9}
    values |= {"weights": services.blobs.put(b"weights"), "card": card, "created_by": 1, "created_at": Clock().now}
    with services.database.write() as connection:
        connection.execute(insert(versions).values(values))


def run(*arguments: str) -> tuple[int, Result]:
    result = CliRunner().invoke(omokage, list(arguments), standalone_mode=False)
    return (getattr(result.exception, "exit_code", 99) if result.exception else result.return_value or 0), result


def said(*arguments: str) -> Any:
    status, result = run(*arguments, "--json")
    assert status == 0, result.exception
    return json.loads(result.stdout)


def refusal(*arguments: str) -> tuple[int, str]:
    status, result = run(*arguments)
    assert result.stdout == ""
    return status, str(getattr(result.exception, "message", result.exception))


def picture(name: str) -> tuple[str | None, tuple[int, int], int]:
    """Format, size, and how many frames."""
    with Image.open(name) as opened_:
        return opened_.format, opened_.size, getattr(opened_, "n_frames", 1)


def photo(name: str) -> str:
    data = io.BytesIO()
    Image.new("RGB", (120, 90), (150, 150, 150)).save(data, "JPEG")
    Path(name).write_bytes(data.getvalue())
    return name


def test_a_grid_is_written_and_described(services: Services) -> None:
    assert said("generate", "--count", "3", "--seed", "5", "--out", "new/grid.png") == {
        "model": "dcgan v1",
        "label": "dcgan v1 (dcgan light)",
        "seeds": [5, 6, 7],
        "traits": ["smile", "glasses"],
        "picture": "new/grid.png",
    }
    assert picture("new/grid.png")[0] == "PNG"


def test_the_same_seed_gives_the_same_bytes_and_another_others(services: Services) -> None:
    for name, seed in (("a.png", "5"), ("b.png", "5"), ("c.png", "6")):
        assert run("generate", "--seed", seed, "--out", name)[0] == 0
    a, b, c = (Path(name).read_bytes() for name in ("a.png", "b.png", "c.png"))
    assert (a == b, a == c) == (True, False)


def test_without_a_seed_it_is_said_which_was_taken(services: Services) -> None:
    seeds = said("generate", "--count", "2", "--out", "grid.png")["seeds"]
    status, result = run("generate", "--count", "2", "--seed", str(seeds[0]), "--out", "again.png")
    assert status == 0
    assert result.stdout == f"again.png: 2 faces, seeds {seeds[0]} to {seeds[1]}, by dcgan v1 (dcgan light)\n"
    assert Path("grid.png").read_bytes() == Path("again.png").read_bytes()


def test_traits_and_truncation_change_the_faces(services: Services) -> None:
    plain = ("generate", "--count", "1", "--seed", "5", "--out", "face.png")
    pictures = set()
    for more in ((), ("--trait", "smile=1.5"), ("--trait", "smile"), ("--truncation", "0.5"), ("--like", "9")):
        assert run(*plain, *more)[0] == 0
        pictures.add(Path("face.png").read_bytes())
    assert len(pictures) == 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--count", "65"), "Count cannot be '65'; allowed: 1 to 64."),
        (("--seed", "-1"), "Seed cannot be '-1'"),
        (("--truncation", "2"), "Truncation cannot be '2.0'; allowed: 0.1 to 1."),
        (("--model", "dcgan v9"), "There is no model 'dcgan v9'; there are: dcgan v1, starter dcgan, starter vae."),
        (("--trait", "horns=1"), "The model knows no trait 'horns'; it knows: smile, glasses."),
        (("--trait", "smile=9"), "Smile cannot be '9.0'; allowed: -3 to 3."),
        (("--trait", "smile=much"), "'much' is no number, as in smile=1.5"),
        (("--like", "nobody.jpg"), "nobody.jpg: No such file or directory"),
        (("--like", "9999999999"), "Seed cannot be '9999999999'"),
    ],
)
def test_what_cannot_be_is_said_with_what_can(services: Services, arguments: tuple[str, ...], words: str) -> None:
    status, sentence = refusal("generate", "--out", "grid.png", *arguments)
    assert status == 2
    assert words in sentence
    assert not Path("grid.png").exists()


def test_a_guild_without_a_model_is_told_how_to_get_one(services: Services) -> None:
    status, sentence = refusal("generate", "--guild", "700", "--out", "grid.png")
    assert status == 1
    assert "omokage train dcgan" in sentence


def test_a_folder_that_cannot_be_written_to_is_said(services: Services) -> None:
    Path("file").write_bytes(b"")
    status, sentence = refusal("generate", "--out", "file/grid.png")
    assert status == 1
    assert sentence.startswith("file/grid.png cannot be written: ")


def test_a_morph_of_seeds_is_a_film_and_a_strip(services: Services) -> None:
    shown = said("morph", "5", "9", "--out", "film.webp", "--strip", "strip.png")
    assert (shown["film"], shown["strip"]) == ("film.webp", "strip.png")
    form, _, frames = picture("film.webp")
    assert (form, frames > 10) == ("WEBP", True)
    form, (width, height), _ = picture("strip.png")
    assert (form, width > 4 * height) == ("PNG", True)


def test_the_films_name_says_its_format(services: Services) -> None:
    assert run("morph", "5", "9", "--out", "film.GIF")[0] == 0
    assert picture("film.GIF")[0] == "GIF"
    status, sentence = refusal("morph", "5", "9", "--out", "film.mp4")
    assert status == 2
    assert ".webp or .gif" in sentence


def test_photos_need_a_model_that_takes_them(services: Services) -> None:
    one = photo("one.jpg")
    status, sentence = refusal("morph", one, "5", "--out", "film.webp", "--model", "dcgan v1")
    assert (status, sentence) == (
        2, "Dcgan v1 draws faces, but takes no photos; those that do: starter vae.",
    )  # fmt: skip
    add(services, RunKind.VAE)
    assert said("morph", one, "5", "--out", "film.webp")["model"] == "vae v1"


def test_nothing_of_a_photo_is_kept(services: Services) -> None:
    add(services, RunKind.VAE)
    one = photo("one.jpg")
    before = {path for path in services.settings.data.rglob("*") if path.is_file()}
    assert run("morph", one, "5", "--out", "film.webp")[0] == 0
    assert {path for path in services.settings.data.rglob("*") if path.is_file()} == before


def test_of_several_faces_it_must_be_said_which(services: Services, detector: Detector) -> None:
    add(services, RunKind.VAE)
    detector.faces = 3
    one = photo("one.jpg")
    status, sentence = refusal("morph", one, "5", "--out", "film.webp")
    assert status == 2
    assert sentence == "one.jpg: there are 3 faces in it; say which is meant: one.jpg#1 to one.jpg#3."
    assert run("morph", one, "5", "--face-a", "2", "--out", "film.webp")[0] == 0
    assert run("mix", "--add", "one.jpg#3", "--out", "mix.png")[0] == 0
    status, sentence = refusal("mix", "--add", "one.jpg#4", "--out", "mix.png")
    assert (status, sentence) == (2, "one.jpg: face cannot be '4'; allowed: 1 to 3.")


def test_a_file_may_be_called_like_a_face_of_another(services: Services) -> None:
    add(services, RunKind.VAE)
    assert run("mix", "--add", photo("one.jpg#1"), "--out", "mix.png")[0] == 0


def test_a_photo_without_a_face_is_said(services: Services, detector: Detector) -> None:
    add(services, RunKind.VAE)
    detector.faces = 0
    assert refusal("morph", photo("one.jpg"), "5", "--out", "film.webp") == (
        1,
        "one.jpg: there is no face in the picture.",
    )
    Path("notes.txt").write_bytes(b"notes")
    status, sentence = refusal("morph", "notes.txt", "5", "--out", "film.webp")
    assert (status, sentence) == (1, "notes.txt: not a JPEG, PNG, WebP or GIF picture.")


def test_a_mix_is_written_and_described(services: Services) -> None:
    status, result = run("mix", "--add", "3", "--add", "5", "--subtract", "9", "--trait", "glasses=2", "--out", "m.png")
    assert status == 0, result.exception
    assert result.stdout == "m.png: 3 + 5 - 9, by dcgan v1 (dcgan light)\n"
    assert picture("m.png")[0] == "PNG"


def test_a_mix_of_too_many_is_refused(services: Services) -> None:
    status, sentence = refusal("mix", *(word for seed in range(9) for word in ("--add", str(seed))), "--out", "m.png")
    assert (status, sentence) == (2, "Add cannot be '9'; allowed: 1 to 8.")


def test_damaged_weights_are_said(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> None:
        raise OmokageError(ErrorCode.BAD_WEIGHTS)

    monkeypatch.setattr(factory, "_load", damaged)
    status, sentence = refusal("generate", "--out", "grid.png")
    assert status == 1
    assert sentence.startswith("A file of the model is damaged")


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", "--like", "one.png", "--out", "link.png"),
        ("mix", "--add", "3", "--subtract", "one.png#2", "--out", "link.png"),
        ("morph", "one.png", "5", "--out", "film.webp", "--strip", "link.png"),
        ("morph", "5", "film.webp", "--out", "link.webp"),
        ("morph", "5", "9", "--out", "film.webp", "--strip", "film.webp"),
        ("generate", "--out", "notes.txt"),
        ("generate", "--out", "notes.png"),
    ],
)
def test_an_input_or_a_file_of_another_kind_is_not_written_over_and_nothing_is_opened_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    Image.new("RGB", (120, 90)).save("one.png")
    Image.new("RGB", (120, 90)).save("film.webp")
    Path("notes.png").write_text("notes")
    Path("link.png").symlink_to("one.png")
    Path("link.webp").hardlink_to("film.webp")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    status, sentence = refusal(*arguments)
    assert (status, bool(sentence)) == (2, True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_of_another_kind_is_written_over_with_force(services: Services) -> None:
    Path("notes.txt").write_text("notes")
    assert run("generate", "--count", "1", "--out", "notes.txt", "--force")[0] == 0
    assert picture("notes.txt")[0] == "PNG"


def test_names_that_are_not_utf_8_are_read_and_written_and_the_json_is_valid(services: Services) -> None:
    odd = os.fsdecode(b"caf\xe9")
    add(services, RunKind.VAE)
    photo(f"{odd}.jpg")
    shown = said("generate", "--like", f"{odd}.jpg", "--model", "vae v1", "--out", f"{odd}.png")
    assert shown["picture"] == "caf\\xe9.png"
    assert Path(f"{odd}.png").exists()
    status, result = run("morph", f"{odd}.jpg#1", "5", "--model", "vae v1", "--out", f"{odd}.webp")
    assert (status, result.stdout.split(": ")[0]) == (0, "caf\\xe9.webp")
    status, sentence = refusal("mix", "--add", f"{odd}.gif", "--out", "m.png")
    assert (status, sentence) == (2, "caf\\xe9.gif: No such file or directory")
