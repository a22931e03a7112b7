"""Build the generation service with the real networks, which are loaded when they are first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from core.domain.jobs import JSON
from core.services.generation.face_selection import FaceCropper
from core.services.generation.generator_cache import GeneratorCache
from core.services.generation.generator_lookup import starters_by_default
from core.services.generation.latents import FaceLatents
from core.services.generation.nearest_neighbours import NearestNeighbours
from core.services.generation.service import GenerationService
from core.starter.models import starter_model
from core.vision.decoding.decode import SafeDecoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.models.generators.generator import FaceGenerator
    from core.services.datasets.storage import DatasetStorage
    from core.services.generation.latents import Objections
    from core.services.registry.service import RegistryService
    from core.settings import Settings
    from core.storage.blobs import Blobs
    from core.vision.recognition.photo_reader import Detector
    from core.vision.views import View


def load_generation_service(
    registry: RegistryService, storage: DatasetStorage, settings: Settings, blobs: Blobs, *, objections: Objections
) -> GenerationService:
    """Build the service; only numpy and Pillow are imported. The first face loads TensorFlow, which takes seconds.

    Args:
        registry: stores the models.
        storage: stores the data sets that they were trained on.
        settings: whether a guild's default may be a starter model.
        blobs: where photos are read from and pictures are written to.
        objections: know who does not want to be changed.
    """
    nearest = NearestNeighbours(storage.datasets.get, storage.open, _describe, _held_out)
    return GenerationService(
        GeneratorCache(registry, _load, starter_model, partial(starters_by_default, settings)),
        FaceLatents(FaceCropper(SafeDecoder(), _LazyDetector()), blobs, objections),
        nearest,
        blobs,
    )


class _LazyDetector:
    """The product's face detector, loaded at the first photo: most requests have no photo."""

    def detect(self, image: NDArray[np.uint8]) -> Sequence[DetectedFace]:
        """Detect faces in (H, W, 3) RGB."""
        return _detector().detect(image)


@cache
def _detector() -> Detector:
    from core.vision.detection.detect import load_detector  # onnxruntime

    return load_detector()


def _load(architecture: str, config: Mapping[str, JSON], weights: bytes) -> FaceGenerator:
    from core.models.families import load_generator  # TensorFlow, at the first request

    return load_generator(architecture, config, weights)


def _describe(pictures: NDArray[np.uint8], view: View) -> NDArray[np.float64]:
    from core.models.common.sample_quality import describe, load_face_analysers  # TensorFlow

    return describe(pictures, view.framing, load_face_analysers().embed)


def _held_out(pictures: int, seed: int) -> NDArray[np.bool_]:
    from core.models.common.batches import hold_out_some  # with the above

    return hold_out_some(pictures, seed)
