"""Builders of tiny differentiable heads with random weights, which know three people."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from core.domain.embedders import DLIB, EMBEDDING_NAME
from core.domain.faces import DetectedFace
from core.models.attack.differentiable_heads import DifferentiableHead, differentiable_head
from core.models.cnn.head import CnnConfig, CnnHead
from core.models.cnn.network import build_net
from core.models.common.seeds import Seeds
from core.models.embedding.evidence import References
from core.models.embedding.head import EmbeddingHead
from core.models.embedding.open_set import PRIORS, OpenSet
from core.vision.recognition.photo_reader import PhotoReading
from core.vision.views import Framing

CLASSES = (("Anna", 1), ("Ben", 2), ("Cara", 3))
PICTURES = 5  # of each
Pictures = NDArray[np.uint8]


@cache
def _embedding_network(size: int) -> keras.Model:
    """(N, size, size, 3) -> (N, 128) of length 1 or so; sees blurred colours, so that all has a gradient."""
    keras.utils.set_random_seed(3)
    pixels = keras.Input((size, size, 3))
    x = layers.Rescaling(1 / 64, -2)(pixels)
    x = layers.Conv2D(12, 5, 5, activation="relu")(x)
    x = layers.AveragePooling2D(size // 30)(x)
    return keras.Model(
        pixels, layers.Dense(128, kernel_initializer=keras.initializers.RandomNormal(0, 0.02))(layers.Flatten()(x))
    )


def embed(*views: Any) -> Any:
    """Embed pixels of each view, (N, 150, 150, 3) and, for the joint embedder, (N, 112, 112, 3) -> (N, 128 | 256)."""
    parts = [_embedding_network(int(view.shape[1]))(keras.ops.cast(view, "float32")) for view in views]
    return keras.ops.concatenate(parts, axis=-1)


def chips(count: int, seed: int = 0) -> Pictures:
    """Smooth pictures of 150 pixels, in a few colours."""
    random = np.random.default_rng(seed)
    coarse = random.integers(40, 216, (count, 5, 5, 3))
    return np.repeat(np.repeat(coarse, 30, 1), 30, 2).astype(np.uint8)


def views_of(shown: Pictures, embedder: str = EMBEDDING_NAME) -> list[Pictures]:
    """Return pictures of `chips` for each view of an embedder: their middle stands for SFace's."""
    return [shown] if embedder == DLIB else [shown, np.ascontiguousarray(shown[:, 19:131, 19:131])]


def embedding_head(*, faceless: int = 0, soft: float = 1.0, embedder: str = EMBEDDING_NAME) -> EmbeddingHead:
    """Knows the first pictures of `chips`; `faceless`: so many people more without a picture, never named."""
    embeddings = np.asarray(embed(*views_of(chips(len(CLASSES)), embedder)))
    random = np.random.default_rng(1)
    owners = np.repeat(np.arange(len(CLASSES)), PICTURES)
    people = len(CLASSES) + faceless
    references = References(
        embeddings[owners] + random.normal(0, 0.01, (len(owners), embeddings.shape[1])), owners, people
    )
    apart = float(((embeddings[0] - embeddings[1]) ** 2).sum())
    open_set = OpenSet(
        np.array([6.0, 3.0]) / apart / soft, 5.5 / soft, 0.5, np.linspace(-0.2, 0.2, people), PRIORS[embedder]
    )
    extra = tuple((f"Faceless {number}", 10 + number) for number in range(faceless))
    return EmbeddingHead(CLASSES + extra, references, open_set)


def cnn_head(*, framing: Framing = Framing.ALIGNED, grey: bool = False, embedder: str = EMBEDDING_NAME) -> CnnHead:
    """A `slim` network at 32 pixels."""
    net = build_net("slim", 32, len(CLASSES), channels=1 if grey else 3, seeds=Seeds(5))
    return CnnHead(CLASSES, net, CnnConfig("slim", framing, 32, grey, 0.05), embedding_head(embedder=embedder))


@cache
def fooled_embedding() -> DifferentiableHead:
    return differentiable_head(embedding_head(), embed)


@cache
def fooled_cnn() -> DifferentiableHead:
    return differentiable_head(cnn_head(), embed)


@cache
def fooled_older_embedding() -> DifferentiableHead:
    """A head of before both networks served: on dlib's alone."""
    return differentiable_head(embedding_head(embedder=DLIB), embed)


@cache
def fooled_older_cnn() -> DifferentiableHead:
    """A CNN whose gate is of before both networks served."""
    return differentiable_head(cnn_head(embedder=DLIB), embed)


FOOLED: Mapping[str, Any] = {
    "cnn": fooled_cnn,
    "embedding": fooled_embedding,
    "older embedding": fooled_older_embedding,
}


def reading(image: Pictures, faces: tuple[DetectedFace, ...], shown: list[Pictures]) -> PhotoReading:
    """As a photo is read, with the tiny networks' embeddings of the views that are `shown`."""
    embeddings = np.asarray(embed(*shown))
    if len(shown) == 1:
        return PhotoReading(image, faces, np.zeros((len(faces), 256), np.float32), dlib=embeddings)
    return PhotoReading(image, faces, embeddings)
