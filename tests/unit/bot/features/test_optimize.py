"""Pictures that fool the recogniser: what may be asked, what is asked next, what is said and what can be pressed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.optimize import requests
from bot.features.optimize.requests import (
    AGAIN,
    CONTINUE,
    ROBUST,
    WIDER,
    OptimizeOptions,
    next_actions,
    params_of,
    params_of_next,
    request_for,
)
from bot.features.optimize.texts import (
    Outcome,
    alt_text,
    named_text,
    optimized_embed,
    outcome_of,
    probability_text,
    verdict_text,
)
from bot.features.optimize.views import OptimizedButton, optimized_view
from bot.ui.i18n import words_in
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.generation import Face
from core.domain.jobs import Job, JobKind
from core.domain.optimisation import (
    MAX_STEPS,
    Norms,
    OptimizeMode,
    OptimizeRequest,
    OptimizeResult,
    Prediction,
    Transfer,
)
from core.services.attack.targets import Target
from tests.unit.bot.fakes import JOB_ID, a_job

EN, JA = words_in("en"), words_in("ja")
PHOTO, PICTURE, SHEET = "ab" * 32, "cd" * 32, "ef" * 32
MINA = Target("Mina", 7)
OTIS = Prediction(True, (Candidate(8, "Otis", 0.97), Candidate(7, "Mina", 0.02)), 0.02, 0.01, "Otis")
NAMED = Prediction(True, (Candidate(7, "Mina", 0.9996), Candidate(8, "Otis", 0.0003)), 0.9996, 0.004, "Mina")
LEANING = Prediction(True, (Candidate(7, "Mina", 0.7), Candidate(8, "Otis", 0.2)), 0.7, 0.6, None)
UNSEEN = replace(NAMED, found=False, named=None)
NOWHERE = Prediction(False, (Candidate(8, "Otis", 0.5), Candidate(9, "Rosa", 0.3)), 0.0002, 0.9, None)
FOOL = OptimizeRequest("Mina", OptimizeMode.FOOL, 7, Face(photo=PHOTO, index=1), epsilon=8, seed=41)
NOISE = OptimizeRequest("Mina", OptimizeMode.NOISE, 7, seed=41)


def made(after: Prediction | None = NAMED, mode: OptimizeMode = OptimizeMode.FOOL, **more: Any) -> OptimizeResult:
    values: dict[str, Any] = {"picture": PICTURE, "sheet": SHEET, "before": OTIS, "steps": 100, "seconds": 4.25}
    return OptimizeResult(mode, "Mina", "recogniser v2 (cnn modern)", 5, after=after, **(values | more))


def a_fooling(asked: OptimizeRequest = FOOL, result: OptimizeResult | None = None) -> Job:
    done = (result or made()).to_json()
    photos = {"photos": {"start": {"photo_url": "https://cdn.discordapp.com/a.jpg"}}}
    return a_job(kind=JobKind.OPTIMIZE, params=params_of(asked) | photos, result=done)


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        (OptimizeOptions(photo=True), OptimizeMode.FOOL),
        (OptimizeOptions(), OptimizeMode.NOISE),
        (OptimizeOptions("fool", photo=True), OptimizeMode.FOOL),
        (OptimizeOptions("dream"), OptimizeMode.DREAM),
    ],
)
def test_a_photo_is_changed_and_without_one_noise_is(said: OptimizeOptions, mode: OptimizeMode) -> None:
    request = request_for(MINA, said)

    assert (request.mode, request.target, request.person_id) == (mode, "Mina", 7)
    assert (request.start is not None) is said.photo


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (OptimizeOptions("fool"), "fool-without-photo"),
        (OptimizeOptions("noise", photo=True), "photo-without-fool"),
        (OptimizeOptions("dream", epsilon=8), "epsilon-without-fool"),
        (OptimizeOptions(epsilon=8), "epsilon-without-fool"),
    ],
)
def test_options_that_do_not_go_together_are_said(said: OptimizeOptions, reason: str) -> None:
    with pytest.raises(OmokageError) as refused:
        request_for(MINA, said)

    assert refused.value.code is ErrorCode.BAD_OPTION
    assert refused.value.details == {"reason": reason}


@pytest.mark.parametrize(
    "said", [OptimizeOptions(steps=0), OptimizeOptions(steps=MAX_STEPS + 1), OptimizeOptions(photo=True, epsilon=33)]
)
def test_what_is_out_of_range_is_said_with_its_range(said: OptimizeOptions) -> None:
    with pytest.raises(OmokageError) as refused:
        request_for(MINA, said)

    assert {"option", "value", "allowed"} <= set(refused.value.details)


def test_what_was_said_is_asked_for_and_without_a_seed_each_picture_is_another() -> None:
    asked = request_for(MINA, OptimizeOptions("fool", photo=True, steps=40, epsilon=4, robust=True, seed=9))
    seeds = {request_for(MINA, OptimizeOptions()).seed for _ in range(5)}

    assert (asked.steps, asked.epsilon, asked.robust, asked.seed) == (40, 4, True, 9)
    assert len(seeds) > 1


def test_to_continue_is_the_same_from_the_picture_that_was_posted_with_the_same_recogniser() -> None:
    job = a_fooling()

    asked = OptimizeRequest.from_json(params_of_next(job, CONTINUE))

    assert asked == replace(FOOL, so_far=PICTURE, version_id=5)
    assert "photos" not in params_of_next(job, CONTINUE)  # or the photo would be fetched again


def test_the_other_buttons_change_one_thing_each() -> None:
    job, on = a_fooling(), replace(FOOL, so_far=PICTURE, version_id=5)
    noise = a_fooling(NOISE, made(UNSEEN, OptimizeMode.NOISE))
    wider, robust, again = (
        OptimizeRequest.from_json(params_of_next(one, action))
        for one, action in ((job, WIDER), (job, ROBUST), (noise, AGAIN))
    )

    assert wider == replace(on, epsilon=16)
    assert robust == replace(on, robust=True)
    assert again == replace(NOISE, version_id=5, seed=again.seed)
    assert again.seed != 41


@given(st.integers(1, 32))
def test_twice_the_bound_stays_within_what_is_allowed(epsilon: int) -> None:
    asked = OptimizeRequest.from_json(params_of_next(a_fooling(replace(FOOL, epsilon=epsilon)), WIDER))

    assert epsilon <= asked.epsilon <= 32


@pytest.mark.parametrize(
    ("asked", "result", "offered"),
    [
        (FOOL, made(jpeg=NAMED), (CONTINUE,)),
        (FOOL, made(jpeg=OTIS), (CONTINUE, ROBUST)),
        (replace(FOOL, robust=True), made(jpeg=OTIS), (CONTINUE,)),
        (FOOL, made(OTIS), (CONTINUE, WIDER)),
        (replace(FOOL, epsilon=32), made(OTIS), (CONTINUE,)),
        (FOOL, made(steps=40), ()),  # it ended by itself
        (FOOL, made(steps=40, stopped=True), (CONTINUE,)),
        (replace(NOISE, steps=100), made(UNSEEN, OptimizeMode.NOISE), (CONTINUE, AGAIN)),
        (FOOL, OptimizeResult(OptimizeMode.FOOL, "Mina", "recogniser v2", 5), ()),
    ],
)
def test_only_what_makes_sense_is_offered(
    asked: OptimizeRequest, result: OptimizeResult, offered: tuple[str, ...]
) -> None:
    assert next_actions(asked, result) == offered


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
    result = made(after, OptimizeMode(mode))
    asked = FOOL if mode == "fool" else replace(NOISE, mode=OptimizeMode(mode))

    embed = optimized_embed(EN, a_fooling(asked), asked, result)

    assert outcome_of(result) is outcome
    assert str(embed.title).startswith(title)


def test_the_verdicts_before_and_after_stand_side_by_side() -> None:
    transfer = (Transfer("recogniser v1 (embedding)", OTIS, LEANING),)
    result = made(jpeg=OTIS, norms=Norms(0.98, 4.125, 8), transfer=transfer, stopped=True)

    embed = optimized_embed(EN, a_fooling(), FOOL, result)

    assert {field.name: field.value for field in embed.fields} == {
        "Before": "**Otis**\nOtis 97.0 %\nMina 2.0 %\n-# none of them: 1.0 %",
        "After": "**Mina**\nMina >99.9 %\nOtis <0.1 %\n-# none of them: 0.4 %",
        "After JPEG compression (quality 85)": "**Otis** · Mina 2.0 %",
        "What other recognisers say": "recogniser v1 (embedding): **Otis** → **nobody I know** · Mina 70.0 %",
        "What was changed": "98.0 % of the pixels, no colour by more than 8 of 255 levels (L∞), in all 4.12 (L2)",
    }
    assert str(embed.description).splitlines()[-1] == "-# at most ±8 of 255 · seed 41 · stopped early"
    assert embed.footer.text == f"recogniser v2 (cnn modern) · 100 steps in 4.2 s · job {JOB_ID}"


def test_without_a_face_it_is_said_that_it_was_only_taken_for_one() -> None:
    text = verdict_text(EN, NOWHERE, "Mina")

    assert text == "no face found\ntaken as a face:\nOtis 50.0 %\nRosa 30.0 %\n… Mina <0.1 %\n-# none of them: 90.0 %"
    assert named_text(JA, NOWHERE) == "顔が見つかりません"


@pytest.mark.parametrize(("unknown", "text"), [(0.9, "it would say “nobody I know”"), (0.1, "is an answer, too")])
def test_of_noise_it_is_said_whether_the_recogniser_would_be_taken_in(unknown: float, text: str) -> None:
    result = made(replace(UNSEEN, unknown=unknown), OptimizeMode.NOISE)

    assert text in str(optimized_embed(EN, a_fooling(NOISE), NOISE, result).description)


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
    result = replace(made(verdict, mode, jpeg=verdict, norms=Norms(1, 2, 3), transfer=transfer), target=name)

    embed = optimized_embed(words, a_fooling(asked, result), asked, result)

    assert 0 < len(str(embed.title)) <= 256
    assert all(0 < len(str(field.value)) <= 1024 for field in embed.fields)
    assert len(embed) <= 6000
    assert all(alt_text(words, result, file) for file in ("picture.png", "sheet.png"))


async def test_custom_ids_are_found_again() -> None:
    job = replace(a_fooling(), id=18_446_744_073_709_551_615)
    view: Any = optimized_view(EN, job, FOOL, made(OTIS))

    assert [item.item.label for item in view.children] == ["▶️ Continue", "↔️ Allow twice the change"]
    for item in view.children:
        assert OptimizedButton.__discord_ui_compiled_template__.fullmatch(item.item.custom_id)
    assert optimized_view(EN, job, FOOL, made(steps=3)) is None


def test_a_job_without_a_picture_has_nothing_to_go_on_from() -> None:
    for job in (replace(a_fooling(), result=None), a_fooling(result=made(picture=None))):
        with pytest.raises(OmokageError) as refused:
            requests.params_of_next(job, CONTINUE)
        assert refused.value.code is ErrorCode.PHOTO_GONE
