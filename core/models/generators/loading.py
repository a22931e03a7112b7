"""A model that draws faces, out of its file: which network that is, the architecture's first word says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.models.common import weights_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.jobs import JSON
    from core.models.generators.generator import FaceModel

_Make: TypeAlias = "Callable[[Mapping[str, JSON], Mapping[str, NDArray[Any]], Mapping[str, str]], FaceModel]"


def load_face_model(architecture: str, config: Mapping[str, JSON], weights: bytes) -> FaceModel:
    """The model of a version or of a starter's card; imports TensorFlow.

    Args:
        architecture: `dcgan-light`, `vae-96`.
        config: of the version.
        weights: a file of `weights_file`; float16 is widened, since no CPU multiplies it.

    Raises:
        OmokageError: BAD_WEIGHTS, damaged, or of something else than the card says.
    """
    make = _maker(architecture)
    tensors, meta = weights_file.load(weights)
    wide = {name: one.astype(np.float32) if one.dtype == np.float16 else one for name, one in tensors.items()}
    try:
        return make(config, wide, meta)
    except (KeyError, TypeError, ValueError) as error:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, architecture=architecture) from error


def _maker(architecture: str) -> _Make:
    first = architecture.partition("-")[0]
    if first == "dcgan":
        from core.models.dcgan.generator import DcganFaces  # only one of the two is wanted

        return DcganFaces
    if first == "vae":
        from core.models.vae.generator import VaeFaces

        return VaeFaces
    raise OmokageError(ErrorCode.BAD_WEIGHTS, architecture=architecture)
