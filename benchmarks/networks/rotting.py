"""A DCGAN whose quality decays, `small` on 300 faces without DiffAugment: is the kept checkpoint its best?

`python -m benchmarks rotting [--steps 24000] [--seconds 7200] [--json FILE]`: until `core.domain.training.early_stop`
ends it, or the steps or seconds are over. What is kept is loaded from the version's file and measured anew on the
samples that the curve was measured on. Seed 1. Runs only when it is named.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.helpers.faces_reader import FacesReader, run_of
from benchmarks.helpers.report import print_and_keep

PICTURES = 300
STEPS = 24000  # the preset's
SECONDS = 7200.0


def run(steps: int = STEPS, seconds: float = SECONDS) -> dict[str, float | int | str]:
    """Return the kept checkpoint's KID, the run's smallest, its last, and how it ended."""
    from core.models.common.batches import hold_out_some
    from core.models.common.sample_quality import SampleQuality
    from core.models.common.weights_file import load
    from core.models.dcgan.generator import DcganGenerator  # TensorFlow
    from core.models.dcgan.trainer import COMPARED, make_dcgan_trainer
    from core.services.training.trainer import is_due

    reader = FacesReader(PICTURES)
    request = run_of("small", steps, augment=0.0)
    trainer = make_dcgan_trainer(request, reader.dataset(), reader)
    until = time.monotonic() + seconds
    last: dict[str, float] = {}
    while trainer.step < trainer.steps and time.monotonic() < until:
        trainer.advance()
        if is_due(trainer.step, trainer.report_every, trainer.steps):
            report = trainer.report()
        if is_due(trainer.step, trainer.evaluate_every, trainer.steps):
            last = dict(trainer.evaluate())
            text = " ".join(f"{name} {value:.4f}" for name, value in {**report, **last}.items())
            print(f"{trainer.step:6d} {text}", file=sys.stderr, flush=True)
            trainer.should_stop()
    early_stop = trainer.should_stop()
    draft = trainer.finish()
    faces = DcganGenerator(draft.config, *load(draft.weights))
    images = reader.images(faces.view)
    quality = SampleQuality(images, hold_out_some(len(images), request.seed), faces.view.framing, seed=request.seed)
    kept = quality.figures(faces.render(faces.latents(COMPARED)))["kid"]
    smallest = min(kid for _, kid in draft.metrics["kid_by_step"])
    return {
        "ended": early_stop.code if early_stop else "not yet",
        "steps": trainer.step,
        "best step": int(draft.metrics["best_step"]),
        "kept, kid": kept,
        "smallest of the run, kid": smallest,
        "kept over smallest": kept / smallest,
        "last of the run, kid": last.get("kid", float("nan")),
        "kept, kid on fresh samples": float(draft.metrics["kid"]),
        "kept, novelty": float(draft.metrics["novelty"]),
    }


def main(arguments: Sequence[str]) -> None:
    """Take the options of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks rotting")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    print_and_keep("rotting", run(options.steps, options.seconds), options.json)
