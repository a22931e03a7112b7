"""What each preset of the DCGAN is trained with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.models.dcgan.network import SHAPES, Shape

TWO_CLASS, NON_SATURATING, HINGE = "two-class", "non-saturating", "hinge"  # core.domain.training.presets.LOSSES


@dataclass(frozen=True, slots=True)
class DcganPreset:
    """The two networks and how they are trained.

    Args:
        net: a name for the architecture.
        shape: of both networks.
        steps: batches in all.
        loss: `two-class`: cross entropy of a softmax over "drawn" and "real"; `non-saturating`: of one logit
            (Goodfellow et al. 2014); `hinge` (Lim and Ye 2017). In all of them the generator wants "real".
        batch: real pictures in each, and as many drawn ones.
        learning_rate: of Adam, of both networks.
        momentum: Adam's beta 1.
        ema_decay: decay of the moving average of the generator's weights, which is what draws; 0: the weights as they
            are.
        augment: strength of DiffAugment, 0 to 1; None: as the number of pictures needs it.
    """

    net: str
    shape: Shape
    steps: int
    loss: str = NON_SATURATING
    batch: int = 16  # many small steps teach more in the same time than few large ones: five take as long as one of 96
    learning_rate: float = 2e-4  # the paper's; system 2 had 1e-4 or 2e-4
    momentum: float = 0.5  # the paper's: with Adam's 0.9 the two networks swing
    ema_decay: float = 0.999  # of a thousand steps, some minutes of a training
    augment: float | None = None


_LIGHT = DcganPreset(net="light", shape=SHAPES["light"], steps=24000)

DCGAN_PRESETS: Mapping[str, DcganPreset] = {
    "light": _LIGHT,
    "small": replace(_LIGHT, net="small", shape=SHAPES["small"]),  # 64 pixels a side, a quarter of the work of `light`
    # As system 2 had it, but for the averaged weights, which cost nothing.
    "classic": replace(
        _LIGHT, net="classic", shape=SHAPES["classic"], steps=7000, loss=TWO_CLASS, batch=128, augment=0.0
    ),
}
