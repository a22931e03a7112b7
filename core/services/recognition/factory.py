"""Build the classify service with its networks. Importing this module loads NumPy; its functions load TensorFlow."""

from __future__ import annotations

from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Version
from core.models.common import weights_file
from core.services.people.gallery import GalleryService
from core.services.people.service import PeopleService
from core.services.recognition.guild_recogniser import GuildRecogniser
from core.services.recognition.head_cache import HeadCache
from core.services.recognition.service import ClassifyService
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.vision.recognition.mean_embedding import RECOGNISER_NAME, Head, MeanEmbeddingRecogniser, make_recogniser
from core.vision.recognition.photo_reader import EMBEDDING_NAME, PhotoReader, load_photo_reader
from core.vision.recognition.version_recogniser import VersionRecogniser


def load_classifier(
    people: PeopleService, blobs: Blobs, registry: RegistryService, *, operator: bool = False
) -> ClassifyService:
    """Load the networks: seconds and hundreds of megabytes, so once a process, and never before a fork.

    Args:
        people: the guilds' rows.
        blobs: where photos are and pictures go.
        registry: the guilds' versions.
        operator: see `load_photo_reader`.
    """
    recogniser = load_guild_recogniser(registry, people)
    return make_classifier(people.gallery, blobs, load_photo_reader(operator=operator), recogniser)


def make_classifier(
    gallery: GalleryService,
    blobs: Blobs,
    reader: PhotoReader,
    recogniser: GuildRecogniser[Head, MeanEmbeddingRecogniser],
) -> ClassifyService:
    """Build the service from a reader and a recogniser that others use, too."""
    return ClassifyService(reader, make_recogniser, gallery, blobs, recogniser=recogniser, embedder=EMBEDDING_NAME)


def load_guild_recogniser(
    registry: RegistryService, people: PeopleService
) -> GuildRecogniser[Head, MeanEmbeddingRecogniser]:
    """Build what recognises with the guilds' promoted versions, each of which is loaded with its first photo."""
    heads = HeadCache(registry, load_head)
    name = f"{EMBEDDING_NAME}+{RECOGNISER_NAME}"
    return GuildRecogniser(registry, people, heads, VersionRecogniser, baseline_name=name)


def load_head(version: Version, weights: bytes) -> Head:
    """Make a head of a version: a function from faces to probabilities of people.

    Raises:
        OmokageError: BAD_WEIGHTS, the file is damaged or of another architecture.
    """
    tensors, meta = weights_file.load(weights)
    family = version.architecture.partition("-")[0]
    if meta.get("architecture", version.architecture) != version.architecture or family not in {"embedding", "cnn"}:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, architecture=version.architecture)
    try:
        if family == "embedding":
            from core.models.embedding.head import load_embedding_head  # TensorFlow is not needed

            return load_embedding_head(version, tensors, meta)
        from core.models.cnn.head import load_cnn_head  # Keras

        return load_cnn_head(version, tensors, meta)
    except (KeyError, TypeError, ValueError) as error:  # tensors are missing, or of other shapes
        raise OmokageError(ErrorCode.BAD_WEIGHTS, architecture=version.architecture) from error
