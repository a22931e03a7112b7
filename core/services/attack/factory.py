"""The optimise service with the real parts; TensorFlow is loaded with it, networks when they are first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from core.domain.faces import DetectedFace
from core.models.attack.differentiable_heads import DifferentiableHead, differentiable_head
from core.models.attack.optimiser import InputOptimiser
from core.services.attack.rechecking import PictureEvaluator, select_near
from core.services.attack.service import OptimizeService
from core.services.attack.setup import AttackDependencies
from core.services.recognition.factory import load_guild_recogniser, make_classifier
from core.vision.recognition.photo_reader import load_photo_reader

if TYPE_CHECKING:
    from core.domain.optimisation import OptimizeRequest
    from core.services.attack.setup import MakeOptimiser, Picture
    from core.services.people.service import PeopleService
    from core.services.registry.service import RegistryService
    from core.storage.blobs import Blobs
    from core.vision.recognition.mean_embedding import Head
    from core.vision.recognition.photo_reader import PhotoReader


def load_optimizer(registry: RegistryService, people: PeopleService, blobs: Blobs) -> OptimizeService:
    """Load the networks: seconds, and hundreds of megabytes.

    Args:
        registry: has the recognisers.
        people: the guilds' rows.
        blobs: where photos are and pictures go.
    """
    reader = load_photo_reader()
    recogniser = load_guild_recogniser(registry, people)
    classifier = make_classifier(people.gallery, blobs, reader, recogniser)
    evaluator = PictureEvaluator(reader, classifier, people)
    pixels = (reader.decode, reader.upright)
    return OptimizeService(
        AttackDependencies(
            registry, people, blobs, evaluator, *pixels, recogniser.heads.get, make_optimiser_factory(reader)
        )
    )


def make_optimiser_factory(reader: PhotoReader) -> MakeOptimiser:
    """Makes attacks that find the face again as `/classify` does."""

    def attack(
        head: Head,
        target: int,
        request: OptimizeRequest,
        *,
        start: Picture | None,
        face: DetectedFace | None,
        so_far: Picture | None,
    ) -> InputOptimiser:
        known = _fooled(head)  # type: ignore[arg-type]  # heads are told apart by their identity
        return InputOptimiser(known, target, request, start, face, so_far, _finder(reader, face))

    return attack


@lru_cache(maxsize=2)  # compiling takes seconds; a guild's serving head, and one that somebody tries
def _fooled(head: Head) -> DifferentiableHead:
    return differentiable_head(head)


def _finder(reader: PhotoReader, face: DetectedFace | None) -> Callable[[Picture], DetectedFace | None]:
    """The face in a changed picture, where it was before."""

    def find(picture: Picture) -> DetectedFace | None:
        if face is None:
            return None
        faces = reader.detect(picture)
        number = select_near(face.box)(faces)
        return None if number is None else faces[number]

    return find
