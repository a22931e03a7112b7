from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.domain.data.datasets import Dataset, DatasetClass
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Origin
from core.domain.training.runs import DesiredState, EarlyStop, Run, RunKind, RunState
from core.models.common import weights_file
from core.models.common.sample_quality import FaceAnalysers
from core.models.dcgan.generator import DcganGenerator
from core.models.dcgan.network import SHAPES, Shape
from core.models.dcgan.presets import DCGAN_PRESETS
from core.models.dcgan.trainer import DcganTrainer, make_dcgan_trainer
from core.vision.views import Framing, View

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TINY = Shape(4, (12, 8))  # 16 pixels a side
PICTURES = 120


@pytest.fixture(scope="module", autouse=True)
def tiny() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SHAPES, "small", TINY)  # type: ignore[arg-type]
        patch.setitem(DCGAN_PRESETS, "small", replace(DCGAN_PRESETS["small"], shape=TINY))  # type: ignore[arg-type]
        yield


def embed(chips: np.ndarray) -> np.ndarray:
    """What colours there are in 42 places, and two numbers more."""
    cells = chips[:, :144, :147].reshape(-1, 6, 24, 7, 21, 3).mean((2, 4)).reshape(len(chips), -1)
    return np.pad(cells, ((0, 0), (0, 2)), constant_values=40).astype(np.float32)


JUDGES = FaceAnalysers(embed, lambda picture: bool(picture.mean() > 100))


class Reader:
    """Bright discs before something dark."""

    def __init__(self, count: int = PICTURES) -> None:
        self.found = np.ones(count, bool)

    def images(self, view: View) -> np.ndarray:
        assert view.framing is Framing.PORTRAIT
        random = np.random.default_rng(1)
        at = (np.arange(view.size) - view.size / 2) ** 2
        disc = (at[:, None] + at[None] < (view.size / 3) ** 2)[None, :, :, None]
        bright, dark = (random.integers(*range_, (len(self.found), 1, 1, 3)) for range_ in ((150, 256), (0, 90)))
        return np.where(disc, bright, dark).astype(np.uint8)


def dataset(pictures: int = PICTURES) -> Dataset:
    return Dataset(1, 5, "family", 2, "ab" * 32, (DatasetClass("", 0, pictures),), (), pictures, 0, 9, NOW)


def run(steps: int = 8, **changes: Any) -> Run:
    whole = Run(
        id=11, guild_id=5, number=1, kind=RunKind.DCGAN, preset="small", config={"head": "dcgan", "batch": 16}, seed=3,
        dataset_id=1, state=RunState.RUNNING, desired_state=DesiredState.RUN, step=0, steps=steps, seconds=0.0,
        segments=0, job_id=None,
        parent_id=None, parent_step=None, origin=Origin(5, 6, 7, "en", 8, ""), created_at=NOW, started_at=None,
        updated_at=NOW, finished_at=None, failure=None, live=None,
    )  # fmt: skip
    return replace(whole, **changes)


def made(steps: int = 8, **changes: Any) -> DcganTrainer:
    return make_dcgan_trainer(run(steps, **changes), dataset(), Reader(), JUDGES)  # type: ignore[arg-type]


def trained(steps: int = 8, **changes: Any) -> DcganTrainer:
    return advanced(made(steps, **changes), steps)


@pytest.fixture(scope="module")
def new(tiny: None) -> tuple[DcganTrainer, bytes]:
    """A trainer of a long run before its first step, and a snapshot of it."""
    trainer = made(400)
    return trainer, trainer.save_state()


@pytest.fixture
def trainer(new: tuple[DcganTrainer, bytes]) -> DcganTrainer:
    """One for all tests, at its beginning again: TensorFlow takes seconds to trace the step of a new one."""
    trainer, snapshot = new
    trainer.restore(snapshot)
    return trainer


def advanced(trainer: DcganTrainer, steps: int) -> DcganTrainer:
    for _ in range(steps):
        trainer.advance()
    return trainer


@pytest.mark.usefixtures("precision")
@pytest.mark.parametrize(
    ("precision", "config"),
    [("float32", {"batch": 16}), ("bfloat16", {"batch": 16, "loss": "two-class", "augment": 0.0})],
    indirect=["precision"],
)
def test_a_run_goes_on_from_its_snapshot_bit_for_bit(config: dict[str, Any]) -> None:
    first = made(8, config=config)
    before = first.save_state()
    expected, _ = weights_file.load(advanced(first, 8).save_state())
    first.restore(before)
    advanced(first, 4)
    first.report()
    first.evaluate()
    second = made(8, config=config)
    second.restore(first.save_state())
    assert second.step == 4
    found, _ = weights_file.load(advanced(second, 4).save_state())
    assert all((expected[name] == found[name]).all() for name in expected)
    assert set(found) - set(expected) == {name for name in found if name.startswith("best/")} != set()


def test_training_draws_discs_where_there_are_discs_and_both_curves_are_told() -> None:
    trainer = made(80, config={"batch": 16, "learning_rate": 0.002})
    assert brighter_inside(trainer) == pytest.approx(0, abs=5)
    for _ in range(80):
        trainer.advance()
    report = trainer.report()
    assert brighter_inside(trainer) > 40
    assert set(trainer.evaluate()) == {"kid", "diversity", "novelty", "faces"}
    assert set(report) == {"generator_loss", "discriminator_loss", "d_real", "d_fake"}
    assert 0 < report["d_fake"] < report["d_real"] < 1


def brighter_inside(trainer: DcganTrainer) -> float:
    """Of the faces on the sheet, by how much the middle is brighter than the corners."""
    trainer.sample()
    mean = trainer._faces.render(trainer._faces.latents(range(64))).mean((0, 3))
    return float(mean[6:10, 6:10].mean() - np.mean([mean[:2, :2], mean[-2:, -2:]]))


@pytest.mark.parametrize("loss", ["non-saturating", "hinge", "two-class"])
def test_each_loss_trains_both_players(trainer: DcganTrainer, loss: str) -> None:
    if loss != DCGAN_PRESETS["small"].loss:  # type: ignore[index]
        trainer = made(2, config={"batch": 16, "loss": loss})
    before, _ = weights_file.load(trainer.save_state())
    trainer.advance()
    after, _ = weights_file.load(trainer.save_state())
    kernels = [name for name in before if "kernel" in name and name.split("/")[0] in {"generator", "discriminator"}]
    assert len(kernels) == 6
    assert all((before[name] != after[name]).any() for name in kernels)


def test_the_best_is_kept_not_the_last(trainer: DcganTrainer, monkeypatch: pytest.MonkeyPatch) -> None:
    best = advanced(trainer, 20).evaluate()
    advanced(trainer, 30)
    monkeypatch.setattr(trainer._quality, "figures", lambda samples, **_: {**best, "kid": best["kid"] + 1})
    trainer.evaluate()
    again = made(400)
    again.restore(trainer.save_state())
    drafts = [one.finish() for one in (trainer, again)]
    assert drafts[0].weights == drafts[1].weights
    for draft in drafts:
        assert draft.metrics["best_step"] == 20
        assert draft.metrics["kid_by_step"] == [[20, best["kid"]], [50, best["kid"] + 1]]


def test_what_is_kept_draws_what_was_measured(trainer: DcganTrainer, monkeypatch: pytest.MonkeyPatch) -> None:
    advanced(trainer, 20)
    measured = []
    figures = trainer._quality.figures
    with monkeypatch.context() as patch:
        patch.setattr(trainer._quality, "figures", lambda drawn: (measured.append(drawn), figures(drawn))[1])
        trainer.evaluate()
    draft = advanced(trainer, 20).finish()
    faces = DcganGenerator(draft.config, *weights_file.load(draft.weights))
    assert (faces.render(faces.latents(range(10))) == measured[0][:10]).all()


def test_a_finished_run_leaves_a_version_with_what_is_known_of_it() -> None:
    trainer = trained(10, config={"batch": 16, "augment": 0.5})
    trainer.evaluate()
    draft = trainer.finish()
    assert draft.architecture == "dcgan-small"
    assert draft.classes == ()
    assert draft.config == {
        "head": "dcgan",
        "preset": "small",
        "size": 16,
        "codes": 100,
        "framing": "portrait",
        "loss": "non-saturating",
        "augment": 0.5,
        "steps": 10,
        "batch": 16,
        "learning_rate": 2e-4,
        "seed": 3,
    }
    assert {"kid", "faces", "diversity", "novelty", "real_kid", "nearest"} <= draft.metrics.keys()
    assert draft.metrics["best_step"] == 10


def test_a_run_that_was_never_evaluated_leaves_what_it_has(trainer: DcganTrainer) -> None:
    assert advanced(trainer, 3).finish().metrics["best_step"] == 3


def test_the_sheet_shows_the_same_64_faces_and_they_change_as_it_learns(trainer: DcganTrainer) -> None:
    first = trainer.sample()
    assert trainer.sample() == first
    sheet = Image.open(io.BytesIO(first))
    assert sheet.width == sheet.height > 8 * 16
    trainer.advance()
    assert trainer.sample() != first


def test_a_run_that_collapses_ends_here_and_stays_so_after_a_restore(
    trainer: DcganTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    advanced(trainer, 12).evaluate()
    assert trainer.should_stop() is None
    ending = EarlyStop("diversity-fell", 12, 4, "kid", 0.5)
    with monkeypatch.context() as patch:
        patch.setattr("core.models.dcgan.trainer.early_stop.should_stop", lambda points: ending)
        assert trainer.should_stop() == ending
    again = made(400)
    again.restore(trainer.save_state())
    assert again.should_stop() == trainer.should_stop() == ending
    assert again.steps == again.step == 12
    assert again.finish().config["steps"] == 12


@pytest.mark.usefixtures("precision")
def test_a_run_whose_steps_are_far_too_large_dies_and_ends_by_itself() -> None:
    """In any arithmetic: what is saturated has no gradient to come back by."""
    analysers = FaceAnalysers(embed, lambda _: False)
    result = run(400, config={"batch": 8, "learning_rate": 0.5, "augment": 0.0})
    trainer = make_dcgan_trainer(result, dataset(), Reader(), analysers)  # type: ignore[arg-type]
    while trainer.step < trainer.steps:
        trainer.advance()
        if trainer.step % trainer.evaluate_every == 0:
            trainer.evaluate()
            trainer.should_stop()
    ending = trainer.should_stop()
    assert ending is not None
    assert ending.code in {"never-learnt", "diversity-fell"}  # dead from the first evaluation on, or from a later one
    assert trainer.step < 200


def test_weights_that_are_no_numbers_end_the_run() -> None:
    trainer = made(8, config={"batch": 16, "learning_rate": 1e30})
    losses = []
    for _ in range(4):
        trainer.advance()
        losses += trainer.report().values()
    assert not np.isfinite(losses).all()
    for ask in (trainer.evaluate, trainer.save_state):
        with pytest.raises(OmokageError) as refused:
            ask()
        assert refused.value.code is ErrorCode.DIVERGED


def test_a_snapshot_of_another_net_or_a_damaged_one_is_refused(trainer: DcganTrainer) -> None:
    advanced(trainer, 1)
    for data in (made(8, config={"batch": 16, "loss": "two-class"}).save_state(), trainer.save_state()[:-5], b""):
        with pytest.raises(OmokageError) as refused:
            trainer.restore(data)
        assert refused.value.code is ErrorCode.BAD_WEIGHTS
    assert trainer.step == 1


def test_unknown_presets_and_next_to_no_pictures_are_refused() -> None:
    with pytest.raises(OmokageError) as unknown:
        made(preset="huge")
    assert unknown.value.code is ErrorCode.UNKNOWN_PRESET
    with pytest.raises(OmokageError) as few:
        make_dcgan_trainer(run(), dataset(3), Reader(3), JUDGES)  # type: ignore[arg-type]
    assert few.value.code is ErrorCode.DATASET_UNFIT
