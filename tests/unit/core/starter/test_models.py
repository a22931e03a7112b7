from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.starter.models import FOLDER_VARIABLE, paths, starter_card, starter_model, starter_names

CONFIG = {"size": 64, "codes": 8}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


def put(folder: Path, kind: str, weights: bytes = b"weights") -> None:
    card, file = paths(folder, kind)
    file.write_bytes(weights)
    said = {"architecture": f"{kind}-light", "config": CONFIG, "sha256": hashlib.sha256(weights).hexdigest()}
    card.write_text(json.dumps(said))


def test_only_models_that_are_there_have_a_name(folder: Path) -> None:
    assert starter_names() == ()
    put(folder, "vae")
    assert starter_names() == ("starter vae",)
    put(folder, "dcgan")
    put(folder, "reage")
    assert starter_names() == ("starter dcgan", "starter vae", "starter reage")


def test_a_model_without_its_card_is_not_there(folder: Path) -> None:
    put(folder, "vae")
    paths(folder, "vae")[0].unlink()
    assert starter_names() == ()


def test_a_model_is_read_with_what_makes_it_a_network(folder: Path) -> None:
    put(folder, "dcgan", b"these")
    assert starter_model("starter dcgan") == ("dcgan-light", CONFIG, b"these")
    assert starter_card("starter dcgan")["architecture"] == "dcgan-light"


@pytest.mark.parametrize("name", ["starter vae", "dcgan", "dcgan v3", "", "starter ../dcgan"])
def test_a_model_that_is_not_there_is_answered_with_those_that_are(folder: Path, name: str) -> None:
    put(folder, "dcgan")
    with pytest.raises(OmokageError) as refused:
        starter_model(name)
    assert refused.value.code is ErrorCode.UNKNOWN_MODEL
    assert refused.value.details["known"] == "starter dcgan"


def test_weights_that_are_not_what_the_card_says_are_refused(folder: Path) -> None:
    put(folder, "dcgan", b"these")
    paths(folder, "dcgan")[1].write_bytes(b"others")
    with pytest.raises(OmokageError) as refused:
        starter_model("starter dcgan")
    assert refused.value.code is ErrorCode.BAD_WEIGHTS


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_card_that_is_none_is_refused(folder: Path, text: str) -> None:
    put(folder, "dcgan")
    paths(folder, "dcgan")[0].write_text(text)
    with pytest.raises(OmokageError) as refused:
        starter_model("starter dcgan")
    assert refused.value.code is ErrorCode.BAD_WEIGHTS


def test_the_product_ships_each_model_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    for name in starter_names():
        architecture, config, weights = starter_model(name)
        assert architecture.startswith(name.removeprefix("starter "))
        assert config["seed"] is not None
        assert len(weights) > 100_000


def test_asking_for_names_loads_nothing_heavy() -> None:
    script = "import sys; from core.starter.models import starter_names; starter_names(); print(*sys.modules)"
    root = Path(__file__).parents[4]
    said = subprocess.run([sys.executable, "-c", script], cwd=root, check=True, capture_output=True, text=True).stdout
    assert not {"numpy", "PIL", "keras", "tensorflow"} & set(said.split())
