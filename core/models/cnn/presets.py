"""What each preset of the CNN is trained with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.models.common.augment import Augmentation
from core.vision.views import Framing, View

SIZES = (96, 80, 64, 48, 32)
# Pictures are stored this much larger than the network's input, to cut the crop from: 112 for 96, as system 1 had it.
_MARGIN = 7 / 6


@dataclass(frozen=True, slots=True)
class CnnPreset:
    """A network and how to train it.

    Args:
        net: a key of `core.models.cnn.network.NETS`.
        framing: of the pictures.
        size: pixels a side of the input.
        augmentation: of the training pictures.
        steps: batches in all.
        batch: pictures in each.
        learning_rate: of Adam, at its peak.
        cosine: whether the rate falls to zero along half a cosine, after a warm-up; otherwise it is constant.
        dense_decay: weight decay of the hidden dense layers, as a term of the loss.
        decay: decoupled weight decay (AdamW) of all kernels.
        smoothing: of the labels.
        mixup: parameter of the beta distribution; 0: pictures are not mixed.
        ema_decay: decay of the moving average of the weights, which is what is evaluated and kept.
        grey: whether colours are dropped before anything else.
    """

    net: str
    framing: Framing
    size: int
    augmentation: Augmentation
    steps: int
    batch: int = 128
    learning_rate: float = 1e-3
    cosine: bool = False
    dense_decay: float = 0.0
    decay: float = 0.0
    smoothing: float = 0.0
    mixup: float = 0.0
    ema_decay: float = 0.999
    grey: bool = False

    @property
    def view(self) -> View:
        """The pictures as they are stored."""
        return stored_view(self.framing, self.size)


def stored_view(framing: Framing, size: int) -> View:
    """Pictures from which crops of `size` are cut."""
    return View(framing, round(size * _MARGIN))


_CLASSIC = CnnPreset(
    net="classic",
    framing=Framing.CROP,
    size=96,
    augmentation=Augmentation(shift=True, flip=True, brightness=0.4, contrast=0.4, hue=0.04, saturation=0.4),
    steps=8000,
    dense_decay=0.005,
)
# The best at a quarter of the wall time of `classic` (docs/decisions/010-cnn.md). Once a face is upright, 48 pixels
# hold what tells people apart, and each step is twice as fast as one at 64.
_MODERN = CnnPreset(
    net="modern",
    framing=Framing.ALIGNED,
    size=48,
    augmentation=Augmentation(
        shift=True,
        flip=True,
        rotate=5.0,
        scale=0.06,
        contrast=0.4,
        hue=0.02,
        saturation=0.4,
        grey=0.1,
        erase=0.2,
    ),
    steps=4000,
    learning_rate=3e-3,
    cosine=True,
    decay=0.05,
    smoothing=0.1,
    mixup=0.2,
)

CNN_PRESETS: Mapping[str, CnnPreset] = {
    "classic": _CLASSIC,
    "slim": replace(_CLASSIC, net="slim"),
    "gray": replace(_CLASSIC, net="gray", grey=True),
    "modern": _MODERN,
}
