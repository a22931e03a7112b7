"""Build the ageing service with the real networks, which are loaded when they are first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from core.domain.jobs import JSON
from core.services.ageing.ager_cache import AgerCache
from core.services.ageing.assessment import FaceAssessor
from core.services.ageing.objections import Objections, PhotoObjections
from core.services.ageing.service import AgeingService, Agers
from core.starter.models import starter_model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.domain.ageing import AgeRefusal
    from core.domain.faces import DetectedFace, RecognisedFace
    from core.models.ageing.face_ager import FaceAger
    from core.services.people.service import PeopleService
    from core.services.recognition.service import ClassifyService
    from core.services.registry.service import RegistryService
    from core.storage.blobs import Blobs
    from core.vision.age.estimate import AgeEstimator
    from core.vision.embedding.align import FaceChips
    from core.vision.embedding.embed import JointEmbedder
    from core.vision.embedding.face_embeddings import FaceEmbeddings
    from core.vision.recognition.photo_reader import PhotoReader, PhotoReading


def load_ageing_service(
    registry: RegistryService,
    people: PeopleService,
    blobs: Blobs,
    *,
    operator: bool = False,
    agers: Agers | None = None,
) -> AgeingService:
    """Build the service; only numpy and Pillow are imported. The first photo loads TensorFlow, which takes seconds.

    Args:
        registry: stores the models.
        people: knows who objected, and whom faces show.
        blobs: where photos are read from and pictures are written to.
        operator: the photos are files of the operator's, so they may be as large as cameras make them.
        agers: the models; None: those of the registry, and the product's.
    """
    networks = _Networks(registry, people, blobs, operator=operator)
    assessor = FaceAssessor(networks.estimate_ages, networks.find_unfit, Objections(people, networks))
    agers = agers or AgerCache(registry, _load, starter_model)
    return AgeingService(agers, networks, networks, assessor, blobs, age_error=_age_error)


def load_photo_objections(registry: RegistryService, people: PeopleService, blobs: Blobs) -> PhotoObjections:
    """Build what says whether somebody in a photo objected; nothing is loaded before somebody has.

    Args:
        registry: stores the models that recognise.
        people: knows who objected, and whom faces show.
        blobs: where photos are.
    """
    return PhotoObjections(people, _Networks(registry, people, blobs, operator=True))


class _Networks:
    """What sees faces: each part is loaded when it is first needed."""

    def __init__(self, registry: RegistryService, people: PeopleService, blobs: Blobs, *, operator: bool) -> None:
        self._registry = registry
        self._people = people
        self._blobs = blobs
        self._operator = operator

    def read(self, data: bytes) -> PhotoReading:
        """Decode a photo, find its faces and embed them; OmokageError where the bytes are no photo."""
        return self._reader.read(data)

    def embed(self, chips: FaceChips) -> FaceEmbeddings:
        """Embed aligned faces."""
        return self._embedder.embed(chips)

    def warm_up(self) -> None:
        """Do what would make the first call slow."""
        self._embedder.warm_up()

    def close(self) -> None:
        """End the process that decodes, if there is one."""
        if "_reader" in self.__dict__:
            self._reader.close()

    def recognise_reading(self, reading: PhotoReading, photo: str, guild_id: int) -> Sequence[RecognisedFace]:
        """Name the faces of a photo that was read already."""
        return self._classifier.recognise_reading(reading, photo, guild_id)

    def estimate_ages(self, photo: NDArray[np.uint8], faces: Sequence[DetectedFace]) -> NDArray[np.float32]:
        """Return how old faces of a photo look, (N,) in years."""
        from core.vision.age.estimate import age_chips  # TensorFlow

        return self._estimator.estimate(age_chips(photo, [face.landmarks for face in faces]))

    def find_unfit(self, photo: NDArray[np.uint8], faces: Sequence[DetectedFace]) -> Sequence[AgeRefusal | None]:
        """Return PROFILE or SUNGLASSES of faces that cannot be aged."""
        from core.vision.age.fitness import find_unfit  # NumPy

        return find_unfit(photo, faces)

    @cached_property
    def _embedder(self) -> JointEmbedder:
        from core.vision.embedding.embed import load_embedder  # TensorFlow

        return load_embedder()

    @cached_property
    def _estimator(self) -> AgeEstimator:
        from core.vision.age.estimate import load_age_estimator  # TensorFlow

        return load_age_estimator()

    @cached_property
    def _reader(self) -> PhotoReader:
        from core.vision.datasets.main_face import MainFaceDetector
        from core.vision.decoding.decode import CHAT_LIMITS, OPERATOR_LIMITS, SafeDecoder
        from core.vision.detection.detect import load_detector  # onnxruntime
        from core.vision.recognition.photo_reader import PhotoReader

        decoder = SafeDecoder(OPERATOR_LIMITS if self._operator else CHAT_LIMITS)
        return PhotoReader(decoder, MainFaceDetector(load_detector()), self._embedder)

    @cached_property
    def _classifier(self) -> ClassifyService:
        from core.services.recognition.factory import load_guild_recogniser, make_classifier

        recogniser = load_guild_recogniser(self._registry, self._people)
        return make_classifier(self._people.gallery, self._blobs, self._reader, recogniser)


def _age_error() -> float:
    from core.vision.age.estimate import AGE_ERROR  # TensorFlow

    return AGE_ERROR


def _load(architecture: str, config: Mapping[str, JSON], weights: bytes) -> FaceAger:
    from core.models.families import load_ager  # TensorFlow, at the first request

    return load_ager(architecture, config, weights)
