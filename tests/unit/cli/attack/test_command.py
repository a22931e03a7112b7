"""`omokage optimize`, with recognisers that look at nothing but how red a face is."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from cli.attack.formatting import optimized_json, optimized_lines
from cli.context import open_services
from cli.main import omokage
from core import bootstrap
from core.bootstrap import Services
from core.domain.optimisation import OptimizeMode, OptimizeResult, Prediction
from core.settings import Settings
from core.storage.blobs import Blobs
from tests.unit.core.services.attack.fakes import ANNA, BEN, GUILD, Lab, Reached, Reddening, face_at, painted

FILES = ["before.png", "picture.png", "report.json", "sheet.png"]


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Lab]:
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("ben.png").write_bytes(painted(92))

    def build(services: Services, blobs: Blobs) -> Any:
        assert isinstance(services, Services)
        return made.service_on(blobs)

    monkeypatch.setattr(bootstrap, "build_optimizer", build)
    with open_services(Settings.from_env()) as services:
        made = Lab(services.database, services.blobs)
        made.train()
        yield made


def run(*arguments: str) -> tuple[int, Result]:
    said = ["optimize", "--guild", str(GUILD), *arguments]
    result = CliRunner().invoke(omokage, said, standalone_mode=False)
    return (getattr(result.exception, "exit_code", 99) if result.exception else result.return_value or 0), result


def said(*arguments: str) -> Any:
    status, result = run(*arguments, "--json")
    assert status == 0, result.exception
    return json.loads(result.stdout)


def refusal(*arguments: str) -> tuple[int, str]:
    status, result = run(*arguments, "--out", "out")
    assert result.stdout == ""
    assert not Path("out").exists()
    return status, str(getattr(result.exception, "message", result.exception))


def test_a_photo_is_fooled_with_and_everything_is_written(lab: Lab) -> None:
    result = said("--target", "anna", "--start", "ben.png", "--epsilon", "32", "--steps", "50", "--out", "a/b")

    assert (result["target"], result["mode"], result["model"]) == (ANNA, "fool", "recogniser v1 (cnn)")
    assert (result["succeeded"], result["steps"], result["stopped"]) == (True, 33, False)
    assert result["probability"] == result["after"]["target"] > 0.99
    assert (result["after"]["name"], result["before"]["name"]) == (ANNA, None)
    assert result["norms"] == {"changed": 1.0, "l2": pytest.approx(100 * 32 / 255), "linf": 32}
    assert sorted(file.name for file in Path("a/b").iterdir()) == FILES
    assert json.loads(Path("a/b/report.json").read_text()).items() >= result.items()
    with Image.open("a/b/before.png") as before, Image.open("a/b/picture.png") as after:
        assert (before.getpixel((5, 5)), after.getpixel((5, 5))) == ((92, 90, 30), (60, 90, 30))


def test_the_report_holds_for_the_very_bytes_of_the_picture(lab: Lab) -> None:
    result = said("--target", ANNA, "--start", "ben.png", "--steps", "20", "--epsilon", "32", "--out", "out")
    (face,) = lab.classifier.classify_photo(Path("out/picture.png").read_bytes(), GUILD).result.faces
    assert face.name == result["after"]["name"] == ANNA
    assert face.top[0].probability == pytest.approx(result["probability"] * (1 - result["after"]["unknown"]))


def test_without_a_photo_it_begins_with_noise(lab: Lab) -> None:
    lab.eyes.faces = []
    result = said("--target", BEN, "--steps", "150", "--seed", "5", "--out", "out")
    assert (result["mode"], result["after"]["face"], result["succeeded"]) == ("noise", False, True)
    assert Path("out/before.png").read_bytes() != Path("out/picture.png").read_bytes()
    assert result["ms_per_step"] == pytest.approx(1000 * result["seconds"] / result["steps"], abs=0.001)


def test_people_read_it_in_a_few_lines(lab: Lab) -> None:
    lab.train(2, kind="embedding", promoted=False)
    status, result = run("--target", ANNA, "--start", "ben.png", "--epsilon", "32", "--out", "out")
    assert status == 0
    first, shares, closed, changed, other, pace = result.stdout.splitlines()
    assert first == f"{Path('out/picture.png')}: named as Anna, by recogniser v1 (cnn)"
    assert shares.startswith("  Anna: 31.0% before, over 99.9% now, ")
    assert closed.startswith("  as if it had to be somebody: Anna over 99.9%, Ben under 0.1%")
    assert changed == "  changed: 100.0% of the pixels, by 32 of 255 at most, L2 12.55"
    assert other.startswith("  recogniser v2 (embedding): named as Anna; Anna 31.0% before, ")
    assert pace.startswith("  33 steps in ")


def test_it_is_said_which_networks_were_attacked(tmp_path: Path) -> None:
    verdict = Prediction(True, (), 0.9, 0.1, ANNA)
    result = OptimizeResult(OptimizeMode.FOOL, ANNA, "recogniser v1 (embedding)", 1, before=verdict, after=verdict,
                            jpeg=verdict, networks=("dlib", "sface"))  # fmt: skip
    assert "  attacked: dlib's ResNet, SFace, all at once" in optimized_lines(result, tmp_path)
    assert optimized_json(result)["networks"] == ["dlib", "sface"]
    alone = replace(result, networks=("cnn",))
    assert "  attacked: the trained network" in optimized_lines(alone, tmp_path)
    assert not any("attacked" in line for line in optimized_lines(replace(result, networks=()), tmp_path))


def test_another_version_can_be_meant(lab: Lab) -> None:
    lab.train(2, promoted=False)
    result = said("--target", ANNA, "--steps", "1", "--model", "2", "--out", "other")
    assert result["model"] == "recogniser v2 (cnn)"
    assert refusal("--target", ANNA, "--model", "9") == (1, "There is no such model version.")


def test_a_face_is_chosen_by_its_number(lab: Lab) -> None:
    lab.eyes.faces = [face_at(0, 40), face_at(50, 40)]
    arguments = ("--target", ANNA, "--start", "ben.png", "--steps", "1")
    message = "ben.png: there are 2 faces in it; say which is meant: --face 1 to --face 2."
    assert refusal(*arguments) == (2, message)
    assert said(*arguments, "--face", "2", "--out", "out")["steps"] == 1


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--target", "Ana"), 2, "The recogniser does not know 'Ana'; it knows: Anna, Cara."),
        (("--target", ANNA, "--mode", "fool"), 2, "--mode fool changes a photo: say --start PHOTO"),
        (("--target", ANNA, "--mode", "dream", "--start", "ben.png"), 2, "--mode dream begins with noise"),
        (("--target", ANNA, "--start", "none.png"), 2, "none.png: No such file or directory"),
        (("--target", ANNA, "--steps", "2001"), 2, "2001 is not in the range 1<=x<=2000"),
        (("--target", ANNA, "--epsilon", "0"), 2, "0 is not in the range 1<=x<=32"),
        (("--target", ANNA, "--start", "ben.png", "--face", "3"), 2, "ben.png: face cannot be '3'; allowed: 1 to 1."),
        (("--target", ANNA, "--start", "anna.png"), 1, "The recogniser takes the photo for Anna already."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_sentence(lab: Lab, arguments: tuple[str, ...], status: int, words: str) -> None:
    Path("anna.png").write_bytes(painted(60))
    found, message = refusal(*arguments)
    assert words in message
    assert found == status


def test_a_photo_without_a_face_is_named(lab: Lab) -> None:
    lab.eyes.faces = []
    assert refusal("--target", ANNA, "--start", "ben.png") == (1, "ben.png: there is no face in the picture.")


def test_without_a_promoted_recogniser_it_says_how_to_get_one(lab: Lab) -> None:
    result = CliRunner().invoke(omokage, ["optimize", "--target", ANNA, "--out", "out"])  # of guild 0
    assert result.exit_code == 1
    assert "omokage train recogniser --help" in result.output


def test_a_folder_that_cannot_be_written_to_is_said_to_be(lab: Lab) -> None:
    Path("file").write_text("")
    status, result = run("--target", ANNA, "--steps", "1", "--out", "file/folder")
    assert status == 1
    assert "cannot be written to" in str(getattr(result.exception, "message", ""))


class Interrupted(Reddening):
    """Somebody presses Ctrl-C at the fifth step."""

    def advance(self) -> Reached:
        if self.step == 4:
            os.kill(os.getpid(), signal.SIGINT)
        return super().advance()


def test_ctrl_c_stops_and_keeps_what_is_there(lab: Lab) -> None:
    lab.attack = Interrupted
    status, result = run("--target", ANNA, "--steps", "50", "--out", "out", "--json")
    assert status == 130
    assert (json.loads(result.stdout)["steps"], json.loads(result.stdout)["stopped"]) == (5, True)
    assert sorted(file.name for file in Path("out").iterdir()) == FILES


def test_ctrl_c_before_the_first_step_leaves_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    read = lab.eyes.read

    def interrupted(data: bytes, **how: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        return read(data, **how)

    monkeypatch.setattr(lab.eyes, "read", interrupted)
    _, result = run("--target", ANNA, "--out", "out")
    assert type(result.exception).__name__ == "Abort"
    assert not Path("out").exists()


def test_the_photo_and_files_of_other_kinds_are_not_written_over(lab: Lab) -> None:
    Path("out").mkdir()
    Path("ben.png").rename("out/before.png")
    Path("link.png").symlink_to("out/before.png")
    for start in ("out/before.png", "link.png"):
        status, result = run("--target", ANNA, "--start", start, "--out", "out", "--force")
        assert (status, "never written over" in result.exception.message) == (2, True)  # type: ignore[union-attr]
    Path("other").mkdir()
    Path("other/report.json").write_text("what I know")
    assert run("--target", ANNA, "--start", "link.png", "--out", "other")[0] == 2
    assert [path.name for path in Path("other").iterdir()] == ["report.json"]
    assert run("--target", ANNA, "--start", "link.png", "--steps", "1", "--out", "other", "--force")[0] == 0
    assert sorted(path.name for path in Path("other").iterdir()) == FILES


def test_names_that_are_not_utf_8_are_read_and_written(lab: Lab) -> None:
    odd = os.fsdecode(b"caf\xe9")
    Path("ben.png").rename(f"{odd}.png")
    status, result = run("--target", ANNA, "--start", f"{odd}.png", "--steps", "1", "--out", odd)
    assert (status, result.stdout.splitlines()[0].split(": ")[0]) == (0, "caf\\xe9/picture.png")
    assert sorted(path.name for path in Path(odd).iterdir()) == FILES
    status, result = run("--target", ANNA, "--start", f"{odd}.gif", "--out", "out")
    assert str(getattr(result.exception, "message", "")).startswith("caf\\xe9.gif: ")
