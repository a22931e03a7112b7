"""Cross validation of a recogniser on a data set, and the evaluation report of a version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from core.domain.jobs import JSON, Job, Origin
from core.domain.objections import version_without
from core.domain.registry.evaluation import EvaluationReport, merge_reports
from core.domain.training.folds import FOLDS
from core.domain.training.presets import EMBEDDING, bad_option, check_steps, complete, find_preset
from core.domain.training.runs import DesiredState, Run, RunKind, RunState
from core.models.families import make_trainer
from core.services.training.trainer import Trainer, close, is_due

if TYPE_CHECKING:
    from core.domain.data.datasets import Dataset
    from core.domain.registry.versions import Version, VersionDraft
    from core.services.people.service import PeopleService
    from core.services.registry.service import RegistryService
    from core.services.training.trainer import MakeTrainer
    from core.storage.blobs import Blobs
    from core.vision.datasets.dataset_reader import DatasetReader

Progress = Callable[[int, int, Mapping[str, float]], None]  # steps done, of how many, newest held-out figures
Keep: TypeAlias = "Callable[[VersionDraft], None]"


def _silent(step: int, steps: int, values: Mapping[str, float]) -> None:
    """For callers that do not wait."""


def _forget(draft: VersionDraft) -> None:
    """For callers that want figures alone."""


def evaluate(
    reader: DatasetReader,
    dataset: Dataset,
    head: str | None,
    folds: int,
    preset: str | None = None,
    *,
    progress: Progress = _silent,
    config: Mapping[str, JSON] | None = None,
    steps: int = 0,
    make: MakeTrainer = make_trainer,
    keep: Keep = _forget,
) -> EvaluationReport:
    """Train without a fold and ask for its pictures, for each of the first `folds` of the six folds.

    The folds are those that versions are measured on, so that the figures compare; a CNN is trained once a fold, which
    takes as long as that many runs.

    Args:
        reader: the data set's content.
        dataset: what is asked of.
        head: "embedding" or "cnn"; None: that of the preset.
        folds: 1 to 6.
        preset: None: the one that stands for the head.
        progress: called now and then.
        config: options of a run, such as `size`.
        steps: of a CNN's training; 0: as many as the preset says.
        make: the trainers.
        keep: told what each training leaves behind: of a CNN one a fold, of the embedding head one that saw all.

    Raises:
        OmokageError: UNKNOWN_PRESET, BAD_OPTION.
    """
    chosen = find_preset(RunKind.RECOGNISER, preset, head)
    if not 1 <= folds <= FOLDS:
        raise bad_option("folds", folds, f"1 to {FOLDS}")
    options, steps = complete(chosen, config or {}), check_steps(chosen, steps)
    if chosen.head == EMBEDDING:  # its trainer holds one fold out after the other
        return _trained(make(_run(chosen.name, dataset, options, steps), dataset, reader), folds, progress, keep)
    reports = []
    for fold in range(folds):
        trainer = make(_run(chosen.name, dataset, {**options, "fold": fold}, steps), dataset, reader)
        reports.append(_trained(trainer, None, _shifted(progress, fold, folds), keep))
    return merge_reports(reports)


def report_of(version: Version) -> EvaluationReport | None:
    """What was measured while the version was trained; None: nothing that can be read."""
    report_json = version.metrics.get("report")
    try:
        return EvaluationReport.from_json(report_json) if isinstance(report_json, Mapping) else None
    except (KeyError, TypeError, ValueError, IndexError):
        return None


class EvaluateService:
    """Answers `/model evaluate`: what is known of a version, with pictures."""

    def __init__(self, registry: RegistryService, people: PeopleService, blobs: Blobs) -> None:
        self._registry = registry
        self._people = people
        self._blobs = blobs

    def answer(self, job: Job) -> dict[str, JSON]:
        """`version` (its number), `title`, `report` or None, `pictures`: blobs of confusion and reliability, PNG.

        Nobody is named in them who objected.

        Raises:
            OmokageError: UNKNOWN_VERSION.
        """
        guild_id = job.origin.guild_id
        version = self._registry.get(int(job.params["version_id"]), guild_id)  # type: ignore[arg-type]
        version = version_without(version, self._people.objecting(guild_id))
        report = report_of(version)
        pictures: Sequence[str] = [] if report is None else [self._blobs.put(png) for png in _pictures(report)]
        report_json = None if report is None else report.to_json()
        return {"version": version.number, "title": version.title, "report": report_json, "pictures": pictures}


def _pictures(report: EvaluationReport) -> list[bytes]:
    from core.render.charts import render_confusion, render_reliability  # matplotlib

    return [render_confusion(report), render_reliability(report)]


def _trained(trainer: Trainer, most: int | None, progress: Progress, keep: Keep) -> EvaluationReport:
    """Train to the end, or for so many steps, and take the report out of what is left behind."""
    steps = trainer.steps if most is None else min(most, trainer.steps)
    values: dict[str, float] = {}
    try:
        while trainer.step < steps:
            trainer.advance()
            if is_due(trainer.step, trainer.evaluate_every, steps):
                values.update(trainer.evaluate())
            if is_due(trainer.step, trainer.report_every, steps):
                values.update(trainer.report())
                progress(trainer.step, steps, values)
        draft = trainer.finish()
    finally:
        close(trainer)
    keep(draft)
    report_json: Any = draft.metrics["report"]
    return EvaluationReport.from_json(report_json)


def _shifted(progress: Progress, fold: int, folds: int) -> Progress:
    return lambda step, steps, values: progress(fold * steps + step, folds * steps, values)


def _run(preset: str, dataset: Dataset, config: Mapping[str, JSON], steps: int) -> Run:
    """A run that is in no table."""
    now = datetime.now(UTC)
    return Run(
        id=0,
        guild_id=dataset.guild_id,
        number=0,
        kind=RunKind.RECOGNISER,
        preset=preset,
        config=config,
        seed=0,
        dataset_id=dataset.id,
        state=RunState.RUNNING,
        desired_state=DesiredState.RUN,
        step=0,
        steps=steps,
        seconds=0.0,
        segments=0,
        job_id=None,
        parent_id=None,
        parent_step=None,
        origin=Origin(dataset.guild_id, 0, 0, "en", 0, ""),
        created_at=now,
        started_at=now,
        updated_at=now,
        finished_at=None,
        failure=None,
        live=None,
    )
