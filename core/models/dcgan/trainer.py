"""The DCGAN as a training run: what a run asks for, what it shows on the way, and the version that it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.registry.versions import VersionDraft
from core.domain.training import early_stop
from core.domain.training.runs import CurvePoint
from core.models.common import weights_file
from core.models.common.batches import PARTS, check_enough, hold_out_some
from core.models.common.presets import preset_with_options
from core.models.common.sample_quality import FaceAnalysers, SampleQuality
from core.models.common.saved_state import check_finite
from core.models.dcgan.generator import DcganGenerator, generator_tensors
from core.models.dcgan.network import LATENT_SIZE
from core.models.dcgan.presets import DCGAN_PRESETS, DcganPreset
from core.models.dcgan.training_step import DcganTraining
from core.models.generators.base_trainer import GeneratorTrainer
from core.render.grid import render_grid
from core.vision.views import View, framing_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.jobs import JSON
    from core.domain.training.runs import EarlyStop, Run
    from core.vision.datasets.dataset_reader import DatasetReader

_EVALUATIONS = 40  # in a run: enough for the rule of `early_stop` to be in time, and two per cent of a run's time
_SHEET = 64  # faces, 8 by 8, of the seeds from 0 on
COMPARED = range(192)  # seeds of what evaluations draw: the same each time, so that chance does not move the curve
# Of the last evaluation: other faces than those that the best step was chosen by, and more.
FRESH = range(1000, 1250)


def preset_for_run(name: str, steps: int, config: Mapping[str, Any]) -> DcganPreset:
    """Return the preset of a run, changed by the run's options.

    Raises:
        OmokageError: UNKNOWN_PRESET.
    """
    return preset_with_options(DCGAN_PRESETS, name, steps, config)


class DcganTrainer(GeneratorTrainer[DcganTraining]):
    """The trainer of a DCGAN.

    Args:
        training: of the generator and the discriminator.
        run: its preset, options and seed.
        preset: of the run, with its options.
        faces: draws with the tensors that it is given.
        quality: measures what was drawn.
    """

    def __init__(
        self, training: DcganTraining, run: Run, *, preset: DcganPreset, faces: DcganGenerator, quality: SampleQuality
    ) -> None:
        super().__init__(training, run, _EVALUATIONS)
        self._quality = quality
        self._preset = preset
        self._faces = faces
        self._points: list[CurvePoint] = []
        self._drawn_at: int | None = None

    def report(self) -> Mapping[str, float]:
        """Return `generator_loss`, `discriminator_loss`, `d_real` and `d_fake` since the last report."""
        figures = super().report()
        self._add_figures(figures)
        return figures

    def evaluate(self) -> Mapping[str, float]:
        """Return `kid`, `diversity`, `novelty` and `faces` of what the averaged generator draws.

        Raises:
            OmokageError: DIVERGED.
        """
        tensors = self._use_average()
        figures = self._quality.figures(self._faces.render(self._faces.latents(COMPARED)))
        if figures["kid"] <= min((kid for _, kid in self._kids()), default=np.inf):
            self._best = (self.step, tensors)
        self._add_figures(figures)
        return figures

    def sample(self) -> bytes:
        """Draw the same 64 faces each time, as they are now."""
        if self._drawn_at != self.step:
            self._use_average()
        return render_grid(self._faces.render(self._faces.latents(range(_SHEET))), 8)

    def finish(self) -> VersionDraft:
        """Return the generator of the best evaluation, measured on faces by which it was not chosen."""
        best_step, tensors = self._best_tensors()
        self._faces.put(tensors)
        self._drawn_at = None
        figures = self._quality.figures(self._faces.render(self._faces.latents(FRESH)), thorough=True)
        architecture = f"dcgan-{self._preset.net}"
        return VersionDraft(
            architecture=architecture,
            config=self._version_config(),
            classes=(),
            metrics={
                **figures,
                "best_step": best_step,
                "kid_by_step": [[step, kid] for step, kid in self._kids()],
                "real_kid": self._quality.real_kid(),
                "nearest": self._quality.nearest_real(),
            },
            parts=PARTS,
            weights=weights_file.dump(tensors, {"architecture": architecture}),
        )

    def _find_early_stop(self) -> EarlyStop | None:
        return early_stop.should_stop(self._points)

    def _own_state(self, ending: JSON) -> dict[str, Any]:
        return {"ending": ending, "points": [[point.step, point.values] for point in self._points]}

    def _set_own_state(self, values: Mapping[str, Any]) -> None:
        self._points = [CurvePoint(int(step), dict(figures)) for step, figures in values["points"]]
        self._drawn_at = None

    def _use_average(self) -> dict[str, NDArray[Any]]:
        """Draw with the average of now from here on; return its tensors as a version would keep them."""
        tensors = generator_tensors(self._training.ema_tensors())
        check_finite(tensors, self.step)
        self._faces.put(tensors)
        self._drawn_at = self.step
        return tensors

    def _add_figures(self, figures: Mapping[str, float]) -> None:
        if not figures:
            return
        values = {name: float(value) for name, value in figures.items()}
        if self._points and self._points[-1].step == self.step:
            values = {**self._points.pop().values, **values}
        self._points.append(CurvePoint(self.step, values))

    def _kids(self) -> list[tuple[int, float]]:
        return [(point.step, point.values["kid"]) for point in self._points if "kid" in point.values]

    def _version_config(self) -> dict[str, JSON]:
        return self._config(
            "dcgan",
            self._preset,
            size=self._faces.view.size,
            codes=LATENT_SIZE,
            framing=self._faces.view.framing.value,
            loss=self._preset.loss,
            augment=self._training.strength,
        )


def make_dcgan_trainer(
    run: Run, dataset: Dataset, reader: DatasetReader, analysers: FaceAnalysers | None = None
) -> DcganTrainer:
    """The trainer of a run.

    Args:
        run: its preset, options and seed.
        dataset: what is trained on.
        reader: its content.
        analysers: the networks that measure the samples; None: dlib's embedding and the product's detector.

    Raises:
        OmokageError: UNKNOWN_PRESET; DATASET_UNFIT, there are next to no pictures; DISK_FULL, for the memory-mapped
            pictures.
    """
    preset = preset_for_run(run.preset, run.steps, run.config)
    check_enough(dataset)
    view = View(framing_of(np.asarray(reader.found, np.bool_)), preset.shape.size)
    images = reader.images(view)
    held_out = hold_out_some(len(images), run.seed)
    training = DcganTraining(images, np.flatnonzero(~held_out), preset, run.seed)
    config = {"preset": run.preset, "size": view.size, "codes": LATENT_SIZE, "framing": view.framing.value}
    faces = DcganGenerator(config, generator_tensors(training.ema_tensors(1)), {}, preset.shape)
    return DcganTrainer(
        training,
        run,
        preset=preset,
        faces=faces,
        quality=SampleQuality(images, held_out, view.framing, analysers, run.seed),
    )
