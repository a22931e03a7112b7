"""The conditional adversarial autoencoder as a training run: what it asks for, shows on the way, and leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.age_bins import AGE_BINS
from core.domain.registry.versions import LicensedPart, VersionDraft
from core.models.ageing.quality import AgeingAnalysers, AgeingQuality
from core.models.ageing.training_set import AgedPictures, read_aged_pictures
from core.models.ageing.typicality_sample import fit_typicality_to_rows
from core.models.caae.ager import CaaeNetworks, ager_tensors
from core.models.caae.presets import CAAE_PRESETS, CaaePreset
from core.models.caae.training_step import CaaeTraining
from core.models.common import weights_file
from core.models.common.batches import PARTS
from core.models.common.overfitting import overfitted
from core.models.common.presets import preset_with_options
from core.models.common.saved_state import check_finite
from core.models.generators.base_trainer import GeneratorTrainer
from core.render.grid import render_grid
from core.vision.views import Framing

if TYPE_CHECKING:
    from core.domain.data.datasets import Dataset
    from core.domain.jobs import JSON
    from core.domain.training.runs import EarlyStop, Run
    from core.vision.datasets.dataset_reader import DatasetReader

_EVALUATIONS = 20  # in a run, as of the autoencoder: enough for a curve, and a few per cent of its time
_SHEET_AGES = np.array([(first + last + 1) / 2 for first, last in AGE_BINS], np.float32)  # the middle of each bin
_PEOPLE = 6  # rows of the sheet: more are too small to be looked at in a message
_PARTS = (*PARTS, LicensedPart("age network, which measures ages: dlib's", "CC0-1.0"))


def preset_for_run(name: str, steps: int, config: Mapping[str, Any]) -> CaaePreset:
    """Return the preset of a run, changed by the run's options.

    Raises:
        OmokageError: UNKNOWN_PRESET.
    """
    return preset_with_options(CAAE_PRESETS, name, steps, config)


class CaaeTrainer(GeneratorTrainer[CaaeTraining]):
    """The trainer of a conditional adversarial autoencoder.

    Args:
        training: of the four networks.
        run: its preset, options and seed.
        preset: of the run, with its options.
        networks: age faces with the tensors that they are given.
        quality: measures what it makes of held-out pictures.
        data: what is learnt from, and what is held out.
    """

    def __init__(
        self,
        training: CaaeTraining,
        run: Run,
        *,
        preset: CaaePreset,
        networks: CaaeNetworks,
        quality: AgeingQuality,
        data: AgedPictures,
    ) -> None:
        super().__init__(training, run, _EVALUATIONS)
        self._preset = preset
        self._networks = networks
        self._quality = quality
        self._data = data
        chosen = np.linspace(0, len(data.held_out) - 1, _PEOPLE).round().astype(int)
        self._shown = data.images[data.held_out[chosen]]
        self._history: list[tuple[int, float]] = []  # step, held-out loss

    def evaluate(self) -> Mapping[str, float]:
        """Return `held_out_loss`, `age_error` and `identity_kept` of held-out pictures, by the averaged weights.

        Raises:
            OmokageError: DIVERGED.
        """
        weights = self._training.ema_weights()
        check_finite(weights, self.step)
        loss = self._training.held_out_loss()
        self._networks.put(weights)
        if loss <= min((earlier for _, earlier in self._history), default=np.inf):
            self._best = (self.step, weights)
        self._history = [evaluation for evaluation in self._history if evaluation[0] < self.step]
        self._history.append((self.step, loss))
        return {"held_out_loss": loss, **self._quality.figures(self._networks.change)}

    def sample(self) -> bytes:
        """Draw the same held-out people each time: a row each, the picture first, then the ten ages."""
        self._networks.put(self._training.ema_weights())
        people, ages = len(self._shown), len(_SHEET_AGES)
        drawn = self._networks.render(np.repeat(self._shown, ages, axis=0), np.tile(_SHEET_AGES, people))
        rows = drawn.reshape(people, ages, *drawn.shape[1:])
        sheet = np.concatenate([self._shown[:, None], rows], axis=1)
        return render_grid(sheet.reshape(-1, *drawn.shape[1:]), ages + 1)

    def finish(self) -> VersionDraft:
        """Return the encoder and generator of the best evaluation."""
        best_step, weights = self._best_tensors()
        self._training.set_ema_weights(weights)
        self._networks.put(weights)
        typicality = fit_typicality_to_rows(self._data.images, self._data.rows, self._data.held_out)
        architecture = f"caae-{self._preset.size}"
        return VersionDraft(
            architecture=architecture,
            config=self._version_config(),
            classes=(),
            metrics={
                **self._quality.figures(self._networks.change),
                "best_step": best_step,
                "held_out_loss": self._training.held_out_loss(),
                "loss_by_step": [[step, loss] for step, loss in self._history],
            },
            parts=_PARTS,
            weights=weights_file.dump(ager_tensors(weights, typicality), {"architecture": architecture}),
        )

    def _find_early_stop(self) -> EarlyStop | None:
        return overfitted(self._history)

    def _own_state(self, ending: JSON) -> dict[str, Any]:
        return {"history": self._history, "ending": ending}

    def _set_own_state(self, values: Mapping[str, Any]) -> None:
        self._history = [(int(step), float(loss)) for step, loss in values["history"]]

    def _version_config(self) -> dict[str, JSON]:
        preset = self._preset
        return self._config("caae", preset, size=preset.size, framing=Framing.FACE.value)


def make_caae_trainer(
    run: Run, dataset: Dataset, reader: DatasetReader, analysers: AgeingAnalysers | None = None
) -> CaaeTrainer:
    """Make the trainer of a run, at step 0.

    Args:
        run: its preset, options and seed.
        dataset: what is trained on.
        reader: its content; pictures without an age or a face are left out.
        analysers: the networks that measure aged faces; None: dlib's.

    Raises:
        OmokageError: UNKNOWN_PRESET; DATASET_UNFIT, too few pictures have an age; DISK_FULL, for the memory-mapped
            pictures.
    """
    preset = preset_for_run(run.preset, run.steps, run.config)
    data = read_aged_pictures(reader, preset.size, run.seed)
    training = CaaeTraining(data, preset=preset, seed=run.seed)
    config = {"preset": run.preset, "size": preset.size}
    return CaaeTrainer(
        training,
        run,
        preset=preset,
        networks=CaaeNetworks(config, training.ema_weights()),
        quality=AgeingQuality(data.images[data.held_out], data.ages[data.held_out], analysers),
        data=data,
    )
