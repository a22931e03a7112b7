"""The `light` DCGAN's training in PyTorch: `python -m benchmarks helpers.torch_dcgan DTYPE STEPS`.

The same nets, batch, loss, Adam and averaged generator, both networks updated from the same generated pictures;
no DiffAugment; channels-last, PyTorch's fastest layout on a CPU. Prints milliseconds a step, and for drawing 64 faces.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn.functional import softplus

BATCH, SIZE, LATENT_SIZE, DRAWN = 96, 96, 100, 64
DEPTHS = (250, 150, 90, 54)
WARM_UP = 1
_AVERAGE = 0.999


def main(dtype: str, steps: int) -> None:
    """Train on noise, with the clock running; then draw."""
    torch.set_num_threads(2)
    cast = torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16")
    generator, discriminator = _generator(), _discriminator()
    average = _generator()
    average.load_state_dict(generator.state_dict())
    parameters = [list(net.parameters()) for net in (generator, discriminator)]
    optimizers = [torch.optim.Adam(tensors, 2e-4, betas=(0.5, 0.999)) for tensors in parameters]
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (512, SIZE, SIZE, 3), np.uint8))

    def step() -> None:
        real = images[torch.randint(0, 512, (BATCH,))].permute(0, 3, 1, 2).float() / 127.5 - 1
        with cast:
            drawn = generator(torch.rand(BATCH, LATENT_SIZE) * 2 - 1)
            logits = [discriminator(pictures).float() for pictures in (real, drawn)]
        losses = [softplus(-logits[1]).mean(), softplus(-logits[0]).mean() + softplus(logits[1]).mean()]
        gradients = [torch.autograd.grad(*pair, retain_graph=True) for pair in zip(losses, parameters, strict=True)]
        for tensors, gradients_, optimizer in zip(parameters, gradients, optimizers, strict=True):
            for parameter, gradient in zip(tensors, gradients_, strict=True):
                parameter.grad = gradient
            optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(average.parameters(), generator.parameters(), strict=True):
                slow.lerp_(fast, 1 - _AVERAGE)
        losses[0].item()

    def draw() -> None:
        with cast:
            drawn = average(torch.rand(DRAWN, LATENT_SIZE) * 2 - 1)
        ((drawn.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()

    trained = _milliseconds(step, steps)
    average.eval()
    with torch.inference_mode():
        print(trained, _milliseconds(draw, 2 * steps))


def _milliseconds(work: Callable[[], None], times: int) -> float:
    taken = []
    for number in range(WARM_UP + times):
        began = time.perf_counter()
        work()
        if number >= WARM_UP:
            taken.append(time.perf_counter() - began)
    return 1e3 * statistics.median(taken)


def _generator() -> nn.Sequential:
    layers: list[nn.Module] = [nn.Linear(LATENT_SIZE, 36 * DEPTHS[0], bias=False), nn.Unflatten(1, (DEPTHS[0], 6, 6))]
    for depth, following in zip(DEPTHS, (*DEPTHS[1:], 3), strict=True):
        layers += [nn.BatchNorm2d(depth), nn.ReLU()]
        layers.append(nn.ConvTranspose2d(depth, following, 5, 2, 2, output_padding=1, bias=following == 3))
    return nn.Sequential(*layers, nn.Tanh()).to(memory_format=torch.channels_last)


def _discriminator() -> nn.Sequential:
    layers: list[nn.Module] = []
    before = 3
    for depth in reversed(DEPTHS):
        layers.append(nn.Conv2d(before, depth, 5, 2, 2, bias=before == 3))
        if before != 3:
            layers.append(nn.BatchNorm2d(depth))
        layers.append(nn.LeakyReLU(0.2))
        before = depth
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(36 * before, 1)).to(memory_format=torch.channels_last)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
