from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.domain.registry.promotion import check_better, promotion_stack
from core.domain.registry.versions import Promotion, Version
from core.domain.training.runs import RunKind

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KIND = RunKind.RECOGNISER


def version(metrics: Mapping[str, JSON], *, dataset_hash: str = "ab" * 32) -> Version:
    return Version(
        1, 700, KIND, 1, 5, 6, "family v1", dataset_hash, "cnn-slim", {}, (), metrics, (), "cd" * 32, 10, 30, NOW
    )


def promotion(version_id: int | None, *, back: bool = False) -> Promotion:
    return Promotion(700, KIND, version_id, False, "", 30, NOW, back)


def refusal(new: Version, old: Version | None) -> ErrorCode:
    with pytest.raises(OmokageError) as caught:
        check_better(new, old)
    return caught.value.code


def test_a_version_that_is_as_good_may_serve() -> None:
    old = version({"folds": {"0": 0.7, "1": 0.9}})
    assert check_better(version({"folds": {"0": 0.9, "1": 0.7}}), old) == "0.8000 >= 0.8000, folds 0, 1"


def test_only_the_folds_that_both_held_out_count() -> None:
    old = version({"folds": {"0": 0.77}})
    assert check_better(version({"folds": {"0": 0.78, "1": 0.1}}), old) == "0.7800 >= 0.7700, fold 0"


def test_a_worse_version_is_refused_with_both_figures() -> None:
    with pytest.raises(OmokageError) as caught:
        check_better(version({"folds": {"0": 0.76}}), version({"folds": {"0": 0.77}}))
    assert caught.value.code is ErrorCode.NOT_BETTER
    assert caught.value.details == {"new": 0.76, "old": 0.77}


def test_figures_of_other_data_do_not_compare() -> None:
    old = version({"folds": {"0": 0.1}}, dataset_hash="ef" * 32)
    assert refusal(version({"folds": {"0": 0.9}}), old) is ErrorCode.NOT_COMPARABLE


def test_figures_of_other_folds_do_not_compare() -> None:
    assert refusal(version({"folds": {"1": 0.9}}), version({"folds": {"0": 0.1}})) is ErrorCode.NOT_COMPARABLE


@pytest.mark.parametrize(
    "metrics",
    [{}, {"folds": {}}, {"folds": None}, {"folds": [0.9]}, {"folds": {"0": None}}, {"folds": {"0": math.nan}}],
)
def test_a_version_that_nobody_measured_is_refused(metrics: Mapping[str, JSON]) -> None:
    assert refusal(version(metrics), None) is ErrorCode.NOT_COMPARABLE
    assert refusal(version(metrics), version({"folds": {"0": 0.1}})) is ErrorCode.NOT_COMPARABLE


def test_the_first_version_must_be_as_good_as_the_baseline() -> None:
    worse = version({"folds": {"0": 0.77}, "live_folds": {"0": 0.96, "1": 0.1}})
    assert refusal(worse, None) is ErrorCode.NOT_BETTER
    better = version({"folds": {"0": 0.98}, "live_folds": {"0": 0.96}})
    assert check_better(better, None) == "0.9800 >= 0.9600, fold 0"


def test_where_that_was_not_measured_the_first_version_may_serve_and_it_is_promotion() -> None:
    assert "not measured" in check_better(version({"folds": {"0": 0.77}}), None)


def test_a_label_names_the_head_and_the_preset() -> None:
    measured = version({})
    assert measured.label == "recogniser v1 (cnn-slim)"
    assert replace(measured, config={"head": "cnn", "preset": "modern"}).label == "recogniser v1 (cnn modern)"
    assert replace(measured, config={"head": "embedding", "preset": "embedding"}).label == "recogniser v1 (embedding)"
    assert replace(measured, config={"head": "embedding", "preset": None}).label == "recogniser v1 (embedding)"


def test_rollbacks_lead_through_all_versions_that_served_to_the_baseline() -> None:
    history = [promotion(1), promotion(2), promotion(3), promotion(2, back=True)]
    assert promotion_stack(history) == [1, 2]
    assert promotion_stack([*history, promotion(1, back=True)]) == [1]
    assert promotion_stack([*history, promotion(1, back=True), promotion(None, back=True)]) == []


def test_a_version_that_is_promoted_again_is_one_more_step() -> None:
    assert promotion_stack([promotion(1), promotion(2), promotion(1)]) == [1, 2, 1]


@given(st.lists(st.none() | st.integers(1, 3)))
def test_the_newest_promotion_is_always_what_serves(choices: list[int | None]) -> None:
    history: list[Promotion] = []
    for choice in choices:
        stack = promotion_stack(history)
        if choice is not None:
            history.append(promotion(choice))
        elif stack:
            history.append(promotion(stack[-2] if len(stack) > 1 else None, back=True))
        serving = history[-1].version_id if history else None
        assert promotion_stack(history)[-1:] == ([] if serving is None else [serving])


def drawing(kid: float | None, *, dataset_hash: str = "ab" * 32) -> Version:
    metrics: Mapping[str, JSON] = {} if kid is None else {"kid": kid}
    return replace(version(metrics, dataset_hash=dataset_hash), kind=RunKind.DCGAN)


def test_of_models_that_draw_the_nearer_to_real_pictures_may_serve() -> None:
    assert check_better(drawing(0.02), drawing(0.03)) == "KID (dlib) 0.0200 <= 0.0300"
    assert check_better(drawing(0.02), drawing(0.02)) == "KID (dlib) 0.0200 <= 0.0200"
    with pytest.raises(OmokageError, match="not-better") as caught:
        check_better(drawing(0.03), drawing(0.02))
    assert caught.value.details == {"new": 0.03, "old": 0.02}


def test_the_first_model_that_draws_may_serve_as_it_is() -> None:
    assert check_better(drawing(None), None) == "nothing of the guild's own was there before"


def ageing(years: float | None) -> Version:
    return replace(version({} if years is None else {"age_error": years}), kind=RunKind.CAAE)


def test_of_models_that_age_faces_the_nearer_to_the_age_may_serve() -> None:
    assert check_better(ageing(8.5), None)
    assert check_better(ageing(8.5), ageing(9.0)) == "age error 8.5000 <= 9.0000"
    with pytest.raises(OmokageError, match="not-better") as caught:
        check_better(ageing(9.5), ageing(9.0))
    assert caught.value.details == {"new": 9.5, "old": 9.0}
    assert refusal(ageing(None), ageing(9.0)) is ErrorCode.NOT_COMPARABLE


def faceless(framing: str = "portrait", faces: float = 0.0) -> Version:
    return replace(drawing(0.01), config={"framing": framing}, metrics={"kid": 0.01, "faces": faces})


@pytest.mark.parametrize("old", [None, drawing(0.03)])
def test_a_model_that_never_draws_a_face_may_not_serve(old: Version | None) -> None:
    assert refusal(faceless(), old) is ErrorCode.DRAWS_NO_FACE


@pytest.mark.parametrize("new", [faceless(framing="whole"), faceless(faces=0.004)])
def test_one_face_is_enough_and_data_without_faces_needs_none(new: Version) -> None:
    assert check_better(new, None)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (drawing(0.01), drawing(None)),
        (drawing(None), drawing(0.03)),
        (drawing(0.01), drawing(0.03, dataset_hash="cd" * 32)),
    ],
)
def test_models_that_were_measured_on_other_pictures_do_not_compare(new: Version, old: Version) -> None:
    assert refusal(new, old) is ErrorCode.NOT_COMPARABLE
