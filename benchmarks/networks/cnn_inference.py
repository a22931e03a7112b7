"""Milliseconds for a trained CNN to name faces that are cut out already: one, and 64 at once.

`python -m benchmarks cnn_inference`; in bfloat16 where the processor computes in it. Weights are random: they do not
change the time. "plain" is the network alone in one compiled function; the head that answers also asks for the mirror
image, and takes a few faces at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.helpers.timing import median_ms

ROUNDS = 15
WARM_UP = 2
CLASSES = 40


def run() -> dict[str, float | int | str]:
    """By preset."""
    from core.models.cnn.head import CnnConfig, CnnHead
    from core.models.cnn.network import build_net
    from core.models.cnn.presets import CNN_PRESETS
    from core.models.cnn.training_step import infer
    from core.models.common.backend import best_policy, make_forward  # TensorFlow

    figures: dict[str, float | int | str] = {}
    for name in ("classic", "slim", "modern"):
        preset = CNN_PRESETS[name]
        net = build_net(preset.net, preset.size, CLASSES, policy=best_policy())  # as a version answers
        gate: Any = None  # strangers are not asked about here
        config = CnnConfig(preset.net, preset.framing, preset.size, preset.grey, 1.0)
        head = CnnHead(tuple((str(index), index) for index in range(CLASSES)), net, config, gate)
        plain = make_forward(lambda pixels, net=net: infer(net, pixels, grey=False))
        for count in (1, 64):
            pixels = np.zeros((count, preset.size, preset.size, 3), np.uint8)
            figures[f"{name}, {count} plain, ms"] = median_ms(
                lambda plain=plain, pixels=pixels: plain(pixels), ROUNDS, WARM_UP
            )
            figures[f"{name}, {count} with mirror image, ms"] = median_ms(
                lambda head=head, pixels=pixels: head.closed(pixels), ROUNDS, WARM_UP
            )
    return figures
