"""What cross validation says of a recogniser: how often it is right, whom it mixes up, how honest its chances are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.domain.jobs import JSON

BINS = 15  # of the reliability, as in Guo et al. 2017
MAX_PAIRS = 10  # what an answer in chat holds


@dataclass(frozen=True, slots=True)
class PersonScore:
    """One person: of `pictures` held-out ones, the share named rightly, and whom the others are mostly taken for."""

    name: str
    pictures: int
    recall: float | None  # None: no picture was held out
    taken_for: str | None  # None: never taken for somebody else
    times: int  # how often for that one


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Faces of about the same confidence: its mean, the share of them that were right, how many; in [0, 1]."""

    confidence: float
    accuracy: float
    count: int


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Pictures of `name` that were taken for `taken_for`."""

    name: str
    taken_for: str
    times: int


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Figures over all held-out pictures; accuracies, `ece`, `auroc` and `known_at_1` in [0, 1].

    `folds` is the accuracy by held-out fold ("0", "1", ...), and `by_step` how it grew in a training, as (step,
    accuracy). `confusion[i][j]` counts pictures of person i that were taken for person j, in the order of `names`.
    `auroc` tells known people from strangers, and `known_at_1` is the share of the known people's faces that are named
    rightly where one stranger's face in a hundred gets a name; None: nobody was left out as a stranger. `faceless`
    counts the held-out pictures of each person in which no face was found: they count as wrong, and are not in
    `confusion`; empty: there are none.
    """

    head: str  # "embedding" or "cnn"
    preset: str | None
    dataset: str  # its title
    dataset_hash: str
    names: tuple[str, ...]
    folds: Mapping[str, float]
    by_step: Mapping[str, tuple[tuple[int, float], ...]]
    confusion: tuple[tuple[int, ...], ...]
    bins: tuple[ReliabilityBin, ...]
    ece: float
    auroc: float | None = None
    known_at_1: float | None = None
    faceless: tuple[int, ...] = ()

    @property
    def mean(self) -> float:
        """Mean accuracy of the folds."""
        return sum(self.folds.values()) / len(self.folds)

    @property
    def pictures(self) -> int:
        """How many were held out, in all folds."""
        return sum(map(sum, self.confusion)) + sum(self.faceless)

    @property
    def cards(self) -> tuple[PersonScore, ...]:
        """One a person, in the order of `names`."""
        faceless = self.faceless or (0,) * len(self.names)
        return tuple(_card(self.names, index, row, faceless[index]) for index, row in enumerate(self.confusion))

    @property
    def most_confused(self) -> tuple[ConfusedPair, ...]:
        """The pairs that are mixed up most often, ten at most, the worst first."""
        pairs = [
            ConfusedPair(self.names[i], self.names[j], times)
            for i, row in enumerate(self.confusion)
            for j, times in enumerate(row)
            if i != j and times
        ]
        return tuple(sorted(pairs, key=lambda pair: -pair.times)[:MAX_PAIRS])

    def to_json(self) -> dict[str, JSON]:
        """For a version's metrics; the confusion without its zeros, [person, taken for, times]."""
        cells = [[i, j, times] for i, row in enumerate(self.confusion) for j, times in enumerate(row) if times]
        by_step = {fold: [list(pair) for pair in pairs] for fold, pairs in self.by_step.items()}
        payload: dict[str, Any] = asdict(self) | {"confusion": cells, "by_step": by_step, "names": list(self.names)}
        lists = {"bins": list(payload["bins"]), "faceless": list(self.faceless)}
        return payload | lists | {"mean": self.mean, "pictures": self.pictures}

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> EvaluationReport:
        """What `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError, IndexError: something else.
        """
        names = tuple(map(str, payload["names"]))
        confusion = [[0] * len(names) for _ in names]
        for i, j, times in payload["confusion"]:
            confusion[i][j] = int(times)
        return cls(
            payload["head"],
            payload["preset"],
            payload["dataset"],
            payload["dataset_hash"],
            names,
            {str(fold): float(share) for fold, share in payload["folds"].items()},
            {str(fold): tuple((int(s), float(a)) for s, a in pairs) for fold, pairs in payload["by_step"].items()},
            tuple(map(tuple, confusion)),
            tuple(ReliabilityBin(**entry) for entry in payload["bins"]),
            float(payload["ece"]),
            payload["auroc"],
            payload["known_at_1"],
            tuple(map(int, payload["faceless"])),
        )


def merge_reports(reports: Sequence[EvaluationReport]) -> EvaluationReport:
    """One report of several that held other folds of one data set out.

    `auroc` and `known_at_1` are means: the scores are not in the reports.

    Raises:
        ValueError: none, or of different data sets, heads or presets.
    """
    kinds = {(one.head, one.preset, one.dataset_hash, one.names) for one in reports}
    if len(kinds) != 1:
        raise ValueError(f"{len(kinds)} kinds of report cannot be one")
    bins = _merged_bins([one for report in reports for one in report.bins])
    return replace(
        reports[0],
        folds={fold: share for report in reports for fold, share in report.folds.items()},
        by_step={fold: shares for report in reports for fold, shares in report.by_step.items()},
        confusion=tuple(_sums(rows) for rows in zip(*(one.confusion for one in reports), strict=True)),
        bins=bins,
        ece=calibration_error(bins),
        auroc=_mean([one.auroc for one in reports]),
        known_at_1=_mean([one.known_at_1 for one in reports]),
        faceless=_sums([one.faceless or (0,) * len(one.names) for one in reports]),
    )


def calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """How far confidence and accuracy lie apart, a mean over the faces, in [0, 1]: Naeini et al. 2015."""
    count = sum(one.count for one in bins)
    return sum(abs(one.confidence - one.accuracy) * one.count for one in bins) / max(1, count)


def confusion_matrix(truth: Sequence[int], guesses: Sequence[int], people: int) -> tuple[tuple[int, ...], ...]:
    """Counts (people, people) of pictures of one person, the row, that were taken for another, the column."""
    counts = [[0] * people for _ in range(people)]
    for one, other in zip(truth, guesses, strict=True):
        counts[one][other] += 1
    return tuple(map(tuple, counts))


def _mean(shares: Sequence[float | None]) -> float | None:
    measured = [share for share in shares if share is not None]
    return sum(measured) / len(measured) if measured else None


def _sums(rows: Sequence[Sequence[int]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*rows, strict=True)))


def _merged_bins(parts: Sequence[ReliabilityBin]) -> tuple[ReliabilityBin, ...]:
    places: dict[int, list[ReliabilityBin]] = {}
    for part in parts:
        places.setdefault(min(int(part.confidence * BINS), BINS - 1), []).append(part)
    return tuple(_one_bin(places[place]) for place in sorted(places))


def _one_bin(parts: Sequence[ReliabilityBin]) -> ReliabilityBin:
    count = sum(part.count for part in parts)
    confidence = sum(part.confidence * part.count for part in parts) / count
    return ReliabilityBin(confidence, sum(part.accuracy * part.count for part in parts) / count, count)


def _card(names: Sequence[str], person: int, row: Sequence[int], faceless: int) -> PersonScore:
    pictures = sum(row) + faceless
    others = [(times, index) for index, times in enumerate(row) if index != person]
    times, taken_for = max(others, key=lambda one: one[0], default=(0, 0))
    recall = row[person] / pictures if pictures else None
    return PersonScore(names[person], pictures, recall, names[taken_for] if times else None, times)
