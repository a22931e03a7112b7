"""What each preset of the conditional adversarial autoencoder is trained with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaaePreset:
    """The four networks and how they are trained (Zhang, Song, Qi 2017, arXiv 1702.08423; `ZZUTK/Face-Aging-CAAE`).

    Args:
        encoder: channels after each halving of the picture.
        generator: channels of the smallest map, and after each doubling; as many doublings as the encoder has halvings.
        discriminator: channels of the discriminator of pictures after each halving.
        hidden: units of its dense layer.
        steps: batches in all.
        size: pixels a side.
        batch: pictures in each.
        learning_rate: of Adam, of all four networks.
        momentum: Adam's beta 1.
        adversarial: weight of both discriminators' terms, where the error of the reconstruction has 1.
        variation: weight of the total variation.
        ema_decay: decay of the moving average of encoder and generator, which is what ages faces.
    """

    encoder: tuple[int, ...]
    generator: tuple[int, ...]
    discriminator: tuple[int, ...]
    hidden: int
    steps: int
    size: int
    batch: int
    learning_rate: float = 2e-4  # the paper's
    momentum: float = 0.5  # the paper's
    adversarial: float = 1e-4  # the paper's
    variation: float = 0.0  # the published code's; the paper names the term, and no weight
    ema_decay: float = 0.999  # as of the DCGAN: some minutes of a training


CAAE_PRESETS: Mapping[str, CaaePreset] = {
    # For a CPU: narrower networks, small batches.
    "light": CaaePreset((32, 64, 128, 192), (192, 128, 64, 32, 16), (16, 32, 64, 96), 256, 12000, 96, 16),
    # As published, figure 3: fifty epochs of 24,000 pictures.
    "paper": CaaePreset((64, 128, 256, 512), (1024, 512, 256, 128, 64), (16, 32, 64, 128), 1024, 12000, 128, 100),
}
