"""What each preset of the autoencoder is trained with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class VaePreset:
    """A network and how to train it.

    Args:
        steps: batches in all.
        size: pixels a side.
        latent_size: numbers that describe a face.
        kl: weight of the divergence from a normal distribution; 1 is the evidence lower bound where errors follow a
            Laplace distribution of scale 1, half the range of a value. 0: a plain autoencoder, without noise.
        warm_up: share of the steps in which the divergence grows to its weight: at full weight from the start, the
            decoder learns to do without the latents (Bowman et al. 2016, arXiv 1511.06349).
        coarse: weight of the error of coarse pictures, see `reconstruction`.
        batch: pictures in each.
        learning_rate: of Adam, at its peak.
        ema_decay: decay of the moving average of the weights, which is what is evaluated and kept.
    """

    steps: int
    size: int = 96
    latent_size: int = 128  # a face of 96 pixels is told apart from all others in some dozens; the rest stays unused
    kl: float = 2.0  # half of it leaves more to the mixture, twice as much blurs
    warm_up: float = 0.1
    coarse: float = 1.0
    batch: int = 64
    learning_rate: float = 1e-3
    ema_decay: float = 0.999


_VAE = VaePreset(steps=6000)

VAE_PRESETS: Mapping[str, VaePreset] = {
    "vae": _VAE,
    "autoencoder": replace(_VAE, kl=0.0),
}
