"""Our defaults for a DCGAN against plain training of the same nets, for the same seconds on the same 2,500 faces.

`python -m benchmarks generation [--seconds 3600] [--preset light] [--sheets FOLDER] [--json FILE]`: so long for each of
the two, which take turns of a minute. Plain: as system 2 was trained, two-class loss, batches of 96, pictures as they
are, the weights of the last step draw. Ours: a run with the preset's defaults (or `--loss`, `--augment`, `--batch`),
its best evaluation by KID is kept; the time that evaluations take is counted. Both are measured on 250 samples of the
same seeds, which nothing was chosen by, against 250 pictures that were not learnt from; on the way the standard error
shows the curves of both. Seed 1. Runs only when it is named.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.faces_reader import FacesReader, run_of
from benchmarks.helpers.report import print_and_keep

if TYPE_CHECKING:
    from core.models.dcgan.generator import DcganGenerator
    from core.vision.views import Framing

PICTURES = 2500
TURN_S = 60.0
SECONDS = 3600.0
_STEPS = 1_000_000  # more than there is time for
_PLAIN_BATCH = 96  # system 2's for a CPU
_EVERY = 4  # turns between evaluations of ours
_FIGURES = ("kid", "faces", "novelty", "diversity")


@dataclass
class _Contestant:
    """A training that takes turns; `advance` is one step, `report` is called after each turn with its number."""

    advance: Callable[[], None]
    report: Callable[[int], None]
    seconds: float = 0.0
    steps: int = 0

    def take_turn(self, number: int, seconds: float) -> None:
        """Train for so many seconds; the report counts, too."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            self.advance()
            self.steps += 1
        self.report(number)
        self.seconds += time.monotonic() - started


class _Comparison:
    """Both trainings on the same pictures, and how their samples are measured."""

    def __init__(self, preset: str, pictures: int, options: Mapping[str, float | int | str | None]) -> None:
        from core.models.common.batches import hold_out_some
        from core.models.common.sample_quality import SampleQuality
        from core.models.dcgan.presets import DCGAN_PRESETS, TWO_CLASS
        from core.models.dcgan.trainer import make_dcgan_trainer
        from core.models.dcgan.training_step import DcganTraining  # TensorFlow
        from core.vision.views import View, framing_of

        reader = FacesReader(pictures)
        request = run_of(preset, _STEPS, **options)
        plain_preset = replace(
            DCGAN_PRESETS[preset], loss=TWO_CLASS, batch=_PLAIN_BATCH, augment=0.0, ema_decay=0.0, steps=_STEPS
        )
        self.trainer = make_dcgan_trainer(request, reader.dataset(), reader)
        self.view = View(framing_of(reader.found), plain_preset.shape.size)
        images = reader.images(self.view)
        held_out = hold_out_some(len(images), request.seed)
        self.real = images[held_out]
        self.plain_training = DcganTraining(images, np.flatnonzero(~held_out), plain_preset, request.seed)
        self.quality = SampleQuality(images, held_out, self.view.framing, seed=request.seed)
        self._preset = preset

    def train(self, seconds: float) -> tuple[int, int]:
        """Train both in turns; return the steps of plain training and of ours."""
        plain = _Contestant(self.plain_training.advance, self._report_plain)
        ours = _Contestant(self.trainer.advance, self._report_ours)
        for contestant in (plain, ours):
            contestant.advance()  # compiles; not counted
        number = 0
        while min(plain.seconds, ours.seconds) < seconds:
            for contestant in (plain, ours):
                if contestant.seconds < seconds:
                    contestant.take_turn(number, min(TURN_S, seconds - contestant.seconds))
            number += 1
            if number % _EVERY == 0:  # not counted
                self._evaluate_plain()
        return plain.steps, ours.steps

    def plain_generator(self) -> DcganGenerator:
        """Return the generator of the plain training as it is now."""
        from core.models.dcgan.generator import DcganGenerator, generator_tensors

        config = {"preset": self._preset, "size": self.view.size, "codes": 100, "framing": self.view.framing.value}
        return DcganGenerator(config, generator_tensors(self.plain_training.ema_tensors()), {})

    def _report_ours(self, number: int) -> None:
        _print_figures("ours ", self.trainer.step, self.trainer.report())
        if number % _EVERY == _EVERY - 1:
            _print_figures("ours ", self.trainer.step, self.trainer.evaluate())

    def _report_plain(self, _number: int) -> None:
        _print_figures("plain", self.plain_training.step, self.plain_training.report())

    def _evaluate_plain(self) -> None:
        from core.models.dcgan.trainer import COMPARED

        plain = self.plain_generator()
        figures = self.quality.figures(plain.render(plain.latents(COMPARED)))
        _print_figures("plain", self.plain_training.step, figures)


def run(
    seconds: float = SECONDS,
    preset: str = "light",
    sheets: Path | None = None,
    pictures: int = PICTURES,
    **options: float | int | str | None,
) -> dict[str, float | int | str]:
    """Return KID, fraction with a face, novelty and diversity of both, and the ratio of the KIDs.

    Args:
        seconds: for each of the two.
        preset: of both.
        sheets: a folder for pictures; None: none are written.
        pictures: so many of the faces.
        options: of our run, `loss`, `augment` and `batch`; None: the preset's.
    """
    from core.models.common.weights_file import load
    from core.models.dcgan.generator import DcganGenerator
    from core.models.dcgan.trainer import FRESH

    comparison = _Comparison(preset, pictures, options)
    plain_steps, our_steps = comparison.train(seconds)
    comparison.trainer.report()
    comparison.trainer.evaluate()
    draft = comparison.trainer.finish()
    plain, ours = comparison.plain_generator(), DcganGenerator(draft.config, *load(draft.weights))
    drawn = {"plain": plain.render(plain.latents(FRESH)), "ours": ours.render(ours.latents(FRESH))}
    quality = comparison.quality
    figures = {"plain": quality.figures(drawn["plain"], thorough=True), "ours": draft.metrics}
    if sheets is not None:
        _write(sheets, plain, ours, draft.weights)
    result: dict[str, float | int | str] = {"minutes each": seconds / 60, "real pictures, kid": quality.real_kid()}
    result |= {f"{who}, {name}": float(metrics[name]) for who, metrics in figures.items() for name in _FIGURES}
    framing = comparison.view.framing
    result |= {f"{who}, kid, unscaled": _unscaled_kid(faces, comparison.real, framing) for who, faces in drawn.items()}
    result |= {"plain, steps": plain_steps, "ours, steps": our_steps}
    result["ours, best step"] = int(draft.metrics["best_step"])
    result["kid, ours over plain"] = result["ours, kid"] / result["plain, kid"]
    return result


def _unscaled_kid(drawn: np.ndarray, real: np.ndarray, framing: Framing) -> float:
    """Return the KID with the usual kernel, (x.y / 128 + 1)^3, of embeddings as they are; their length is 1.5."""
    from core.models.common.sample_quality import fixed_chips, kernel_distance, load_face_analysers

    embed = load_face_analysers().embed
    return kernel_distance(
        *(embed(fixed_chips(pictures, framing)).astype(float) / np.sqrt(128) for pictures in (drawn, real))
    )


def _write(folder: Path, plain: DcganGenerator, ours: DcganGenerator, weights: bytes) -> None:
    """Write the first 64 faces of both for a look; they are not for the repository."""
    from core.render.grid import render_grid

    folder.mkdir(parents=True, exist_ok=True)
    for name, faces in {"plain": plain, "ours": ours}.items():
        (folder / f"{name}.png").write_bytes(render_grid(faces.render(faces.latents(range(64))), 8))
    (folder / "ours.safetensors").write_bytes(weights)


def _print_figures(who: str, step: int, figures: Mapping[str, float]) -> None:
    text = " ".join(f"{name} {value:.4f}" for name, value in figures.items())
    print(f"{who} {step:6d} {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> None:
    """Take the options of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks generation")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each of the two")
    parser.add_argument("--preset", default="light")
    parser.add_argument("--loss", help="of ours (default: the preset's)")
    parser.add_argument("--augment", type=float, help="of ours (default: depends on the number of pictures)")
    parser.add_argument("--batch", type=int, help="of ours (default: the preset's)")
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--sheets", type=Path, help="a folder outside the repository for 64 faces of each")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    chosen = {"loss": options.loss, "augment": options.augment, "batch": options.batch}
    figures = run(options.seconds, options.preset, options.sheets, options.pictures, **chosen)
    print_and_keep("generation", figures, options.json)
