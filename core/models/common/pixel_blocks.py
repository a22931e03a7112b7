"""Convolutions of pictures whose blocks of 2 x 2 pixels are held as channels: (N, H / 2, W / 2, 4 C).

A convolution with few channels leaves most of a processor's lanes idle. Held as blocks, the same picture has four times
the channels and a quarter of the pixels, and a 5 x 5 kernel becomes one of 3 x 3 (Shi et al. 2016, arXiv 1609.05158).
Channels are in the order of `keras.ops.depth_to_space`: row in the block, column in the block, channel.
"""

from __future__ import annotations

from typing import Any

from keras import ops


def transposed_to_blocks(x: Any, kernel: Any) -> Any:
    """Convolve as a transposed convolution of stride 2 does: (N, H, W, C) -> (N, H, W, 4 D).

    Args:
        x: maps; each of their pixels becomes a block.
        kernel: (5, 5, D, C), as of Keras' `Conv2DTranspose` with padding "same".
    """
    depth, before = kernel.shape[2:]
    # Of six taps, the first of them zero, two meet each pixel: for the even and the odd pixel of its block.
    taps = ops.reshape(ops.pad(kernel, ((1, 0), (1, 0), (0, 0), (0, 0))), (3, 2, 3, 2, depth, before))
    taps = ops.transpose(ops.flip(taps, (0, 2)), (0, 2, 5, 1, 3, 4))
    return ops.conv(x, ops.reshape(taps, (3, 3, before, 4 * depth)), padding="same")


def convolve_blocks(x: Any, kernel: Any) -> Any:
    """Convolve as a convolution of the pixels does: (N, H / 2, W / 2, 4 C) -> (N, H / 2, W / 2, 4 D).

    Args:
        x: blocks.
        kernel: (5, 5, C, D), as of Keras' `Conv2D` with padding "same".
    """
    before, depth = kernel.shape[2:]
    taps = ops.pad(kernel, ((1, 1), (1, 1), (0, 0), (0, 0)))
    # The even pixel of a block meets the taps from the first zero on, counted in blocks; the odd pixel a tap earlier.
    taps = ops.stack([taps[1:7], taps[:6]])
    taps = ops.stack([taps[:, :, 1:7], taps[:, :, :6]])
    taps = ops.reshape(taps, (2, 2, 3, 2, 3, 2, before, depth))  # column, row of the result; then rows and columns met
    taps = ops.transpose(taps, (2, 4, 3, 5, 6, 1, 0, 7))
    return ops.conv(x, ops.reshape(taps, (3, 3, 4 * before, 4 * depth)), padding="same")
