"""What is requested next, from what was drawn."""

from __future__ import annotations

from bot.features.generate import requests
from core.domain.generation import (
    Face,
    FilmRequest,
    GridRequest,
    MixRequest,
    NearestRequest,
)
from core.domain.jobs import JobKind
from tests.unit.bot.fakes import a_job
from tests.unit.bot.features.generate.builders import PHOTO, a_grid_job, generation_result


def test_again_is_the_same_with_other_faces_from_the_same_model() -> None:
    job = a_grid_job(traits={"smile": 1.0}, truncation=0.7)

    order = requests.again(job, requests.result_of(job), 900)

    assert order.kind is JobKind.GENERATE
    assert GridRequest.from_json(order.params) == GridRequest(8, 900, "dcgan v3", 0.7, None, {"smile": 1.0})


def test_variations_are_of_the_face_as_it_was_drawn() -> None:
    job = a_grid_job(64, truncation=0.7)

    order = requests.variations(job, requests.result_of(job), 43, 900)

    assert GridRequest.from_json(order.params) == GridRequest(8, 900, "dcgan v3", 0.7, Face(43))


def test_a_film_goes_through_the_first_faces_and_the_nearest_are_those_of_one() -> None:
    job = a_grid_job(64, truncation=0.7, traits={"smile": 1.0})

    film = FilmRequest.from_json(requests.film(job, requests.result_of(job)).params)
    near = NearestRequest.from_json(requests.nearest(job, requests.result_of(job), 43).params)

    assert film == FilmRequest(tuple(map(Face, range(41, 49))), "dcgan v3", 0.7, {"smile": 1.0})
    assert near == NearestRequest(Face(43), "dcgan v3", 0.7, {"smile": 1.0})


def test_a_trait_is_added_to_the_same_faces_also_to_mixed_ones() -> None:
    grid, mixed = a_grid_job(), MixRequest((Face(3), Face(photo=PHOTO, index=1)), (Face(4),), None, {"age": -1.0})
    job = a_job(kind=JobKind.MIX, params=mixed.to_json(), result=generation_result().to_json())

    smiling = GridRequest.from_json(requests.with_trait(grid, requests.result_of(grid), "smile", 1.0).params)
    older = MixRequest.from_json(requests.with_trait(job, requests.result_of(job), "age", 1.0).params)

    assert smiling == GridRequest(8, 41, "dcgan v3", 1.0, None, {"smile": 1.0})
    assert older == MixRequest(mixed.add, mixed.subtract, "dcgan v3", {})
