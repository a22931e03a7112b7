from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.domain.errors import ErrorCode, OmokageError
from core.models.caae.trainer import make_caae_trainer, preset_for_run
from core.models.common import weights_file
from core.models.families import load_ager
from tests.models.core.models.caae.builders import CONFIG, HAIR, SIZE, analysers, heads, reader, run

pytestmark = pytest.mark.usefixtures("tiny")

STEPS = 60


def made(steps: int = STEPS, **changes: Any) -> Any:
    return make_caae_trainer(run(steps, **changes), None, reader(), analysers())  # type: ignore[arg-type]


@dataclass(frozen=True)
class Straight:
    """A new trainer that went straight to step 4, and its snapshots from before step 1 and after step 4."""

    trainer: Any
    before: bytes
    after: bytes


@pytest.fixture(scope="module")
def straight(tiny: None) -> Iterator[Straight]:
    with closing(made()) as trainer:
        before = trainer.save_state()
        for _ in range(4):
            trainer.advance()
        yield Straight(trainer, before, trainer.save_state())


@pytest.fixture
def trainer(straight: Straight) -> Any:
    """One for all tests, at its beginning again: TensorFlow takes seconds to trace the step of a new one."""
    straight.trainer.restore(straight.before)
    return straight.trainer


def test_a_run_goes_on_from_its_snapshot_bit_for_bit(straight: Straight, trainer: Any) -> None:
    for _ in range(2):
        trainer.advance()
    trainer.evaluate()
    with closing(made()) as second:
        second.restore(trainer.save_state())
        assert second.step == 2
        for _ in range(2):
            second.advance()
        expected, _ = weights_file.load(straight.after)
        found, _ = weights_file.load(second.save_state())
    assert all((expected[name] == found[name]).all() for name in expected)
    assert any(name.startswith("best/") for name in found)


def test_a_trained_network_knows_what_years_change_and_leaves_the_rest(trainer: Any) -> None:
    evaluations = []
    for step in range(1, STEPS + 1):
        trainer.advance()
        if step % 20 == 0:
            evaluations.append(trainer.evaluate())
    draft = trainer.finish()
    model = load_ager(draft.architecture, draft.config, draft.weights)
    present = np.full(8, 20, np.float32)
    older = model.change(heads(present), present, np.full(8, 70, np.float32)).delta
    younger = model.change(heads(present), present, np.full(8, 5, np.float32)).delta
    hair, face = (older[:, :HAIR].mean(), np.abs(older[:, HAIR + 4 :]).mean())
    assert hair > 10
    assert hair > 2 * face
    assert younger[:, :HAIR].mean() < hair
    assert evaluations[-1]["held_out_loss"] < evaluations[0]["held_out_loss"]
    assert evaluations[-1]["age_error"] < evaluations[0]["age_error"]


def test_a_finished_run_says_what_is_known_of_its_model(trainer: Any) -> None:
    trainer.advance()
    figures = trainer.evaluate()
    draft = trainer.finish()
    assert set(figures) == {"held_out_loss", "age_error", "age_slope", "identity_kept", "identity_kept_far"}
    assert draft.architecture == "caae-64"
    assert draft.classes == ()
    assert draft.config == {
        "head": "caae", "preset": "light", "size": SIZE, "framing": "face",
        "steps": STEPS, "batch": 8, "learning_rate": 0.003, "seed": 3,
    }  # fmt: skip
    assert draft.metrics["loss_by_step"] == [[1, figures["held_out_loss"]]]
    assert (draft.metrics["best_step"], draft.metrics["identity_kept"]) == (1, 1.0)
    assert {"age network, which measures ages: dlib's"} < {part.name for part in draft.parts}


def test_what_was_best_is_kept_and_a_run_that_gets_worse_ends_and_stays_ended(
    trainer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter([0.3, 0.2, 0.25, 0.26, 0.27, 0.28, 0.29])
    monkeypatch.setattr(trainer._training, "held_out_loss", lambda: next(losses, 0.2))
    for step in range(1, 8):
        trainer.advance()
        trainer.evaluate()
        if step == 2:
            best = trainer._training.ema_weights()
    ending = trainer.should_stop()
    assert (ending.code, ending.step, ending.best, ending.figure) == ("worse-and-worse", 7, 2, "held_out_loss")
    state = trainer.save_state()
    kept, _ = weights_file.load(trainer.finish().weights)
    assert all((kept[name] == tensor.astype(kept[name].dtype)).all() for name, tensor in best.items())
    trainer.restore(state)
    assert trainer.should_stop() == ending
    assert trainer.steps == 7


def test_the_sheet_shows_people_in_rows_and_ages_in_columns_always_the_same(trainer: Any) -> None:
    sheet = Image.open(io.BytesIO(trainer.sample()))
    again = Image.open(io.BytesIO(trainer.sample()))
    assert sheet.size == (11 * (SIZE + 4) + 4, 6 * (SIZE + 4) + 4)  # tiles, and the gaps between them
    assert (np.asarray(again) == np.asarray(sheet)).all()


def test_weights_that_are_no_numbers_are_said_to_be(trainer: Any) -> None:
    variable = trainer._training._nets[1].trainable_variables[0]
    variable.assign_add(np.full(variable.shape, np.nan))
    with pytest.raises(OmokageError) as refused:
        trainer.save_state()
    assert refused.value.code is ErrorCode.DIVERGED


def test_a_snapshot_that_is_none_is_refused(trainer: Any) -> None:
    for damaged in (trainer.save_state()[:-5], weights_file.dump({}, {}), b""):
        with pytest.raises(OmokageError) as refused:
            trainer.restore(damaged)
        assert refused.value.code is ErrorCode.BAD_WEIGHTS


@pytest.mark.parametrize(
    "changes", [{"ages": np.full(120, np.nan, np.float32)}, {"found": np.arange(120) < 60}], ids=["ages", "faces"]
)
def test_too_few_faces_with_an_age_are_refused_with_their_number(changes: dict[str, Any]) -> None:
    with pytest.raises(OmokageError) as refused:
        make_caae_trainer(run(), None, reader(**changes), analysers())  # type: ignore[arg-type]
    details = refused.value.details
    assert refused.value.code is ErrorCode.DATASET_UNFIT
    assert (details["remark"], details["minimum"]) == ("few-ages", 100)
    assert details["count"] == (0 if "ages" in changes else 54)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(OmokageError) as refused:
        made(preset="deep")
    assert refused.value.code is ErrorCode.UNKNOWN_PRESET
    assert refused.value.details["known"] == "light, paper"


def test_a_runs_options_change_the_recipe() -> None:
    preset = preset_for_run("paper", 7, CONFIG)
    assert (preset.steps, preset.size, preset.batch, preset.learning_rate) == (7, SIZE, 8, 0.003)
    assert preset_for_run("paper", 7, {"size": None}).size == 128
