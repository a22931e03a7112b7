"""A training's figures in words, kind by kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.features.dataset.texts import data_line, preflight_lines
from bot.features.model.texts import version_embed
from bot.features.train.status.figures import curve_fields, ending_line, legend, outcome
from bot.features.train.status.texts import RunStatus, preset_label, run_embed
from bot.features.train.views import run_view
from bot.ui.i18n import words_in
from core.domain.data.datasets import NOBODY, UNNAMED, DatasetClass
from core.domain.objections import ObjectingPeople
from core.domain.registry.versions import Version
from core.domain.training.preflight import preflight
from core.domain.training.runs import EarlyStop, LiveStatus, RunKind, RunState
from tests.unit.bot.features.train.builders import DATASET, NOW, a_run

WORDS = words_in("en")
UNLABELLED = replace(DATASET, classes=(DatasetClass(UNNAMED, NOBODY, 2500),), pictures=2500)
DRAWN = {"kid": 0.01234, "faces": 0.976, "diversity": 0.91, "novelty": 1.02}


def a_version(kind: RunKind, **metrics: Any) -> Version:
    return Version(
        id=1,
        guild_id=11,
        kind=kind,
        number=3,
        run_id=1,
        dataset_id=1,
        dataset_title="faces v1",
        dataset_hash="ab" * 32,
        architecture="dcgan-light",
        config={},
        classes=(),
        metrics=metrics,
        parts=(),
        weights="cd" * 32,
        size=1,
        created_by=33,
        created_at=NOW,
    )


def live(values: dict[str, float], ending: EarlyStop | None = None) -> LiveStatus:
    said: Any = None
    if ending is not None:
        said = {name: getattr(ending, name) for name in ("code", "step", "best", "figure", "value")}
    return LiveStatus(60, values, 4.0, 35.0, "aa", "bb", said)


def test_a_generators_figures_come_with_what_both_players_do() -> None:
    values = {**DRAWN, "generator_loss": 1.5, "discriminator_loss": 0.8, "d_real": 0.75, "d_fake": 0.254, "other": 1.0}

    assert dict(curve_fields(WORDS, RunKind.DCGAN, values)) == {
        "KID (dlib)": "0.0123",
        "Face found": "97.6 %",
        "Variety": "0.910",
        "Newness": "1.02",
        "Generator's loss": "1.50",
        "Discriminator's loss": "0.800",
        "Real taken for real": "75.0 %",
        "Drawn taken for real": "25.4 %",
    }


def test_an_autoencoders_figures_are_its_losses_too() -> None:
    values = {"loss": 0.2, "reconstruction_loss": 0.15, "divergence_loss": 12.0, "held_out_loss": 0.21}

    assert dict(curve_fields(WORDS, RunKind.VAE, values)) == {
        "Loss": "0.200",
        "Loss when held out": "0.210",
        "Of reconstruction": "0.150",
        "Of divergence": "12.0",
    }


def test_an_ageing_networks_figures_are_how_well_it_ages_and_its_losses() -> None:
    values = {"age_error": 8.46, "identity_kept": 0.95, "held_out_loss": 0.21, "generator_loss": 1.5, "kid": 0.1}

    assert dict(curve_fields(WORDS, RunKind.CAAE, values)) == {
        "Years beside the age": "8.46",
        "Same person": "95.0 %",
        "Loss when held out": "0.210",
        "Generator's loss": "1.50",
    }


def test_what_kid_means_is_said_once_there_is_one() -> None:
    assert legend(WORDS, a_run(kind=RunKind.DCGAN, live=live(DRAWN))).startswith("-# By dlib's embedding: KID")
    assert not legend(WORDS, a_run(kind=RunKind.DCGAN, live=live({"generator_loss": 1.0})))
    assert not legend(WORDS, a_run(live=None))


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "code", ["discriminator-won", "diversity-fell", "worse-and-worse", "never-learnt", "a-new-one"]
)
@pytest.mark.parametrize(("figure", "value"), [("kid", "0.0312"), ("held_out_loss", "0.0312"), ("new", "0.0312")])
def test_every_ending_says_what_the_run_went_back_to(language: str, code: str, figure: str, value: str) -> None:
    run = a_run(RunState.FINISHED, kind=RunKind.DCGAN, live=live(DRAWN, EarlyStop(code, 4000, 2500, figure, 0.03123)))

    line = ending_line(words_in(language), run)

    assert "4,000" in line
    assert "2,500" in line
    assert value in line
    assert line in str(run_embed(words_in(language), RunStatus(run, UNLABELLED, None, None, "finished")).description)


def test_a_run_that_came_to_its_end_says_nothing_of_one() -> None:
    assert not ending_line(WORDS, a_run(RunState.FINISHED, live=live(DRAWN)))
    assert not ending_line(WORDS, a_run(RunState.FINISHED, live=None))


def test_a_version_is_told_by_the_figure_of_its_kind() -> None:
    drawing = outcome(WORDS, a_version(RunKind.DCGAN, kid=0.01234, faces=0.97))
    unmeasured = outcome(WORDS, a_version(RunKind.VAE, kid=0.01234))

    assert drawing == "It made **dcgan v3**: KID (dlib) **0.0123**, a face is found in **97.0 %** of its pictures."
    assert "a face is found in **–**" in unmeasured
    ageing = outcome(WORDS, a_version(RunKind.CAAE, age_error=8.46, identity_kept=0.95))
    assert ageing.startswith("It made **caae v3**: ")
    assert "by **8.46** years, and **95.0 %** are" in ageing
    assert outcome(WORDS, a_version(RunKind.RECOGNISER)) == "It made **recogniser v3**."


@pytest.mark.parametrize("language", ["en", "ja"])
async def test_a_model_that_never_draws_a_face_says_so_and_is_not_offered(language: str) -> None:
    run, words = a_run(RunState.FINISHED, kind=RunKind.DCGAN, live=live(DRAWN)), words_in(language)
    dead = replace(a_version(RunKind.DCGAN, kid=2.05, faces=0.0), config={"framing": "portrait"})
    alive = replace(dead, metrics={"kid": 0.4, "faces": 0.1})
    warning = words.say("model-draws-no-face")

    texts = [
        str(run_embed(words, RunStatus(run, UNLABELLED, one, None, "finished")).description) for one in (dead, alive)
    ]
    cards = [str(version_embed(words, one, serves=False).description) for one in (dead, alive)]
    buttons = [len(run_view(words, run, one).children) for one in (dead, alive)]

    assert [warning in text for text in texts] == [warning in text for text in cards] == [True, False]
    assert buttons == [1, 2]


def test_pictures_without_names_are_counted_as_pictures() -> None:
    result = preflight(UNLABELLED, kind=RunKind.DCGAN)

    assert data_line(WORDS, UNLABELLED) == "family v2 (2,500 pictures)"
    assert (
        preflight_lines(WORDS, UNLABELLED, result, ObjectingPeople()) == "**family v2**: 2,500 pictures without names."
    )
    assert data_line(WORDS, DATASET) == "family v2 (2 people, 18 pictures)"


@pytest.mark.parametrize(("pictures", "mark"), [(99, "⛔"), (100, "⚠️"), (999, "⚠️"), (1000, "")])
def test_few_pictures_to_draw_from_are_refused_or_warned_of(pictures: int, mark: str) -> None:
    few = replace(UNLABELLED, classes=(DatasetClass(UNNAMED, NOBODY, pictures),), pictures=pictures)

    remarks = preflight_lines(WORDS, few, preflight(few, kind=RunKind.VAE), ObjectingPeople()).splitlines()[1:]

    assert [line.split()[0] for line in remarks] == [mark][: len(mark)]


def test_a_preset_is_told_with_its_kind_where_two_kinds_have_it() -> None:
    assert preset_label(a_run(preset="classic")) == "classic"
    assert preset_label(a_run(kind=RunKind.DCGAN, preset="classic")) == "dcgan classic"
    assert preset_label(a_run(kind=RunKind.VAE, preset="vae")) == "vae"
