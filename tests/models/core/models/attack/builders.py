"""Builders of tiny differentiable heads with random weights, which know three people."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from core.domain.faces import DetectedFace
from core.models.attack.differentiable_heads import DifferentiableHead, differentiable_head
from core.models.cnn.head import CnnConfig, CnnHead
from core.models.cnn.network import build_net
from core.models.common.seeds import Seeds
from core.models.embedding.evidence import References
from core.models.embedding.head import EmbeddingHead
from core.models.embedding.open_set import OpenSet
from core.vision.recognition.photo_reader import PhotoReading
from core.vision.views import Framing

CLASSES = (("Anna", 1), ("Ben", 2), ("Cara", 3))
PICTURES = 5  # of each
Pictures = NDArray[np.uint8]


@cache
def embedding_network() -> keras.Model:
    """(N, 150, 150, 3) -> (N, 128) of length 1 or so; sees blurred colours, so that all of it can be followed back."""
    keras.utils.set_random_seed(3)
    pixels = keras.Input((150, 150, 3))
    x = layers.Rescaling(1 / 64, -2)(pixels)
    x = layers.Conv2D(12, 5, 5, activation="relu")(x)
    x = layers.AveragePooling2D(5)(x)
    return keras.Model(
        pixels, layers.Dense(128, kernel_initializer=keras.initializers.RandomNormal(0, 0.02))(layers.Flatten()(x))
    )


def chips(count: int, seed: int = 0) -> Pictures:
    """Smooth pictures of 150 pixels, in a few colours."""
    random = np.random.default_rng(seed)
    coarse = random.integers(40, 216, (count, 5, 5, 3))
    return np.repeat(np.repeat(coarse, 30, 1), 30, 2).astype(np.uint8)


def embedding_head(*, faceless: int = 0, soft: float = 1.0) -> EmbeddingHead:
    """Knows the first pictures of `chips`; `faceless`: so many people more without a picture, never named."""
    embeddings = np.asarray(embedding_network()(chips(len(CLASSES)).astype(np.float32)))
    random = np.random.default_rng(1)
    owners = np.repeat(np.arange(len(CLASSES)), PICTURES)
    people = len(CLASSES) + faceless
    references = References(embeddings[owners] + random.normal(0, 0.01, (len(owners), 128)), owners, people)
    apart = float(((embeddings[0] - embeddings[1]) ** 2).sum())
    open_set = OpenSet(np.array([6.0, 3.0]) / apart / soft, 5.5 / soft, 0.5, np.linspace(-0.2, 0.2, people))
    extra = tuple((f"Faceless {number}", 10 + number) for number in range(faceless))
    return EmbeddingHead(CLASSES + extra, references, open_set)


def cnn_head(*, framing: Framing = Framing.ALIGNED, grey: bool = False) -> CnnHead:
    """A `slim` network at 32 pixels."""
    net = build_net("slim", 32, len(CLASSES), channels=1 if grey else 3, seeds=Seeds(5))
    return CnnHead(CLASSES, net, CnnConfig("slim", framing, 32, grey, 0.05), embedding_head())


@cache
def fooled_embedding() -> DifferentiableHead:
    return differentiable_head(embedding_head(), embedding_network())


@cache
def fooled_cnn() -> DifferentiableHead:
    return differentiable_head(cnn_head(), embedding_network())


FOOLED: Mapping[str, Any] = {"cnn": fooled_cnn, "embedding": fooled_embedding}


def reading(image: Pictures, faces: tuple[DetectedFace, ...], shown: Pictures) -> PhotoReading:
    """As a photo is read, with the tiny network's embeddings of the chips that are `shown`."""
    return PhotoReading(image, faces, np.asarray(embedding_network()(shown.astype(np.float32))))
