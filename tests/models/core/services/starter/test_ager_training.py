from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.models.ageing.drawn_people import DrawnPeople
from core.models.families import load_ager
from core.services.starter import ager_training
from core.services.starter.ager_training import AgerTraining, ager_view, check_people
from core.services.starter.training import Plan
from core.starter.models import FOLDER_VARIABLE, paths, starter_model
from core.vision.views import Framing, View
from tests.models.core.models.reage.pairs import drawn_people

PLAN = Plan("reage", 4, 8, {"size": 64, "channels": (8, 8, 8), "learning_rate": 0.01})

pytestmark = pytest.mark.long  # minutes of the developers' own command


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ager_training, "HELD_OUT", 10)
    monkeypatch.setattr(ager_training, "_SAVE_EVERY", 2)


@pytest.fixture
def drawn() -> DrawnPeople:
    return drawn_people(24, 64)


def never() -> bool:
    return False


def ignore(_done: int, _all: int) -> None:
    pass


def test_a_finished_training_becomes_a_starter_model_that_ages_faces(
    drawn: DrawnPeople, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    training = AgerTraining(tmp_path, drawn, PLAN, seed=1)
    assert training.train(never, lambda done, steps: told.append((done, steps)))
    weights, card = training.finish("omokage starter train reage")
    training.close()
    # It says what it is,
    assert told == [(2, 4), (4, 4)]
    assert card["sha256"] == hashlib.sha256(weights).hexdigest()
    assert card["data"]["people"] == 24  # type: ignore[index,call-overload]
    assert card["command"] == "omokage starter train reage"
    assert (tmp_path / "reage-sheet.png").read_bytes().startswith(b"\x89PNG")
    # and the product finds it in a folder, and ages with it.
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    card_file, file = paths(tmp_path, "reage")
    file.write_bytes(weights)
    card_file.write_text(json.dumps(card))
    ager = load_ager(*starter_model("starter reage"))
    assert ager.view == View(Framing.FACE, 64) == ager_view(PLAN)
    faces = drawn.pictures[:3, 0]
    change = ager.change(faces, drawn.ages[:3, 0], np.array([80, 80, 80], np.float32))
    assert change.delta.shape == (3, 64, 64, 3)
    assert (ager.typicality(drawn.pictures[:, 1]) >= 1).mean() > 0.8


def test_a_training_that_was_stopped_goes_on_to_the_same_weights(drawn: DrawnPeople, tmp_path: Path) -> None:
    stops = iter([False, False, True])
    first = AgerTraining(tmp_path, drawn, PLAN, seed=1)
    assert not first.train(lambda: next(stops), ignore)
    second = AgerTraining(tmp_path, drawn, PLAN, seed=1)
    for training in (first, second):
        assert training.train(never, ignore)
        training.close()
    assert first.finish("")[0] == second.finish("")[0]


def test_a_state_of_another_network_is_refused(drawn: DrawnPeople, tmp_path: Path) -> None:
    first = AgerTraining(tmp_path, drawn, PLAN, seed=1)
    first.train(never, ignore)
    first.close()
    (state,) = tmp_path.glob("*.safetensors")
    other = replace(PLAN, options={**PLAN.options, "channels": (8, 16, 8)})
    state.rename(tmp_path / state.name.replace("(8, 8, 8)", "(8, 16, 8)"))
    with pytest.raises(OmokageError) as refused:
        AgerTraining(tmp_path, drawn, other, seed=1)
    assert refused.value.code is ErrorCode.BAD_WEIGHTS


def test_people_to_learn_from_are_needed_beside_those_that_are_held_out() -> None:
    check_people(11)
    with pytest.raises(OmokageError) as refused:
        check_people(10)
    assert refused.value.code is ErrorCode.BAD_OPTION
