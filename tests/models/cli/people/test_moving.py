"""Export and import with the product's networks, also of a photo that lies on its side."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from cli.context import open_services
from cli.main import omokage
from core.bootstrap import build_classifier
from core.services.moving.service import MovingService
from core.settings import Settings
from core.vision.detection.detect import load_detector
from portraits import default_people
from portraits.portraits import portrait

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(omokage, list(arguments), standalone_mode=False)
    assert result.exception is None, result.exception
    return result.stdout


def picture(person: int, quarter_turns: int) -> bytes:
    image = np.rot90(portrait(default_people()[person], person, 256).image, quarter_turns)
    wide = np.pad(image, ((0, 40), (0, 120), (0, 0)), mode="edge")  # no square: a wrong turn is seen
    out = io.BytesIO()
    Image.fromarray(wide).save(out, "PNG")
    return out.getvalue()


def enrol(photos: dict[str, bytes]) -> None:
    with open_services(Settings.from_env()) as services, closing(build_classifier(services)) as classifier:
        for name, photo in photos.items():
            (face,) = classifier.classify_photo(photo, 0).faces
            services.people.enrol(0, name, face, source="cli:a.png", photo=services.blobs.put(photo))


def pictures(guild: int) -> dict[str, int]:
    people = json.loads(run("people", "list", "--json", "--guild", str(guild)))
    return {person["name"]: person["pictures"] for person in people}


def test_people_move_with_crops_that_show_them_upright_and_come_back_from_label_studio(folder: Path) -> None:
    enrol({"Anna": picture(0, 0), "Ben": picture(1, 1)})
    run("people", "export", str(folder / "people.zip"))
    run("people", "import", str(folder / "people.zip"), "--guild", "5")
    assert pictures(5) == pictures(0) == {"Anna": 1, "Ben": 1}
    with zipfile.ZipFile(folder / "people.zip") as archive:
        crops = [archive.read(name) for name in archive.namelist() if name.startswith("faces/")]
    detector = load_detector()
    for crop in crops:
        (face,) = detector.detect(np.asarray(Image.open(io.BytesIO(crop))))
        assert face.landmarks[0][1] < face.landmarks[2][1] < face.landmarks[3][1]  # eyes, nose, mouth
    assert len(crops) == 2

    run("people", "export", str(folder / "tasks.zip"), "--format", "label-studio")
    with zipfile.ZipFile(folder / "tasks.zip") as archive:
        tasks = json.loads(archive.read("tasks.json"))
    assert sorted(task["data"]["turned"] for task in tasks) == [0, 90]
    (folder / "project.json").write_text(json.dumps(tasks).replace('"Ben"', '"Carl"'))
    assert json.loads(run("people", "import", str(folder / "project.json"), "--overrule", "--json"))["labels"] == 1
    assert pictures(0) == {"Anna": 1, "Ben": 0, "Carl": 1}

    added = json.loads(run("people", "import", str(folder / "tasks.zip"), "--guild", "6", "--json"))
    assert (added["faces"], added["rectangles_without_face"]) == (2, 0)
    with open_services(Settings.from_env()) as services:
        moving = MovingService(services.database, services.blobs)
        original, found = ({face.photo: face for face in moving.read(guild).faces} for guild in (5, 6))
    for photo, face in original.items():
        assert found[photo].box == face.box
        assert found[photo].landmarks == face.landmarks
