"""Pictures that fool the recogniser: what may be asked, what is asked next, what is said and what can be pressed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.features.optimize.texts import (
    Outcome,
    alt_text,
    named_text,
    optimized_embed,
    outcome_of,
    probability_text,
    verdict_text,
)
from bot.ui.i18n import words_in
from core.domain.faces import Candidate
from core.domain.optimisation import (
    Norms,
    OptimizeMode,
    Prediction,
    Transfer,
)
from tests.unit.bot.fakes import JOB_ID
from tests.unit.bot.features.optimize.builders import (
    EN,
    FOOL,
    JA,
    LEANING,
    NAMED,
    NOISE,
    NOWHERE,
    OTIS,
    PICTURE,
    UNSEEN,
    an_optimize_job,
    optimize_result,
)


@pytest.mark.parametrize(
    ("mode", "after", "outcome", "title"),
    [
        ("fool", NAMED, Outcome.NAMED, "To us it shows the same person as before. The recogniser says: Mina"),
        ("fool", LEANING, Outcome.LEANS, "Almost: of those it knows, Mina is now the likeliest, but it names nobody"),
        ("fool", UNSEEN, Outcome.LOST, "No face is found in the photo any more, so nobody is named"),
        ("fool", OTIS, Outcome.MISSED, "The recogniser was not fooled: it does not say Mina"),
        ("noise", NAMED, Outcome.NAMED, "There is nobody in this picture. The recogniser says: Mina"),
        ("noise", UNSEEN, Outcome.UNSEEN, "If this is a face, it is Mina, thinks the recogniser. But no face"),
        (
            "dream",
            LEANING,
            Outcome.LEANS,
            "Of those it knows, it is most like Mina, but the recogniser",
        ),
        ("dream", NOWHERE, Outcome.MISSED, "It did not become Mina"),
    ],
)
def test_success_is_only_what_classify_itself_would_say(
    mode: str, after: Prediction, outcome: Outcome, title: str
) -> None:
    result = optimize_result(after, OptimizeMode(mode))
    asked = FOOL if mode == "fool" else replace(NOISE, mode=OptimizeMode(mode))

    embed = optimized_embed(EN, an_optimize_job(asked), asked, result)

    assert outcome_of(result) is outcome
    assert str(embed.title).startswith(title)


def test_the_verdicts_before_and_after_stand_side_by_side() -> None:
    transfer = (Transfer("recogniser v1 (embedding)", OTIS, LEANING),)
    result = optimize_result(jpeg=OTIS, norms=Norms(0.98, 4.125, 8), transfer=transfer, stopped=True)

    embed = optimized_embed(EN, an_optimize_job(), FOOL, result)

    assert {field.name: field.value for field in embed.fields} == {
        "Before": "**Otis**\nOtis 97.0 %\nMina 2.0 %\n-# none of them: 1.0 %",
        "After": "**Mina**\nMina >99.9 %\nOtis <0.1 %\n-# none of them: 0.4 %",
        "After JPEG compression (quality 85)": "**Otis** · Mina 2.0 %",
        "What other recognisers say": "recogniser v1 (embedding): **Otis** → **nobody I know** · Mina 70.0 %",
        "What was changed": "98.0 % of the pixels, no colour by more than 8 of 255 levels (L∞), in all 4.12 (L2)",
    }
    assert str(embed.description).splitlines()[-1] == "-# at most ±8 of 255 · seed 41 · stopped early"
    assert embed.footer.text == f"recogniser v2 (cnn modern) · 100 steps in 4.2 s · job {JOB_ID}"


@pytest.mark.parametrize(
    ("networks", "english", "japanese"),
    [
        (("dlib",), "attacked: dlib's ResNet", "攻撃対象：dlib の ResNet"),
        (("cnn", "dlib", "sface"), "attacked: the trained network, dlib's ResNet and SFace, at once", None),
        (("dlib", "sface"), "attacked: dlib's ResNet and SFace, at once", "攻撃対象：dlib の ResNet、SFace（同時）"),
    ],
)
def test_it_is_said_which_networks_were_attacked(networks: tuple[str, ...], english: str, japanese: str | None) -> None:
    result = optimize_result(networks=networks)
    for words, expected in ((EN, english), (JA, japanese)):
        line = str(optimized_embed(words, an_optimize_job(), FOOL, result).description).splitlines()[-1]
        assert expected is None or expected in line.removeprefix("-# ").split(" · ")


def test_without_a_face_it_is_said_that_it_was_only_taken_for_one() -> None:
    text = verdict_text(EN, NOWHERE, "Mina")

    assert text == "no face found\ntaken as a face:\nOtis 50.0 %\nRosa 30.0 %\n… Mina <0.1 %\n-# none of them: 90.0 %"
    assert named_text(JA, NOWHERE) == "顔が見つかりません"


@pytest.mark.parametrize(("unknown", "text"), [(0.9, "it would say “nobody I know”"), (0.1, "is an answer, too")])
def test_of_noise_it_is_said_whether_the_recogniser_would_be_taken_in(unknown: float, text: str) -> None:
    result = optimize_result(replace(UNSEEN, unknown=unknown), OptimizeMode.NOISE)

    assert text in str(optimized_embed(EN, an_optimize_job(NOISE), NOISE, result).description)


def test_names_cannot_break_the_text() -> None:
    who = Prediction(True, (Candidate(7, "*Mina*", 0.9),), 0.9, 0.1, "*Mina*")

    assert verdict_text(EN, who, "*Mina*").startswith("**\\*Mina\\***\n\\*Mina\\* 90.0 %")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "<0.1 %"), (0.0004, "<0.1 %"), (0.001, "0.1 %"), (0.8746, "87.5 %"), (0.999, "99.9 %"), (1.0, ">99.9 %")],
)
def test_nothing_is_certain(share: float, text: str) -> None:
    assert probability_text(share) == text


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("after", [NAMED, LEANING, UNSEEN, NOWHERE, OTIS, None])
@pytest.mark.parametrize("mode", OptimizeMode)
def test_every_outcome_has_its_words_within_discords_limits(
    language: str, mode: OptimizeMode, after: Prediction | None
) -> None:
    words, name = words_in(language), "*" * 64
    crowd = tuple(Candidate(number, name, 0.3) for number in range(3))
    verdict = None if after is None else replace(after, top=crowd, named=name if after.named else None)
    transfer = (Transfer("m" * 100, OTIS, OTIS),) * 2
    asked = replace(FOOL if mode is OptimizeMode.FOOL else NOISE, mode=mode, robust=True, so_far=PICTURE)
    result = replace(optimize_result(verdict, mode, jpeg=verdict, norms=Norms(1, 2, 3), transfer=transfer), target=name)

    embed = optimized_embed(words, an_optimize_job(asked, result), asked, result)

    assert 0 < len(str(embed.title)) <= 256
    assert all(0 < len(str(field.value)) <= 1024 for field in embed.fields)
    assert len(embed) <= 6000
    assert all(alt_text(words, result, file) for file in ("picture.png", "sheet.png"))
