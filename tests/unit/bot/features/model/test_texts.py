from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import error_reason
from bot.features.model.texts import list_embed, retraining_text, version_embed
from bot.ui.i18n import words_in
from core.domain.embedders import DLIB, DLIB_AND_SFACE
from core.domain.errors import ErrorCode
from core.domain.registry.retraining import METRIC, PREDECESSOR, Retraining, RetrainingState
from core.domain.registry.versions import EMBEDDER_PARTS, Version
from core.domain.training.runs import RunKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OLD = Version(1, 11, RunKind.RECOGNISER, 3, 1, 1, "faces v1", "ab" * 32, "cnn-slim", {"head": "cnn"}, (), {}, (),
              "cd" * 32, 1, 30, NOW)  # fmt: skip
NEW = replace(OLD, number=4, config={"head": "cnn", "embedder": DLIB_AND_SFACE}, parts=EMBEDDER_PARTS)


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [("en", "dlib's ResNet", "dlib's ResNet and SFace"), ("ja", "dlib の ResNet", "dlib の ResNet と SFace")],
)
def test_versions_name_their_embedder_in_words(language: str, old: str, new: str) -> None:
    words = words_in(language)
    lines = str(list_embed(words, [NEW, OLD], None).description).splitlines()
    assert lines[0].endswith(f" · {new}")
    assert lines[1].endswith(f" · {old}")
    for version, expected in ((OLD, old), (NEW, new)):
        fields = {field.name: field.value for field in version_embed(words, version, serves=False).fields}
        assert fields[words.say("model-embedder")] == expected
        if version is NEW:
            parts = str(fields[words.say("model-parts")])
            assert "CC0-1.0" in parts
            assert "SFace" in parts
            assert "Apache-2.0" in parts


def test_a_version_of_a_newer_product_is_named_as_its_card_does() -> None:
    words = words_in("en")
    newer = replace(OLD, config={"embedder": "tomorrow's"})
    assert str(list_embed(words, [newer], None).description).splitlines()[0].endswith(" · tomorrow's")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_an_embedder_that_is_not_known_is_a_sentence(language: str) -> None:
    details = {"reason": "unknown-embedder", "embedder": "tomorrow's", "version": 4}
    assert "tomorrow's" in error_reason(words_in(language), ErrorCode.BAD_WEIGHTS, details)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_ages_faces_is_shown_by_the_years_that_it_misses(language: str) -> None:
    words = words_in(language)
    metrics = {"age_error": 8.46, "identity_kept": 0.953, "best_step": 400}
    ageing = replace(OLD, kind=RunKind.CAAE, architecture="caae-96", metrics=metrics)
    card = version_embed(words, ageing, serves=True)
    assert "8.46" in str(list_embed(words, [ageing], None).description)
    assert {"8.46", "95.3 %", "400"} <= {field.value for field in card.fields}


def test_what_draws_has_no_embedder_and_an_older_card_means_dlibs() -> None:
    assert replace(OLD, kind=RunKind.DCGAN).embedder is None
    assert OLD.embedder == DLIB


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("retraining", "expected"),
    [
        (Retraining(RetrainingState.PROMOTED, 4), ["v4"]),
        (Retraining(RetrainingState.CANDIDATE, 4, 0.971, 0.98), ["v4", "97.1", "98.0", "/model promote"]),
        (Retraining(RetrainingState.CANDIDATE, 4), ["v4", "/model promote"]),
        (Retraining(RetrainingState.DATA_GONE), ["/train start"]),
        (Retraining(RetrainingState.FAILED), ["/train start"]),
    ],
)
def test_what_became_of_a_version_is_said_in_the_list_and_on_its_card(
    language: str, retraining: Retraining, expected: list[str]
) -> None:
    words, version = words_in(language), replace(OLD, metrics={METRIC: retraining.to_json()})
    texts = [list_embed(words, [version], None), version_embed(words, version, serves=False)]
    for text in texts:
        assert all(part in str(text.description) for part in expected)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_successor_names_its_predecessor_and_the_one_that_answers_waits(language: str) -> None:
    words = words_in(language)
    successor = replace(NEW, config={**NEW.config, PREDECESSOR: 3})
    assert retraining_text(words, successor, serves=True) == words.say("model-retrained", number=3)
    assert retraining_text(words, OLD, serves=True) == words.say("model-retraining-waits")
    assert retraining_text(words, OLD, serves=False) is None
    assert retraining_text(words, NEW, serves=True) is None
