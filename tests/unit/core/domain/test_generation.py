"""What can be asked of a model that draws, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import OmokageError
from core.domain.generation import (
    MAX_FACES,
    MAX_SEED,
    Face,
    FaceChoice,
    FilmRequest,
    GenerationResult,
    GridRequest,
    MixRequest,
    MorphRequest,
    NearestRequest,
    seeds_of,
)

_seeds = st.builds(Face, seed=st.integers(0, MAX_SEED))
_photos = st.builds(lambda photo, index: Face(None, photo, index), st.text(min_size=1), st.none() | st.integers(0, 49))
FACES = _seeds | _photos
MODELS = st.none() | st.text()
TRAITS = st.dictionaries(st.text(max_size=9), st.floats(-3, 3), max_size=3)
TRUNCATIONS = st.floats(0.1, 1.0)
REQUESTS = st.one_of(
    st.builds(
        GridRequest,
        st.integers(1, MAX_FACES),
        st.integers(0, MAX_SEED - MAX_FACES),
        MODELS,
        TRUNCATIONS,
        st.none() | FACES,
        TRAITS,
    ),
    st.builds(MorphRequest, FACES, FACES, MODELS),
    st.builds(
        MixRequest,
        st.lists(FACES, min_size=1, max_size=8).map(tuple),
        st.lists(FACES, max_size=8).map(tuple),
        MODELS,
        TRAITS,
    ),
    st.builds(FilmRequest, st.lists(FACES, min_size=2, max_size=8).map(tuple), MODELS, TRUNCATIONS, TRAITS),
    st.builds(NearestRequest, FACES, MODELS, TRUNCATIONS, TRAITS),
)


@given(REQUESTS)
def test_a_request_survives_its_way_through_the_queue(request: Any) -> None:
    assert type(request).from_json(json.loads(json.dumps(request.to_json()))) == request


@pytest.mark.parametrize(
    "drawn",
    [
        GenerationResult("dcgan v3", "dcgan v3 (dcgan light)", 7, "aa", seeds=(5, 6), traits=("smile",)),
        GenerationResult("starter vae", "starter vae", None, "aa", "bb", "film.webp"),
        GenerationResult("dcgan v3", "dcgan v3", 7, "aa", distances=(0.25, 1.5)),
        GenerationResult("vae v1", "vae v1", 2, choice=FaceChoice("add/0", "cc", 3, "dd")),
    ],
)
def test_an_answer_survives_its_way_through_the_database(drawn: GenerationResult) -> None:
    assert GenerationResult.from_json(json.loads(json.dumps(drawn.to_json()))) == drawn


@pytest.mark.parametrize(
    ("make", "option"),
    [
        (lambda: GridRequest(0, 1), "count"),
        (lambda: GridRequest(65, 1), "count"),
        (lambda: GridRequest(8, -1), "seed"),
        (lambda: GridRequest(8, MAX_SEED), "seed"),
        (lambda: GridRequest(8, 1, truncation=0.0), "truncation"),
        (lambda: GridRequest(8, 1, truncation=float("nan")), "truncation"),
        (lambda: GridRequest(8, 1, traits={"smile": 3.5}), "smile"),
        (Face, "face"),
        (lambda: Face(3, "aa"), "face"),
        (lambda: Face(-3), "seed"),
        (lambda: MixRequest(()), "add"),
        (lambda: MixRequest((Face(1),), (Face(1),) * 9), "subtract"),
        (lambda: MixRequest((Face(1),), traits={"hair": -4.0}), "hair"),
        (lambda: FilmRequest((Face(1),)), "faces"),
        (lambda: FilmRequest((Face(1),) * 9), "faces"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_could(make: Any, option: str) -> None:
    with pytest.raises(OmokageError, match="bad-option") as caught:
        make()
    assert caught.value.details["option"] == option


def test_a_request_that_was_tampered_with_is_refused_when_it_is_read() -> None:
    with pytest.raises(OmokageError, match="bad-option"):
        GridRequest.from_json({"count": 65, "seed": 1})


def test_each_face_of_a_grid_has_a_seed_of_its_own() -> None:
    assert list(seeds_of(5, 3)) == [5, 6, 7]
