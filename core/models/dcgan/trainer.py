"""The DCGAN as a training run: what a run asks for, what it shows on the way, and the version that it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.registry.versions import VersionDraft
from core.domain.training import early_stop
from core.domain.training.runs import CurvePoint, EarlyStop
from core.models.common import weights_file
from core.models.common.batches import PARTS, check_enough, hold_out_some
from core.models.common.sample_quality import Judges, SampleQuality
from core.models.common.snapshots import check_finite, pack, preset_with_options, unpacked
from core.models.dcgan.generator import DcganFaces, faces_tensors
from core.models.dcgan.network import CODES
from core.models.dcgan.presets import DCGAN_PRESETS, DcganPreset
from core.models.dcgan.training_step import DcganTraining
from core.render.grid import render_grid
from core.vision.views import View, framing_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.jobs import JSON
    from core.domain.training.runs import Run
    from core.vision.datasets.dataset_reader import DatasetReader

_EVALUATIONS = 40  # in a run: enough for the rule of `collapse` to be in time, and two per cent of a run's time
_SHEET = 64  # faces, 8 by 8, of the seeds from 0 on
COMPARED = range(192)  # seeds of what evaluations draw: the same each time, so that chance does not move the curve
# Of the last evaluation: other faces than those that the best step was chosen by, and more.
FRESH = range(1000, 1250)


def preset_for_run(name: str, steps: int, config: Mapping[str, Any]) -> DcganPreset:
    """Return the preset of a run, changed by the run's options.

    Raises:
        OmokageError: UNKNOWN_PRESET.
    """
    return preset_with_options(DCGAN_PRESETS, name, steps, config, ("loss", "augment", "batch", "learning_rate"))


class DcganTrainer:
    """A `Trainer` (core/services/training/trainer.py) around the two players; it keeps its best, not its last.

    Args:
        duel: trains.
        run: its preset, options and seed.
        preset: of the run, with its options.
        faces: draws with the tensors that it is given.
        quality: measures what was drawn.
    """

    report_every = 10  # steps; the figures of fewer jump about

    def __init__(
        self, duel: DcganTraining, run: Run, *, preset: DcganPreset, faces: DcganFaces, quality: SampleQuality
    ) -> None:
        self._duel = duel
        self._run = run
        self._preset = preset
        self._faces = faces
        self._quality = quality
        self._points: list[CurvePoint] = []
        self._best: tuple[int, dict[str, NDArray[Any]]] | None = None
        self._early_stop: EarlyStop | None = None
        self._drawn_at: int | None = None
        self.evaluate_every = max(self.report_every, preset.steps // _EVALUATIONS)

    @property
    def step(self) -> int:
        """Steps done."""
        return self._duel.step

    @property
    def steps(self) -> int:
        """Of the whole run; fewer once it is best to end."""
        return self._early_stop.step if self._early_stop else self._preset.steps

    def advance(self) -> None:
        """One step of both players."""
        self._duel.advance()

    def report(self) -> Mapping[str, float]:
        """`generator_loss`, `discriminator_loss`, `d_real` and `d_fake` since the last report."""
        figures = self._duel.report()
        self._remember(figures)
        return figures

    def evaluate(self) -> Mapping[str, float]:
        """`kid`, `diversity`, `novelty` and `faces` of what the averaged generator draws.

        Raises:
            OmokageError: DIVERGED.
        """
        tensors = self._settle()
        figures = self._quality.figures(self._faces.render(self._faces.codes(COMPARED)))
        if figures["kid"] <= min((kid for _, kid in self._kids()), default=np.inf):
            self._best = (self.step, tensors)
        self._remember(figures)
        return figures

    def should_stop(self) -> EarlyStop | None:
        """As `core.domain.training.early_stop` has it."""
        if self._early_stop is None and self.step < self._preset.steps:
            self._early_stop = early_stop.should_stop(self._points)
        return self._early_stop

    def sample(self) -> bytes:
        """The same 64 faces each time, as they are now."""
        if self._drawn_at != self.step:
            self._settle()
        return render_grid(self._faces.render(self._faces.codes(range(_SHEET))), 8)

    def save_state(self) -> bytes:
        """Everything that the next step depends on, and the best generator so far: a safetensors file.

        Raises:
            OmokageError: DIVERGED.
        """
        tensors = self._duel.tensors()
        check_finite(tensors, self.step)
        at, best = self._best or (None, {})
        said = {
            "step": self.step,
            "preset": self._run.preset,
            "best": at,
            "ending": self._early_stop and asdict(self._early_stop),
            "points": [[point.step, point.values] for point in self._points],
        }
        return pack(tensors, best, said)

    def restore(self, data: bytes) -> None:
        """Go back to a state that `save_state` gave.

        Raises:
            OmokageError: BAD_WEIGHTS, a damaged file or one of another network.
        """
        with unpacked(data) as (tensors, best, said):
            self._duel.set_tensors(tensors, int(said["step"]))
            self._points = [CurvePoint(int(step), dict(values)) for step, values in said["points"]]
            self._best = None if said["best"] is None else (int(said["best"]), best)
            self._early_stop = EarlyStop(**said["ending"]) if said["ending"] else None
        self._drawn_at = None

    def finish(self) -> VersionDraft:
        """The generator of the best evaluation, measured on faces that nothing was chosen by."""
        if self._best is None:
            self.evaluate()
        assert self._best is not None  # noqa: S101 - evaluating makes one
        at, tensors = self._best
        self._faces.put(tensors)
        self._drawn_at = None
        figures = self._quality.figures(self._faces.render(self._faces.codes(FRESH)), thorough=True)
        architecture = f"dcgan-{self._preset.net}"
        return VersionDraft(
            architecture=architecture,
            config=self._config(),
            classes=(),
            metrics={
                **figures,
                "best_step": at,
                "kid_by_step": [[step, kid] for step, kid in self._kids()],
                "real_kid": self._quality.real_kid(),
                "nearest": self._quality.nearest_real(),
            },
            parts=PARTS,
            weights=weights_file.dump(tensors, {"architecture": architecture}),
        )

    def _settle(self) -> dict[str, NDArray[Any]]:
        """Let the faces be drawn by the average of now; its tensors as a version would keep them."""
        tensors = faces_tensors(self._duel.drawing())
        check_finite(tensors, self.step)
        self._faces.put(tensors)
        self._drawn_at = self.step
        return tensors

    def _remember(self, figures: Mapping[str, float]) -> None:
        if not figures:
            return
        values = {name: float(value) for name, value in figures.items()}
        if self._points and self._points[-1].step == self.step:
            values = {**self._points.pop().values, **values}
        self._points.append(CurvePoint(self.step, values))

    def _kids(self) -> list[tuple[int, float]]:
        return [(point.step, point.values["kid"]) for point in self._points if "kid" in point.values]

    def _config(self) -> dict[str, JSON]:
        preset, view = self._preset, self._faces.view
        return {
            "head": "dcgan",
            "preset": self._run.preset,
            "size": view.size,
            "codes": CODES,
            "framing": view.framing.value,
            "loss": preset.loss,
            "augment": self._duel.strength,
            "steps": self.steps,
            "batch": preset.batch,
            "learning_rate": preset.learning_rate,
            "seed": self._run.seed,
        }


def make_dcgan_trainer(run: Run, dataset: Dataset, reader: DatasetReader, judges: Judges | None = None) -> DcganTrainer:
    """The trainer of a run.

    Args:
        run: its preset, options and seed.
        dataset: what is trained on.
        reader: its content.
        judges: who measure the samples; None: the product's embedding and detector.

    Raises:
        OmokageError: UNKNOWN_PRESET; DATASET_UNFIT, there are next to no pictures; DISK_FULL, for the memory-mapped
            pictures.
    """
    preset = preset_for_run(run.preset, run.steps, run.config)
    check_enough(dataset)
    view = View(framing_of(np.asarray(reader.found, np.bool_)), preset.shape.size)
    images = reader.images(view)
    held_out = hold_out_some(len(images), run.seed)
    duel = DcganTraining(images, np.flatnonzero(~held_out), preset, run.seed)
    config = {"preset": run.preset, "size": view.size, "codes": CODES, "framing": view.framing.value}
    faces = DcganFaces(config, faces_tensors(duel.drawing(1)), {}, preset.shape)
    return DcganTrainer(
        duel, run, preset=preset, faces=faces, quality=SampleQuality(images, held_out, view.framing, judges, run.seed)
    )
