"""Success rate and speed of attacks on recognisers, measured on the bytes that would be posted.

`python -m benchmarks fooling [--data FOLDER] [--pairs 100] [--targets 40] [--only WORD] [--colours] [--json FILE]`

Without a data folder that holds a trained CNN (the settings' own by default), only an embedding head is attacked, which
is trained here. Faces are of the developers' 40 people, held out of the training.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.helpers.attacked_heads import AttackedHead, heads_of_data_folder, load_reader, train_attacked_head
from benchmarks.helpers.report import Figures, Skip, print_and_keep
from core.domain.embedders import EMBEDDING_SIZE
from core.domain.faces import box_iou
from core.domain.generation import Face
from core.domain.optimisation import OptimizeMode, OptimizeRequest
from core.models.attack.differentiable_heads import DifferentiableHead, differentiable_head
from core.models.attack.optimiser import InputOptimiser
from core.services.attack.images import encode_png
from core.settings import Settings
from core.vision.gradients.jpeg import compress_jpeg
from core.vision.gradients.rendering import FaceView
from core.vision.recognition.mean_embedding import Gallery, MeanEmbeddingRecogniser
from core.vision.recognition.version_recogniser import VersionRecogniser

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.vision.recognition.photo_reader import PhotoReader, PhotoReading

PAIRS, TARGETS = 10, 5  # small by default: minutes
SEED = 0


@dataclass(frozen=True)
class FoolOutcome:
    """The outcome for one attacked face, read from the posted bytes."""

    named: bool
    likeliest: bool
    jpeg: bool
    linf: int
    steps: int
    seconds: float


@dataclass(frozen=True)
class NoiseOutcome:
    """The outcome for one picture that began as noise; probabilities are of the target, from the posted bytes."""

    closed: float
    opened: float
    jpeg: float
    faces: int
    steps: int
    seconds: float


class Bench:
    """Attack one head, and recognise the results as `/classify` does."""

    def __init__(self, attacked: AttackedHead, reader: PhotoReader) -> None:
        self.attacked = attacked
        self.differentiable: DifferentiableHead = differentiable_head(attacked.head)
        self._reader = reader
        nobody = Gallery((), (), np.zeros((0, EMBEDDING_SIZE), np.float32), np.zeros(0, np.intp))
        names = {person_id: name for name, person_id in attacked.head.classes}
        self._recogniser = VersionRecogniser(attacked.head, MeanEmbeddingRecogniser(nobody), names)

    def fool(self, count: int, *, robust: bool = False, epsilon: int = 8) -> tuple[list[FoolOutcome], int]:
        """Attack pairs of a face and another person; return also how many pictures without a face were left out."""
        outcomes: list[FoolOutcome] = []
        faceless = 0
        for data, _, target in self.attacked.pairs(2 * count):
            if len(outcomes) == count:
                break
            reading = self._reader.read(data)
            if not reading.faces:
                faceless += 1
                continue
            face = Face(photo="0" * 64)
            request = OptimizeRequest("", OptimizeMode.FOOL, start=face, robust=robust, epsilon=epsilon, seed=SEED)
            outcomes.append(self._attack_face(request, target, reading))
        return outcomes, faceless

    def from_noise(self, mode: OptimizeMode, count: int, *, robust: bool = False) -> list[NoiseOutcome]:
        """Optimise pictures that begin as noise, for so many people."""
        outcomes = []
        for target in range(min(count, len(self.attacked.head.classes))):
            request = OptimizeRequest("", mode, seed=SEED, robust=robust)
            optimiser, seconds = self._run(request, target, None, None)
            reading, jpeg = (
                self._reader.read(data) for data in (encode_png(optimiser.picture), compress_jpeg(optimiser.picture))
            )
            probabilities = [
                self._probabilities(reading, closed=True),
                self._probabilities(reading, closed=False),
                self._probabilities(jpeg, closed=True),
            ]
            closed, opened, after_jpeg = (float(row[target]) for row in probabilities)
            outcomes.append(NoiseOutcome(closed, opened, after_jpeg, len(reading.faces), optimiser.step, seconds))
        return outcomes

    def _probabilities(self, reading: PhotoReading, *, closed: bool) -> NDArray[np.float64]:
        shape = reading.image.shape[0], reading.image.shape[1]
        faces = [FaceView(shape, spec, None).render(reading.image)[None] for spec in self.differentiable.view_specs]
        probabilities: NDArray[np.float64] = self.differentiable.probabilities(faces, closed=closed)[0]
        return probabilities

    def _attack_face(self, request: OptimizeRequest, target: int, start: PhotoReading) -> FoolOutcome:
        face = start.faces[0]
        optimiser, seconds = self._run(request, target, start.image, face)
        picture = optimiser.picture
        after, jpeg = (self._recognise(data, face) for data in (encode_png(picture), compress_jpeg(picture)))
        target_id = self.attacked.head.classes[target][1]
        return FoolOutcome(
            named=after[0] == target_id,
            likeliest=int(after[1].argmax()) == target,
            jpeg=jpeg[0] == target_id,
            linf=int(np.abs(picture.astype(int) - start.image).max()),
            steps=optimiser.step,
            seconds=seconds,
        )

    def _run(
        self, request: OptimizeRequest, target: int, start: NDArray[np.uint8] | None, face: DetectedFace | None
    ) -> tuple[InputOptimiser, float]:
        def find(picture: NDArray[np.uint8]) -> DetectedFace | None:
            return None if face is None else _same(self._reader.detect(picture), face)

        optimiser = InputOptimiser(self.differentiable, target, request, start, face, None, find)
        began = time.perf_counter()
        while optimiser.step < optimiser.steps and not optimiser.settled:
            optimiser.advance()
        return optimiser, time.perf_counter() - began

    def _recognise(self, data: bytes, face: DetectedFace) -> tuple[int | None, NDArray[np.float64]]:
        """Return the person that the face is named as, and the closed probabilities; None where no face is detected."""
        reading = self._reader.read(data)
        match = _same(reading.faces, face)
        if match is None:
            return None, np.zeros(len(self.attacked.head.classes))
        index = reading.faces.index(match)
        naming = self._recogniser.recognise(reading, [frozenset()] * len(reading.faces))[index]
        probabilities = self.attacked.head.probabilities(reading)[index, :-1]
        return (naming.named.person_id if naming.named else None), probabilities


def run(data: Path | None = None, pairs: int = PAIRS, targets: int = TARGETS, only: str = "") -> Figures:
    """Return all figures, of the CNN where there is one."""
    reader = load_reader()
    try:
        attacked = heads_of_data_folder(data or Settings.from_env(os.environ).data)
    except Skip as reason:
        print(f"no CNN: {reason}")
        attacked = [train_attacked_head(reader)]
    figures: dict[str, float | int | str] = {}
    for attacked_head in attacked:
        bench = Bench(attacked_head, reader)
        for name, measure in _measures(bench, pairs, targets).items():
            if only in f"{attacked_head.name} {name}":
                results = measure()
                print(f"{attacked_head.name}, {name}: {results}", file=sys.stderr, flush=True)  # all takes long
                figures |= {f"{attacked_head.name}, {name}: {word}": value for word, value in results.items()}
    return figures


def _measures(bench: Bench, pairs: int, targets: int) -> Mapping[str, Callable[[], Figures]]:
    return {
        "floor": lambda: floor(bench.differentiable),
        "noise": lambda: _free(bench.from_noise(OptimizeMode.NOISE, targets)),
        "noise robust": lambda: _free(bench.from_noise(OptimizeMode.NOISE, targets, robust=True)),
        "dream": lambda: _free(bench.from_noise(OptimizeMode.DREAM, targets)),
        "fool 8": lambda: _fool(*bench.fool(pairs)),
        "fool 8 robust": lambda: _fool(*bench.fool(pairs, robust=True)),
    }


def floor(head: DifferentiableHead) -> Figures:
    """Time forward and backward through the networks alone, for one face."""
    random = np.random.default_rng(0)
    faces = [random.integers(0, 256, (1, look.size, look.size, 3), np.uint8) for look in head.view_specs]
    figures = {}
    for closed in (True, False):
        for _ in range(3):
            head.loss_gradients(faces, np.array([0]), closed=closed)
        times = []
        for _ in range(30):
            began = time.perf_counter()
            head.loss_gradients(faces, np.array([0]), closed=closed)
            times.append(1000 * (time.perf_counter() - began))
        figures["closed, ms" if closed else "open, ms"] = float(np.median(times))
    return figures


def _fool(outcomes: list[FoolOutcome], faceless: int) -> Figures:
    return {
        "pairs": len(outcomes),
        "left out, no face found": faceless,
        "named as the target, %": _percentage([outcome.named for outcome in outcomes]),
        "target likeliest, %": _percentage([outcome.likeliest for outcome in outcomes]),
        "named so after JPEG 85, %": _percentage([outcome.jpeg for outcome in outcomes]),
        "largest change of a pixel, median": float(np.median([outcome.linf for outcome in outcomes])),
        **_common(outcomes),
    }


def _free(outcomes: list[NoiseOutcome]) -> Figures:
    return {
        "people": len(outcomes),
        "p >= 0.999 as a PNG, %": _percentage([outcome.closed >= 0.999 for outcome in outcomes]),
        "least p": min(outcome.closed for outcome in outcomes),
        "p >= 0.8 although it may be nobody, %": _percentage([outcome.opened >= 0.8 for outcome in outcomes]),
        "p >= 0.8 after JPEG 85, %": _percentage([outcome.jpeg >= 0.8 for outcome in outcomes]),
        "the detector sees a face, %": _percentage([outcome.faces > 0 for outcome in outcomes]),
        **_common(outcomes),
    }


def _common(outcomes: Sequence[FoolOutcome | NoiseOutcome]) -> Figures:
    return {
        "steps, median": float(np.median([outcome.steps for outcome in outcomes])),
        "ms a step, median": 1000 * float(np.median([outcome.seconds / max(1, outcome.steps) for outcome in outcomes])),
        "seconds, median": float(np.median([outcome.seconds for outcome in outcomes])),
        "seconds, longest": max(outcome.seconds for outcome in outcomes),
    }


def _percentage(yes: list[bool]) -> float:
    return 100 * float(np.mean(yes))


def _same(faces: Any, face: DetectedFace) -> DetectedFace | None:
    """Return the face that overlaps most with where the face was."""
    best = max(faces, key=lambda candidate: box_iou(candidate.box, face.box), default=None)
    return best if best is not None and box_iou(best.box, face.box) > 0.5 else None


def colours() -> Figures:
    """Return the root of the covariance of drawn portraits' logit colours, as in core.models.attack.fourier."""
    from scipy.special import logit  # only here

    from portraits.people.default_people import DEFAULT_PEOPLE
    from portraits.portraits import portrait

    pixels = np.concatenate(
        [portrait(person, seed, 128).image.reshape(-1, 3) for person in DEFAULT_PEOPLE for seed in range(4)]
    )
    covariance = np.cov(logit(np.clip(pixels / 255, 2 / 255, 1 - 2 / 255)).T)
    axes, sizes, _ = np.linalg.svd(covariance)
    root = axes * np.sqrt(sizes)
    root /= np.linalg.norm(root, axis=1).max()
    return {f"{name}, {axis}": float(root[row, axis]) for row, name in enumerate("RGB") for axis in range(3)}


def main(arguments: Sequence[str]) -> None:
    """Take the options of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fooling")
    parser.add_argument("--data", type=Path, help="a product's data folder with a trained CNN")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--targets", type=int, default=TARGETS)
    parser.add_argument("--only", default="", help="figures whose name holds this")
    parser.add_argument("--colours", action="store_true", help="only the colours of drawn portraits")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    figures = colours() if options.colours else run(options.data, options.pairs, options.targets, options.only)
    print_and_keep("fooling", figures, options.json)
