"""Looks into a recogniser's network while it looks at a data set: for `omokage inspect`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.presets import CNN
from core.domain.training.runs import RunKind
from core.render.activation_sheet import draw_maps, draw_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.registry.versions import Version
    from core.domain.training.runs import Run
    from core.models.inspection.activations import LayerActivity, LayerMeasurement
    from core.models.inspection.loading import InspectedNetwork
    from core.services.datasets.service import DatasetService
    from core.services.datasets.storage import DatasetStorage
    from core.services.registry.service import RegistryService
    from core.services.runs.service import RunService
    from core.vision.datasets.dataset_reader import DatasetReader

_BATCH = 32  # pictures; the first layer's activations of so many are 38 MB
_SHOWN = 4  # pictures on a sheet


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found; `sheets` are PNGs by layer."""

    title: str
    architecture: str
    dataset: str
    pictures: int
    layers: tuple[LayerActivity, ...]
    sheets: Mapping[str, bytes]


def inspect_version(
    registry: RegistryService,
    storage: DatasetStorage,
    version: Version,
    dataset: Dataset,
    *,
    pictures: int,
    sheets: bool,
) -> Inspection:
    """Look into a version.

    Args:
        registry: has its weights.
        storage: has the data set.
        version: of a CNN.
        dataset: whose pictures are shown to it.
        pictures: how many, evenly chosen from all; 0: all.
        sheets: whether to draw.

    Raises:
        OmokageError: BAD_OPTION, the version is no CNN; BAD_WEIGHTS; DATASET_CHANGED, DISK_FULL.
    """
    _check_head(version.title, version.config.get("head"))
    from core.models.inspection.loading import load_from_version  # TensorFlow

    subject = load_from_version(version, registry.weights(version))
    return _inspect(storage.open(dataset), subject, (version.title, version.architecture), pictures, sheets=sheets)


def inspect_run(
    registry: RegistryService,
    runs: RunService,
    storage: DatasetStorage,
    run: Run,
    dataset: Dataset,
    *,
    pictures: int,
    sheets: bool,
) -> Inspection:
    """Look into the version that a run made, or into its newest checkpoint where it is not finished.

    Raises:
        OmokageError: as `inspect_version`, and UNKNOWN_CHECKPOINT.
    """
    made = [one for one in registry.list(run.guild_id, run.kind) if one.run_id == run.id]
    if made:
        return inspect_version(registry, storage, made[0], dataset, pictures=pictures, sheets=sheets)
    title = f"run {run.number}"
    _check_head(title, run.config.get("head"))
    checkpoints = runs.checkpoints(run.id)
    if not checkpoints:
        raise OmokageError(ErrorCode.UNKNOWN_CHECKPOINT)
    newest = max(checkpoints, key=lambda one: one.step)
    from core.models.inspection.loading import load_from_checkpoint  # TensorFlow

    people = len(storage.datasets.get(run.dataset_id).classes)
    subject = load_from_checkpoint(run, people, storage.blobs.get(newest.blob))
    return _inspect(
        storage.open(dataset), subject, (f"{title} at step {newest.step}", f"cnn-{run.preset}"), pictures, sheets=sheets
    )


def trained_on(datasets: DatasetService, target: Version | Run) -> Dataset:
    """The data set that a version or run was trained on.

    Raises:
        OmokageError: UNKNOWN_DATASET, the row is gone.
    """
    if target.dataset_id is None:
        raise OmokageError(ErrorCode.UNKNOWN_DATASET)
    return datasets.get(target.dataset_id)


def find_target(registry: RegistryService, runs: RunService, guild: int, number: int, *, is_run: bool) -> Version | Run:
    """A recogniser's version or a run, by number.

    Raises:
        OmokageError: UNKNOWN_VERSION, UNKNOWN_RUN.
    """
    if is_run:
        return runs.find(guild, number)
    return registry.get_by_number(guild, RunKind.RECOGNISER, number)


def _check_head(title: str, head: object) -> None:
    if head != CNN:
        raise OmokageError(
            ErrorCode.BAD_OPTION, option="the model to inspect", value=title, allowed="networks trained from scratch"
        )


def _inspect(
    reader: DatasetReader, subject: InspectedNetwork, titles: tuple[str, str], pictures: int, *, sheets: bool
) -> Inspection:
    from core.models.inspection.activations import measure_layers  # TensorFlow

    dataset = reader.dataset
    images = reader.images(subject.view)
    rows = _spread(len(images), pictures)
    measured = measure_layers(subject.net, _batches(subject, reader, images, rows), len(dataset.classes))
    drawn = dict(_sheets(subject, dataset, measured, subject.cut(images[_faces(reader, rows)]))) if sheets else {}
    return Inspection(*titles, dataset.title, len(rows), tuple(one.activity for one in measured), drawn)


def _spread(count: int, wanted: int) -> NDArray[np.intp]:
    """So many places, evenly chosen; data sets are in the order of people."""
    if not wanted or wanted >= count:
        return np.arange(count)
    return np.linspace(0, count - 1, wanted).round().astype(np.intp)


def _batches(
    subject: InspectedNetwork, reader: DatasetReader, images: NDArray[np.uint8], rows: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
    for at in range(0, len(rows), _BATCH):
        batch = rows[at : at + _BATCH]
        yield subject.inputs(subject.cut(images[batch])), reader.labels[batch]


def _faces(reader: DatasetReader, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """A picture each of some people, in which a face was found where there is one."""
    people = np.unique(reader.labels[rows])
    chosen = people[_spread(len(people), _SHOWN)]
    of_people = [rows[reader.labels[rows] == person] for person in chosen]
    return np.array([one[reader.found[one].argmax()] for one in of_people])


def _sheets(
    subject: InspectedNetwork, dataset: Dataset, measured: tuple[LayerMeasurement, ...], faces: NDArray[np.uint8]
) -> Iterator[tuple[str, bytes]]:
    from core.models.inspection.activations import layer_activations  # TensorFlow

    maps = layer_activations(subject.net, subject.inputs(faces))
    names = [one.name for one in dataset.classes]
    for one in measured:
        layer = one.activity
        title = f"{layer.name}: {layer.channels} channels, {layer.sparsity:.0%} zeros"
        values = maps[layer.name]
        if values.ndim == 4:
            yield layer.name, draw_maps(list(faces), values, layer.dead, title)
        else:
            yield layer.name, draw_units(names, one.by_person, layer.dead, title)
