"""`omokage starter train reage`: makes the model that ages faces and comes with the product."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cli.training.local_runner import Interrupt
    from core.services.starter.training import Made, Plan

Progress = Callable[[int, int], None]


def make_ager(
    folder: Path, plan: Plan, people: tuple[int, int], interrupt: Interrupt, progress: Callable[[str], Progress]
) -> Made | None:
    """Draw people and train on pairs of their pictures; each stage finds what an earlier call has done.

    Args:
        folder: gets pictures, state and sheet.
        plan: network, steps and batch.
        people: how many pictures, and the seed.
        interrupt: saves and ends the training.
        progress: a function that reports the progress of the stage with a name.

    Returns:
        None: somebody pressed Ctrl-C.
    """
    from core.models.ageing.drawn_people import AGES, draw_people  # numpy
    from core.services.starter.ager_training import AgerTraining, ager_view, check_people  # TensorFlow
    from core.services.starter.training import Made

    pictures, seed = people
    check_people(pictures // AGES)
    drawn = draw_people(folder / "people", pictures // AGES, seed, ager_view(plan), progress("people drawn"))
    training = AgerTraining(folder, drawn, plan, seed)
    try:
        if not training.train(lambda: interrupt.requested, progress("steps done")):
            return None
        command = f"omokage starter train reage --pictures {pictures} --seed {seed}"
        command += f" --preset {plan.preset} --steps {plan.steps} --batch {plan.batch}"
        return Made(*training.finish(command))
    finally:
        training.close()
