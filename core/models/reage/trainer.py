"""`reage` as a training run: what a run asks for, what it shows on the way, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import LicensedPart, VersionDraft
from core.domain.training.preflight import FEWEST_TO_GENERATE
from core.models.ageing.age_figures import AgedSet, age_figures
from core.models.ageing.conditions import conditions
from core.models.ageing.typicality import fit_typicality
from core.models.common import weights_file
from core.models.common.base_trainer import BaseTrainer
from core.models.common.batches import PARTS, hold_out_some
from core.models.common.presets import preset_with_options
from core.models.common.saved_state import check_finite, pack, unpack
from core.models.reage.ager import ager_tensors
from core.models.reage.critics import Critics, load_critics
from core.models.reage.presets import REAGE_PRESETS, ReagePreset
from core.models.reage.training_step import ReageTraining
from core.render.grid import render_grid
from core.vision.transfer.ellipse import square_opacity
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.training.runs import Run
    from core.vision.datasets.dataset_reader import DatasetReader

_EVALUATIONS = 20  # in a run: enough for a curve, and a few per cent of its time
_AGES = (20, 35, 50, 65, 80)  # of what is evaluated
_JUDGED = 64  # held-out faces of adults: five seconds for an evaluation
_ADULT = 18
_SHOWN = 8  # rows of the sheet
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
        images: (N, S, S, 3).
        held_out: (N,).
        critics: judge what is drawn, too; the independent judge is in benchmarks/.
    """

    def __init__(
        self,
        training: ReageTraining,
        run: Run,
        *,
        preset: ReagePreset,
        images: NDArray[np.uint8],
        held_out: NDArray[np.bool_],
        critics: Critics,
    ) -> None:
        super().__init__(training, run, _EVALUATIONS)
        self._preset, self._critics = preset, critics
        self._images, self._held_out = images, held_out
        looks = critics.estimated_ages
        adults = np.flatnonzero(held_out & (looks >= _ADULT))
        self._judged = adults[:_JUDGED]
        # From young to old, so that a row is found again on the next sheet.
        shown = np.flatnonzero(held_out)[: 4 * _SHOWN]
        self._shown = shown[np.argsort(looks[shown], kind="stable")][:: max(1, len(shown) // _SHOWN)][:_SHOWN]

    def evaluate(self) -> Mapping[str, float]:
        """Return `age_figures` of held-out adults at five ages, by the averaged weights.

        Raises:
            OmokageError: DIVERGED.
        """
        check_finite(self._training.ema_weights(), self.step)
        before = self._images[self._judged]
        present = self._critics.estimated_ages[self._judged]
        sets = []
        for age in _AGES:
            aged = self._aged(before, present, age)
            seen = self._critics.calibrated(self._critics.estimates(aged))
            sets.append(AgedSet(present, float(age), seen, self._critics.distances(before, aged)))
        return age_figures(sets)

    def sample(self) -> bytes:
        """Draw held-out people, a row each: as they are, then at eight ages."""
        faces, present = self._images[self._shown], self._critics.estimated_ages[self._shown]
        columns = [faces, *(self._aged(faces, present, age) for age in _SHEET_AGES)]
        cells = np.stack(columns, axis=1).reshape(-1, *faces.shape[1:])
        labels = [f"{age:.0f}" for row in present for age in (row, *_SHEET_AGES)]
        return render_grid(cells, len(columns), labels)

    def finish(self) -> VersionDraft:
        """Return the averaged weights, and how far from the training's pictures a face may be."""
        figures = self.evaluate()
        weights = self._training.ema_weights()
        tensors = ager_tensors(weights, fit_typicality(self._images, self._held_out))
        architecture = f"reage-{self._preset.size}"
        return VersionDraft(
            architecture=architecture,
            config=self._version_config(),
            classes=(),
            metrics=figures,
            parts=(*PARTS, LicensedPart("age network: dlib's, by Cydral Technology", "CC0-1.0")),
            weights=weights_file.dump(tensors, {"architecture": architecture}),
        )

    def _aged(self, faces: NDArray[np.uint8], present: NDArray[np.float32], age: float) -> NDArray[np.uint8]:
        unknown = np.full(len(faces), -1, np.int8)
        change = self._training.change(faces, conditions(present, np.full(len(faces), age), unknown))
        opacity = square_opacity(Framing.FACE, faces.shape[1])[..., None]
        aged = faces + 127.5 * opacity * change[..., 3:] * change[..., :3]
        return np.clip(np.rint(aged), 0, 255).astype(np.uint8)

    def _version_config(self) -> dict[str, Any]:
        preset = self._preset
        return self._config(
            "reage", preset, size=preset.size, channels=list(preset.channels), framing=Framing.FACE.value
        )

    def _dump(self, tensors: Mapping[str, NDArray[Any]]) -> bytes:
        return pack(tensors, {}, {"step": self.step, "preset": self._run.preset})

    def _load(self, data: bytes) -> None:
        tensors, _, values = unpack(data)
        self._training.set_tensors(tensors, int(values["step"]))


def make_reage_trainer(
    run: Run, dataset: Dataset, reader: DatasetReader, make_critics: Any = load_critics
) -> ReageTrainer:
    """Make the trainer of a run.

    Args:
        run: its preset, options and seed.
        dataset: what is trained on; its pictures need ages.
        reader: its content.
        make_critics: (images, ages, rows) -> `Critics`.

    Raises:
        OmokageError: UNKNOWN_PRESET; DATASET_UNFIT, there are next to no pictures with a face and an age; DISK_FULL,
            for the memory-mapped pictures.
    """
    preset = preset_for_run(run.preset, run.steps, run.config)
    usable = np.asarray(reader.found, np.bool_) & ~np.isnan(reader.ages)
    if usable.sum() < FEWEST_TO_GENERATE:
        details = {"count": int(usable.sum()), "minimum": FEWEST_TO_GENERATE}
        raise OmokageError(ErrorCode.DATASET_UNFIT, remark="few-ages", **details)
    images = reader.images(View(Framing.FACE, preset.size))
    held_out = hold_out_some(len(images), run.seed) & usable
    rows = np.flatnonzero(usable & ~held_out)
    critics = make_critics(images, reader.ages, rows)
    training = ReageTraining(images, reader.ages, reader.genders, rows, critics=critics, preset=preset, seed=run.seed)
    return ReageTrainer(training, run, preset=preset, images=images, held_out=held_out, critics=critics)
