"""The families of models, in one table: how each is trained, and how its versions are loaded.

An architecture is `FAMILY-NETWORK` (`cnn-modern`, `dcgan-light`); the config of a run names the family as its `head`.
A family's modules are imported when it is first needed: most of them load TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.presets import CAAE, CNN, DCGAN, EMBEDDING, REAGE, VAE, bad_option
from core.models.common import weights_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.jobs import JSON
    from core.domain.registry.versions import Version
    from core.domain.training.runs import Run
    from core.models.ageing.face_ager import FaceAger
    from core.models.common.base_trainer import BaseTrainer
    from core.models.generators.generator import FaceGenerator
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.recognition.mean_embedding import Head

M = TypeVar("M")  # what is loaded: `FaceGenerator`, `FaceAger`
_Tensors: TypeAlias = "Mapping[str, NDArray[Any]]"
_MakeTrainer: TypeAlias = "Callable[[Run, Dataset, DatasetReader], BaseTrainer[Any]]"
_LoadHead: TypeAlias = "Callable[[Version, _Tensors, Mapping[str, str]], Head]"
_LoadGenerator: TypeAlias = "Callable[[Mapping[str, JSON], _Tensors, Mapping[str, str]], FaceGenerator]"

_LoadAger: TypeAlias = "Callable[[Mapping[str, JSON], _Tensors, Mapping[str, str]], FaceAger]"


@dataclass(frozen=True, slots=True)
class Family:
    """Networks that are trained and loaded alike.

    Recognisers have `load_head`, generators `load_generator`, and what shows faces at other ages `load_ager`.
    """

    make_trainer: _MakeTrainer
    load_head: _LoadHead | None = None
    load_generator: _LoadGenerator | None = None
    load_ager: _LoadAger | None = None


def _embedding_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> BaseTrainer[Any]:
    from core.models.embedding.trainer import make_embedding_trainer

    return make_embedding_trainer(run, dataset, reader)


def _embedding_head(version: Version, tensors: _Tensors, meta: Mapping[str, str]) -> Head:
    from core.models.embedding.head import load_embedding_head

    return load_embedding_head(version, tensors, meta)


def _cnn_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> BaseTrainer[Any]:
    from core.models.cnn.trainer import make_cnn_trainer

    return make_cnn_trainer(run, dataset, reader)


def _cnn_head(version: Version, tensors: _Tensors, meta: Mapping[str, str]) -> Head:
    from core.models.cnn.head import load_cnn_head

    return load_cnn_head(version, tensors, meta)


def _dcgan_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> BaseTrainer[Any]:
    from core.models.dcgan.trainer import make_dcgan_trainer

    return make_dcgan_trainer(run, dataset, reader)


def _dcgan_generator(config: Mapping[str, JSON], tensors: _Tensors, meta: Mapping[str, str]) -> FaceGenerator:
    from core.models.dcgan.generator import DcganGenerator

    return DcganGenerator(config, tensors, meta)


def _vae_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> BaseTrainer[Any]:
    from core.models.vae.trainer import make_vae_trainer

    return make_vae_trainer(run, dataset, reader)


def _vae_generator(config: Mapping[str, JSON], tensors: _Tensors, meta: Mapping[str, str]) -> FaceGenerator:
    from core.models.vae.generator import VaeGenerator

    return VaeGenerator(config, tensors, meta)


def _reage_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> BaseTrainer[Any]:
    from core.models.reage.trainer import make_reage_trainer

    return make_reage_trainer(run, dataset, reader)


def _reage_ager(config: Mapping[str, JSON], tensors: _Tensors, meta: Mapping[str, str]) -> FaceAger:
    from core.models.reage.ager import ReageAger

    return ReageAger(config, tensors, meta)


def _caae_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> BaseTrainer[Any]:
    from core.models.caae.trainer import make_caae_trainer

    return make_caae_trainer(run, dataset, reader)


FAMILIES: Mapping[str, Family] = {
    EMBEDDING: Family(_embedding_trainer, load_head=_embedding_head),
    CNN: Family(_cnn_trainer, load_head=_cnn_head),
    DCGAN: Family(_dcgan_trainer, load_generator=_dcgan_generator),
    VAE: Family(_vae_trainer, load_generator=_vae_generator),
    REAGE: Family(_reage_trainer, load_ager=_reage_ager),
    CAAE: Family(_caae_trainer),
}


def family_name(architecture: str) -> str:
    """Return the key in `FAMILIES` of an architecture; there may be no such family."""
    return architecture.partition("-")[0]


def make_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> BaseTrainer[Any]:
    """Make the trainer of a run's head, at step 0.

    Raises:
        OmokageError: BAD_OPTION, as for a head that a later version brought; whatever the family's trainer raises.
    """
    head = run.config.get("head")
    family = FAMILIES.get(str(head))
    if family is None:
        raise bad_option("head", head, ", ".join(FAMILIES))
    return family.make_trainer(run, dataset, reader)


def load_head(version: Version, weights: bytes) -> Head:
    """Load a recogniser's version: a function from faces to probabilities of people.

    Raises:
        OmokageError: BAD_WEIGHTS, the file is damaged or of another architecture.
    """
    tensors, meta = weights_file.load(weights)
    architecture = version.architecture
    family = FAMILIES.get(family_name(architecture))
    if family is None or family.load_head is None or meta.get("architecture", architecture) != architecture:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, architecture=architecture)
    try:
        return family.load_head(version, tensors, meta)
    except (KeyError, TypeError, ValueError) as error:  # tensors are missing, or of other shapes
        raise OmokageError(ErrorCode.BAD_WEIGHTS, architecture=architecture) from error


def load_generator(architecture: str, config: Mapping[str, JSON], weights: bytes) -> FaceGenerator:
    """Load a generator, of a version or of a starter model's card.

    Args:
        architecture: `dcgan-light`, `vae-96`.
        config: of the version.
        weights: a file of `weights_file`; float16 is widened, since no CPU multiplies it.

    Raises:
        OmokageError: BAD_WEIGHTS, damaged, or of something else than the card says.
    """
    family = FAMILIES.get(family_name(architecture))
    return _load_pictured(None if family is None else family.load_generator, architecture, config, weights)


def load_ager(architecture: str, config: Mapping[str, JSON], weights: bytes) -> FaceAger:
    """Load what shows faces at other ages, of a version or of a starter model's card.

    Args:
        architecture: `reage-96`, `caae-96`, `vae-96`.
        config: of the version.
        weights: a file of `weights_file`; float16 is widened, since no CPU multiplies it.

    Raises:
        OmokageError: BAD_WEIGHTS, damaged, of something else than the card says, or of an autoencoder that was trained
            on pictures without ages.
    """
    family = FAMILIES.get(family_name(architecture))
    return _load_pictured(None if family is None else family.load_ager, architecture, config, weights)


def _load_pictured(
    load: Callable[[Mapping[str, JSON], _Tensors, Mapping[str, str]], M] | None,
    architecture: str,
    config: Mapping[str, JSON],
    weights: bytes,
) -> M:
    if load is None:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, architecture=architecture)
    tensors, meta = weights_file.load(weights)
    half = np.dtype(np.float16)
    wide = {name: tensor.astype(np.float32) if tensor.dtype == half else tensor for name, tensor in tensors.items()}
    try:
        return load(config, wide, meta)
    except (KeyError, TypeError, ValueError) as error:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, architecture=architecture) from error
