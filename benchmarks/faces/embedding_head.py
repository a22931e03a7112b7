"""Accuracy, calibration and speed of the embedding head: 40 people and seven idols, folds and draws with fixed seeds.

`python -m benchmarks embedding_head`
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np

from benchmarks.helpers.faces_reader import run_of
from benchmarks.helpers.identity_faces import all_pictures, identity_pictures
from benchmarks.helpers.report import Figures
from core.domain.data.datasets import Dataset, DatasetClass
from core.domain.training.folds import FOLDS
from core.models.embedding.cross_validation import Pictures, accuracy_of
from core.models.embedding.head import train_head
from core.models.embedding.trainer import EmbeddingTrainer

ENROLLED = (1, 3, 5, 9, 20)
DRAWS = 10
TRAINED = 150  # pictures a person, for the time
TIMES = 5


def run() -> Figures:
    """Return accuracy, calibration and seconds."""
    pictures = identity_pictures()
    figures: dict[str, float | int | str] = {
        "pictures": len(pictures.labels),
        "no face found": int((~pictures.found).sum()),
    }
    figures |= folds(pictures)
    figures |= {f"idols: {name}": value for name, value in folds(all_pictures("idols")).items()}
    for count in ENROLLED:
        fractions = [few(pictures, count, seed) for seed in range(DRAWS)]
        figures[f"accuracy, {count} pictures each, %"] = 100 * float(np.mean(fractions))
    return figures | times(pictures)


def folds(pictures: Pictures) -> Figures:
    """Train as the product does: six folds, and an open set in each."""
    trainer = EmbeddingTrainer(pictures, dataset_of(pictures), run_of("embedding", FOLDS, "embedding"))
    began = time.perf_counter()
    while trainer.step < trainer.steps:
        trainer.advance()
    seconds = time.perf_counter() - began
    report, figures = trainer.outcome_report(), trainer.evaluate()
    return {
        "six folds, mean accuracy, %": 100 * report.mean,
        "six folds, worst, %": 100 * min(report.folds.values()),
        "six folds, the method without training, %": 100 * figures["live_accuracy"],
        "ECE, as many strangers as known, %": 100 * report.ece,
        "AUROC": report.auroc or 0.0,
        "known named rightly at 1 % of strangers named, %": 100 * (report.known_at_1 or 0.0),
        "six folds with their open sets, s": seconds,
    }


def few(pictures: Pictures, count: int, seed: int) -> float:
    """Return the fraction of correct answers on all other pictures, with `count` of each person enrolled."""
    random = np.random.default_rng(seed)
    rows = [random.permutation(np.flatnonzero(pictures.labels == person)) for person in range(pictures.people)]
    enrolled = np.concatenate([row[:count] for row in rows])
    queried = np.concatenate([row[count:] for row in rows])
    enrolled = enrolled[pictures.found[enrolled]]
    references, open_set = train_head(pictures.embeddings[enrolled], pictures.labels[enrolled], pictures.people)
    guesses = open_set.logits(references.evidence(pictures.embeddings[queried]))[:, :-1].argmax(1)
    return accuracy_of(pictures.labels, queried, np.where(pictures.found[queried], guesses, -1))


def times(pictures: Pictures) -> Figures:
    """Time training and an answer, without the embedding network."""
    first = np.concatenate([np.flatnonzero(pictures.labels == person)[:TRAINED] for person in range(pictures.people)])
    first = first[pictures.found[first]]
    embeddings, owners = pictures.embeddings[first], pictures.labels[first]
    figures: dict[str, float] = {}
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        references, open_set = train_head(embeddings, owners, pictures.people)
        seconds.append(time.perf_counter() - began)
    figures[f"training, {pictures.people} x {TRAINED}, s"] = float(np.median(seconds))
    for count in (1, 5, 64):
        answers = []
        for _ in range(20):
            began = time.perf_counter()
            open_set.probabilities(references.evidence(embeddings[:count]))
            answers.append(1000 * (time.perf_counter() - began))
        figures[f"answer for {count} faces, ms"] = float(np.median(answers))
    return figures


def dataset_of(pictures: Pictures) -> Dataset:
    """Return the data set's row."""
    counts = np.bincount(pictures.labels, minlength=pictures.people).tolist()
    classes = tuple(DatasetClass(f"p{person + 1:02}", person, count) for person, count in enumerate(counts))
    total, faceless = len(pictures.labels), int((~pictures.found).sum())
    return Dataset(0, 0, "identity", 1, "", classes, (), total, faceless, 0, datetime.now(UTC))
