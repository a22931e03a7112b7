from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from core.domain.data.datasets import Dataset, DatasetClass
from core.domain.errors import ErrorCode, OmokageError
from core.domain.objections import ObjectingPeople
from core.domain.registry.evaluation import EvaluationReport, ReliabilityBin
from core.domain.registry.versions import Version, VersionDraft
from core.domain.training.runs import Run, RunKind
from core.services.training.cross_validation import EvaluateService, evaluate, report_of
from core.storage.blobs import Blobs

CLASSES = (DatasetClass("Ann", 1, 6), DatasetClass("Ben", 2, 6))
DATASET = Dataset(3, 7, "family", 1, "abc", CLASSES, (), 12, 0, 0, datetime.now(UTC))
NAMES = ("Ann", "Ben")
PNG = b"\x89PNG"


def report(folds: Mapping[str, float], **changes: object) -> EvaluationReport:
    plain = EvaluationReport(
        "cnn", "slim", "family v1", "abc", NAMES, folds, {}, ((3, 1), (0, 4)), (ReliabilityBin(0.9, 0.9, 8),), 0.0
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


class FakeTrainer:
    """Learns nothing, and says which fold it was to hold out."""

    report_every, evaluate_every = 2, 3

    def __init__(self, run: Run, steps: int) -> None:
        self.run, self.step, self.steps = run, 0, steps
        self.closed = False

    def advance(self) -> None:
        self.step += 1

    def report(self) -> Mapping[str, float]:
        return {"loss": 1.0 / self.step}

    def evaluate(self) -> Mapping[str, float]:
        return {"held_out_accuracy": 0.5}

    def should_stop(self) -> None: ...

    def sample(self) -> None: ...

    def save_state(self) -> bytes:
        raise AssertionError("an evaluation keeps no checkpoints")

    def restore(self, data: bytes) -> None:
        raise AssertionError("an evaluation keeps no checkpoints")

    def finish(self) -> VersionDraft:
        fold = str(self.run.config["fold"])
        metrics: dict[str, Any] = {"report": report({fold: 0.8 + 0.1 * int(fold)}).to_json()}
        return VersionDraft("cnn-slim", {}, (), metrics, (), b"")

    def close(self) -> None:
        self.closed = True


class Workshop:
    """Makes trainers, and remembers them."""

    def __init__(self) -> None:
        self.made: list[FakeTrainer] = []

    def __call__(self, run: Run, dataset: Dataset, reader: object) -> FakeTrainer:
        self.made.append(FakeTrainer(run, run.steps))
        return self.made[-1]


def test_a_cnn_is_trained_once_a_fold_and_the_reports_are_one() -> None:
    workshop = Workshop()
    told = evaluate(object(), DATASET, "cnn", 2, "slim", config={"size": 48}, steps=6, make=workshop)  # type: ignore[arg-type]
    assert [one.run.config for one in workshop.made] == [
        {"head": "cnn", "size": 48, "fold": 0},
        {"head": "cnn", "size": 48, "fold": 1},
    ]
    assert [one.step for one in workshop.made] == [6, 6]
    assert all(one.closed for one in workshop.made)
    assert told.folds == pytest.approx({"0": 0.8, "1": 0.9})
    assert told.confusion == ((6, 2), (0, 8))


def test_the_embedding_head_holds_folds_out_in_one_training() -> None:
    workshop = Workshop()
    evaluate(object(), DATASET, "embedding", 4, make=workshop)  # type: ignore[arg-type]
    assert [one.step for one in workshop.made] == [4]


def test_progress_goes_up_over_all_folds_to_its_end() -> None:
    heard: list[tuple[int, int]] = []
    evaluate(
        object(),  # type: ignore[arg-type]
        DATASET,
        "cnn",
        2,
        progress=lambda done, of, values: heard.append((done, of)),
        steps=4,
        make=Workshop(),
    )
    assert heard == [(2, 8), (4, 8), (6, 8), (8, 8)]


@pytest.mark.parametrize(
    ("head", "folds", "preset", "code"),
    [
        ("cnn", 0, None, ErrorCode.BAD_OPTION),
        ("cnn", 7, None, ErrorCode.BAD_OPTION),
        ("cnn", 1, "no such", ErrorCode.UNKNOWN_PRESET),
        ("embedding", 1, "slim", ErrorCode.BAD_OPTION),
    ],
)
def test_what_cannot_be_evaluated_is_said_before_training(
    head: str, folds: int, preset: str | None, code: ErrorCode
) -> None:
    workshop = Workshop()
    with pytest.raises(OmokageError) as caught:
        evaluate(object(), DATASET, head, folds, preset, make=workshop)  # type: ignore[arg-type]
    assert caught.value.code is code
    assert not workshop.made


def test_a_trainer_that_fails_is_still_closed() -> None:
    class Failing(FakeTrainer):
        def advance(self) -> None:
            raise OmokageError(ErrorCode.DIVERGED, step=1)

    made: list[Failing] = []

    def make(run: Run, dataset: Dataset, reader: object) -> Failing:
        made.append(Failing(run, 3))
        return made[-1]

    with pytest.raises(OmokageError):
        evaluate(object(), DATASET, "cnn", 1, make=make)  # type: ignore[arg-type]
    assert made[0].closed


def version(metrics: Mapping[str, object]) -> Any:
    return SimpleNamespace(number=3, title="recogniser v3", classes=(), metrics=metrics)


def test_a_versions_report_is_the_one_that_its_training_wrote() -> None:
    measured = report({"0": 0.9})
    assert report_of(version({"report": json.loads(json.dumps(measured.to_json()))})) == measured


@pytest.mark.parametrize("metrics", [{}, {"report": None}, {"report": {"head": "cnn"}}, {"report": []}])
def test_a_version_without_a_report_has_none(metrics: Mapping[str, object]) -> None:
    assert report_of(version(metrics)) is None


def service(metrics: Mapping[str, object]) -> tuple[EvaluateService, Blobs]:
    registry = SimpleNamespace(get=lambda version_id, guild_id: version(metrics))
    blobs = Blobs("memory://evaluate")
    people = SimpleNamespace(objecting=lambda guild_id: ObjectingPeople())
    return EvaluateService(registry, people, blobs), blobs  # type: ignore[arg-type]


def job() -> Any:
    return SimpleNamespace(params={"version_id": 5}, origin=SimpleNamespace(guild_id=7))


def test_the_answer_has_the_report_and_two_pictures() -> None:
    asked, blobs = service({"report": report({"0": 0.9}).to_json()})
    answer: Any = asked.answer(job())
    assert (answer["version"], answer["title"]) == (3, "recogniser v3")
    assert EvaluationReport.from_json(answer["report"]) == report({"0": 0.9})
    assert [blobs.get(name)[:4] for name in answer["pictures"]] == [PNG, PNG]
    json.dumps(answer)


def test_the_answer_names_nobody_who_objected() -> None:
    measured, blobs = report({"0": 0.9}), Blobs("memory://evaluate")
    classes = tuple((name, number) for number, name in enumerate(measured.names))
    trained = Version(5, 7, RunKind.RECOGNISER, 3, 1, 1, "faces v1", "", "cnn-slim", {}, classes,
                      {"report": measured.to_json()}, (), "", 1, 30, datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip
    registry = SimpleNamespace(get=lambda version_id, guild_id: trained)
    people = SimpleNamespace(objecting=lambda guild_id: ObjectingPeople(frozenset({0})))
    asked = EvaluateService(registry, people, blobs)  # type: ignore[arg-type]

    answer: Any = asked.answer(job())

    assert answer["report"]["names"] == ["–", *measured.names[1:]]


def test_the_answer_without_a_report_has_no_pictures() -> None:
    asked, _ = service({})
    assert asked.answer(job()) == {"version": 3, "title": "recogniser v3", "report": None, "pictures": []}
