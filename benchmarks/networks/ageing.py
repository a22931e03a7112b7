"""Agers compared on held-out faces of known age: do faces look the age they were to have, and still the same people?

`python -m benchmarks ageing [--model NAME=CARD.json ...] [--pictures 400] [--sheet FILE.png] [--cache FOLDER] [--json
FILE]`: a row each for faces as they are, for real faces of the age in their place, for a prototype, the starter model
where it is installed, and the models given, of which a network that draws faces anew has two, raw and with delta
transfer. A card is a JSON file with `architecture` and `config`, its weights lie beside it as `.safetensors`.
`python -m benchmarks ageing --train reage|caae|vae --preset PRESET --steps N --out CARD.json [--seconds S]` makes
one of the faces that are not held out, and goes on where it was ended.

Faces are changed as the product changes them, from how old dlib's age network takes them to be. The judge of the ages
is `faceres`, calibrated on pictures of the training part; how to get it is in benchmarks/helpers/faceres.py. "Named"
are faces of 40 people 20 years older, by nine photos of each; "still named" counts those who were named before.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.age_faces import CACHE, age_run, load_age_faces
from benchmarks.helpers.ageing_comparison import AgeingComparison, judged_pictures, prepare
from benchmarks.helpers.ageing_figures import table_lines
from benchmarks.helpers.compared_agers import Contender, load_contenders, starter_contenders
from benchmarks.helpers.report import Figures, print_table, write_json
from core.domain.training.runs import RunKind
from core.render.grid import render_grid
from core.storage.disk import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

PICTURES = 400  # aged faces a row: at a spread of 8 years the mean error is sure to 0.4 years
SECONDS = 3 * 3600.0  # of a training
_SAVE_EVERY_S = 300.0  # what a training that is ended loses at most
_SHEET_AGES = (20, 50, 80)
_SHEET_ROWS = 10  # people of each ager


def run() -> Figures:
    """Return the figures of the agers that are on every machine: the prototype, and the starter model."""
    comparison, references, real = prepare(CACHE)
    agers = [*references, *starter_contenders()]
    table = {ager.name: comparison.measure(ager, PICTURES) for ager in agers}
    return real | {f"{name}: {figure}": value for name, row in table.items() for figure, value in row.items()}


def compare(options: argparse.Namespace) -> None:
    """Print the table of the prototype, the starter model and the models given, and write what is asked for."""
    models = [model.partition("=") for model in options.model]
    loaded = [ager for name, _, card in models for ager in load_contenders(name, Path(card))]
    comparison, references, real = prepare(options.cache)
    agers = [*references, *starter_contenders(), *loaded]
    table = {}
    for ager in agers:
        started = time.monotonic()
        table[ager.name] = comparison.measure(ager, options.pictures)
        print(f"{ager.name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print_table("the faces as they are", real)
    print("\n" + "\n".join(table_lines(table)))
    if options.json is not None:
        write_json(options.json, {"real": real, "agers": table})
    if options.sheet is not None:
        options.sheet.write_bytes(draw_sheet(comparison, agers))


def draw_sheet(comparison: AgeingComparison, agers: Sequence[Contender]) -> bytes:
    """Draw people, a row for each with each ager, as they are and at 20, 50 and 80; not for the repository."""
    order = np.argsort(comparison.present)
    rows = order[np.linspace(0, len(order) - 1, _SHEET_ROWS).astype(int)]
    faces, present = [comparison.faces[row] for row in rows], comparison.present[rows]
    cells, labels = [], []
    for ager in agers:
        shown = [ager.show(faces, present, np.full(len(rows), age, np.float32)) for age in _SHEET_AGES]
        cells.append(np.stack([judged_pictures(each) for each in (faces, *shown)], axis=1))
        labels += [text for age in present for text in (f"{age:.0f} {ager.name}", *map(str, _SHEET_AGES))]
    pictures = np.concatenate(cells).reshape(-1, *cells[0].shape[2:])
    return render_grid(pictures, len(_SHEET_AGES) + 1, labels)


def train(options: argparse.Namespace) -> None:
    """Train an ager on the faces that are not held out, or go on with it; write card, weights and the last sheet."""
    from core.models.families import make_trainer  # TensorFlow

    faces = load_age_faces(options.cache)
    card, state = options.out, options.out.with_suffix(".state")
    request = age_run(RunKind(options.train), options.preset or options.train, options.steps)
    trainer = make_trainer(request, faces.dataset(), faces)  # type: ignore[arg-type]
    if state.is_file():
        trainer.restore(state.read_bytes())
    started = saved = time.monotonic()
    while trainer.step < trainer.steps and time.monotonic() - started < options.seconds:
        trainer.advance()
        if time.monotonic() - saved > _SAVE_EVERY_S:
            write_whole({state: trainer.save_state()})
            saved = time.monotonic()
            print(trainer.step, dict(trainer.report()), file=sys.stderr, flush=True)
    write_whole({state: trainer.save_state()})
    draft, sheet = trainer.finish(), trainer.sample()
    content = {"architecture": draft.architecture, "config": draft.config, "metrics": draft.metrics}
    files = {card: json.dumps(content, indent=2).encode(), card.with_suffix(".safetensors"): draft.weights}
    write_whole(files if sheet is None else {**files, card.with_suffix(".png"): sheet})
    trainer.close()


def main(arguments: Sequence[str]) -> None:
    """Take the options of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks ageing")
    parser.add_argument("--model", action="append", default=[], metavar="NAME=CARD.json")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="aged faces of each ager that are judged")
    parser.add_argument("--sheet", type=Path, help="a PNG outside the repository: people at 20, 50 and 80")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--train", choices=("reage", "caae", "vae"))
    parser.add_argument("--preset", help="of the training (default: named as its kind)")
    parser.add_argument("--steps", type=int, default=12000)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--out", type=Path, help="a card outside the repository")
    options = parser.parse_args(arguments)
    if options.train and options.out is None:
        parser.error("--train needs --out")
    (train if options.train else compare)(options)
