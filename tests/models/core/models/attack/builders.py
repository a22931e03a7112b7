"""Builders of tiny differentiable heads with random weights, which know three people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from core.domain.embedders import DLIB, DLIB_AND_SFACE
from core.domain.faces import DetectedFace
from core.models.attack.differentiable_heads import EMBEDDER_SPECS, DifferentiableHead, differentiable_head
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
def embedding_network(embedder: str = DLIB_AND_SFACE) -> keras.Model:
    """What `embedder` is shown -> (N, 256) or, of dlib's part alone, (N, 128) of length 1 or so."""
    keras.utils.set_random_seed(3)
    inputs = [keras.Input((spec.size, spec.size, 3)) for spec in EMBEDDER_SPECS[embedder]]
    parts = [_embedded(pixels) for pixels in inputs]
    return keras.Model(inputs, layers.Concatenate()(parts)) if len(parts) > 1 else keras.Model(inputs[0], parts[0])


def _embedded(pixels: Any) -> Any:
    """(N, 128) of blurred colours, so that all of it can be followed back."""
    x = layers.Rescaling(1 / 64, -2)(pixels)
    x = layers.Conv2D(12, 5, 5, activation="relu")(x)
    x = layers.AveragePooling2D(5)(x)
    return layers.Dense(128, kernel_initializer=keras.initializers.RandomNormal(0, 0.02))(layers.Flatten()(x))


def embed(pictures: Pictures, embedder: str = DLIB_AND_SFACE) -> NDArray[np.float32]:
    """The tiny network's embeddings of aligned faces (N, 150, 150, 3)."""
    faces = [chips.astype(np.float32) for chips in views(pictures, embedder)]
    return np.asarray(embedding_network(embedder)(faces if len(faces) > 1 else faces[0]))


def views(pictures: Pictures, embedder: str = DLIB_AND_SFACE) -> list[Pictures]:
    """Aligned faces (N, 150, 150, 3) as `embedder` is shown them, one array for each of its view specs."""
    return [_resized(pictures, spec.size) for spec in EMBEDDER_SPECS[embedder]]


def _resized(pictures: Pictures, size: int) -> Pictures:
    at = np.arange(size) * pictures.shape[1] // size
    return pictures[:, at][:, :, at]


def chips(count: int, seed: int = 0) -> Pictures:
    """Smooth pictures of 150 pixels, in a few colours."""
    random = np.random.default_rng(seed)
    coarse = random.integers(40, 216, (count, 5, 5, 3))
    return np.repeat(np.repeat(coarse, 30, 1), 30, 2).astype(np.uint8)


def embedding_head(*, faceless: int = 0, soft: float = 1.0, embedder: str = DLIB_AND_SFACE) -> EmbeddingHead:
    """Knows the first pictures of `chips`; `faceless`: so many people more without a picture, never named."""
    embeddings = embed(chips(len(CLASSES)), embedder)
    random = np.random.default_rng(1)
    owners = np.repeat(np.arange(len(CLASSES)), PICTURES)
    people, shape = len(CLASSES) + faceless, (len(owners), embeddings.shape[1])
    references = References(embeddings[owners] + random.normal(0, 0.01, shape), owners, people)
    apart = float(((embeddings[0] - embeddings[1]) ** 2).sum())
    weights, offsets = np.array([6.0, 3.0]) / apart / soft, np.linspace(-0.2, 0.2, people)
    open_set = OpenSet(weights, 5.5 / soft, 0.5, offsets, PRIORS[embedder])
    extra = tuple((f"Faceless {number}", 10 + number) for number in range(faceless))
    return EmbeddingHead(CLASSES + extra, references, open_set)


def cnn_head(*, framing: Framing = Framing.ALIGNED, grey: bool = False, embedder: str = DLIB_AND_SFACE) -> CnnHead:
    """A `slim` network at 32 pixels."""
    net = build_net("slim", 32, len(CLASSES), channels=1 if grey else 3, seeds=Seeds(5))
    return CnnHead(CLASSES, net, CnnConfig("slim", framing, 32, grey, 0.05), embedding_head(embedder=embedder))


@cache
def fooled_embedding(embedder: str = DLIB_AND_SFACE) -> DifferentiableHead:
    return differentiable_head(embedding_head(embedder=embedder), embedding_network(embedder))


@cache
def fooled_cnn() -> DifferentiableHead:
    return differentiable_head(cnn_head(), embedding_network())


FOOLED: Mapping[str, Any] = {"cnn": fooled_cnn, "embedding": fooled_embedding}


def reading(image: Pictures, faces: tuple[DetectedFace, ...], shown: Sequence[Pictures]) -> PhotoReading:
    """As a photo is read, with the tiny networks' embeddings of the faces that are `shown`, as of `views`."""
    pixels = [chips.astype(np.float32) for chips in shown]
    dlib = np.asarray(embedding_network(DLIB)(pixels[0]))
    joint = np.asarray(embedding_network()(pixels)) if len(pixels) > 1 else np.zeros((len(faces), 256), np.float32)
    return PhotoReading(image, faces, joint, dlib=dlib)
