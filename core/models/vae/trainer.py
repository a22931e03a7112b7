"""The autoencoder as a training run: what a run asks for, what it shows on the way, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.domain.registry.versions import VersionDraft
from core.domain.training.preflight import FEWEST_TO_GENERATE
from core.domain.training.runs import EarlyStop
from core.models.ageing.typicality_sample import fit_typicality_to_rows
from core.models.common import weights_file
from core.models.common.batches import PARTS, check_enough, hold_out_some
from core.models.common.overfitting import overfitted
from core.models.common.presets import preset_with_options
from core.models.common.sample_quality import FaceAnalysers, SampleQuality
from core.models.common.saved_state import check_finite
from core.models.generators.base_trainer import GeneratorTrainer
from core.models.vae.ager import age_tensors
from core.models.vae.generator import generator_tensors
from core.models.vae.mixture import Mixture, fit_mixture, single
from core.models.vae.presets import VAE_PRESETS, VaePreset
from core.models.vae.training_step import VaeTraining
from core.render.grid import render_grid
from core.vision.views import Framing, View, framing_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.jobs import JSON
    from core.domain.training.runs import Run
    from core.vision.datasets.dataset_reader import DatasetReader

_EVALUATIONS = 20  # in a run: enough for a curve, and a few per cent of its time
_COMPARED = range(96)  # seeds of what evaluations draw: the same each time, so that chance does not move the curve
_FRESH = range(1000, 1250)  # of the last evaluation
_ENCODED = 512  # training pictures by whose latents evaluations draw: a fifth of a second for each hundred
_ALL_ENCODED = 10_000  # and those of the mixture that is kept
_COLUMNS = 8  # of the sheet: two rows of pictures, each above its reconstructions, and four of new faces


def preset_for_run(name: str, steps: int, config: Mapping[str, Any]) -> VaePreset:
    """Return the preset of a run, changed by the run's options.

    Raises:
        OmokageError: UNKNOWN_PRESET.
    """
    return preset_with_options(VAE_PRESETS, name, steps, config)


class People(NamedTuple):
    """Who the pictures show: `ages` (N,) in years, NaN where unknown, `genders` (N,) 0 male, 1 female, -1 unknown."""

    ages: NDArray[np.float32]
    genders: NDArray[np.int8]


class VaeTrainer(GeneratorTrainer[VaeTraining]):
    """The trainer of an autoencoder.

    Args:
        training: of the encoder and the decoder.
        run: its preset, options and seed.
        preset: of the run, with its options.
        framing: of the pictures.
        images: (N, S, S, 3).
        held_out: (N,).
        quality: measures what was drawn.
        people: how old they are, and of which gender.
    """

    def __init__(
        self,
        training: VaeTraining,
        run: Run,
        *,
        preset: VaePreset,
        framing: Framing,
        images: NDArray[np.uint8],
        held_out: NDArray[np.bool_],
        quality: SampleQuality,
        people: People,
    ) -> None:
        super().__init__(training, run, _EVALUATIONS)
        self._quality = quality
        self._preset = preset
        self._framing = framing
        self._people = people
        self._images, self._held_out = images, np.flatnonzero(held_out)
        shown = np.flatnonzero(held_out)[: 2 * _COLUMNS]
        self._shown = shown[: len(shown) // _COLUMNS * _COLUMNS or None]  # whole rows
        # In the order of a shuffle: the pictures of a data set may be sorted.
        self._encoded = np.random.default_rng(run.seed).permutation(np.flatnonzero(~held_out))
        self._history: list[tuple[int, float, float]] = []  # step, held-out loss, KID
        self._gaussian: tuple[int, Mixture] | None = None  # the step at which it was fitted

    def evaluate(self) -> Mapping[str, float]:
        """Return `held_out_loss`, and `kid`, `diversity`, `novelty` and `faces` of new faces, by the averaged weights.

        Raises:
            OmokageError: DIVERGED.
        """
        weights = self._training.ema_weights()
        check_finite(weights, self.step)
        loss = self._training.held_out_loss()
        figures = self._quality.figures(self._draw(_COMPARED))
        if loss <= min((earlier for _, earlier, _ in self._history), default=np.inf):
            self._best = (self.step, weights)
        self._history = [evaluation for evaluation in self._history if evaluation[0] < self.step]
        self._history.append((self.step, loss, figures["kid"]))
        return {"held_out_loss": loss, **figures}

    def sample(self) -> bytes:
        """Draw held-out pictures, each above its reconstruction, then new faces: always the same ones."""
        real = self._images[self._shown]
        reconstructed = self._training.decode(self._training.encode(real))
        starts = range(0, len(real), _COLUMNS)
        rows = [part[start : start + _COLUMNS] for start in starts for part in (real, reconstructed)]
        return render_grid(np.concatenate([*rows, self._draw(_COMPARED[: 4 * _COLUMNS])]), len(rows[0]))

    def finish(self) -> VersionDraft:
        """Return the weights of the best evaluation, and a mixture over the latents of the training pictures."""
        best_step, weights = self._best_tensors()
        self._training.set_ema_weights(weights)
        self._gaussian = None
        latents = self._encode(_ALL_ENCODED)
        mixture, ages = fit_mixture(latents), self._fit_ages(latents)
        figures = self._quality.figures(self._training.decode(mixture.latents(_FRESH)), thorough=True)
        architecture = f"vae-{self._preset.size}"
        return VersionDraft(
            architecture=architecture,
            config=self._version_config() | ({"ages": True} if ages else {}),
            classes=(),
            metrics={
                **figures,
                "best_step": best_step,
                "held_out_loss": self._training.held_out_loss(),
                "kid_by_step": [[step, kid] for step, _, kid in self._history],
                "real_kid": self._quality.real_kid(),
                "nearest": self._quality.nearest_real(),
                "components": len(mixture.weights),
            },
            parts=PARTS,
            weights=weights_file.dump(generator_tensors(weights, mixture) | ages, {"architecture": architecture}),
        )

    def _find_early_stop(self) -> EarlyStop | None:
        """An autoencoder does not collapse, but learns its pictures by heart: others then come out worse and worse."""
        return overfitted([(step, loss) for step, loss, _ in self._history])

    def _own_state(self, ending: JSON) -> dict[str, Any]:
        return {"history": self._history, "ending": ending}

    def _set_own_state(self, values: Mapping[str, Any]) -> None:
        self._history = [(int(step), float(loss), float(kid)) for step, loss, kid in values["history"]]
        self._gaussian = None

    def _draw(self, seeds: range) -> NDArray[np.uint8]:
        """Draw new faces, of one Gaussian over the latents of some training pictures."""
        if self._gaussian is None or self._gaussian[0] != self.step:
            self._gaussian = (self.step, single(self._encode(_ENCODED)))
        return self._training.decode(self._gaussian[1].latents(seeds))

    def _encode(self, max_pictures: int) -> NDArray[np.float32]:
        return self._training.encode(self._images[self._encoded_rows(max_pictures)])

    def _encoded_rows(self, max_pictures: int) -> NDArray[np.intp]:
        return np.sort(self._encoded[:max_pictures])

    def _fit_ages(self, latents: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
        """Fit what years change, where the data set's faces have ages; empty: they have none, or too few."""
        rows = self._encoded_rows(_ALL_ENCODED)
        known = ~np.isnan(self._people.ages[rows])
        if self._framing is Framing.WHOLE or known.sum() < FEWEST_TO_GENERATE:
            return {}
        fitted = age_tensors(latents[known], self._people.ages[rows[known]], self._people.genders[rows[known]])
        return fitted | fit_typicality_to_rows(self._images, self._encoded, self._held_out)

    def _version_config(self) -> dict[str, JSON]:
        preset = self._preset
        return self._config(
            "vae", preset, size=preset.size, codes=preset.latent_size, framing=self._framing.value, kl=preset.kl
        )


def make_vae_trainer(
    run: Run, dataset: Dataset, reader: DatasetReader, analysers: FaceAnalysers | None = None
) -> VaeTrainer:
    """The trainer of a run.

    Args:
        run: its preset, options and seed.
        dataset: what is trained on.
        reader: its content.
        analysers: the networks that measure what is drawn; None: dlib's embedding and the product's detector.

    Raises:
        OmokageError: UNKNOWN_PRESET; DATASET_UNFIT, there are next to no pictures; DISK_FULL, for the memory-mapped
            pictures.
    """
    preset = preset_for_run(run.preset, run.steps, run.config)
    check_enough(dataset)
    framing = framing_of(np.asarray(reader.found, np.bool_))
    images = reader.images(View(framing, preset.size))
    held_out = hold_out_some(len(images), run.seed)
    quality = SampleQuality(images, held_out, framing, analysers, run.seed)
    training = VaeTraining(images, held_out, preset=preset, seed=run.seed)
    return VaeTrainer(
        training,
        run,
        preset=preset,
        framing=framing,
        images=images,
        held_out=held_out,
        quality=quality,
        people=People(reader.ages, reader.genders),
    )
