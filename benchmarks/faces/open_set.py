"""Open-set accuracy of the embedding head: ten of the forty people are left out of everything, and come as strangers.

`python -m benchmarks open_set`; five draws of strangers with fixed seeds, and of the seven idols two in turn.
Thresholds and probabilities are fitted on the others alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from benchmarks.helpers.identity_faces import all_pictures, identity_pictures
from benchmarks.helpers.report import Figures
from core.domain.registry.evaluation import calibration_error
from core.domain.training.folds import FOLDS, fold_of
from core.models.embedding.calibration import auroc, bins_of, known_at
from core.models.embedding.cross_validation import Pictures
from core.models.embedding.head import train_head
from core.vision.recognition.mean_embedding import NAME_FROM, Gallery, MeanEmbeddingRecogniser

DRAWS = 5
STRANGERS = 10
FEW = (1, 3, 5, 20)  # pictures a person


@dataclass(frozen=True)
class Predictions:
    """Probabilities of the known people (N, P) and of "unknown" (N,), and the truth (N,); -1: a stranger."""

    people: np.ndarray
    unknown: np.ndarray
    truth: np.ndarray


def run() -> Figures:
    """Return means and worst of the draws."""
    pictures, idols = identity_pictures(), all_pictures("idols")
    draws = [strangers_of(pictures, draw) for draw in range(DRAWS)]
    figures: dict[str, float | int | str] = {}
    figures |= summary("all pictures, six folds", [of_folds(pictures, strangers) for strangers in draws])
    for count in FEW:
        few = [of_few(pictures, count, draw, strangers) for draw, strangers in enumerate(draws)]
        figures |= summary(f"{count} pictures", few)
    baseline = [of_folds(pictures, strangers, baseline=True) for strangers in draws]
    figures |= summary("without training, all pictures", baseline)
    two = [np.isin(np.arange(idols.people), pair) for pair in combinations(range(idols.people), 2)]
    return figures | summary("idols, six folds, two left out in turn", [of_folds(idols, pair) for pair in two])


def summary(title: str, draws: list[Predictions]) -> Figures:
    """Figures of each draw, their mean and worst."""
    rates = [rates_of(draw) for draw in draws]
    figures: dict[str, float] = {}
    for name in rates[0]:
        figures[f"{title}: {name}"] = float(np.mean([rate[name] for rate in rates]))
    figures[f"{title}: AUROC, worst draw"] = min(rate["AUROC"] for rate in rates)
    figures[f"{title}: known at 1 %, worst draw, %"] = min(rate["known at 1 % of strangers, %"] for rate in rates)
    return figures


def rates_of(predictions: Predictions) -> dict[str, float]:
    """Return the figures of one draw."""
    score, guess = predictions.people.max(1), predictions.people.argmax(1)
    known = predictions.truth >= 0
    right = guess == predictions.truth
    # A face is as likely a stranger's as not: the chances are made for that, so both kinds count alike.
    sure = np.maximum(score, predictions.unknown)
    is_right = np.where(score >= predictions.unknown, right, ~known)
    even = np.random.default_rng(0)
    rows = np.concatenate([even.choice(np.flatnonzero(kind), 10_000) for kind in (known, ~known)])
    return {
        "AUROC": auroc(score[known], score[~known]),
        "known at 1 % of strangers, %": 100 * known_at(score[known], right[known], score[~known]),
        "strangers named by the fitted chances, %": 100 * float((score[~known] >= NAME_FROM).mean()),
        "known named rightly by them, %": 100 * float((right & (score >= NAME_FROM))[known].mean()),
        "ECE, %": 100 * calibration_error(bins_of(sure[rows], is_right[rows])),
    }


def of_folds(pictures: Pictures, strangers: np.ndarray, *, baseline: bool = False) -> Predictions:
    """Recognise each sixth of the known people's pictures once, and all strangers' pictures each time."""
    fold = np.array(fold_of(pictures.labels.tolist(), FOLDS))
    kept = ~strangers
    parts = [
        predict(pictures, kept, pictures.found & (fold != tested), fold == tested, baseline=baseline)
        for tested in range(FOLDS)
    ]
    return Predictions(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("people", "unknown", "truth"))
    )


def of_few(pictures: Pictures, count: int, draw: int, strangers: np.ndarray) -> Predictions:
    """Enrol so many pictures a person, and recognise all others."""
    random = np.random.default_rng(draw)
    rows = [random.permutation(np.flatnonzero(pictures.labels == person)) for person in range(pictures.people)]
    enrolled = np.zeros(len(pictures.labels), bool)
    enrolled[np.concatenate([row[:count] for row in rows])] = True
    return predict(pictures, ~strangers, enrolled & pictures.found, ~enrolled, baseline=False)


def strangers_of(pictures: Pictures, draw: int) -> np.ndarray:
    """Draw ten strangers: (40,)."""
    chosen = np.random.default_rng(100 + draw).permutation(pictures.people)[:STRANGERS]
    return np.isin(np.arange(pictures.people), chosen)


def predict(
    pictures: Pictures, kept: np.ndarray, trained: np.ndarray, tested: np.ndarray, *, baseline: bool
) -> Predictions:
    """Train on what is `trained` of the people that are `kept`; recognise what is `tested`, and all strangers."""
    number = np.cumsum(kept) - 1
    mine, people = kept[pictures.labels], int(kept.sum())
    trained, known = trained & mine, np.flatnonzero(tested & mine)
    others = np.flatnonzero(~mine & pictures.found)  # a stranger in whom no face is found is named by nobody
    faces = np.concatenate([known, others])
    embeddings, owners = pictures.embeddings[trained], number[pictures.labels[trained]]
    if baseline:
        ids = tuple(range(people))
        recogniser = MeanEmbeddingRecogniser(Gallery(ids, tuple(map(str, ids)), embeddings, owners))
        probabilities = recogniser.probabilities(pictures.embeddings[faces], np.zeros((len(faces), people), bool))
    else:
        references, open_set = train_head(embeddings, owners, people)
        probabilities = open_set.probabilities(references.evidence(pictures.embeddings[faces]))
    probabilities = np.where(pictures.found[faces][:, None], probabilities, 0.0)  # and so is a known one
    truth = np.concatenate([number[pictures.labels[known]], np.full(len(others), -1)])
    return Predictions(probabilities[:, :-1], probabilities[:, -1], truth)
