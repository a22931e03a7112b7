"""Drawn faces: what members type, what is asked next, what is said of it and what can be pressed."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.generate import requests
from bot.features.generate.parsing import change_trait, parse_seeds, parse_traits
from bot.features.generate.texts import alt_text, drawn_embed, trait_name
from bot.features.generate.views import DrawnButton, DrawnSelect, drawn_view
from bot.ui.i18n import words_in
from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import (
    MAX_SEED,
    MAX_TRAIT,
    Face,
    FilmRequest,
    GenerationResult,
    GridRequest,
    MixRequest,
    MorphRequest,
    NearestRequest,
)
from core.domain.jobs import Job, JobKind
from tests.unit.bot.fakes import JOB_ID, a_job

EN, JA = words_in("en"), words_in("ja")
PHOTO = "ab" * 32
SNOWFLAKE = 18_446_744_073_709_551_615


def a_grid(count: int = 8, seed: int = 41, **more: Any) -> Job:
    asked = GridRequest(count, seed, **more)
    return a_job(kind=JobKind.GENERATE, params=asked.to_json(), result=drawn(range(seed, seed + count)).to_json())


def drawn(seeds: Any = (), **more: Any) -> GenerationResult:
    values: dict[str, Any] = {"version_id": 7, "picture": PHOTO, "seeds": tuple(seeds)} | more
    return GenerationResult("dcgan v3", "dcgan v3 (dcgan light)", **values)


def ids(view: Any) -> list[str]:
    return [] if view is None else [item.item.custom_id for item in view.children]


@pytest.mark.parametrize(
    ("typed", "seeds"),
    [(None, ()), ("", ()), ("3 5 9", (3, 5, 9)), ("3,5、9", (3, 5, 9)), (f" {MAX_SEED} ", (MAX_SEED,))],
)
def test_seeds_stand_between_spaces_or_commas(typed: str | None, seeds: tuple[int, ...]) -> None:
    assert parse_seeds("add", typed) == seeds


@pytest.mark.parametrize("typed", ["x", "3 -5", "1.5", f"{MAX_SEED + 1}", "٣", "1 2 3 4 5 6 7 8 9", "99999999999"])
def test_what_is_no_seed_is_said(typed: str) -> None:
    with pytest.raises(OmokageError) as refused:
        parse_seeds("add", typed)

    assert refused.value.code is ErrorCode.BAD_OPTION
    assert refused.value.details["option"] == "add"


@given(st.lists(st.integers(0, MAX_SEED), max_size=8), st.sampled_from([" ", ", ", "、", "\n"]))
def test_seeds_are_read_as_they_were_written(seeds: list[int], between: str) -> None:
    assert parse_seeds("add", between.join(map(str, seeds))) == tuple(seeds)


@pytest.mark.parametrize(
    ("typed", "traits"),
    [
        (None, {}),
        ("smile", {"smile": 1.0}),
        ("Smile 1.5, glasses -1", {"smile": 1.5, "glasses": -1.0}),
        ("smile=1.5 glasses=-1", {"smile": 1.5, "glasses": -1.0}),
        ("smile：2、long-hair", {"smile": 2.0, "long-hair": 1.0}),
        ("smile +0.5 smile -0.5", {"smile": -0.5}),
    ],
)
def test_traits_have_amounts_or_are_meant_plainly(typed: str | None, traits: dict[str, float]) -> None:
    assert parse_traits(typed) == traits


@pytest.mark.parametrize(("typed", "reason"), [("1.5", "trait-form"), ("smile 1 2", "trait-form"), ("smile 4", None)])
def test_what_is_no_trait_is_said(typed: str, reason: str | None) -> None:
    with pytest.raises(OmokageError) as refused:
        parse_traits(typed)

    assert refused.value.code is ErrorCode.BAD_OPTION
    assert refused.value.details.get("reason") == reason


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_traits_within_bounds_or_a_sentence(typed: str) -> None:
    found: dict[str, float] = {}
    with contextlib.suppress(OmokageError):
        found = parse_traits(typed)

    assert all(abs(amount) <= MAX_TRAIT and name == name.lower() for name, amount in found.items())


@given(st.dictionaries(st.sampled_from(["smile", "age"]), st.floats(-3, 3)), st.sampled_from([1.0, -1.0]))
def test_more_of_a_trait_stays_within_bounds_and_nothing_is_left_of_none(traits: Any, step: float) -> None:
    changed = change_trait(traits, "smile", step)

    GridRequest(1, 1, traits=changed)  # it may be asked for
    assert changed.get("smile", 0.0) == max(-3.0, min(3.0, traits.get("smile", 0.0) + step))
    assert 0.0 not in changed.values()


def test_again_is_the_same_with_other_faces_from_the_same_model() -> None:
    job = a_grid(traits={"smile": 1.0}, truncation=0.7)

    order = requests.again(job, requests.result_of(job), 900)

    assert order.kind is JobKind.GENERATE
    assert GridRequest.from_json(order.params) == GridRequest(8, 900, "dcgan v3", 0.7, None, {"smile": 1.0})


def test_variations_are_of_the_face_as_it_was_drawn() -> None:
    job = a_grid(64, truncation=0.7)

    order = requests.variations(job, requests.result_of(job), 43, 900)

    assert GridRequest.from_json(order.params) == GridRequest(8, 900, "dcgan v3", 0.7, Face(43))


def test_a_film_goes_through_the_first_faces_and_the_nearest_are_those_of_one() -> None:
    job = a_grid(64, truncation=0.7, traits={"smile": 1.0})

    film = FilmRequest.from_json(requests.film(job, requests.result_of(job)).params)
    near = NearestRequest.from_json(requests.nearest(job, requests.result_of(job), 43).params)

    assert film == FilmRequest(tuple(map(Face, range(41, 49))), "dcgan v3", 0.7, {"smile": 1.0})
    assert near == NearestRequest(Face(43), "dcgan v3", 0.7, {"smile": 1.0})


def test_a_trait_is_added_to_the_same_faces_also_to_mixed_ones() -> None:
    grid, mixed = a_grid(), MixRequest((Face(3), Face(photo=PHOTO, index=1)), (Face(4),), None, {"age": -1.0})
    job = a_job(kind=JobKind.MIX, params=mixed.to_json(), result=drawn().to_json())

    smiling = GridRequest.from_json(requests.with_trait(grid, requests.result_of(grid), "smile", 1.0).params)
    older = MixRequest.from_json(requests.with_trait(job, requests.result_of(job), "age", 1.0).params)

    assert smiling == GridRequest(8, 41, "dcgan v3", 1.0, None, {"smile": 1.0})
    assert older == MixRequest(mixed.add, mixed.subtract, "dcgan v3", {})


def test_a_grid_says_which_seeds_so_that_they_can_be_asked_for_again() -> None:
    job = a_grid(truncation=0.7, traits={"smile": 1.0, "long-hair": -0.5})

    embed = drawn_embed(EN, job, requests.result_of(job))

    assert embed.title == "8 faces that never were"
    assert embed.description == "Seeds **41** to **48**\n-# truncation 0.7 · smile +1 · long hair −0.5"
    assert embed.footer.text == f"dcgan v3 (dcgan light) · job {JOB_ID}"
    assert drawn_embed(JA, job, requests.result_of(job)).title == "実在しない顔 8枚"


def test_a_film_names_its_faces_shortly_where_they_are_in_a_row() -> None:
    row, others = FilmRequest((Face(4), Face(5), Face(6))), FilmRequest((Face(4), Face(9)), traits={"smile": 1.0})
    told = [drawn_embed(EN, a_job(kind=JobKind.FILM, params=one.to_json()), drawn()) for one in (row, others)]

    assert [one.description for one in told] == ["Seeds **4** to **6**", "face 4, face 9\n-# smile +1"]


def test_seeds_are_never_grouped_by_thousands() -> None:
    job = a_grid(1, 2_000_000_000)

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

    embed = drawn_embed(words, job, drawn(**more))

    assert embed.title
    assert alt_text(words, job, drawn(**more))
    assert "None" not in f"{embed.title}{embed.description or ''}"


def test_distances_are_numbered_and_explained() -> None:
    job = a_job(kind=JobKind.NEAREST, params=NearestRequest(Face(4)).to_json())

    text = str(drawn_embed(EN, job, drawn(distances=(0.4, 1.25))).description)

    assert text.splitlines()[0] == "**1** 0.40 · **2** 1.25"
    assert "near 0 it would be a copy" in text


def test_a_trait_that_has_no_word_yet_keeps_the_models() -> None:
    assert trait_name(JA, "smile") == "笑顔"
    assert trait_name(EN, "rosy_cheeks") == "rosy cheeks"


async def test_under_a_grid_there_is_what_makes_sense_with_it() -> None:
    traits = ("smile", "glasses")
    job, few = a_grid(), drawn(range(41, 49), traits=traits)
    starter = drawn(range(41, 49), version_id=None)
    like, smiling = a_grid(like=Face(5)), a_grid(traits={"smile": 1.0})

    for one in (job, smiling):
        assert ids(drawn_view(EN, one, few)) == [
            f"drawn:again:{JOB_ID}:0",
            f"drawn:film:{JOB_ID}:0",
            f"drawn:like:{JOB_ID}:0s",
            f"drawn:near:{JOB_ID}:0s",
            f"drawn:trait:{JOB_ID}:0s",
        ]
    assert ids(drawn_view(EN, job, starter))[2:] == [f"drawn:like:{JOB_ID}:0s"]
    assert ids(drawn_view(EN, a_grid(1), drawn([41])))[1] == f"drawn:like:{JOB_ID}:0s"  # no film of one face
    assert ids(drawn_view(EN, like, drawn(range(8)))) == [f"drawn:again:{JOB_ID}:0"]
    assert drawn_view(EN, a_job(kind=JobKind.FILM), drawn(traits=traits)) is None


async def test_of_many_faces_one_is_chosen_first() -> None:
    view: Any = drawn_view(EN, a_grid(64), drawn(range(41, 105), traits=("smile",) * 20))

    selects = [item.item for item in view.children[2:]]
    assert [one.custom_id.split(":")[1] for one in selects] == ["face", "face", "face", "trait"]
    assert [option.value for one in selects[:3] for option in one.options] == [str(seed) for seed in range(41, 105)]
    assert all(len(one.options) <= 25 and len(one.placeholder) <= 150 for one in selects)
    assert selects[1].placeholder == "👤 More of a face (Face 66 – Face 90)"


async def test_custom_ids_are_short_enough_and_found_again() -> None:
    job = a_grid(26, MAX_SEED - 64)
    long = a_job(kind=JobKind.GENERATE, params=job.params, id=SNOWFLAKE)
    view: Any = drawn_view(EN, long, drawn(range(26), traits=("smile",)))

    for item in view.children:
        template = type(item).__discord_ui_compiled_template__
        other = DrawnButton if isinstance(item, DrawnSelect) else DrawnSelect
        assert template.fullmatch(item.item.custom_id)
        assert not other.__discord_ui_compiled_template__.fullmatch(item.item.custom_id)
        assert len(item.item.custom_id) <= 100
