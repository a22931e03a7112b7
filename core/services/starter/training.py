"""Training of the starter models: drawn portraits, the ordinary training, and trait directions from the labels."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.data.datasets import UNNAMED, Dataset, Findings
from core.domain.ids import synthetic_id
from core.domain.jobs import JSON, Origin
from core.domain.training.runs import Run, RunKind, RunRequest, RunState
from core.models.common import weights_file
from core.models.common.drawn_faces import TRAIT
from core.models.families import load_generator
from core.models.generators.trait_directions import make_labeller, trait_directions
from core.services.datasets.builder import DatasetSource, Progress, build_dataset, find_unchanged
from core.services.datasets.builder import load_reader as load_product
from core.services.datasets.shard_writer import DatasetTarget
from core.services.starter.portrait_set import VERSION, LabelledPortrait
from portraits.random_people import TRAITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.registry.versions import Version
    from core.models.generators.generator import FaceGenerator
    from core.services.datasets.storage import DatasetStorage
    from core.services.registry.service import RegistryService
    from core.services.runs.service import RunService
    from core.vision.datasets.dataset_reader import DatasetReader

NAME = "sitters"  # of the data set
_SHELL = Origin(0, 0, 0, "en", 0, "")
_LABELLED = 4000  # faces that a model draws to find its traits: means of latents are then sure to a fiftieth
_LABELLED_FROM = 1_000_000  # their first seed; others than people will ask for first
_LICENCE = "MIT"  # as the drawings and the code


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained: a preset, for so many steps of so many pictures, with what else differs from it."""

    preset: str
    steps: int
    batch: int
    options: Mapping[str, JSON] = field(default_factory=dict)


# Sixty and fifty minutes on two slow AVX2 cores, in which many steps teach more than large ones.
PLANS: Mapping[RunKind, Plan] = {
    # Little DiffAugment: in fifty rounds of the pictures a discriminator learns few of them by heart, and what is
    # changed takes longer to learn.
    RunKind.DCGAN: Plan("light", 4000, 32, {"augment": 0.25}),
    RunKind.VAE: Plan("vae", 6000, 32),
    # A quarter of a second of a processor a step, once the people are drawn: pairs need no critics.
    RunKind.REAGE: Plan("reage", 2500, 8, {"channels": (16, 32, 64), "learning_rate": 2e-3}),
}


def make_dataset(
    storage: DatasetStorage, folder: Path, portraits: Sequence[LabelledPortrait], progress: Progress
) -> Dataset:
    """The portraits as a data set without names; the same ones again give the one that there is."""
    files = {portrait.file: (folder / portrait.file).read_bytes() for portrait in portraits}
    content = [(UNNAMED, [hashlib.sha256(data).hexdigest() for data in files.values()])]
    target = DatasetTarget(0, NAME, 0, named=False)
    pictures = [
        DatasetSource(UNNAMED, portrait.file, partial(files.get, portrait.file), portrait.face)
        for portrait in portraits
    ]
    return find_unchanged(storage, target, content) or build_dataset(
        storage, target, pictures, findings=Findings(), progress=progress, load=load_product
    )


def begin(runs: RunService, kind: RunKind, dataset: Dataset, plan: Plan, *, seed: int, owner: str) -> Run:
    """The run of this plan: the one that is finished, one that goes on where it was, or a new one for `owner`.

    Raises:
        OmokageError: RUN_STATE, another process trains it.
    """
    for run in runs.newest(0, 100):
        same = run.kind is kind and run.dataset_id == dataset.id and run.seed == seed
        if same and _is_of(run, plan):
            return run if run.state is RunState.FINISHED else runs.control.resume(run.id, by=0, owner=owner)
    config = _config(plan)
    request = RunRequest(synthetic_id(), kind, plan.preset, dataset.id, plan.steps, _SHELL, config, seed=seed)
    return runs.start(request, owner=owner)


def version_of(registry: RegistryService, run: Run) -> Version:
    """What a finished run left behind."""
    return next(version for version in registry.list(run.guild_id, run.kind) if version.run_id == run.id)


@dataclass(frozen=True, slots=True)
class Made:
    """A starter model: its file and its card."""

    weights: bytes
    card: Mapping[str, JSON]


def finish(
    registry: RegistryService,
    storage: DatasetStorage,
    version: Version,
    portraits: Sequence[LabelledPortrait],
    command: str,
) -> tuple[Made, FaceGenerator]:
    """The version with the directions of the traits that its pictures are known to show, and a card; and its model."""
    reader = storage.open(storage.datasets.get(version.dataset_id or 0))
    data = registry.weights(version)
    model = load_generator(version.architecture, version.config, data)
    directions, accuracy = _directions(model, reader, portraits)
    tensors, meta = weights_file.load(data)
    tensors |= {f"{TRAIT}{name}": direction for name, direction in directions.items()}
    weights = weights_file.dump(tensors, meta)
    card: dict[str, JSON] = {
        "kind": version.kind.value,
        "architecture": version.architecture,
        "config": dict(version.config),
        "metrics": {**version.metrics, "trait_accuracy": accuracy},
        "licence": _LICENCE,
        "parts": [
            {"name": f"weights, trained from scratch on {len(portraits)} drawn portraits", "licence": _LICENCE},
            {"name": f"the portraits: portraits/random_people.py, version {VERSION}", "licence": _LICENCE},
        ],
        "data": {"pictures": len(portraits), "hash": version.dataset_hash},
        "command": command,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "size": len(weights),
    }
    return Made(weights, card), load_generator(version.architecture, version.config, weights)


def _directions(
    model: FaceGenerator, reader: DatasetReader, portraits: Sequence[LabelledPortrait]
) -> tuple[dict[str, NDArray[np.float32]], JSON]:
    """The traits' directions; where the model takes no pictures, of its own ones, and how well these are labelled."""
    pictures = reader.images(model.view)
    labels, beside = _known(reader, portraits)
    if model.encodes:
        return trait_directions(model.encode(np.asarray(pictures)), labels, beside[:, None]), None
    labeller = make_labeller(np.asarray(pictures), {**labels, "": beside})
    latents = model.latents(range(_LABELLED_FROM, _LABELLED_FROM + _LABELLED))
    guessed = labeller.label(model.render(latents))
    own = _most_likely(guessed.pop(""), beside)
    shown = {name: _most_likely(guessed[name], known) for name, known in labels.items()}
    label_accuracy: Any = {name: round(accuracy, 4) for name, accuracy in labeller.accuracy.items() if name}
    return trait_directions(latents, shown, own[:, None]), label_accuracy


def _most_likely(chances: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.float64]:
    """As many of the model's faces (M,) as there are of the portraits (N,), as a share: its faces are no portraits."""
    return np.asarray(chances > np.quantile(chances, 1 - known.mean()), np.float64)


def _known(
    reader: DatasetReader, portraits: Sequence[LabelledPortrait]
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """Of the data set's pictures (N,): each trait, and what goes with some of them."""
    by_file = {portrait.file: portrait for portrait in portraits}
    rows = [by_file[source] for source in reader.sources]
    labels = {name: np.array([portrait.labels[name] for portrait in rows], np.float64) for name in TRAITS}
    return labels, np.array([portrait.woman for portrait in rows], np.float64)


def _config(plan: Plan) -> dict[str, JSON]:
    return {"batch": plan.batch, **plan.options}


def _is_of(run: Run, plan: Plan) -> bool:
    """Whether the run trains this; one that ended early has fewer steps, and is done."""
    same = run.preset == plan.preset and all(run.config.get(name) == value for name, value in _config(plan).items())
    return same and (run.steps == plan.steps or run.state is RunState.FINISHED)
