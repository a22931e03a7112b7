"""Whole photos with the product's own networks, but for the one that ages: it makes faces brighter by the years."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.bootstrap import Services, build, build_ageing, build_classifier
from core.domain.ageing import AgeOutput, AgeRefusal, AgeRequest, AgeResult
from core.domain.training.runs import RunKind
from core.services.ageing import factory
from core.services.ageing.service import AgeingService
from core.settings import Settings
from core.vision.age.estimate import AGE_ERROR
from core.vision.detection.detect import load_detector
from core.vision.transfer.ellipse import FaceEllipse
from core.vision.views import Framing
from portraits import default_people, group
from tests.models.portrait_files import picture
from tests.unit.core.services.ageing.fakes import FakeAger
from tests.unit.core.services.generation.test_generator_lookup import GUILD, GuildModels

PEOPLE = 4


@cache
def group_photo() -> bytes:
    out = io.BytesIO()
    Image.fromarray(group(default_people()[:PEOPLE], 5).image).save(out, "PNG")
    return out.getvalue()


class Studio:
    """A guild with a model, and photos."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.ageing: AgeingService = build_ageing(services)
        GuildModels(services.database, services.blobs).add(RunKind.REAGE, 1)

    def draw(self, data: bytes, *, to: int | None = 18, output: AgeOutput = AgeOutput.PHOTO) -> AgeResult:
        return self.ageing.draw(AgeRequest(self.services.blobs.put(data), output, to), GUILD)

    def pixels(self, blob: str | None) -> NDArray[np.int32]:
        assert blob is not None
        return np.asarray(Image.open(io.BytesIO(self.services.blobs.get(blob))).convert("RGB")).astype(np.int32)

    def enrol(self, person: int) -> None:
        classifier = build_classifier(self.services)
        for number in range(4):
            (face,) = classifier.classify_photo(picture(person, number, 400), GUILD).faces
            self.services.people.enrol(GUILD, default_people()[person].name, face, source="test")
        classifier.close()


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    ager = FakeAger(Framing.FACE)
    monkeypatch.setattr(factory, "_load", lambda *_: ager)
    services = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path / "data")}), lambda *_: None)
    monkeypatch.setattr(type(services.registry), "weights", lambda *_: b"")
    studio = Studio(services)
    yield studio
    studio.ageing.close()
    services.close()


def test_all_faces_of_a_group_are_aged_and_nothing_beside_them_changes(studio: Studio) -> None:
    result = studio.draw(group_photo())
    assert [(face.age, face.refusal) for face in result.faces] == [(18, None)] * PEOPLE
    assert all(face.present is not None and 3 <= face.present <= 80 for face in result.faces)
    assert result.age_error == AGE_ERROR
    before = np.asarray(Image.open(io.BytesIO(group_photo()))).astype(np.int32)
    changed = studio.pixels(result.picture) != before
    outside = np.ones(before.shape[:2], bool)
    for face in load_detector().detect(before.astype(np.uint8)):
        ellipse = FaceEllipse(Framing.FACE, face.landmarks)
        window = ellipse.window(before.shape)
        assert changed[window.slices].any()
        outside[window.slices] &= ellipse.radii(window) >= 1
    assert not changed[outside].any()


def test_a_person_who_objected_stays_as_they_are(studio: Studio) -> None:
    studio.enrol(0)
    studio.services.people_editor.record_objection(GUILD, default_people()[0].name)
    result = studio.draw(group_photo())
    refused = [face for face in result.faces if face.refusal is not None]
    assert [(face.refusal, face.present) for face in refused] == [(AgeRefusal.OBJECTED, None)]
    alone = studio.draw(picture(0, 9, 400))
    assert (alone.picture, [face.refusal for face in alone.faces]) == (None, [AgeRefusal.OBJECTED])
    studio.services.people_editor.withdraw_objection(GUILD, default_people()[0].name)
    assert all(face.refusal is None for face in studio.draw(group_photo()).faces)


def test_a_face_that_fills_the_photo_is_found(studio: Studio) -> None:
    image = Image.open(io.BytesIO(picture(1, 2, 400)))
    close = image.crop((90, 80, 310, 320))
    out = io.BytesIO()
    close.save(out, "PNG")
    assert studio.draw(out.getvalue(), to=None, output=AgeOutput.STRIP).picture is not None
