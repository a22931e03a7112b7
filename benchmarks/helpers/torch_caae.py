"""The `light` CAAE's training in PyTorch: `python -m benchmarks.helpers.torch_caae DTYPE STEPS`.

The same four nets, batch, losses, Adam and averaged encoder and generator, all updated from the same pictures;
channels-last, PyTorch's fastest layout on a CPU. Prints milliseconds a step.
"""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn.functional import softplus

from benchmarks.helpers.timing import median_ms

BATCH, SIZE, PICTURES, WARM_UP = 16, 96, 256, 2
ENCODER, GENERATOR, DISCRIMINATOR, HIDDEN = (32, 64, 128, 192), (192, 128, 64, 32, 16), (16, 32, 64, 96), 256
LATENTS, CONDITION, REPEATED = 50, 11, 5
_SIDE = SIZE // 2 ** len(ENCODER)
_ADVERSARIAL, _AVERAGE = 1e-4, 0.999


def main(dtype: str, steps: int) -> None:
    """Train on noise, with the clock running."""
    torch.set_num_threads(2)
    cast = torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16")
    encoder, generator, latent_judge, judge = _encoder(), _generator(), _latent_discriminator(), _Discriminator()
    drawing = [*encoder.parameters(), *generator.parameters()]
    average = [parameter.detach().clone() for parameter in drawing]
    parameters = [drawing, list(judge.parameters()), list(latent_judge.parameters())]
    optimizers = [torch.optim.Adam(tensors, 2e-4, betas=(0.5, 0.999)) for tensors in parameters]
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (PICTURES, SIZE, SIZE, 3), np.uint8))

    def losses() -> list[torch.Tensor]:
        real = images[torch.randint(0, PICTURES, (BATCH,))].permute(0, 3, 1, 2).float() / 127.5 - 1
        condition = torch.rand(BATCH, CONDITION) * 2 - 1
        with cast:
            latents = encoder(real)
            drawn = generator(torch.cat([latents, *[condition] * REPEATED], 1))
            logits = [judge(pictures, condition).float() for pictures in (real, drawn)]
            latent_logits = [latent_judge(each).float() for each in (torch.rand(BATCH, LATENTS) * 2 - 1, latents)]
        taken = softplus(-logits[1]).mean() + softplus(-latent_logits[1]).mean()
        apart = [softplus(-real_).mean() + softplus(drawn_).mean() for real_, drawn_ in (logits, latent_logits)]
        return [(drawn.float() - real).abs().mean() + _ADVERSARIAL * taken, *apart]

    def step() -> None:
        three = losses()
        gradients = [torch.autograd.grad(*pair, retain_graph=True) for pair in zip(three, parameters, strict=True)]
        for tensors, gradients_, optimizer in zip(parameters, gradients, optimizers, strict=True):
            for parameter, gradient in zip(tensors, gradients_, strict=True):
                parameter.grad = gradient
            optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(average, drawing, strict=True):
                slow.lerp_(fast, 1 - _AVERAGE)
        three[0].item()

    print(median_ms(step, steps, WARM_UP))


def _down(before: int, after: int) -> nn.Conv2d:
    return nn.Conv2d(before, after, 5, 2, 2)


def _encoder() -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in zip((3, *ENCODER), ENCODER, strict=False):
        layers += [_down(before, after), nn.ReLU()]
    last = nn.Linear(_SIDE**2 * ENCODER[-1], LATENTS)
    return nn.Sequential(*layers, nn.Flatten(), last, nn.Tanh()).to(memory_format=torch.channels_last)


def _generator() -> nn.Sequential:
    first = nn.Linear(LATENTS + REPEATED * CONDITION, _SIDE**2 * GENERATOR[0])
    layers: list[nn.Module] = [first, nn.Unflatten(1, (GENERATOR[0], _SIDE, _SIDE))]
    for before, after in pairwise(GENERATOR):
        layers += [nn.ReLU(), nn.ConvTranspose2d(before, after, 5, 2, 2, output_padding=1)]
    colours = nn.Conv2d(GENERATOR[-1], 3, 5, padding=2)
    return nn.Sequential(*layers, nn.ReLU(), colours, nn.Tanh()).to(memory_format=torch.channels_last)


def _latent_discriminator() -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in ((LATENTS, 64), (64, 32), (32, 16)):
        layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(16, 1))


class _Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        widths = DISCRIMINATOR
        self.first = nn.Sequential(_down(3, widths[0]), nn.BatchNorm2d(widths[0]), nn.ReLU())
        layers: list[nn.Module] = []
        for before, after in zip((widths[0] + CONDITION, *widths[1:]), widths[1:], strict=False):
            layers += [_down(before, after), nn.BatchNorm2d(after), nn.ReLU()]
        dense = [nn.Linear(_SIDE**2 * widths[-1], HIDDEN), nn.LeakyReLU(0.2), nn.Linear(HIDDEN, 1)]
        self.rest = nn.Sequential(*layers, nn.Flatten(), *dense)
        self.to(memory_format=torch.channels_last)

    def forward(self, pictures: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        """(N, 3, S, S) and (N, 11) -> (N, 1)."""
        x = self.first(pictures)
        maps = condition[:, :, None, None].expand(-1, -1, *x.shape[2:])
        return self.rest(torch.cat([x, maps], 1))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
