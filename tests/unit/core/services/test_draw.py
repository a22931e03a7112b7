from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from sqlalchemy import insert

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.generation import Drawn, Face, FilmRequest, GridRequest, MixRequest, MorphRequest, NearestRequest
from core.domain.jobs import JSON, Job, JobCancelledError, JobKind, JobState, Origin, QueueName
from core.domain.runs import RunKind
from core.render.film import FRAME_MS, FilmFormat, FilmStyle
from core.services.draw import DrawService
from core.services.face_codes import FaceCodes
from core.services.generators import Generators
from core.services.nearest import NearestPictures
from core.services.photo_faces import PhotoFaces
from core.services.registry import RegistryService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.schema import migrate
from core.storage.training_tables import versions
from core.vision.views import Framing
from tests.unit.core.services.face_parts import CODES, SIZE, LinearFaces, read_off
from tests.unit.core.services.nearest_parts import Shelf

GUILD = 700
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Camera:
    """Decodes a photo of a grey level a byte says, with as many faces as the test put there."""

    def __init__(self) -> None:
        self.faces = 1

    def decode(self, data: bytes) -> np.ndarray:
        if data == b"text":
            raise OmokageError(ErrorCode.NOT_AN_IMAGE)
        return np.full((120, 160, 3), data[0], np.uint8)

    def close(self) -> None:
        pass

    def detect(self, image: np.ndarray) -> list[DetectedFace]:
        if image.shape != (120, 160, 3):
            return []  # enlarged, in search of a face that fills it
        return [face_at(50 * place, 40 - 5 * place) for place in range(self.faces)]


def face_at(left: float, side: float) -> DetectedFace:
    points = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    landmarks = tuple((left + x * side, 30 + y * side) for x, y in points)
    return DetectedFace(Box(left, 30, side, side), 0.9, landmarks)  # type: ignore[arg-type]


@dataclass
class Studio:
    """The service with fakes, and short ways to ask it. `models`: by their weights."""

    database: Database
    blobs: Blobs
    models: dict[bytes, LinearFaces] = field(default_factory=dict)
    loads: list[str] = field(default_factory=list)
    starters: bool = False

    def __post_init__(self) -> None:
        self.camera, self.shelf = Camera(), Shelf(self.blobs)
        self.registry = RegistryService(self.database, self.blobs)
        self.generators = Generators(self.registry, self._load, self._starter, lambda _guild: self.starters)
        codes = FaceCodes(PhotoFaces(self.camera, self.camera), self.blobs)
        nearest = NearestPictures(self.shelf.dataset, self.shelf.open, self.shelf.describe, self.shelf.hold_out)
        self.service = DrawService(self.generators, codes, nearest, self.blobs)

    def add(self, kind: RunKind, number: int = 1, *, guild: int = GUILD, model: LinearFaces | None = None) -> int:
        """A version; its weights are a name under which the model is found."""
        weights = f"{kind} {number} of {guild}".encode()
        self.models[weights] = model or LinearFaces(encodes=kind is RunKind.VAE)
        card = {"dataset_title": "faces v1", "dataset_hash": "ab", "config": {"head": kind.value, "seed": 3}}
        card |= {"classes": [], "metrics": {}, "parts": []}
        values = {"guild_id": guild, "kind": kind, "number": number, "architecture": f"{kind.value}-light", "size": 9}
        values |= {"weights": self.blobs.put(weights), "card": card, "created_by": 1, "created_at": NOW}
        with self.database.write() as connection:
            made = connection.execute(insert(versions).values(values).returning(versions.c.id))
            return int(made.scalar_one())

    def draw(self, request: object, guild: int = GUILD, **more: object) -> Drawn:
        drawn = self.service.draw(request, guild, **more)  # type: ignore[arg-type]
        assert Drawn.from_json(drawn.to_json()) == drawn
        return drawn

    def fails(self, request: object, guild: int = GUILD) -> OmokageError:
        with pytest.raises(OmokageError) as caught:
            self.draw(request, guild)
        return caught.value

    def photo(self, level: int = 128) -> str:
        return self.blobs.put(bytes([level]))

    def picture(self, drawn: Drawn) -> Image.Image:
        assert drawn.picture is not None
        return Image.open(io.BytesIO(self.blobs.get(drawn.picture)))

    def film(self, drawn: Drawn) -> list[Image.Image]:
        """What is seen at each twentieth of a second; the file has frames that are alike once."""
        assert drawn.film is not None
        film = Image.open(io.BytesIO(self.blobs.get(drawn.film)))
        shown: list[Image.Image] = []
        for frame in ImageSequence.Iterator(film):
            frame.load()
            shown += [frame.convert("RGB")] * (frame.info["duration"] // FRAME_MS)
        return shown

    def _load(self, architecture: str, config: Mapping[str, JSON], weights: bytes) -> LinearFaces:
        self.loads.append(architecture)
        return self.models[weights]

    def _starter(self, name: str) -> tuple[str, Mapping[str, JSON], bytes]:
        self.models.setdefault(name.encode(), LinearFaces(encodes=name == "starter vae"))
        return name, {}, name.encode()


@pytest.fixture
def studio(tmp_path: Path, shipped: Path) -> Iterator[Studio]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate(database)
    yield Studio(database, Blobs(str(tmp_path / "blobs")))
    database.close()


def tiles(picture: Image.Image, scale: int, *, labelled: bool = True) -> list[list[int]]:
    """What the bars of each tile say, row by row; see LinearFaces."""
    pixels, side = np.asarray(picture).astype(int), SIZE * scale
    below = round(max(12, round(side * 0.11)) * 1.4) if labelled else 0
    found = []
    for top in range(4, pixels.shape[0] - side, side + below + 4):
        middles = range(4 + side // 2, pixels.shape[1] - side // 2, side + 4)
        found += [read_off(pixels[top : top + side, middle, 0], scale) for middle in middles]
    return found


def level(codes: np.ndarray) -> list[int]:
    return [int(one) for one in np.clip(np.rint(128 + 20 * codes), 0, 255)]


def faces(*seeds: int, truncation: float = 1.0) -> list[list[int]]:
    return [level(code) for code in LinearFaces().codes(seeds, truncation)]


def near(found: list[list[int]], wanted: list[list[int]], by: int = 3) -> bool:
    """Enlarging rounds a little."""
    return np.asarray(found) == pytest.approx(np.asarray(wanted), abs=by)  # type: ignore[no-any-return]


SCALE = 192 // SIZE


def test_a_grid_shows_the_faces_of_its_seeds_in_their_order(studio: Studio) -> None:
    version = studio.add(RunKind.DCGAN)
    drawn = studio.draw(GridRequest(4, 5))
    assert (drawn.model, drawn.label, drawn.version_id) == ("dcgan v1", "dcgan v1 (dcgan)", version)
    assert (drawn.seeds, drawn.traits) == ((5, 6, 7, 8), ("smile", "glasses"))
    assert near(tiles(studio.picture(drawn), SCALE), faces(5, 6, 7, 8))


def test_a_small_grid_is_a_part_of_a_large_one(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    large = studio.picture(studio.draw(GridRequest(64, 5)))
    assert large.size[0] == 8 * (SIZE + 4) + 4
    assert tiles(large, 1)[:4] == faces(5, 6, 7, 8)


def test_the_same_question_gives_the_same_picture(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    assert studio.draw(GridRequest(8, 5)).picture == studio.draw(GridRequest(8, 5, "dcgan v1")).picture
    assert studio.draw(GridRequest(8, 5)).picture != studio.draw(GridRequest(8, 6)).picture


def test_with_less_truncation_faces_are_nearer_to_the_mean(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    drawn = studio.draw(GridRequest(2, 5, truncation=0.5))
    assert near(tiles(studio.picture(drawn), SCALE), faces(5, 6, truncation=0.5))


def test_traits_are_added_to_every_face(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    drawn = studio.draw(GridRequest(2, 5, traits={"glasses": 2.0}))
    wanted = [level(code + 2.0 * np.eye(CODES)[1]) for code in LinearFaces().codes([5, 6])]
    assert near(tiles(studio.picture(drawn), SCALE), wanted)
    assert studio.fails(GridRequest(2, 5, traits={"horns": 1.0})).code is ErrorCode.UNKNOWN_TRAIT


def test_variations_are_of_one_face_and_have_no_seeds_of_their_own(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    drawn = studio.draw(GridRequest(4, 100, like=Face(5)))
    model = LinearFaces()
    wanted = [level(code) for code in model.variations(model.codes([5])[0], range(100, 104))]
    assert near(tiles(studio.picture(drawn), SCALE, labelled=False), wanted)
    assert drawn.seeds == ()


def test_variations_of_a_face_in_a_photo_need_what_takes_photos(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    request = GridRequest(2, 0, like=Face(photo=studio.photo()))
    assert studio.fails(request).code is ErrorCode.NO_MODEL
    error = studio.fails(replace(request, model="dcgan v1"))
    assert (error.code, error.details["known"]) == (ErrorCode.NO_ENCODER, "starter vae")
    studio.add(RunKind.VAE)
    assert studio.draw(request).model == "vae v1"


def test_a_morph_is_a_strip_and_a_film_there_and_back(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    drawn = studio.draw(MorphRequest(Face(5), Face(9)))
    start, end = LinearFaces().codes([5, 9])
    strip = tiles(studio.picture(drawn), SCALE)
    assert near(strip, [level((1 - part / 7) * start + part / 7 * end) for part in range(8)])
    film = studio.film(drawn)
    assert (drawn.film_name, len(film), film[0].size) == ("film.webp", 48, (256, 256))
    first, middle, last = (np.asarray(film[place]).astype(int) for place in (0, 24, 47))
    assert abs(first - middle).mean() > 4 * abs(first - last).mean()  # the film goes back to where it began


def test_a_face_in_a_photo_can_be_an_end_of_a_morph(studio: Studio) -> None:
    studio.add(RunKind.VAE)
    drawn = studio.draw(MorphRequest(Face(photo=studio.photo(168)), Face(5)))
    strip = tiles(studio.picture(drawn), SCALE)
    assert near([strip[0], strip[-1]], [[168] * CODES, *faces(5)])


def test_of_several_faces_somebody_has_to_choose(studio: Studio) -> None:
    studio.add(RunKind.VAE)
    studio.camera.faces = 3
    photo = studio.photo()
    drawn = studio.draw(MorphRequest(Face(5), Face(photo=photo)))
    assert drawn.choice is not None
    assert (drawn.choice.which, drawn.choice.photo, drawn.choice.faces) == ("b", photo, 3)
    assert (drawn.picture, drawn.film) == (None, None)
    assert Image.open(io.BytesIO(studio.blobs.get(drawn.choice.picture))).format == "JPEG"
    chosen = studio.draw(MorphRequest(Face(5), Face(photo=photo, index=2)))
    assert chosen.choice is None
    assert chosen.film is not None


def test_a_face_that_is_not_there_cannot_be_chosen(studio: Studio) -> None:
    studio.add(RunKind.VAE)
    studio.camera.faces = 2
    error = studio.fails(MorphRequest(Face(5), Face(photo=studio.photo(), index=2)))
    assert (error.code, error.details["value"], error.details["allowed"]) == (ErrorCode.BAD_OPTION, "3", "1 to 2")


def test_a_photo_without_a_face_and_what_is_no_photo_are_said(studio: Studio) -> None:
    studio.add(RunKind.VAE)
    studio.camera.faces = 0
    assert studio.fails(MorphRequest(Face(5), Face(photo=studio.photo()))).code is ErrorCode.NO_FACE
    text = studio.blobs.put(b"text")
    error = studio.fails(MorphRequest(Face(5), Face(photo=text)))
    assert (error.code, error.details["photo"]) == (ErrorCode.NOT_AN_IMAGE, text)
    assert studio.fails(MorphRequest(Face(5), Face(photo="ab" * 32))).code is ErrorCode.PHOTO_GONE


def test_a_model_of_whole_pictures_looks_for_no_face(studio: Studio) -> None:
    studio.add(RunKind.VAE, model=LinearFaces(framing=Framing.WHOLE))
    studio.camera.faces = 0
    drawn = studio.draw(MorphRequest(Face(photo=studio.photo(168)), Face(5)))
    assert near(tiles(studio.picture(drawn), SCALE)[:1], [[168] * CODES])


def test_a_mix_shows_what_went_in_and_what_came_of_it(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    drawn = studio.draw(MixRequest((Face(1), Face(2)), (Face(3),), traits={"smile": 1.0}))
    one, two, three = LinearFaces().codes([1, 2, 3])
    total = one + two - three
    usual = (np.linalg.norm(one) + np.linalg.norm(two)) / 2
    result = total * min(1, usual / np.linalg.norm(total)) + np.eye(CODES)[0]
    sheet = np.asarray(studio.picture(drawn)).astype(int)
    side = SIZE * 9  # 288 pixels
    assert near([read_off(sheet[-side - 4 :, -side // 2, 0], 9)], [level(result)])
    assert (drawn.seeds, drawn.traits) == ((), ("smile", "glasses"))


def test_of_a_mixs_photos_the_one_that_is_unclear_is_named(studio: Studio) -> None:
    studio.add(RunKind.VAE)
    studio.camera.faces = 2
    photo = studio.photo()
    drawn = studio.draw(MixRequest((Face(1),), (Face(2), Face(photo=photo))))
    assert drawn.choice is not None
    assert (drawn.choice.which, drawn.choice.photo) == ("subtract/1", photo)


def test_a_film_walks_through_its_faces_and_back_to_the_first(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    drawn = studio.draw(FilmRequest((Face(1), Face(2), Face(3))))
    film = studio.film(drawn)
    assert (len(film), drawn.seeds, drawn.film_name, drawn.picture) == (72, (1, 2, 3), "film.webp", None)
    for key, seed in enumerate((1, 2, 3)):
        assert near(
            [read_off(np.asarray(film[24 * key])[:, 128, 0], 8)], faces(seed), by=10
        )  # WebP repeats what has hardly changed


def test_a_film_that_is_too_large_becomes_smaller(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    request = FilmRequest((Face(1), Face(2)))
    drawn = studio.draw(request, film=FilmStyle(FilmFormat.GIF, 9000))
    assert drawn.film is not None
    assert (drawn.film_name, len(studio.blobs.get(drawn.film)) <= 9000) == ("film.gif", True)


def test_the_training_pictures_that_a_face_is_like_come_with_their_distances(studio: Studio) -> None:
    studio.shelf.fill(studio.add(RunKind.DCGAN), studio.database, guild=GUILD)
    drawn = studio.draw(NearestRequest(Face(5)))
    assert (drawn.seeds, len(drawn.distances)) == ((5,), 6)
    assert list(drawn.distances) == sorted(drawn.distances)
    assert len(tiles(studio.picture(drawn), SCALE)) == 7  # the drawn face is the first
    assert near(tiles(studio.picture(drawn), SCALE)[:1], faces(5))


def test_another_guilds_pictures_are_not_shown(studio: Studio) -> None:
    studio.shelf.fill(studio.add(RunKind.DCGAN), studio.database, guild=GUILD + 1)
    assert studio.fails(NearestRequest(Face(5))).code is ErrorCode.NOT_ALLOWED


def test_of_what_comes_with_the_product_there_are_no_pictures_to_show(studio: Studio) -> None:
    assert studio.fails(NearestRequest(Face(5), "starter dcgan")).code is ErrorCode.UNKNOWN_DATASET


def test_without_a_model_there_is_nothing_to_draw_with(studio: Studio) -> None:
    assert studio.fails(GridRequest(4, 1)).code is ErrorCode.NO_MODEL
    studio.starters = True
    drawn = studio.draw(GridRequest(4, 1))
    assert (drawn.model, drawn.version_id) == ("starter dcgan", None)


def test_a_model_is_loaded_once_and_few_are_kept(studio: Studio) -> None:
    for number in range(1, 8):
        studio.add(RunKind.DCGAN, number)
    for _ in range(2):
        studio.draw(GridRequest(1, 1, "dcgan v1"))
    assert len(studio.loads) == 1
    for number in range(2, 8):
        studio.draw(GridRequest(1, 1, f"dcgan v{number}"))
    studio.draw(GridRequest(1, 1, "dcgan v7"))
    assert len(studio.loads) == 7
    studio.draw(GridRequest(1, 1, "dcgan v1"))
    assert len(studio.loads) == 8


def test_a_version_whose_file_is_gone_is_said_to_be_damaged(studio: Studio) -> None:
    version = studio.registry.get(studio.add(RunKind.DCGAN))
    studio.blobs.delete(version.weights)
    assert studio.fails(GridRequest(1, 1)).code is ErrorCode.BAD_WEIGHTS


def test_warming_up_loads_what_will_answer(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    studio.service.warm_up(GUILD)
    assert studio.loads == ["dcgan-light"]
    studio.draw(GridRequest(1, 1))
    assert studio.loads == ["dcgan-light"]


def job(kind: JobKind, params: Mapping[str, JSON]) -> Job:
    origin = Origin(GUILD, 20, 30, "ja", 1, "token")
    return Job(
        1, kind, JobState.RUNNING, QueueName.GPU, 0, origin, params, None, 1, False, NOW, NOW, NOW, None, None, None,
        None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        (JobKind.GENERATE, GridRequest(2, 1)),
        (JobKind.MORPH, MorphRequest(Face(1), Face(2))),
        (JobKind.MIX, MixRequest((Face(1),))),
        (JobKind.FILM, FilmRequest((Face(1), Face(2)))),
    ],
)
def test_a_job_is_answered_from_its_parameters(studio: Studio, kind: JobKind, request_: GridRequest) -> None:
    studio.add(RunKind.DCGAN)
    told: list[tuple[str, float]] = []
    params = {**request_.to_json(), "title": "what the bot adds"}
    drawn = studio.service.answer(job(kind, params), lambda *stage: told.append(stage), lambda: False)
    assert drawn == studio.draw(request_)
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert {name for name, _ in told} <= {"reading", "finding-faces", "drawing"}


def test_a_job_may_ask_for_a_gif(studio: Studio) -> None:
    studio.add(RunKind.DCGAN)
    params = {**MorphRequest(Face(1), Face(2)).to_json(), "format": "gif"}
    drawn = studio.service.answer(job(JobKind.MORPH, params), lambda *_: None, lambda: False)
    assert drawn.film_name == "film.gif"


@pytest.mark.parametrize("stages", range(4))
def test_a_cancelled_job_stops_at_the_next_stage(studio: Studio, stages: int) -> None:
    studio.add(RunKind.DCGAN)
    told: list[str] = []

    def cancelled() -> bool:
        return len(told) >= stages

    with pytest.raises(JobCancelledError):
        studio.service.answer(
            job(JobKind.FILM, FilmRequest((Face(1), Face(2))).to_json()), lambda name, _: told.append(name), cancelled
        )
    assert len(told) == stages
