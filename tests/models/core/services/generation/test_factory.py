"""The draw service as workers and the shell have it: real networks (untrained), the real decoder and detector."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import insert

from core.bootstrap import Services, build, build_drawing
from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import Face, GenerationResult, GridRequest, MorphRequest, NearestRequest
from core.domain.training.runs import RunKind
from core.models.common import weights_file
from core.models.dcgan.generator import generator_tensors
from core.models.dcgan.network import LATENT_SIZE, SHAPES, build_generator, tensors_of
from core.services.generation.service import GenerationService
from core.settings import Settings
from core.storage.training_tables import versions
from portraits import default_people, group, portrait
from tests.integration.core.builders import Clock
from tests.models.core.models.vae.builders import VERSION, tensors

GUILD = 700
SMALL = {"head": "dcgan", "preset": "small", "size": 64, "codes": LATENT_SIZE, "framing": "portrait", "seed": 0}
NOW = Clock().now


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("data")
    made = build(Settings.from_env({"OMOKAGE_DATA": str(folder)}), lambda *_: None)
    add(made, RunKind.DCGAN, "dcgan-small", SMALL, small_generator())
    add(made, RunKind.VAE, "vae-64", VERSION, weights_file.dump(tensors(), {}))
    yield made
    made.close()


@pytest.fixture(scope="module")
def drawing(services: Services) -> Iterator[GenerationService]:
    made = build_drawing(services)
    yield made
    made.close()


def small_generator() -> bytes:
    net, random = build_generator(SHAPES["small"]), np.random.default_rng(0)
    for variable in net.trainable_variables:
        variable.assign(random.normal(0, 0.1, variable.shape) + ("gamma" in variable.name))
    return weights_file.dump(generator_tensors(tensors_of(net)), {})


def add(  # noqa: PLR0917
    services: Services,
    kind: RunKind,
    architecture: str,
    config: object,
    weights: bytes,
    number: int = 1,
    **more: object,
) -> None:
    card = {"dataset_title": "faces v1", "dataset_hash": "ab", "config": config, "classes": [], "metrics": {}}
    values = {"guild_id": GUILD, "kind": kind, "number": number, "architecture": architecture, "size": len(weights)}
    values |= {"weights": services.blobs.put(weights), "card": card | {"parts": []}, "created_by": 1}
    with services.database.write() as connection:
        connection.execute(insert(versions).values(values | more | {"created_at": NOW}))


def opened(services: Services, drawn: GenerationResult) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(services.blobs.get(str(drawn.picture)))))


def stored(services: Services, image: np.ndarray) -> str:
    data = io.BytesIO()
    Image.fromarray(image).save(data, "JPEG", quality=95)
    return services.blobs.put(data.getvalue())


def test_a_face_has_the_same_pixels_in_every_grid(services: Services, drawing: GenerationService) -> None:
    few = opened(services, drawing.draw(GridRequest(17, 5), GUILD))
    many = opened(services, drawing.draw(GridRequest(64, 5), GUILD))
    assert (few[4:68, 4:68] == many[4:68, 4:68]).all()
    assert (few[4:68, 72:136] == many[4:68, 72:136]).all()
    assert np.abs(many[4:68, 4:68].astype(int) - many[4:68, 72:136]).mean() > 5


def test_the_same_question_gives_the_same_bytes_in_another_process(
    services: Services, drawing: GenerationService
) -> None:
    another = build_drawing(services)
    request = GridRequest(8, 5, truncation=0.7)
    assert another.draw(request, GUILD).picture == drawing.draw(request, GUILD).picture


def test_faces_in_photos_are_morphed_and_their_framing_is_the_models(
    services: Services, drawing: GenerationService
) -> None:
    ends = [portrait(person, 3, size=256).image for person in default_people()[:2]]
    photos = [Face(photo=stored(services, image)) for image in ends]
    drawn = drawing.draw(MorphRequest(*photos), GUILD)
    assert (drawn.model, drawn.film_name, drawn.traits) == ("vae v1", "film.webp", ("smile",))
    again = drawing.draw(MorphRequest(*photos[::-1]), GUILD)
    assert again.picture != drawn.picture


def test_of_a_group_one_face_has_to_be_chosen(services: Services, drawing: GenerationService) -> None:
    photo = stored(services, group(default_people()[:3], 1, width=640, height=480).image)
    drawn = drawing.draw(MorphRequest(Face(photo=photo), Face(5)), GUILD)
    assert drawn.choice is not None
    assert drawn.choice.faces == 3
    chosen = {drawing.draw(MorphRequest(Face(photo=photo, index=index), Face(5)), GUILD).picture for index in range(3)}
    assert len(chosen) == 3


def test_a_landscape_shows_nobody(services: Services, drawing: GenerationService) -> None:
    sky = np.linspace(0, 255, 300 * 400 * 3).astype(np.uint8).reshape(300, 400, 3)
    with pytest.raises(OmokageError) as caught:
        drawing.draw(MorphRequest(Face(photo=stored(services, sky)), Face(5)), GUILD)
    assert caught.value.code is ErrorCode.NO_FACE


def test_weights_of_another_network_are_damaged_ones(services: Services, drawing: GenerationService) -> None:
    add(services, RunKind.DCGAN, "dcgan-light", {**SMALL, "preset": "light", "size": 96}, small_generator(), number=2)
    with pytest.raises(OmokageError) as caught:
        drawing.draw(GridRequest(1, 5, "dcgan v2"), GUILD)
    assert caught.value.code is ErrorCode.BAD_WEIGHTS


def test_what_a_data_set_shows_is_compared_as_when_the_model_was_measured(
    services: Services, drawing: GenerationService, tmp_path: Path
) -> None:
    from core.services.datasets.importing import import_folder  # TensorFlow

    for number, person in enumerate(default_people()[:8]):
        Image.fromarray(portrait(person, 5, size=192).image).save(tmp_path / f"{number}.png")
    made, _ = import_folder(services.dataset_storage, tmp_path, GUILD, "drawn", 0, lambda *_: None, named=False)
    add(services, RunKind.VAE, "vae-64", VERSION, weights_file.dump(tensors(), {}), number=2, dataset_id=made.id)
    shown = portrait(default_people()[4], 5, size=192).image
    drawn = drawing.draw(NearestRequest(Face(photo=stored(services, shown)), "vae v2"), GUILD)
    assert 3 <= len(drawn.distances) <= 6  # half of so few are held out
    assert all(0 < distance < 10 for distance in drawn.distances)
    assert list(drawn.distances) == sorted(drawn.distances)
