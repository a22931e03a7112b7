from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from core.domain.data.datasets import Dataset, DatasetClass
from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.evaluation import EvaluationReport
from core.domain.registry.versions import EMBEDDER_PARTS
from core.domain.training.folds import FOLDS, fold_of
from core.models.common import weights_file
from core.models.embedding.cross_validation import strangers_of
from core.models.embedding.trainer import EmbeddingTrainer, make_embedding_trainer
from tests.unit.core.models.embedding.builders import faces_of


def trainer_of(counts: list[int], faceless: tuple[int, ...] = ()) -> EmbeddingTrainer:
    embeddings, owners = faces_of(counts)
    result = ~np.isin(np.arange(len(owners)), faceless)
    embeddings[~result] = 0
    classes = tuple(DatasetClass(f"person {i}", 100 + i, count) for i, count in enumerate(counts))
    dataset = Dataset(1, 7, "family", 2, "abc", classes, (), len(owners), len(faceless), 0, datetime.now(UTC))
    reader = SimpleNamespace(labels=owners, found=result, embeddings=embeddings)
    return make_embedding_trainer(SimpleNamespace(preset="embedding"), dataset, reader)  # type: ignore[arg-type]


def trained(trainer: EmbeddingTrainer) -> EmbeddingTrainer:
    while trainer.step < trainer.steps:
        trainer.advance()
    return trainer


def test_a_step_is_a_fold_and_each_says_how_good_it_was() -> None:
    trainer = trainer_of([12] * 6)
    assert trainer.steps == FOLDS
    assert trainer.evaluate() == {}
    trainer.advance()
    assert trainer.report().keys() == {"fold_accuracy"}
    assert trainer.evaluate()["held_out_accuracy"] == trainer.report()["fold_accuracy"] > 0.9


def test_what_is_left_behind_says_what_the_registry_compares() -> None:
    draft = trained(trainer_of([12] * 8)).finish()
    metrics = json.loads(json.dumps(draft.metrics))
    assert list(metrics["folds"]) == list(metrics["live_folds"]) == [str(fold) for fold in range(FOLDS)]
    assert metrics["accuracy"] == pytest.approx(np.mean(list(metrics["folds"].values())))
    assert metrics["accuracy"] > 0.9
    assert 0.9 < metrics["auroc"] <= 1
    report = EvaluationReport.from_json(metrics["report"])
    assert (report.pictures, report.dataset, report.dataset_hash) == (96, "family v2", "abc")
    assert draft.classes[3] == ("person 3", 103)
    assert draft.architecture.startswith("embedding-")
    assert draft.config["embedder"] == weights_file.load(draft.weights)[1]["embedder"] == EMBEDDING_NAME
    assert set(EMBEDDER_PARTS) <= set(draft.parts)


def test_each_picture_is_held_out_once() -> None:
    trainer = trained(trainer_of([9, 4, 13]))
    report = trainer.outcome_report()
    assert [card.pictures for card in report.cards] == [9, 4, 13]


def test_a_picture_without_a_face_counts_as_wrong() -> None:
    plain, blind = trained(trainer_of([12] * 4)), trained(trainer_of([12] * 4, faceless=(0, 1, 2, 3)))
    assert blind.outcome_report().pictures == 48
    assert sum(blind.outcome_report().faceless) == 4
    assert blind.outcome_report().mean < plain.outcome_report().mean
    assert blind.outcome_report().mean <= 44 / 48


def test_a_run_that_went_on_leaves_the_same_behind() -> None:
    whole = trained(trainer_of([8, 9, 10]))
    half = trainer_of([8, 9, 10])
    for _ in range(3):
        half.advance()
    other = trainer_of([8, 9, 10])
    other.restore(half.save_state())
    assert other.step == 3
    assert trained(other).save_state() == whole.save_state()
    assert other.finish() == whole.finish()


def test_a_snapshot_of_something_else_is_refused() -> None:
    for data in (weights_file.dump({}, {"step": "2"}), weights_file.dump({}, {}), b"nothing"):
        with pytest.raises(OmokageError) as caught:
            trainer_of([4, 4]).restore(data)
        assert caught.value.code is ErrorCode.BAD_WEIGHTS


def test_the_fewest_pictures_that_are_allowed_can_be_trained_on() -> None:
    draft = trained(trainer_of([3, 3])).finish()
    assert draft.metrics["accuracy"] is not None
    json.dumps(draft.metrics, allow_nan=False)


def test_no_face_at_all_is_refused_in_words() -> None:
    with pytest.raises(OmokageError) as caught:
        trainer_of([2, 2], faceless=(0, 1, 2, 3))
    assert caught.value.code is ErrorCode.DATASET_UNFIT


@pytest.mark.parametrize("people", [2, 3, 6, 40])
def test_everybody_plays_the_stranger_and_never_all_at_once(people: int) -> None:
    plays = np.stack([strangers_of(fold, FOLDS, people) for fold in range(FOLDS)])
    assert plays.any(0).all()
    assert not plays.all(1).any()
    if people >= FOLDS:
        assert (plays.sum(0) == 1).all()


def test_the_folds_are_those_of_every_head() -> None:
    trainer = trainer_of([7, 5])
    trainer.advance()
    expected = np.flatnonzero(np.array(fold_of(trainer._pictures.labels.tolist())) == 0)
    assert trainer._training.outcomes[0].rows.tolist() == expected.tolist()
