"""The `slim` CNN's training in PyTorch: `python -m benchmarks helpers.torch_cnn DTYPE STEPS`.

The same net, batch, augmentation (crop, mirror image, brightness, contrast, saturation, standardisation), cross entropy
with weight decay on the hidden layers, Adam; channels-last, which is PyTorch's fastest layout on a CPU. Prints
milliseconds a step.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
import torch
from torch import nn

BATCH, STORED, SIZE, CLASSES = 128, 112, 96, 40
WARM_UP = 2


def main(dtype: str, steps: int) -> None:
    """Train on noise, with the clock running."""
    torch.set_num_threads(2)
    net = network().to(memory_format=torch.channels_last)
    hidden = [layer.weight for layer in net if isinstance(layer, nn.Linear)][:2]
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (512, STORED, STORED, 3), np.uint8))
    labels = torch.randint(0, CLASSES, (512,))
    times = []
    for step in range(WARM_UP + steps):
        began = time.perf_counter()
        rows = torch.randint(0, 512, (BATCH,))
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16"):
            loss = nn.functional.cross_entropy(net(augmented(images[rows])).float(), labels[rows])
        loss = loss + 0.0025 * sum(weight.square().sum() for weight in hidden)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        float(loss)
        if step >= WARM_UP:
            times.append(time.perf_counter() - began)
    print(1e3 * statistics.median(times))


def network() -> nn.Sequential:
    """The slim net."""
    layers: list[nn.Module] = []
    channels = 3
    for width in (32, 48, 72, 72):
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        channels = width
    layers += [nn.Flatten(), nn.Linear(36 * channels, 96), nn.ReLU(), nn.Linear(96, 128), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(128, CLASSES))


def augmented(images: torch.Tensor) -> torch.Tensor:
    """(N, 112, 112, 3) uint8 -> (N, 3, 96, 96) float32."""
    count = len(images)
    corners = torch.randint(0, STORED - SIZE + 1, (count, 2)).tolist()
    crops = torch.stack([one[y : y + SIZE, x : x + SIZE] for one, (y, x) in zip(images, corners, strict=True)])
    faces = crops.permute(0, 3, 1, 2).float() / 255.0
    mirrored = torch.rand(count) < 0.5
    faces[mirrored] = faces[mirrored].flip(3)
    faces += torch.empty(count, 1, 1, 1).uniform_(-0.4, 0.4)
    mean = faces.mean((2, 3), keepdim=True)
    faces = (faces - mean) * torch.empty(count, 1, 1, 1).uniform_(0.6, 1.4) + mean
    grey = faces.mean(1, keepdim=True)
    faces = (faces - grey) * torch.empty(count, 1, 1, 1).uniform_(0.6, 1.4) + grey
    faces = faces - faces.mean((1, 2, 3), keepdim=True)
    return faces / faces.std((1, 2, 3), keepdim=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
