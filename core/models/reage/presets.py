"""What each preset of `reage` is trained with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReagePreset:
    """A network and how to train it.

    Args:
        steps: batches in all.
        size: pixels a side.
        channels: of the U-Net, at half of the size, at a quarter, and so on.
        batch: pictures in each.
        learning_rate: of Adam, at its peak.
        identity_batch: pictures of a batch of which the embedding network says whether they are still the same person;
            it costs as much as all the rest.
        colour: how much of the change's colour counts: half makes brightness, and so wrinkles, the easier way.
        age: weight of the divergence that dlib's age network sees.
        learning_age: weight of the cross entropy that the discriminator sees, which learns as the U-Net does.
        identity: weight of the distance beyond what the years excuse.
        same: weight of the mean change where no change of age is asked for.
        cycle: weight of the mean difference after there and back again.
        adversarial: weight of what the discriminator says of patches.
        mask: weight of the mask's mean.
        warm_up: fraction of the steps in which all weights but that of dlib's age network grow: at full weight from the
            start, the mask vanishes before the network has learnt what to change, and no gradient passes a mask of
            zero.
        smooth: weight of the change's total variation.
        ema_decay: decay of the moving average of the weights, which is what is evaluated and kept.
    """

    steps: int
    size: int = 96
    channels: tuple[int, ...] = (32, 64, 96)
    batch: int = 16
    learning_rate: float = 4e-4
    identity_batch: int = 4
    colour: float = 0.5
    age: float = 0.5
    learning_age: float = 2.0
    identity: float = 10.0
    same: float = 10.0
    cycle: float = 5.0
    adversarial: float = 4.0
    mask: float = 0.05
    warm_up: float = 0.02
    smooth: float = 0.02
    ema_decay: float = 0.995


REAGE_PRESETS: Mapping[str, ReagePreset] = {
    "reage": ReagePreset(steps=12000),
}
