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
from core.models.common import weights_file
from core.models.common.backend import make_deterministic
from core.models.families import load_generator
from core.models.vae.trainer import make_vae_trainer, preset_for_run
from tests.models.core.models.vae.builders import CONFIG, SIZE, analysers, dataset, reader, run

STEPS = 30


@pytest.fixture(scope="module", autouse=True)
def deterministic() -> None:
    make_deterministic()


def made(steps: int = STEPS, **changes: Any) -> Any:
    return make_vae_trainer(run(steps, **changes), dataset(), reader(), analysers())


@dataclass(frozen=True)
class Straight:
    """A new trainer that went straight to step 6, and its snapshots from before step 1 and after step 6."""

    trainer: Any
    before: bytes
    after: bytes


@pytest.fixture(scope="module")
def straight() -> Iterator[Straight]:
    with closing(made()) as trainer:
        before = trainer.save_state()
        for _ in range(6):
            trainer.advance()
        yield Straight(trainer, before, trainer.save_state())


@pytest.fixture
def trainer(straight: Straight) -> Any:
    """One for all tests, at its beginning again: TensorFlow takes seconds to trace the step of a new one."""
    straight.trainer.restore(straight.before)
    return straight.trainer


def test_a_run_goes_on_from_its_snapshot_bit_for_bit(straight: Straight, trainer: Any) -> None:
    for _ in range(3):
        trainer.advance()
    trainer.evaluate()
    with closing(made()) as second:
        second.restore(trainer.save_state())
        assert second.step == 3
        for _ in range(3):
            second.advance()
        expected, _ = weights_file.load(straight.after)
        found, _ = weights_file.load(second.save_state())
    assert all((expected[name] == found[name]).all() for name in expected)
    assert any(name.startswith("best/") for name in found)


def test_a_finished_run_leaves_a_model_with_what_is_known_of_it(trainer: Any) -> None:
    for step in range(1, STEPS + 1):
        trainer.advance()
        if step % trainer.evaluate_every == 0:
            figures = trainer.evaluate()
    draft = trainer.finish()
    assert set(figures) == {"held_out_loss", "kid", "diversity", "novelty", "faces"}
    assert draft.architecture == "vae-64"
    assert draft.classes == ()
    said = {"head": "vae", "preset": "vae", "size": SIZE, "codes": 128, "framing": "portrait"}
    said |= {"steps": STEPS, "batch": 8, "learning_rate": 0.003, "seed": 3, "kl": preset_for_run("vae", 1, {}).kl}
    assert draft.config == said
    steps = [step for step, _ in draft.metrics["kid_by_step"]]
    assert steps == [10, 20, 30]
    assert draft.metrics["best_step"] in steps
    assert {"kid", "faces", "diversity", "novelty", "real_kid"} <= set(draft.metrics)
    model = load_generator(draft.architecture, draft.config, draft.weights)
    assert model.render(model.latents([1, 2])).shape == (2, SIZE, SIZE, 3)


def test_what_was_best_is_kept_and_not_what_was_last(trainer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    losses = iter([0.5, 0.2, 0.3])
    monkeypatch.setattr(trainer._training, "held_out_loss", lambda: next(losses, 0.2))
    for step in (1, 2, 3):
        trainer.advance()
        trainer.evaluate()
        if step == 2:
            best = trainer._training.ema_weights()
    draft = trainer.finish()
    assert draft.metrics["best_step"] == 2
    kept, _ = weights_file.load(draft.weights)
    for name, one in best.items():
        assert (kept[name] == one.astype(kept[name].dtype)).all()


def test_a_run_that_gets_worse_ends_and_stays_ended_after_a_restore(
    trainer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = iter([0.2, 0.25, 0.26, 0.27, 0.28, 0.29])
    monkeypatch.setattr(trainer._training, "held_out_loss", lambda: next(losses))
    endings = []
    for _ in range(6):
        trainer.advance()
        trainer.evaluate()
        endings.append(trainer.should_stop())
    assert endings[:5] == [None] * 5
    ending = endings[5]
    assert (ending.code, ending.step, ending.best, ending.figure, ending.value) == (
        "worse-and-worse", 6, 1, "held_out_loss", 0.2,
    )  # fmt: skip
    assert trainer.steps == trainer.step == 6
    with closing(made()) as other:
        other.restore(trainer.save_state())
        assert other.steps == 6
        assert other.should_stop() == ending


def test_the_sheet_shows_pictures_their_reconstructions_and_new_faces(trainer: Any) -> None:
    trainer.advance()
    sheet = Image.open(io.BytesIO(trainer.sample()))
    again = trainer.sample()
    tile = (sheet.width - 4) // 8
    assert sheet.width > 8 * SIZE
    assert round(sheet.height / tile) == 6  # a row of what is held out, what comes of it, and four of new ones
    assert (np.asarray(Image.open(io.BytesIO(again))) == np.asarray(sheet)).all()


def test_pictures_without_faces_are_shown_whole() -> None:
    with closing(make_vae_trainer(run(), dataset(), reader(found=0.2), analysers())) as trainer:
        assert trainer.finish().config["framing"] == "whole"


def test_weights_that_are_no_numbers_are_said_to_be(trainer: Any) -> None:
    trainer.advance()
    trainer._training._nets[1].trainable_variables[0].assign_add(
        np.full(trainer._training._nets[1].trainable_variables[0].shape, np.nan)
    )
    with pytest.raises(OmokageError) as refused:
        trainer.save_state()
    assert refused.value.code is ErrorCode.DIVERGED


def test_a_snapshot_that_is_none_is_refused(trainer: Any) -> None:
    trainer.advance()
    for damaged in (trainer.save_state()[:-5], weights_file.dump({}, {}), b""):
        with pytest.raises(OmokageError) as refused:
            trainer.restore(damaged)
        assert refused.value.code is ErrorCode.BAD_WEIGHTS


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(OmokageError) as refused:
        made(preset="deep")
    assert refused.value.code is ErrorCode.UNKNOWN_PRESET
    assert refused.value.details["known"] == "vae, autoencoder"


def test_next_to_no_pictures_are_refused() -> None:
    with pytest.raises(OmokageError) as refused:
        make_vae_trainer(run(), dataset(3), reader(3), analysers())
    assert refused.value.code is ErrorCode.DATASET_UNFIT


def test_a_runs_options_change_the_recipe() -> None:
    preset = preset_for_run("autoencoder", 7, {**CONFIG, "kl": 2.5})
    assert (preset.steps, preset.size, preset.kl, preset.batch, preset.learning_rate) == (7, SIZE, 2.5, 8, 0.003)
    assert preset_for_run("autoencoder", 7, {"kl": None}).kl == 0.0
