"""The effect of the moving average of the weights: held-out accuracy of a run's checkpoints with it and without.

`python -m benchmarks averaging [--run NUMBER]`, of a CNN's run of the shell's data folder (`OMOKAGE_DATA`).
Runs only when it is named.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.helpers.report import Skip, print_table


def run(number: int | None = None) -> dict[str, float]:
    """By step, in [0, 1]; without mirror images.

    Args:
        number: as shown by `omokage train`; None: the newest run.
    """
    from core.bootstrap import build
    from core.domain.errors import OmokageError
    from core.models.common import weights_file
    from core.models.families import make_trainer  # TensorFlow
    from core.settings import Settings

    services = build(Settings.from_env(), lambda *_: None)
    try:
        training_run = services.runs.find(0, number)
    except OmokageError as error:
        raise Skip(f"no run {number or ''} in the data folder") from error
    if training_run.config.get("head") != "cnn":
        raise Skip(f"run {training_run.number} trains no CNN")
    dataset = services.datasets.get(training_run.dataset_id)
    trainer = make_trainer(training_run, dataset, services.dataset_storage.open(dataset))
    figures: dict[str, float] = {}
    for checkpoint in sorted(services.runs.checkpoints(training_run.id), key=lambda saved: saved.step):
        data = services.blobs.get(checkpoint.blob)
        trainer.restore(data)
        figures[f"step {checkpoint.step}, averaged"] = trainer.evaluate()["held_out_accuracy"]
        tensors, metadata = weights_file.load(data)
        plain = {name: tensors[name.replace("average/", "net/", 1)] for name in tensors}
        trainer.restore(weights_file.dump(plain, metadata))
        figures[f"step {checkpoint.step}, as they are"] = trainer.evaluate()["held_out_accuracy"]
    return figures


def main(arguments: Sequence[str]) -> None:
    """Take the options of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks averaging", description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=int)
    print_table("averaging", run(parser.parse_args(arguments).run))
