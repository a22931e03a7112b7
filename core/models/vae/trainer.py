"""The autoencoder as a training run: what a run asks for, what it shows on the way, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.registry.versions import VersionDraft
from core.domain.training.runs import EarlyStop
from core.models.common import weights_file
from core.models.common.batches import PARTS, check_enough, hold_out_some
from core.models.common.sample_quality import Judges, SampleQuality
from core.models.common.snapshots import check_finite, pack, preset_with_options, unpacked
from core.models.vae.generator import faces_tensors
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
_CODED = 512  # training pictures by whose codes evaluations draw: a fifth of a second for each hundred
_ALL_CODED = 10_000  # and those of the mixture that is kept
_COLUMNS = 8  # of the sheet: two rows of pictures, each above its reconstructions, and four of new faces
_RISING = 5  # evaluations in a row without a better one, a quarter of a run: by then it is no wavering
_CLEARLY = 1.02  # times the best loss; overfitting is slow, and a loss that stands still does no harm


def preset_for_run(name: str, steps: int, config: Mapping[str, Any]) -> VaePreset:
    """Return the preset of a run, changed by the run's options.

    Raises:
        OmokageError: UNKNOWN_PRESET.
    """
    return preset_with_options(VAE_PRESETS, name, steps, config, ("size", "kl", "batch", "learning_rate"))


class VaeTrainer:
    """A `Trainer` (core/services/training/trainer.py) around the networks; it keeps its best, not its last.

    Args:
        vae: trains.
        run: its preset, options and seed.
        preset: of the run, with its options.
        framing: of the pictures.
        images: (N, S, S, 3).
        held_out: (N,).
        quality: measures what was drawn.
    """

    report_every = 10  # steps; the figures of fewer jump about

    def __init__(
        self,
        vae: VaeTraining,
        run: Run,
        *,
        preset: VaePreset,
        framing: Framing,
        images: NDArray[np.uint8],
        held_out: NDArray[np.bool_],
        quality: SampleQuality,
    ) -> None:
        self._vae = vae
        self._run = run
        self._preset = preset
        self._framing = framing
        self._images = images
        some = np.flatnonzero(held_out)[: 2 * _COLUMNS]
        self._shown = some[: len(some) // _COLUMNS * _COLUMNS or None]  # whole rows
        # In the order of a shuffle: the pictures of a data set may be sorted.
        self._coded = np.random.default_rng(run.seed).permutation(np.flatnonzero(~held_out))
        self._quality = quality
        self._history: list[tuple[int, float, float]] = []  # step, held-out loss, KID
        self._best: tuple[int, dict[str, NDArray[Any]]] | None = None
        self._early_stop: EarlyStop | None = None
        self._coded_at: tuple[int, Mixture] | None = None
        self.evaluate_every = max(self.report_every, preset.steps // _EVALUATIONS)

    @property
    def step(self) -> int:
        """Steps done."""
        return self._vae.step

    @property
    def steps(self) -> int:
        """Of the whole run; fewer once it is best to end."""
        return self._early_stop.step if self._early_stop else self._preset.steps

    def advance(self) -> None:
        """One step."""
        self._vae.advance()

    def report(self) -> Mapping[str, float]:
        """`loss`, `reconstruction_loss` and `divergence_loss` since the last report."""
        return self._vae.report()

    def evaluate(self) -> Mapping[str, float]:
        """`held_out_loss`, and `kid`, `diversity`, `novelty` and `faces` of new faces, by the averaged weights.

        Raises:
            OmokageError: DIVERGED.
        """
        weights = self._vae.averages()
        check_finite(weights, self.step)
        loss = self._vae.held_out_loss()
        figures = self._quality.figures(self._drawn(_COMPARED))
        if loss <= min((known for _, known, _ in self._history), default=np.inf):
            self._best = (self.step, weights)
        self._history = [one for one in self._history if one[0] < self.step]
        self._history.append((self.step, loss, figures["kid"]))
        return {"held_out_loss": loss, **figures}

    def should_stop(self) -> EarlyStop | None:
        """An autoencoder does not collapse, but learns its pictures by heart: others then come out worse and worse."""
        if self._early_stop is None and self.step < self._preset.steps:
            self._early_stop = rising([(step, loss) for step, loss, _ in self._history])
        return self._early_stop

    def sample(self) -> bytes:
        """Held-out pictures, each above its reconstruction, then new faces: always the same ones."""
        real = self._images[self._shown]
        again = self._vae.decode(self._vae.encode(real))
        rows = [part[at : at + _COLUMNS] for at in range(0, len(real), _COLUMNS) for part in (real, again)]
        return render_grid(np.concatenate([*rows, self._drawn(_COMPARED[: 4 * _COLUMNS])]), len(rows[0]))

    def save_state(self) -> bytes:
        """Everything that the next step depends on, and the best weights so far: a safetensors file.

        Raises:
            OmokageError: DIVERGED; the loss of the step that makes weights infinite may still be a number.
        """
        tensors = self._vae.tensors()
        check_finite(tensors, self.step)
        at, best = self._best or (None, {})
        said: dict[str, Any] = {"step": self.step, "preset": self._run.preset, "best": at, "history": self._history}
        said["ending"] = self._early_stop and asdict(self._early_stop)
        return pack(tensors, best, said)

    def restore(self, data: bytes) -> None:
        """Go back to a state that `save_state` gave.

        Raises:
            OmokageError: BAD_WEIGHTS, a damaged file or one of another network.
        """
        with unpacked(data) as (tensors, best, said):
            self._vae.set_tensors(tensors, int(said["step"]))
            self._history = [(int(step), float(loss), float(kid)) for step, loss, kid in said["history"]]
            self._best = None if said["best"] is None else (int(said["best"]), best)
            self._early_stop = EarlyStop(**said["ending"]) if said["ending"] else None
        self._coded_at = None

    def finish(self) -> VersionDraft:
        """The weights of the best evaluation, and a mixture over the codes that they give the training pictures."""
        if self._best is None:
            self.evaluate()
        assert self._best is not None  # noqa: S101 - evaluating makes one
        at, weights = self._best
        self._vae.set_averages(weights)
        self._coded_at = None
        mixture = fit_mixture(self._codes(_ALL_CODED))
        figures = self._quality.figures(self._vae.decode(mixture.codes(_FRESH)), thorough=True)
        architecture = f"vae-{self._preset.size}"
        return VersionDraft(
            architecture=architecture,
            config=self._config(),
            classes=(),
            metrics={
                **figures,
                "best_step": at,
                "held_out_loss": self._vae.held_out_loss(),
                "kid_by_step": [[step, kid] for step, _, kid in self._history],
                "real_kid": self._quality.real_kid(),
                "nearest": self._quality.nearest_real(),
                "components": len(mixture.weights),
            },
            parts=PARTS,
            weights=weights_file.dump(faces_tensors(weights, mixture), {"architecture": architecture}),
        )

    def close(self) -> None:
        """Give back threads."""
        self._vae.close()

    def _drawn(self, seeds: range) -> NDArray[np.uint8]:
        """New faces, of one Gaussian over the codes of some training pictures."""
        if self._coded_at is None or self._coded_at[0] != self.step:
            self._coded_at = (self.step, single(self._codes(_CODED)))
        return self._vae.decode(self._coded_at[1].codes(seeds))

    def _codes(self, most: int) -> NDArray[np.float32]:
        return self._vae.encode(self._images[np.sort(self._coded[:most])])

    def _config(self) -> dict[str, JSON]:
        preset = self._preset
        return {
            "head": "vae",
            "preset": self._run.preset,
            "size": preset.size,
            "codes": preset.codes,
            "framing": self._framing.value,
            "kl": preset.kl,
            "steps": self.steps,
            "batch": preset.batch,
            "learning_rate": preset.learning_rate,
            "seed": self._run.seed,
        }


def rising(history: list[tuple[int, float]]) -> EarlyStop | None:
    """Whether held-out losses, of (step, loss), have clearly been above their best for long."""
    if len(history) <= _RISING:
        return None
    best, value = min(history, key=lambda one: one[1])
    if all(step > best and loss > _CLEARLY * value for step, loss in history[-_RISING:]):
        return EarlyStop("worse-and-worse", history[-1][0], best, "held_out_loss", value)
    return None


def make_vae_trainer(run: Run, dataset: Dataset, reader: DatasetReader, judges: Judges | None = None) -> VaeTrainer:
    """The trainer of a run.

    Args:
        run: its preset, options and seed.
        dataset: what is trained on.
        reader: its content.
        judges: who measure what is drawn; None: the product's embedding and detector.

    Raises:
        OmokageError: UNKNOWN_PRESET; DATASET_UNFIT, there are next to no pictures; DISK_FULL, for the memory-mapped
            pictures.
    """
    preset = preset_for_run(run.preset, run.steps, run.config)
    check_enough(dataset)
    framing = framing_of(np.asarray(reader.found, np.bool_))
    images = reader.images(View(framing, preset.size))
    held_out = hold_out_some(len(images), run.seed)
    quality = SampleQuality(images, held_out, framing, judges, run.seed)
    vae = VaeTraining(images, held_out, preset=preset, seed=run.seed)
    return VaeTrainer(vae, run, preset=preset, framing=framing, images=images, held_out=held_out, quality=quality)
