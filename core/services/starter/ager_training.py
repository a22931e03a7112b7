"""Training of the starter model that ages faces: drawn people at several ages, and pairs of them.

Other than the generators it is no run of the database: pairs are no data set, and there is nothing to choose from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.models.ageing.conditions import conditions
from core.models.ageing.drawn_people import VERSION
from core.models.ageing.typicality import fit_typicality
from core.models.common import weights_file
from core.models.common.saved_state import check_finite, mismatch_as_bad_weights, pack, unpack
from core.models.reage.ager import ager_tensors
from core.models.reage.pair_training import PairTraining
from core.models.reage.presets import REAGE_PRESETS, ReagePreset
from core.render.grid import render_grid
from core.storage.disk import write_whole
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.models.ageing.drawn_people import DrawnPeople
    from core.services.starter.training import Plan

HELD_OUT = 40  # people by whom the model is judged, and who are on the sheet: the first
_SHEET_AGES = (10, 20, 35, 50, 65, 80)
_SHOWN = 10  # rows of the sheet
_SAVE_EVERY = 50  # steps
_SHEETS = 10  # in a training
_LICENCE = "MIT"  # as the drawings and the code
Progress = Callable[[int, int], None]  # steps done, steps in all


def ager_preset(plan: Plan) -> ReagePreset:
    """Return the network's preset for a plan."""
    changes: dict[str, Any] = {**plan.options, "steps": plan.steps, "batch": plan.batch}
    return replace(REAGE_PRESETS[plan.preset], **changes)


def ager_view(plan: Plan) -> View:
    """Return how the network of a plan sees faces."""
    return View(Framing.FACE, ager_preset(plan).size)


class AgerTraining:
    """The training of the starter model; it saves its state, and goes on from there.

    Args:
        folder: gets the state and `reage-sheet.png`.
        drawn: the people; more than `HELD_OUT`.
        plan: network, steps and batch.
        seed: of the weights and the order of the pairs.

    Raises:
        OmokageError: BAD_WEIGHTS, the state is damaged or of another network.
    """

    def __init__(self, folder: Path, drawn: DrawnPeople, plan: Plan, seed: int) -> None:
        self._drawn, self._plan, self._seed = drawn, plan, seed
        self._preset = ager_preset(plan)
        rows = np.arange(HELD_OUT, len(drawn.ages))
        self._training = PairTraining(drawn, rows, preset=self._preset, seed=seed)
        name = "-".join(map(str, (plan.preset, len(drawn.ages), seed, plan.steps, plan.batch, *plan.options.values())))
        self._state, self._sheet = folder / f"{name}.safetensors", folder / "reage-sheet.png"
        if self._state.exists():
            with mismatch_as_bad_weights():
                tensors, _, values = unpack(self._state.read_bytes())
                self._training.set_tensors(tensors, int(values["step"]))

    def train(self, stop_requested: Callable[[], bool], progress: Progress) -> bool:
        """Train to the end, or until a stop is requested; whether it is finished.

        Raises:
            OmokageError: DIVERGED.
        """
        training = self._training
        sheet_every = max(_SAVE_EVERY, training.steps // _SHEETS)
        while training.step < training.steps and not stop_requested():
            training.advance()
            if training.step % _SAVE_EVERY == 0:
                self._save()
                progress(training.step, training.steps)
            if training.step % sheet_every == 0:
                write_whole({self._sheet: self.sheet()})
        self._save()
        return training.step == training.steps

    def sheet(self) -> bytes:
        """Draw people that were held out, a row each: as they are, then at six ages."""
        rows = np.arange(_SHOWN)
        columns = rows % self._drawn.ages.shape[1]  # of some the youngest picture, of others older ones
        faces, present = self._drawn.pictures[rows, columns], self._drawn.ages[rows, columns]
        cells = [faces, *(self._aged(faces, present, np.full(_SHOWN, age)) for age in _SHEET_AGES)]
        labels = [f"{age:.0f}" for row in present for age in (row, *_SHEET_AGES)]
        return render_grid(np.stack(cells, axis=1).reshape(-1, *faces.shape[1:]), len(cells), labels)

    def figures(self) -> dict[str, JSON]:
        """Return the mean difference of held-out people aged by the model from the same people drawn at that age.

        In pixel values, 0 to 255, over all pairs of two ages; `unchanged_error` is that of the pictures as they were.
        """
        before, after = np.nonzero(~np.eye(self._drawn.ages.shape[1], dtype=bool))
        people = np.repeat(np.arange(HELD_OUT), len(before))
        before, after = np.tile(before, HELD_OUT), np.tile(after, HELD_OUT)
        faces, targets = self._drawn.pictures[people, before], self._drawn.pictures[people, after].astype(np.float32)
        aged = self._aged(faces, self._drawn.ages[people, before], self._drawn.ages[people, after])
        errors = {"pair_error": aged, "unchanged_error": faces}
        return {name: round(float(np.abs(each - targets).mean()), 3) for name, each in errors.items()}

    def finish(self, command: str) -> tuple[bytes, dict[str, JSON]]:
        """Return the weights and their card.

        Args:
            command: that makes them.
        """
        pictures = self._drawn.pictures.reshape(-1, *self._drawn.pictures.shape[2:])
        held_out = np.arange(len(pictures)) < HELD_OUT * self._drawn.ages.shape[1]
        preset = self._preset
        architecture = f"reage-{preset.size}"
        tensors = ager_tensors(self._training.ema_weights(), fit_typicality(pictures, held_out))
        weights = weights_file.dump(tensors, {"architecture": architecture})
        return weights, {
            "kind": "reage",
            "architecture": architecture,
            "config": {
                "head": "reage",
                "preset": self._plan.preset,
                "size": preset.size,
                "channels": list(preset.channels),
                "framing": Framing.FACE.value,
                "steps": preset.steps,
                "batch": preset.batch,
                "learning_rate": preset.learning_rate,
                "seed": self._seed,
            },
            "metrics": self.figures(),
            "licence": _LICENCE,
            "parts": [
                {
                    "name": f"weights, trained from scratch on pairs of {len(pictures)} drawn pictures",
                    "licence": _LICENCE,
                },
                {"name": f"the pictures: portraits/aged_people.py, version {VERSION}", "licence": _LICENCE},
            ],
            "data": {"people": len(self._drawn.ages), "pictures": len(pictures), "hash": _hash(self._drawn)},
            "command": command,
            "sha256": hashlib.sha256(weights).hexdigest(),
            "size": len(weights),
        }

    def close(self) -> None:
        """End the thread that makes batches."""
        self._training.close()

    def _save(self) -> None:
        tensors = self._training.tensors()
        check_finite(tensors, self._training.step)
        write_whole({self._state: pack(tensors, {}, {"step": self._training.step})})

    def _aged(
        self, faces: NDArray[np.uint8], present: NDArray[np.floating], ages: NDArray[np.floating]
    ) -> NDArray[np.uint8]:
        unknown = np.full(len(faces), -1, np.int8)
        return self._training.age_faces(faces, conditions(present, ages, unknown))


def check_people(people: int) -> None:
    """Check that there are people to learn from beside those that are held out.

    Raises:
        OmokageError: BAD_OPTION.
    """
    if people <= HELD_OUT:
        raise OmokageError(
            ErrorCode.BAD_OPTION, option="pictures", value=people, allowed=f"more than {HELD_OUT} people"
        )


def _hash(drawn: DrawnPeople) -> str:
    digest = hashlib.sha256(drawn.pictures.tobytes())
    digest.update(drawn.ages.astype("<f4").tobytes() + drawn.genders.tobytes())
    return digest.hexdigest()
