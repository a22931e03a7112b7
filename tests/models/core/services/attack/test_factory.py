"""The whole way with the real parts, but for a network that was not trained: what is promised is what is posted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert

from core.bootstrap import Services, build, build_classifier, build_optimizer
from core.domain.embedders import EMBEDDING_NAME
from core.domain.faces import Box
from core.domain.generation import Face
from core.domain.optimisation import OptimizeMode, OptimizeRequest, OptimizeResult
from core.domain.people import NewFace
from core.domain.registry.versions import Promotion
from core.domain.training.runs import RunKind
from core.models.cnn.head import cnn_tensors
from core.models.cnn.network import build_net
from core.models.common import weights_file
from core.models.embedding.head import ARCHITECTURE, head_tensors, train_head
from core.services.attack.service import OptimizeService
from core.services.recognition.service import ClassifyService
from core.settings import Settings
from core.storage.training_tables import versions
from core.storage.version_rows import insert_promotion
from core.vision.recognition.photo_reader import load_photo_reader
from tests.integration.core.builders import Clock
from tests.models.portrait_files import PEOPLE, PICTURES, name, picture

GUILD = 700
CNN = {"head": "cnn", "net": "slim", "framing": "aligned", "size": 32, "grey": False, "temperature": 1.0}


class Studio:
    """A guild that knows three drawn people, by their embeddings and by a network of random weights."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.ids = [self._enrol(person) for person in range(PEOPLE)]
        reader = load_photo_reader()
        result = [
            reader.read(picture(person, number)).embeddings[0] for person in range(PEOPLE) for number in range(PICTURES)
        ]
        reader.close()
        gate = head_tensors(*train_head(np.array(result), np.repeat(np.arange(PEOPLE), PICTURES), PEOPLE))
        self.embedding = self._add(1, ARCHITECTURE, {"head": "embedding"}, gate)
        net = build_net("slim", 32, PEOPLE)
        self.cnn = self._add(2, "cnn-slim", CNN, cnn_tensors(net, gate))
        with services.database.write() as connection:
            insert_promotion(connection, Promotion(GUILD, RunKind.RECOGNISER, self.embedding, True, "", 1, Clock().now))

    def photo(self) -> Face:
        return Face(photo=self.services.blobs.put(picture(0, PICTURES + 1)))

    def _enrol(self, person: int) -> int:
        face = NewFace(1, Box(0, 0, 9, 9), 0.9, (), bytes(512), "another embedder")
        return self.services.people.enrol(GUILD, name(person), face, source="cli:x.jpg").id

    def _add(self, number: int, architecture: str, config: object, tensors: object) -> int:
        weights = weights_file.dump(tensors, {"embedder": EMBEDDING_NAME, "architecture": architecture})  # type: ignore[arg-type]
        card = {"dataset_title": "people v1", "dataset_hash": "", "config": config, "metrics": {}, "parts": []}
        card["classes"] = [[name(person), self.ids[person]] for person in range(PEOPLE)]
        values = {"guild_id": GUILD, "kind": RunKind.RECOGNISER, "number": number, "architecture": architecture}
        values |= {"size": len(weights), "weights": self.services.blobs.put(weights), "card": card, "created_by": 1}
        with self.services.database.write() as connection:
            made = connection.execute(
                insert(versions).values(values | {"created_at": Clock().now}).returning(versions.c.id)
            )
            return int(made.scalar_one())


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder: Path = tmp_path_factory.mktemp("optimizer")
    services = build(Settings.from_env({"OMOKAGE_DATA": str(folder)}), lambda *_: None)
    yield Studio(services)
    services.close()


@pytest.fixture(scope="module")
def service(studio: Studio) -> Iterator[OptimizeService]:
    made = build_optimizer(studio.services)
    yield made
    made.close()


@pytest.fixture(scope="module")
def classifier(studio: Studio) -> Iterator[ClassifyService]:
    made = build_classifier(studio.services)
    yield made
    made.close()


def posted(studio: Studio, answer: OptimizeResult) -> bytes:
    assert answer.picture is not None
    return studio.services.blobs.get(answer.picture)


def test_a_drawn_person_becomes_another_as_classify_sees_it(
    studio: Studio, service: OptimizeService, classifier: ClassifyService
) -> None:
    request = OptimizeRequest(name(1), OptimizeMode.FOOL, start=studio.photo(), steps=10, epsilon=16)
    answer = service.optimise(request, GUILD)
    assert answer.before is not None
    assert answer.after is not None
    assert answer.norms is not None
    assert (answer.before.named, answer.before.found) == (name(0), True)
    assert answer.after.target > answer.before.target
    assert 0 < answer.norms.linf <= 16
    assert answer.networks == ("dlib", "sface")

    (face,) = classifier.classify_photo(posted(studio, answer), GUILD).result.faces

    assert face.name == answer.after.named
    promised = {one.name: one.probability * (1 - answer.after.unknown) for one in answer.after.top}
    said = {one.name: one.probability for one in face.top}
    assert said == pytest.approx({known: promised[known] for known in said}, abs=1e-6)


@pytest.mark.parametrize("mode", OptimizeMode)
def test_every_mode_goes_on_where_it_was_and_its_promise_holds(
    studio: Studio, service: OptimizeService, classifier: ClassifyService, mode: OptimizeMode
) -> None:
    start = studio.photo() if mode is OptimizeMode.FOOL else None
    request = OptimizeRequest(name(2), mode, start=start, steps=3, version_id=studio.cnn)
    first = service.optimise(request, GUILD)
    answer = service.optimise(
        OptimizeRequest(name(2), mode, start=start, steps=3, version_id=studio.cnn, so_far=first.picture), GUILD
    )

    assert first.after is not None
    assert answer.after is not None
    assert answer.before == first.before
    assert answer.model == "recogniser v2 (cnn)"
    assert answer.networks == (("cnn", "dlib", "sface") if mode is OptimizeMode.FOOL else ("cnn",))
    assert [one.model for one in answer.transfer] == ["recogniser v1 (embedding)"]
    result = classifier.recognise(posted(studio, answer), GUILD).faces
    assert answer.after.found == bool(result)
    if mode is OptimizeMode.FOOL:
        assert answer.transfer[0].after.named == (result[0].named.name if result[0].named else None)


def test_the_same_request_gives_the_same_bytes(studio: Studio, service: OptimizeService) -> None:
    request = OptimizeRequest(name(0), OptimizeMode.NOISE, steps=2, version_id=studio.cnn, seed=7)
    assert service.optimise(request, GUILD).picture == service.optimise(request, GUILD).picture
