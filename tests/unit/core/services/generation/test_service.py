"""The pictures of GenerationService: grids, variations, morphs, mixes, films."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from core.domain.errors import ErrorCode
from core.domain.generation import Face, FilmRequest, GridRequest, MixRequest, MorphRequest
from core.domain.training.runs import RunKind
from core.render.film import FilmFormat, FilmStyle
from core.vision.views import Framing
from tests.unit.core.services.generation.fakes import (
    SCALE,
    GenerationSetup,
    bar_levels,
    expected_bars,
    is_close,
    read_tiles,
)
from tests.unit.core.services.generation.linear_generator import LATENT_SIZE, SIZE, LinearGenerator, read_bars


def test_a_grid_shows_the_faces_of_its_seeds_in_their_order(setup: GenerationSetup) -> None:
    version = setup.add(RunKind.DCGAN)
    drawn = setup.draw(GridRequest(4, 5))
    assert (drawn.model, drawn.label, drawn.version_id) == ("dcgan v1", "dcgan v1 (dcgan)", version)
    assert (drawn.seeds, drawn.traits) == ((5, 6, 7, 8), ("smile", "glasses"))
    assert is_close(read_tiles(setup.picture(drawn), SCALE), expected_bars(5, 6, 7, 8))


def test_a_small_grid_is_a_part_of_a_large_one(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    large = setup.picture(setup.draw(GridRequest(64, 5)))
    assert large.size[0] == 8 * (SIZE + 4) + 4
    assert read_tiles(large, 1)[:4] == expected_bars(5, 6, 7, 8)


def test_the_same_question_gives_the_same_picture(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    assert setup.draw(GridRequest(8, 5)).picture == setup.draw(GridRequest(8, 5, "dcgan v1")).picture
    assert setup.draw(GridRequest(8, 5)).picture != setup.draw(GridRequest(8, 6)).picture


def test_with_less_truncation_faces_are_nearer_to_the_mean(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    drawn = setup.draw(GridRequest(2, 5, truncation=0.5))
    assert is_close(read_tiles(setup.picture(drawn), SCALE), expected_bars(5, 6, truncation=0.5))


def test_traits_are_added_to_every_face(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    drawn = setup.draw(GridRequest(2, 5, traits={"glasses": 2.0}))
    expected = [bar_levels(latent + 2.0 * np.eye(LATENT_SIZE)[1]) for latent in LinearGenerator().latents([5, 6])]
    assert is_close(read_tiles(setup.picture(drawn), SCALE), expected)
    assert setup.fails(GridRequest(2, 5, traits={"horns": 1.0})).code is ErrorCode.UNKNOWN_TRAIT


def test_variations_are_of_one_face_and_have_no_seeds_of_their_own(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    drawn = setup.draw(GridRequest(4, 100, like=Face(5)))
    model = LinearGenerator()
    expected = [bar_levels(latent) for latent in model.variations(model.latents([5])[0], range(100, 104))]
    assert is_close(read_tiles(setup.picture(drawn), SCALE, labelled=False), expected)
    assert drawn.seeds == ()


def test_variations_of_a_face_in_a_photo_need_what_takes_photos(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    request = GridRequest(2, 0, like=Face(photo=setup.photo()))
    assert setup.fails(request).code is ErrorCode.NO_MODEL
    error = setup.fails(replace(request, model="dcgan v1"))
    assert (error.code, error.details["known"]) == (ErrorCode.NO_ENCODER, "starter vae")
    setup.add(RunKind.VAE)
    assert setup.draw(request).model == "vae v1"


def test_a_morph_is_a_strip_and_a_film_there_and_back(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    drawn = setup.draw(MorphRequest(Face(5), Face(9)))
    start, end = LinearGenerator().latents([5, 9])
    strip = read_tiles(setup.picture(drawn), SCALE)
    assert is_close(strip, [bar_levels((1 - part / 7) * start + part / 7 * end) for part in range(8)])
    film = setup.film(drawn)
    assert (drawn.film_name, len(film), film[0].size) == ("film.webp", 48, (256, 256))
    first, middle, last = (np.asarray(film[index]).astype(int) for index in (0, 24, 47))
    assert abs(first - middle).mean() > 4 * abs(first - last).mean()  # the film goes back to where it began


def test_a_face_in_a_photo_can_be_an_end_of_a_morph(setup: GenerationSetup) -> None:
    setup.add(RunKind.VAE)
    drawn = setup.draw(MorphRequest(Face(photo=setup.photo(168)), Face(5)))
    strip = read_tiles(setup.picture(drawn), SCALE)
    assert is_close([strip[0], strip[-1]], [[168] * LATENT_SIZE, *expected_bars(5)])


def test_of_several_faces_somebody_has_to_choose(setup: GenerationSetup) -> None:
    setup.add(RunKind.VAE)
    setup.photos.faces = 3
    photo = setup.photo()
    drawn = setup.draw(MorphRequest(Face(5), Face(photo=photo)))
    assert drawn.choice is not None
    assert (drawn.choice.which, drawn.choice.photo, drawn.choice.faces) == ("b", photo, 3)
    assert (drawn.picture, drawn.film) == (None, None)
    assert Image.open(io.BytesIO(setup.blobs.get(drawn.choice.picture))).format == "JPEG"
    chosen = setup.draw(MorphRequest(Face(5), Face(photo=photo, index=2)))
    assert chosen.choice is None
    assert chosen.film is not None


def test_a_face_that_is_not_there_cannot_be_chosen(setup: GenerationSetup) -> None:
    setup.add(RunKind.VAE)
    setup.photos.faces = 2
    error = setup.fails(MorphRequest(Face(5), Face(photo=setup.photo(), index=2)))
    assert (error.code, error.details["value"], error.details["allowed"]) == (ErrorCode.BAD_OPTION, "3", "1 to 2")


def test_a_photo_without_a_face_and_what_is_no_photo_are_said(setup: GenerationSetup) -> None:
    setup.add(RunKind.VAE)
    setup.photos.faces = 0
    assert setup.fails(MorphRequest(Face(5), Face(photo=setup.photo()))).code is ErrorCode.NO_FACE
    text = setup.blobs.put(b"text")
    error = setup.fails(MorphRequest(Face(5), Face(photo=text)))
    assert (error.code, error.details["photo"]) == (ErrorCode.NOT_AN_IMAGE, text)
    assert setup.fails(MorphRequest(Face(5), Face(photo="ab" * 32))).code is ErrorCode.PHOTO_GONE


def test_a_model_of_whole_pictures_looks_for_no_face(setup: GenerationSetup) -> None:
    setup.add(RunKind.VAE, model=LinearGenerator(framing=Framing.WHOLE))
    setup.photos.faces = 0
    drawn = setup.draw(MorphRequest(Face(photo=setup.photo(168)), Face(5)))
    assert is_close(read_tiles(setup.picture(drawn), SCALE)[:1], [[168] * LATENT_SIZE])


def test_a_mix_shows_what_went_in_and_what_came_of_it(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    drawn = setup.draw(MixRequest((Face(1), Face(2)), (Face(3),), traits={"smile": 1.0}))
    first, second, third = LinearGenerator().latents([1, 2, 3])
    total = first + second - third
    length = (np.linalg.norm(first) + np.linalg.norm(second)) / 2
    result = total * min(1, length / np.linalg.norm(total)) + np.eye(LATENT_SIZE)[0]
    sheet = np.asarray(setup.picture(drawn)).astype(int)
    side = SIZE * 9  # 288 pixels
    assert is_close([read_bars(sheet[-side - 4 :, -side // 2, 0], 9)], [bar_levels(result)])
    assert (drawn.seeds, drawn.traits) == ((), ("smile", "glasses"))


def test_of_a_mixs_photos_the_one_that_is_unclear_is_named(setup: GenerationSetup) -> None:
    setup.add(RunKind.VAE)
    setup.photos.faces = 2
    photo = setup.photo()
    drawn = setup.draw(MixRequest((Face(1),), (Face(2), Face(photo=photo))))
    assert drawn.choice is not None
    assert (drawn.choice.which, drawn.choice.photo) == ("subtract/1", photo)


def test_a_film_walks_through_its_faces_and_back_to_the_first(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    drawn = setup.draw(FilmRequest((Face(1), Face(2), Face(3))))
    film = setup.film(drawn)
    assert (len(film), drawn.seeds, drawn.film_name, drawn.picture) == (72, (1, 2, 3), "film.webp", None)
    for key, seed in enumerate((1, 2, 3)):
        assert is_close(
            [read_bars(np.asarray(film[24 * key])[:, 128, 0], 8)], expected_bars(seed), by=10
        )  # WebP repeats what has hardly changed


def test_a_film_of_faces_with_a_trait_shows_it_all_the_way(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    film = setup.film(setup.draw(FilmRequest((Face(1), Face(2)), traits={"glasses": 2.0})))
    expected = [bar_levels(latent + 2.0 * np.eye(LATENT_SIZE)[1]) for latent in LinearGenerator().latents([1, 2])]
    for key, bars in enumerate(expected):
        assert is_close([read_bars(np.asarray(film[24 * key])[:, 128, 0], 8)], [bars], by=10)


def test_a_film_that_is_too_large_becomes_smaller(setup: GenerationSetup) -> None:
    setup.add(RunKind.DCGAN)
    request = FilmRequest((Face(1), Face(2)))
    drawn = setup.draw(request, film=FilmStyle(FilmFormat.GIF, 9000))
    assert drawn.film is not None
    assert (drawn.film_name, len(setup.blobs.get(drawn.film)) <= 9000) == ("film.gif", True)


def test_a_photo_in_which_somebody_objects_is_not_morphed(setup: GenerationSetup) -> None:
    setup.add(RunKind.VAE)
    photo = setup.photo(9)
    setup.objections.photos.add(bytes([9]))
    refused = setup.fails(MorphRequest(Face(1), Face(photo=photo)))
    assert refused.code is ErrorCode.NOT_ALLOWED
    assert refused.details == {"reason": "objected", "photo": photo}
    assert setup.draw(MorphRequest(Face(1), Face(photo=setup.photo(8)))).picture is not None
