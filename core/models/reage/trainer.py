"""`reage` as a training run: what a run asks for, what it shows on the way, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.registry.versions import LicensedPart, VersionDraft
from core.models.ageing.conditions import conditions
from core.models.ageing.face_ager import FaceChange
from core.models.ageing.quality import AgeingAnalysers, AgeingQuality, apply_change
from core.models.ageing.training_set import AgedPictures, read_aged_pictures
from core.models.ageing.typicality_sample import fit_typicality_to_rows
from core.models.common import weights_file
from core.models.common.base_trainer import BaseTrainer
from core.models.common.batches import PARTS
from core.models.common.presets import preset_with_options
from core.models.common.saved_state import check_finite, pack, unpack
from core.models.reage.ager import ager_tensors
from core.models.reage.critics import load_critics
from core.models.reage.presets import REAGE_PRESETS, ReagePreset
from core.models.reage.training_step import ReageTraining
from core.render.grid import render_grid
from core.vision.transfer.ellipse import square_opacity
from core.vision.views import Framing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.training.runs import Run
    from core.models.reage.critics import MakeCritics
    from core.vision.datasets.dataset_reader import DatasetReader

_EVALUATIONS = 20  # in a run: enough for a curve, and a few per cent of its time
_PARTS = (
    LicensedPart("age network: dlib's, by Cydral Technology", "CC0-1.0"),
    LicensedPart("features: EfficientNet-Lite0, by Google", "Apache-2.0"),
)
_PEOPLE = 8  # rows of the sheet, from young to old
_SHEET_AGES = (10, 20, 30, 40, 50, 60, 70, 80)


def preset_for_run(name: str, steps: int, config: Mapping[str, Any]) -> ReagePreset:
    """Return the preset of a run, changed by the run's options.

    Raises:
        OmokageError: UNKNOWN_PRESET.
    """
    return preset_with_options(REAGE_PRESETS, name, steps, config)


class ReageTrainer(BaseTrainer[ReageTraining]):
    """The trainer of `reage`.

    Args:
        training: of the U-Net and the discriminator.
        run: its preset, options and seed.
        preset: of the run, with its options.
        data: what is learnt from, and what is held out.
        quality: measures aged faces, by the networks that were learnt from; the independent judge is in benchmarks/.
    """

    def __init__(
        self, training: ReageTraining, run: Run, *, preset: ReagePreset, data: AgedPictures, quality: AgeingQuality
    ) -> None:
        super().__init__(training, run, _EVALUATIONS)
        self._preset, self._data, self._quality = preset, data, quality
        self._opacity = square_opacity(Framing.FACE, preset.size)[..., None]
        self._shown = data.held_out[np.linspace(0, len(data.held_out) - 1, _PEOPLE).round().astype(int)]

    def evaluate(self) -> Mapping[str, float]:
        """Return `age_figures` of held-out adults at several ages, by the averaged weights.

        Raises:
            OmokageError: DIVERGED.
        """
        check_finite(self._training.ema_weights(), self.step)
        return self._quality.figures(self._change)

    def sample(self) -> bytes:
        """Draw the same held-out people each time: a row each, the picture first, then eight ages."""
        faces, present = self._data.images[self._shown], self._data.ages[self._shown]
        columns = [faces]
        for age in _SHEET_AGES:
            change = self._change(faces, present, np.full(len(faces), age, np.float32))
            columns.append(apply_change(faces, change))
        cells = np.stack(columns, axis=1).reshape(-1, *faces.shape[1:])
        labels = [f"{age:.0f}" for own in present for age in (own, *_SHEET_AGES)]
        return render_grid(cells, len(columns), labels)

    def finish(self) -> VersionDraft:
        """Return the averaged weights, and how far from the training's pictures a face may be."""
        figures = self.evaluate()
        data = self._data
        typicality = fit_typicality_to_rows(data.images, data.rows, data.held_out)
        tensors = ager_tensors(self._training.ema_weights(), typicality)
        architecture = f"reage-{self._preset.size}"
        return VersionDraft(
            architecture=architecture,
            config=self._version_config(),
            classes=(),
            metrics=figures,
            parts=(*PARTS, *_PARTS),
            weights=weights_file.dump(tensors, {"architecture": architecture}),
        )

    def _change(self, faces: NDArray[np.uint8], present: NDArray[np.float32], ages: NDArray[np.float32]) -> FaceChange:
        """Return the change as delta transfer lays it onto a photo."""
        change = self._training.change(faces, conditions(present, ages, np.full(len(faces), -1, np.int8)))
        return FaceChange(change[..., :3] * np.float32(127.5), change[..., 3:] * self._opacity)

    def _version_config(self) -> dict[str, Any]:
        preset = self._preset
        return self._config(
            "reage",
            preset,
            size=preset.size,
            channels=list(preset.channels),
            colour=preset.colour,
            framing=Framing.FACE.value,
        )

    def _dump(self, tensors: Mapping[str, NDArray[Any]]) -> bytes:
        return pack(tensors, {}, {"step": self.step, "preset": self._run.preset})

    def _load(self, data: bytes) -> None:
        tensors, _, values = unpack(data)
        self._training.set_tensors(tensors, int(values["step"]))


def make_reage_trainer(
    run: Run,
    dataset: Dataset,
    reader: DatasetReader,
    make_critics: MakeCritics = load_critics,
    analysers: AgeingAnalysers | None = None,
) -> ReageTrainer:
    """Make the trainer of a run.

    Args:
        run: its preset, options and seed.
        dataset: what is trained on.
        reader: its content; pictures without an age or a face are left out.
        make_critics: (images, ages, rows) -> what the training follows.
        analysers: the networks that measure aged faces; None: dlib's.

    Raises:
        OmokageError: UNKNOWN_PRESET; DATASET_UNFIT, too few pictures have a face and an age; DISK_FULL, for the
            memory-mapped pictures.
    """
    preset = preset_for_run(run.preset, run.steps, run.config)
    data = read_aged_pictures(reader, preset.size, run.seed)
    critics = make_critics(data.images, data.ages, data.rows)
    training = ReageTraining(data, critics=critics, preset=preset, seed=run.seed)
    quality = AgeingQuality(data.images[data.held_out], data.ages[data.held_out], analysers)
    return ReageTrainer(training, run, preset=preset, data=data, quality=quality)
