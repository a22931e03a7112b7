"""`omokage evaluate`: how good a recogniser would be, asked of pictures that it was not trained on."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import open_services, prepare_training, read_settings
from cli.data.import_formatting import report_lines
from cli.errors import errors_as_exits
from cli.exits import OK
from cli.model.formatting import robustness_text
from cli.output.echo import echo, echo_json
from cli.output.table import table
from core.domain.embedders import EMBEDDER_TITLES, EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.folds import FOLDS
from core.domain.training.presets import SIZES, find_preset
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.data.datasets import Dataset
    from core.domain.data.imports import ImportReport
    from core.domain.optimisation import Robustness
    from core.domain.registry.evaluation import EvaluationReport
    from core.domain.registry.versions import VersionDraft
    from core.services.training.cross_validation import Progress
    from core.vision.datasets.dataset_reader import DatasetReader

_SHOWN_PEOPLE = 10  # people shown, those who are recognised least


@click.command(short_help="Cross-validate a recogniser on a data set.")
@click.option("--data", required=True, metavar="DIR|NAME", help="A folder or zip, or an imported data set's name.")
@click.option("--folds", type=click.IntRange(1, FOLDS), default=FOLDS, show_default=True, help="How many to hold out.")
@click.option("--head", type=click.Choice(["embedding", "cnn"]), help="What is trained.  [default: embedding]")
@click.option("--preset", metavar="NAME", help="The recipe; a wrong one is answered with those that there are.")
@click.option("--steps", type=click.IntRange(1), help="Of a CNN; by default as many as the preset says.")
@click.option("--size", type=click.Choice([str(size) for size in SIZES]), help="Pixels a side of a CNN's input.")
@click.option("--robustness", is_flag=True, help="Also attack what the first fold's training made: minutes more.")
@click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose data set, if it is a name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; see docs/cli.md.")
def evaluate(
    *,
    data: str,
    folds: int,
    head: str | None,
    preset: str | None,
    steps: int | None,
    size: str | None,
    robustness: bool,
    guild: int,
    as_json: bool,
) -> int:
    """Train without a sixth of the pictures and ask for those; then without the next sixth, and so on.

    The sixths are those that `omokage train` holds out. A folder has one sub-folder a person; it is read into a
    temporary place, and nothing of it stays. The embedding head takes seconds after that, a CNN as long as --folds
    trainings.
    """
    prepare_training()
    with errors_as_exits():
        find_preset(RunKind.RECOGNISER, preset, head)  # before minutes are spent on reading
    with _dataset(data, guild) as (services, dataset), errors_as_exits():
        from core.services.training.cross_validation import evaluate as cross_validate  # numpy, TensorFlow

        options = {"size": int(size) if size else None}
        _check(services, dataset)
        reader = _open(services, dataset)
        drafts: list[VersionDraft] = []
        with _bar("Training") as progress:
            beside: Any = {"progress": progress, "config": options, "steps": steps or 0, "keep": drafts.append}
            report = cross_validate(reader, dataset, head, folds, preset, **beside)
        result = _measure_robustness(drafts[0], dataset, reader) if robustness else None
    if as_json:
        fooled = {} if result is None else {"robustness": result.to_json()}
        echo_json({**_json(report), **fooled})
    else:
        echo(_text(report, result))
    return OK


def _open(services: Services, dataset: Dataset) -> DatasetReader:
    """Open a data set; a bar is shown where its faces are embedded anew, which takes minutes."""
    with ExitStack() as stack:
        bars: list[Progress] = []

        def on_embedded(done: int, total: int) -> None:
            if not bars:
                bars.append(stack.enter_context(_bar("Embedding")))
            bars[0](done, total, {})

        reader = services.dataset_storage.open(dataset, on_embedded)
        _ = reader.embeddings
    return reader


def _measure_robustness(draft: VersionDraft, dataset: Dataset, reader: DatasetReader) -> Robustness:
    from core.services.robustness.cross_validated import make_fold_check
    from core.services.robustness.service import run_check  # numpy, TensorFlow

    with _bar("Attacking") as progress:
        return run_check(make_fold_check(draft, dataset, reader), lambda share: progress(round(1000 * share), 1000, {}))


@contextmanager
def _dataset(data: str, guild: int) -> Iterator[tuple[Services, Dataset]]:
    """An imported one by its name, or a folder's pictures in a storage that is gone afterwards."""
    source, settings = Path(data), read_settings()
    if not source.exists():
        with open_services(settings) as services:
            with errors_as_exits():
                dataset = services.datasets.find(guild, data)
            yield services, dataset
        return
    with tempfile.TemporaryDirectory(prefix="omokage-") as place:
        own = replace(
            settings, data=Path(place), blobs=str(Path(place) / "blobs"), database_url=f"sqlite:///{place}/evaluate.db"
        )
        with open_services(own) as services:
            yield services, _import(services, source)


def _import(services: Services, source: Path) -> Dataset:
    from core.services.datasets.importing import import_folder  # TensorFlow

    def tell(report: ImportReport) -> None:
        for line in report_lines(report):
            echo(line, err=True)

    with errors_as_exits(), _bar("Reading pictures") as progress:
        dataset, _ = import_folder(
            services.dataset_storage, source, 0, "evaluated", 0, lambda done, of: progress(done, of, {}), on_report=tell
        )
    return replace(dataset, name=source.stem)


def _check(services: Services, dataset: Dataset) -> None:
    """As `omokage train` does before it begins.

    Raises:
        OmokageError: DATASET_UNFIT.
    """
    for remark in services.datasets.preflight(dataset).remarks:
        if remark.blocks:
            names = remark.details.get("names")
            listed = ", ".join(map(str, names)) if isinstance(names, list | tuple) else str(names)
            raise OmokageError(ErrorCode.DATASET_UNFIT, remark=remark.code, names=listed)


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    """A bar on standard error, if that is a terminal."""
    with click.progressbar(length=1000, label=label, file=sys.stderr, show_pos=False) as bar:

        def progress(done: int, of: int, values: Mapping[str, float]) -> None:
            bar.update(round(1000 * done / max(1, of)) - bar.pos)

        yield progress


def _json(report: EvaluationReport) -> dict[str, object]:
    cards = [
        {
            "name": card.name,
            "pictures": card.pictures,
            "recall": card.recall,
            "taken_for": card.taken_for,
            "times": card.times,
        }
        for card in report.cards
    ]
    pairs = [{"name": one.name, "taken_for": one.taken_for, "times": one.times} for one in report.most_confused]
    embedder = {"embedder": EMBEDDING_NAME, "embedder_title": EMBEDDER_TITLES[EMBEDDING_NAME]}
    return {**report.to_json(), **embedder, "cards": cards, "most_confused": pairs}


def _text(report: EvaluationReport, found: Robustness | None = None) -> str:
    recipe = "" if report.preset in {None, report.head} else f" {report.preset}"
    folds = ", ".join(f"{share:.1%}" for share in report.folds.values())
    lines = [
        f"{report.head}{recipe}: {report.mean:.1%} right of {report.pictures} held-out pictures (folds: {folds})",
        f"calibration error {report.ece:.1%}",
        f"faces compared by {EMBEDDER_TITLES[EMBEDDING_NAME]}",
    ]
    if report.auroc is not None and report.known_at_1 is not None:
        lines.append(
            f"strangers: AUROC {report.auroc:.3f}; {report.known_at_1:.1%} of the known faces are named rightly "
            "where one stranger's face in a hundred gets a name"
        )
    if found is not None:
        lines.append(robustness_text(found))
    cards = sorted((card for card in report.cards if card.recall is not None), key=lambda one: one.recall or 0.0)[
        :_SHOWN_PEOPLE
    ]
    rows = [
        [
            card.name,
            str(card.pictures),
            f"{card.recall:.1%}",
            f"{card.taken_for} ({card.times})" if card.taken_for else "",
        ]
        for card in cards
    ]
    return "\n".join([*lines, "", table([["LEAST RECOGNISED", "PICTURES", "RIGHT", "MOSTLY TAKEN FOR"], *rows])])
