"""The models that come with the product, trained on drawn people: so that a fresh machine has something to show.

Light: whoever only asks for names loads neither numpy nor TensorFlow.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import STARTER
from core.domain.jobs import JSON

KINDS = ("dcgan", "vae", "reage")  # of the first two, which draw, the first answers where nobody says which
FOLDER_VARIABLE = "OMOKAGE_STARTER_MODELS"  # another folder to read them from: tests make tiny ones
_FOLDER = Path(__file__).with_name("weights")


def starter_names() -> tuple[str, ...]:
    """What the models are called that are there: `starter dcgan`, `starter vae`, `starter reage`."""
    return tuple(f"{STARTER} {kind}" for kind in KINDS if _card(kind).is_file() and _weights(kind).is_file())


def starter_card(name: str) -> Mapping[str, JSON]:
    """What is known of a model: `architecture`, `config`, `metrics`, `sha256`, `licence`, `command`.

    Raises:
        OmokageError: UNKNOWN_MODEL; BAD_WEIGHTS, the card cannot be read.
    """
    try:
        card = json.loads(_card(_kind(name)).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, model=name) from error
    if not isinstance(card, dict):
        raise OmokageError(ErrorCode.BAD_WEIGHTS, model=name)
    return card


def starter_model(name: str) -> tuple[str, Mapping[str, JSON], bytes]:
    """Architecture, config and weights, as `load_generator` takes them.

    Raises:
        OmokageError: UNKNOWN_MODEL; BAD_WEIGHTS, the file is not what its card says.
    """
    card = starter_card(name)
    try:
        weights = _weights(_kind(name)).read_bytes()
    except OSError as error:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, model=name) from error
    config = card.get("config")
    if hashlib.sha256(weights).hexdigest() != card.get("sha256") or not isinstance(config, dict):
        raise OmokageError(ErrorCode.BAD_WEIGHTS, model=name)
    return str(card.get("architecture")), config, weights


def paths(folder: Path, kind: str) -> tuple[Path, Path]:
    """Where a folder of such models has the card and the weights of a kind."""
    return folder / f"{kind}.json", folder / f"{kind}.safetensors"


def _kind(name: str) -> str:
    known = starter_names()
    if name not in known:
        raise OmokageError(ErrorCode.UNKNOWN_MODEL, model=name, known=", ".join(known))
    return name.removeprefix(f"{STARTER} ")


def _card(kind: str) -> Path:
    return paths(_folder(), kind)[0]


def _weights(kind: str) -> Path:
    return paths(_folder(), kind)[1]


def _folder() -> Path:
    return Path(os.environ.get(FOLDER_VARIABLE) or _FOLDER)
