"""Which options a training takes."""

from __future__ import annotations

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.domain.training.presets import MAX_STEPS, PRESETS, check_steps, complete, find_preset
from core.domain.training.runs import RunKind

KIND = RunKind.RECOGNISER


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [(None, None, "embedding"), (None, "cnn", "modern"), ("slim", None, "slim"), ("classic", "cnn", "classic")],
)
def test_a_preset_is_found_by_its_name_or_its_head(name: str | None, head: str | None, found: str) -> None:
    assert find_preset(KIND, name, head).name == found


@pytest.mark.parametrize(
    ("name", "head", "code"),
    [
        ("huge", None, ErrorCode.UNKNOWN_PRESET),
        ("modern", "embedding", ErrorCode.BAD_OPTION),
        (None, "forest", ErrorCode.BAD_OPTION),
    ],
)
def test_what_there_is_not_is_refused(name: str | None, head: str | None, code: ErrorCode) -> None:
    with pytest.raises(OmokageError, match=code.value):
        find_preset(KIND, name, head)


def test_options_are_completed() -> None:
    preset = find_preset(KIND, "modern")
    assert complete(preset, {"size": 64, "batch": None}) == {"head": "cnn", "fold": 0, "size": 64}
    assert complete(preset, complete(preset, {"fold": 5})) == {"head": "cnn", "fold": 5}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("size", 65),
        ("size", "64"),
        ("batch", 4),
        ("batch", 32.5),
        ("batch", True),
        ("fold", 6),
        ("fold", -1),
        ("learning_rate", 0),
        ("learning_rate", float("nan")),
        ("colour", "red"),
        ("head", "embedding"),
    ],
)
def test_an_option_that_cannot_be_right_is_refused_with_what_could(option: str, value: JSON) -> None:
    with pytest.raises(OmokageError, match="bad-option") as caught:
        complete(find_preset(KIND, "modern"), {option: value})
    assert caught.value.details["option"] == option
    assert caught.value.details["allowed"]


def test_no_steps_are_as_many_as_the_preset_says() -> None:
    preset = find_preset(KIND, "classic")
    assert (check_steps(preset, 0), check_steps(preset, 5)) == (preset.steps, 5)
    for steps in (-1, MAX_STEPS + 1):
        with pytest.raises(OmokageError, match="bad-option"):
            check_steps(preset, steps)


def test_presets_have_different_names_that_fit_their_column() -> None:
    for presets in PRESETS.values():
        names = [preset.name for preset in presets]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 32 for name in names)


def test_each_kind_has_options_of_its_own() -> None:
    dcgan, vae = find_preset(RunKind.DCGAN), find_preset(RunKind.VAE, "autoencoder")
    assert complete(dcgan, {"loss": "hinge", "augment": 0.5}) == {"head": "dcgan", "loss": "hinge", "augment": 0.5}
    assert complete(find_preset(RunKind.CAAE), {"size": 128}) == {"head": "caae", "size": 128}
    assert complete(vae, {"kl": 0.5, "size": 64}) == {"head": "vae", "kl": 0.5, "size": 64}


@pytest.mark.parametrize(
    ("kind", "option", "value"),
    [
        (RunKind.DCGAN, "fold", 0),
        (RunKind.DCGAN, "size", 96),
        (RunKind.DCGAN, "loss", "least-squares"),
        (RunKind.DCGAN, "augment", 1.5),
        (RunKind.VAE, "loss", "hinge"),
        (RunKind.VAE, "size", 80),
        (RunKind.RECOGNISER, "kl", 1.0),
        (RunKind.RECOGNISER, "size", 128),
        (RunKind.CAAE, "size", 48),
        (RunKind.CAAE, "kl", 1.0),
    ],
)
def test_an_option_of_another_kind_is_refused(kind: RunKind, option: str, value: JSON) -> None:
    with pytest.raises(OmokageError, match="bad-option"):
        complete(find_preset(kind), {option: value})
