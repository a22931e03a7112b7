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
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.faces_reader import Portraits, run_of
from benchmarks.helpers.report import Skip, print_table

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
class _Player:
    """`advance` is one step; `after` what else belongs to a turn."""

    advance: Callable[[], None]
    after: Callable[[int], None]
    seconds: float = 0.0
    steps: int = 0

    def turn(self, number: int, seconds: float) -> None:
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            self.advance()
            self.steps += 1
        self.after(number)
        self.seconds += time.monotonic() - began


def run(
    seconds: float = SECONDS,
    preset: str = "light",
    sheets: Path | None = None,
    pictures: int = PICTURES,
    **options: float | int | str | None,
) -> dict[str, float | int | str]:
    """KID, share with a face, novelty and diversity of both, and the ratio of the KIDs.

    Args:
        seconds: for each of the two.
        preset: of both.
        sheets: a folder for pictures; None: none are written.
        pictures: so many of the faces.
        options: of our run, `loss`, `augment` and `batch`; None: the preset's.
    """
    from core.models.common.batches import hold_out_some
    from core.models.common.sample_quality import SampleQuality
    from core.models.common.weights_file import load
    from core.models.dcgan.generator import DcganGenerator
    from core.models.dcgan.presets import DCGAN_PRESETS, TWO_CLASS
    from core.models.dcgan.trainer import COMPARED, FRESH, make_dcgan_trainer
    from core.models.dcgan.training_step import DcganTraining  # TensorFlow
    from core.vision.views import View, framing_of

    reader = Portraits(pictures)
    request = run_of(preset, _STEPS, **options)
    trainer = make_dcgan_trainer(request, reader.dataset(), reader)
    plain_preset = replace(
        DCGAN_PRESETS[preset], loss=TWO_CLASS, batch=_PLAIN_BATCH, augment=0.0, ema_decay=0.0, steps=_STEPS
    )
    view = View(framing_of(reader.found), plain_preset.shape.size)
    images = reader.images(view)
    held_out = hold_out_some(len(images), request.seed)
    plain_training = DcganTraining(images, np.flatnonzero(~held_out), plain_preset, request.seed)
    quality = SampleQuality(images, held_out, view.framing, seed=request.seed)

    def after_ours(number: int) -> None:
        print(f"ours  {trainer.step:6d} {_said(trainer.report())}", file=sys.stderr, flush=True)
        if number % _EVERY == _EVERY - 1:
            print(f"ours  {trainer.step:6d} {_said(trainer.evaluate())}", file=sys.stderr, flush=True)

    def after_plain(number: int) -> None:
        print(f"plain {plain_training.step:6d} {_said(plain_training.report())}", file=sys.stderr, flush=True)

    players = [_Player(plain_training.advance, after_plain), _Player(trainer.advance, after_ours)]
    for player in players:
        player.advance()  # compiles; not counted
    number = 0
    while min(player.seconds for player in players) < seconds:
        for player in players:
            if player.seconds < seconds:
                player.turn(number, min(TURN_S, seconds - player.seconds))
        number += 1
        if number % _EVERY == 0:  # not counted
            plain = _plain(plain_training, preset, view)
            measured = quality.figures(plain.render(plain.latents(COMPARED)))
            print(f"plain {plain_training.step:6d} {_said(measured)}", file=sys.stderr, flush=True)
    trainer.report()
    trainer.evaluate()
    draft = trainer.finish()
    plain, ours = _plain(plain_training, preset, view), DcganGenerator(draft.config, *load(draft.weights))
    drawn = {"plain": plain.render(plain.latents(FRESH)), "ours": ours.render(ours.latents(FRESH))}
    figures = {"plain": quality.figures(drawn["plain"], thorough=True), "ours": draft.metrics}
    if sheets is not None:
        _write(sheets, plain, ours, draft.weights)
    result: dict[str, float | int | str] = {"minutes each": seconds / 60, "real pictures, kid": quality.real_kid()}
    result |= {f"{who}, {name}": float(found[name]) for who, found in figures.items() for name in _FIGURES}
    real = images[held_out]
    result |= {f"{who}, kid, unscaled": _unscaled_kid(faces, real, view.framing) for who, faces in drawn.items()}
    result |= {"plain, steps": players[0].steps, "ours, steps": players[1].steps}
    result["ours, best step"] = int(draft.metrics["best_step"])
    result["kid, ours over plain"] = result["ours, kid"] / result["plain, kid"]
    return result


def _plain(plain_training: object, preset: str, view: object) -> DcganGenerator:
    from core.models.dcgan.generator import DcganGenerator, generator_tensors

    config = {"preset": preset, "size": view.size, "codes": 100, "framing": view.framing.value}
    return DcganGenerator(config, generator_tensors(plain_training.ema_tensors()), {})


def _unscaled_kid(drawn: np.ndarray, real: np.ndarray, framing: Framing) -> float:
    """KID with the usual kernel, (x.y / 128 + 1)^3, of embeddings as they are; their length is 1.5."""
    from core.models.common.sample_quality import fixed_chips, kernel_distance, load_judges

    embed = load_judges().embed
    return kernel_distance(*(embed(fixed_chips(one, framing)).astype(float) / np.sqrt(128) for one in (drawn, real)))


def _write(folder: Path, plain: DcganGenerator, ours: DcganGenerator, weights: bytes) -> None:
    """The first 64 faces of both, for whoever runs this to look at; they are not for the repository."""
    from core.render.grid import render_grid

    folder.mkdir(parents=True, exist_ok=True)
    for name, faces in {"plain": plain, "ours": ours}.items():
        (folder / f"{name}.png").write_bytes(render_grid(faces.render(faces.latents(range(64))), 8))
    (folder / "ours.safetensors").write_bytes(weights)


def _said(figures: dict[str, float]) -> str:
    return " ".join(f"{name} {value:.4f}" for name, value in figures.items())


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks generation")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each of the two")
    parser.add_argument("--preset", default="light")
    parser.add_argument("--loss", help="of ours; not said: the preset's")
    parser.add_argument("--augment", type=float, help="of ours; not said: as the number of pictures needs it")
    parser.add_argument("--batch", type=int, help="of ours; not said: the preset's")
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--sheets", type=Path, help="a folder outside the repository for 64 faces of each")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    try:
        chosen = {"loss": options.loss, "augment": options.augment, "batch": options.batch}
        figures = run(options.seconds, options.preset, options.sheets, options.pictures, **chosen)
    except Skip as reason:
        print(f"generation: skipped: {reason}")
        return
    print_table("generation", figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    _main()
