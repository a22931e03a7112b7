from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.domain.data.datasets import Dataset, DatasetClass
from core.domain.embedders import EMBEDDING_NAME, EMBEDDING_SIZE
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.jobs import Origin
from core.domain.registry.evaluation import EvaluationReport
from core.domain.registry.versions import EMBEDDER_PARTS, VersionDraft
from core.domain.training.runs import DesiredState, Run, RunKind, RunState
from core.models.cnn.head import load_cnn_head
from core.models.cnn.new_gate import with_new_gate
from core.models.cnn.trainer import make_cnn_trainer
from core.models.common import weights_file
from core.vision.recognition.photo_reader import PhotoReading
from core.vision.views import Framing, View
from tests.unit.core.models.embedding import old_version

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE, EACH, STEPS = 3, 12, 60
CONFIG = {"head": "cnn", "size": 32, "batch": 12, "learning_rate": 0.003}


def dataset() -> Dataset:
    classes = tuple(DatasetClass(name, 7 + index, EACH) for index, name in enumerate(("Ada", "Bo", "Cleo")))
    return Dataset(1, 5, "family", 2, "ab" * 32, classes, (), PEOPLE * EACH, 0, 9, NOW)


def run(steps: int = 8, **changes: Any) -> Run:
    whole = Run(
        id=11, guild_id=5, number=1, kind=RunKind.RECOGNISER, preset="slim", config=CONFIG, seed=3, dataset_id=1,
        state=RunState.RUNNING, desired_state=DesiredState.RUN, step=0, steps=steps, seconds=0.0, segments=0,
        job_id=None,
        parent_id=None, parent_step=None, origin=Origin(5, 6, 7, "en", 8, ""), created_at=NOW, started_at=None,
        updated_at=NOW, finished_at=None, failure=None, live=None,
    )  # fmt: skip
    return replace(whole, **changes)


class Reader:
    """Blobs of three colours; views are cut from noise of any size."""

    def __init__(self) -> None:
        self.labels = np.repeat(np.arange(PEOPLE), EACH)
        random = np.random.default_rng(0)
        self.found = np.ones(len(self.labels), bool)
        centres = np.eye(PEOPLE, EMBEDDING_SIZE)
        noise = random.normal(0, 0.02, (len(self.labels), EMBEDDING_SIZE))
        self.embeddings = (centres[self.labels] + noise).astype(np.float32)

    def images(self, view: Any) -> np.ndarray:
        random = np.random.default_rng(1)
        images = random.integers(0, 120, (len(self.labels), view.size, view.size, 3), np.uint8)
        for image, label in zip(images, self.labels, strict=True):
            image[8:24, 8:24, label] += 120
        return images


def made(steps: int = STEPS, **changes: Any) -> Any:
    return make_cnn_trainer(run(steps, **changes), dataset(), Reader())  # type: ignore[arg-type]


def trained(steps: int = 8, **changes: Any) -> Any:
    trainer = made(steps, **changes)
    for _ in range(steps):
        trainer.advance()
    return trainer


@dataclass(frozen=True)
class Straight:
    """A new trainer that went straight to its end, what it left, and snapshots from before step 1 and after step 8."""

    trainer: Any
    before: bytes
    after: bytes
    draft: VersionDraft


@pytest.fixture(scope="module")
def straight() -> Iterator[Straight]:
    with closing(made()) as trainer:
        before = trainer.save_state()
        for _ in range(8):
            trainer.advance()
        after = trainer.save_state()
        while trainer.step < STEPS:
            trainer.advance()
        trainer.evaluate()
        yield Straight(trainer, before, after, trainer.finish())


@pytest.fixture
def trainer(straight: Straight) -> Any:
    """One for all tests, at its beginning again: TensorFlow takes seconds to trace the step of a new one."""
    straight.trainer.restore(straight.before)
    return straight.trainer


def test_a_run_goes_on_from_its_snapshot_bit_for_bit(straight: Straight, trainer: Any) -> None:
    for _ in range(4):
        trainer.advance()
    trainer.evaluate()
    with closing(made()) as second:
        second.restore(trainer.save_state())
        assert second.step == 4
        for _ in range(4):
            second.advance()
        expected, _ = weights_file.load(straight.after)
        found, _ = weights_file.load(second.save_state())
    assert all((expected[name] == found[name]).all() for name in expected)


def test_a_finished_run_leaves_a_version_with_what_is_known_of_it(straight: Straight) -> None:
    draft = straight.draft
    assert draft.architecture == "cnn-slim"
    assert draft.classes == (("Ada", 7), ("Bo", 8), ("Cleo", 9))
    report = EvaluationReport.from_json(draft.metrics["report"])  # type: ignore[arg-type]
    assert report.folds == draft.metrics["folds"]
    assert report.pictures == PEOPLE * EACH // 6
    assert report.auroc == draft.metrics["auroc"] == 1.0  # these embeddings lie far apart
    assert report.known_at_1 is not None
    assert draft.metrics["live_folds"] == {"0": 1.0}
    assert report.by_step["0"][-1] == (STEPS, report.by_step["0"][-1][1])
    assert 0 < draft.config["temperature"] < 100  # type: ignore[operator]
    tensors, _ = weights_file.load(draft.weights)
    assert tensors["net/logits/kernel"].shape[-1] == PEOPLE


def test_a_finished_version_answers_with_names_and_knows_strangers(straight: Straight) -> None:
    draft = straight.draft
    version: Any = SimpleNamespace(number=1, classes=draft.classes, config=draft.config)
    head = load_cnn_head(version, *weights_file.load(draft.weights))
    pictures = Reader().images(View(Framing.CROP, 32))
    chances = head.closed(pictures)
    assert chances.sum(1) == pytest.approx(1)
    assert (chances.argmax(1) == Reader().labels).mean() > 0.9
    box = Box(20, 20, 40, 40)
    faces = (DetectedFace(box, 0.9, ((30, 32), (50, 32), (40, 42), (33, 52), (47, 52))),) * 2
    embeddings = np.stack([Reader().embeddings[0], np.full(EMBEDDING_SIZE, 1 / 16)]).astype(np.float32)
    photo = np.random.default_rng(0).integers(0, 255, (90, 90, 3), np.uint8)
    known, stranger = head.probabilities(PhotoReading(photo, faces, embeddings))
    assert len(known) == PEOPLE + 1
    assert known.sum() == pytest.approx(1)
    assert known[-1] < 0.5 < stranger[-1]


def test_a_version_of_before_the_second_network_tells_strangers_as_ever_to_the_last_bit(straight: Straight) -> None:
    # Given a version as its trainer wrote it: a gate of dlib's embeddings, and no embedder on its card
    tensors, meta = weights_file.load(straight.draft.weights)
    gate = old_version.old_tensors([12] * PEOPLE)
    old = tensors | {f"gate/{name}": tensor for name, tensor in gate.items()}
    config = {name: value for name, value in straight.draft.config.items() if name != "embedder"}
    version: Any = SimpleNamespace(number=1, classes=straight.draft.classes, config=config)
    head = load_cnn_head(version, old, meta | old_version.META)
    # When it is asked about faces that both networks embedded
    faces = gate["embeddings"][::6] * np.float32(0.9)
    box = Box(20, 20, 40, 40)
    detected = (DetectedFace(box, 0.9, ((30, 32), (50, 32), (40, 42), (33, 52), (47, 52))),) * len(faces)
    photo = np.random.default_rng(0).integers(0, 255, (90, 90, 3), np.uint8)
    reading = PhotoReading(photo, detected, np.zeros((len(faces), EMBEDDING_SIZE), np.float32), dlib=faces)
    # Then who is unknown is what the formulas of then say, and the network says the rest
    unknown = old_version.old_probabilities(gate, faces)[:, -1:]
    closed = head.closed(head.views(reading))
    assert np.array_equal(head.probabilities(reading), np.hstack([(1 - unknown) * closed, unknown]))


def test_a_new_gate_leaves_the_network_as_it_is(straight: Straight) -> None:
    # Given a version as its trainer wrote it before there were two face networks
    tensors, meta = weights_file.load(straight.draft.weights)
    gate = {f"gate/{name}": tensor for name, tensor in old_version.old_tensors([12] * PEOPLE).items()}
    weights = weights_file.dump(tensors | gate, meta | old_version.META)
    draft = straight.draft
    config = {name: value for name, value in draft.config.items() if name != "embedder"}
    old: Any = SimpleNamespace(
        number=1,
        architecture=draft.architecture,
        classes=draft.classes,
        config=config,
        metrics={**draft.metrics, "robustness": {"fooled": 0.5}},
    )
    # When its data set is embedded anew
    made = with_new_gate(old, weights, Reader())  # type: ignore[arg-type]
    # Then it is what a training would have left behind now
    expected, found = weights_file.load(draft.weights)[0], weights_file.load(made.weights)[0]
    assert found.keys() == expected.keys()
    assert all(np.array_equal(found[name], tensor) for name, tensor in expected.items())
    assert (made.config, made.classes, made.parts) == (draft.config, draft.classes, draft.parts)
    assert made.metrics == draft.metrics


def test_a_version_names_its_embedder_and_the_licences_of_its_parts(straight: Straight) -> None:
    assert straight.draft.config["embedder"] == EMBEDDING_NAME
    assert set(EMBEDDER_PARTS) <= set(straight.draft.parts)
    assert weights_file.load(straight.draft.weights)[1]["embedder"] == EMBEDDING_NAME


def test_a_version_gives_the_same_names_in_bfloat16(straight: Straight, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = straight.draft
    version: Any = SimpleNamespace(number=1, classes=draft.classes, config=draft.config)
    probabilities = {}
    for precision in ("float32", "bfloat16"):
        monkeypatch.setenv("OMOKAGE_PRECISION", precision)
        head = load_cnn_head(version, *weights_file.load(draft.weights))
        probabilities[precision] = head.closed(Reader().images(View(Framing.CROP, 32)))
    assert (probabilities["bfloat16"].argmax(1) == probabilities["float32"].argmax(1)).all()
    difference = np.abs(probabilities["bfloat16"] - probabilities["float32"])
    assert 0 < difference.max() < 0.03


def test_weights_that_are_not_the_cards_are_refused(straight: Straight) -> None:
    draft = straight.draft
    tensors, meta = weights_file.load(draft.weights)
    lacking = {name: tensor for name, tensor in tensors.items() if name != "net/logits/bias"}
    cards = [
        draft.config,
        draft.config | {"size": 64},
        draft.config | {"net": "huge"},
        draft.config | {"temperature": 0},
    ]
    for config, given in zip(cards, (lacking, tensors, tensors, tensors), strict=True):
        version: Any = SimpleNamespace(number=1, classes=draft.classes, config=config)
        with pytest.raises(OmokageError) as refused:
            load_cnn_head(version, given, meta)
        assert refused.value.code is ErrorCode.BAD_WEIGHTS


def test_the_fold_that_was_asked_for_is_held_out() -> None:
    with closing(trained(2, config=CONFIG | {"fold": 4})) as trainer:
        assert list(trainer.finish().metrics["folds"]) == ["4"]


def test_a_snapshot_of_another_net_or_a_damaged_one_is_refused(straight: Straight, trainer: Any) -> None:
    trainer.advance()
    with closing(made(preset="modern")) as modern:
        for data in (modern.save_state(), straight.before[:-5], b""):
            with pytest.raises(OmokageError) as refused:
                trainer.restore(data)
            assert refused.value.code is ErrorCode.BAD_WEIGHTS
    assert trainer.step == 1


def test_an_unknown_preset_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(OmokageError) as refused:
        make_cnn_trainer(run(preset="huge"), dataset(), Reader())  # type: ignore[arg-type]
    assert refused.value.code is ErrorCode.UNKNOWN_PRESET
    assert "modern" in str(refused.value.details["known"])


def test_a_loss_that_is_no_number_shows_in_the_report_and_such_weights_are_not_saved() -> None:
    with closing(trained(0, config=CONFIG | {"learning_rate": 1e30})) as trainer:
        losses = []
        for _ in range(4):
            trainer.advance()
            losses.append(trainer.report()["loss"])
        with pytest.raises(OmokageError) as refused:
            trainer.save_state()
    assert not np.isfinite(losses).all()
    assert refused.value.code is ErrorCode.DIVERGED
