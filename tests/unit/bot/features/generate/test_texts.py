"""Drawn faces: what members type, what is asked next, what is said of it and what can be pressed."""

from __future__ import annotations

from typing import Any

import pytest

from bot.features.generate import requests
from bot.features.generate.texts import alt_text, drawn_embed, trait_name
from bot.ui.i18n import words_in
from core.domain.generation import (
    Face,
    FilmRequest,
    GridRequest,
    MixRequest,
    MorphRequest,
    NearestRequest,
)
from core.domain.jobs import JobKind
from tests.unit.bot.fakes import JOB_ID, a_job
from tests.unit.bot.features.generate.builders import EN, JA, PHOTO, a_grid_job, generation_result


def test_a_grid_says_which_seeds_so_that_they_can_be_asked_for_again() -> None:
    job = a_grid_job(truncation=0.7, traits={"smile": 1.0, "long-hair": -0.5})

    embed = drawn_embed(EN, job, requests.result_of(job))

    assert embed.title == "8 faces that never were"
    assert embed.description == "Seeds **41** to **48**\n-# truncation 0.7 · smile +1 · long hair −0.5"
    assert embed.footer.text == f"dcgan v3 (dcgan light) · job {JOB_ID}"
    assert drawn_embed(JA, job, requests.result_of(job)).title == "実在しない顔 8枚"


def test_a_film_names_its_faces_shortly_where_they_are_in_a_row() -> None:
    row, others = FilmRequest((Face(4), Face(5), Face(6))), FilmRequest((Face(4), Face(9)), traits={"smile": 1.0})
    told = [
        drawn_embed(EN, a_job(kind=JobKind.FILM, params=one.to_json()), generation_result()) for one in (row, others)
    ]

    assert [one.description for one in told] == ["Seeds **4** to **6**", "face 4, face 9\n-# smile +1"]


def test_seeds_are_never_grouped_by_thousands() -> None:
    job = a_grid_job(1, 2_000_000_000)

    assert drawn_embed(EN, job, requests.result_of(job)).description == "Seed **2000000000**"
    assert drawn_embed(JA, job, requests.result_of(job)).description == "シード **2000000000**"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("kind", "asked", "more"),
    [
        (JobKind.GENERATE, GridRequest(8, 41, like=Face(photo=PHOTO)), {}),
        (JobKind.GENERATE, GridRequest(1, 41, like=Face(5)), {}),
        (JobKind.MORPH, MorphRequest(Face(photo=PHOTO), Face(5)), {}),
        (JobKind.MIX, MixRequest((Face(1), Face(photo=PHOTO)), (Face(3),), traits={"smile": 1.0}), {}),
        (JobKind.FILM, FilmRequest((Face(1), Face(2)), truncation=0.5), {}),
        (JobKind.NEAREST, NearestRequest(Face(4)), {"distances": (0.4, 1.25)}),
    ],
)
def test_everything_that_is_drawn_has_its_words(language: str, kind: JobKind, asked: Any, more: Any) -> None:
    words, job = words_in(language), a_job(kind=kind, params=asked.to_json())

    embed = drawn_embed(words, job, generation_result(**more))

    assert embed.title
    assert alt_text(words, job, generation_result(**more))
    assert "None" not in f"{embed.title}{embed.description or ''}"


def test_distances_are_numbered_and_explained() -> None:
    job = a_job(kind=JobKind.NEAREST, params=NearestRequest(Face(4)).to_json())

    text = str(drawn_embed(EN, job, generation_result(distances=(0.4, 1.25))).description)

    assert text.splitlines()[0] == "**1** 0.40 · **2** 1.25"
    assert "near 0 it would be a copy" in text


def test_a_trait_that_has_no_word_yet_keeps_the_models() -> None:
    assert trait_name(JA, "smile") == "笑顔"
    assert trait_name(EN, "rosy_cheeks") == "rosy cheeks"
