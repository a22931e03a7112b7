"""Build the classify service with its networks. Importing this module loads NumPy; its functions load TensorFlow."""

from __future__ import annotations

from core.models.families import load_head
from core.services.guilds import GuildService
from core.services.people.gallery import GalleryService
from core.services.people.service import PeopleService
from core.services.recognition.face_ages import AgeEstimator, FaceAges
from core.services.recognition.guild_recogniser import GuildRecogniser
from core.services.recognition.head_cache import HeadCache
from core.services.recognition.service import ClassifyService
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.vision.recognition.mean_embedding import Head, MeanEmbeddingRecogniser, make_recogniser
from core.vision.recognition.photo_reader import PhotoReader, load_photo_reader
from core.vision.recognition.version_recogniser import VersionRecogniser


def load_classifier(
    people: PeopleService, blobs: Blobs, registry: RegistryService, guilds: GuildService, *, operator: bool = False
) -> ClassifyService:
    """Load the networks: seconds and hundreds of megabytes, so once a process, and never before a fork.

    Args:
        people: the guilds' rows.
        blobs: where photos are and pictures go.
        registry: the guilds' versions.
        guilds: their settings.
        operator: see `load_photo_reader`.
    """
    recogniser = load_guild_recogniser(registry, people)
    ages = FaceAges(guilds, people, _load_age_estimator)
    return make_classifier(people.gallery, blobs, load_photo_reader(operator=operator), recogniser, ages)


def make_classifier(
    gallery: GalleryService,
    blobs: Blobs,
    reader: PhotoReader,
    recogniser: GuildRecogniser[Head, MeanEmbeddingRecogniser],
    ages: FaceAges | None = None,
) -> ClassifyService:
    """Build the service from a reader and a recogniser that others use, too."""
    return ClassifyService(reader, make_recogniser, gallery, blobs, recogniser=recogniser, ages=ages)


def _load_age_estimator() -> AgeEstimator:
    from core.vision.age.estimate import load_age_estimator  # loads TensorFlow

    return load_age_estimator()


def load_guild_recogniser(
    registry: RegistryService, people: PeopleService
) -> GuildRecogniser[Head, MeanEmbeddingRecogniser]:
    """Build what recognises with the guilds' promoted versions, each of which is loaded with its first photo."""
    heads = HeadCache(registry, load_head)
    return GuildRecogniser(registry, people, heads, VersionRecogniser)
