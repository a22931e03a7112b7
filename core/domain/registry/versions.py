"""Model versions, with their cards, and promotions, which decide the version that serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain.embedders import DLIB, EMBEDDER_TITLES, EMBEDDING_SIZES
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.domain.training.runs import RunKind

WITHDRAWN = "withdrawn"  # of a version's metrics: the id of the receipt by which it was withdrawn
_PORTRAIT = "portrait"  # core.vision.views.Framing, which needs NumPy


@dataclass(frozen=True, slots=True)
class LicensedPart:
    """A part that a version was made with or needs, and its licence."""

    name: str
    licence: str


# Both networks of `DLIB_AND_SFACE`, of which each recogniser uses the embedding.
EMBEDDER_PARTS = (
    LicensedPart("face embedding: dlib's ResNet", "CC0-1.0"),
    LicensedPart("face embedding: SFace (OpenCV Zoo)", "Apache-2.0"),
)


LEARNT = "learnt"  # in the config of a recogniser that was trained on a guild's labels without a run


@dataclass(frozen=True, slots=True)
class VersionDraft:
    """A version as a trainer hands it to the registry.

    `weights` is a safetensors file. `metrics` are the evaluation's; of a recogniser at least `folds` (accuracy by
    held-out fold, keys "0", "1", ...) and `accuracy` (their mean), so that versions compare on the folds they share.
    """

    architecture: str
    config: Mapping[str, JSON]
    classes: tuple[tuple[str, int], ...]  # name, person id
    metrics: Mapping[str, JSON]
    parts: tuple[LicensedPart, ...]
    weights: bytes


@dataclass(frozen=True, slots=True)
class Version:
    """A version with its card, without its weights (`weights` is their sha256 and the blob's name)."""

    id: int
    guild_id: int
    kind: RunKind
    number: int
    run_id: int | None
    dataset_id: int | None
    dataset_title: str
    dataset_hash: str
    architecture: str
    config: Mapping[str, JSON]
    classes: tuple[tuple[str, int], ...]
    metrics: Mapping[str, JSON]
    parts: tuple[LicensedPart, ...]
    weights: str
    size: int
    created_by: int
    created_at: datetime

    @property
    def draws_no_face(self) -> bool:
        """Whether it was trained on faces, and none was detected in any picture that it drew for its evaluation.

        False for data without faces, such as cats: those are framed as whole pictures.
        """
        return self.config.get("framing") == _PORTRAIT and self.kind.generates and self.metrics.get("faces") == 0

    @property
    def is_learnt(self) -> bool:
        """Whether it was trained on a guild's labels without a run, as the guild's members give them."""
        return bool(self.config.get(LEARNT))

    @property
    def is_withdrawn(self) -> bool:
        """Whether its weights are deleted, since somebody who was in its data set is forgotten."""
        return WITHDRAWN in self.metrics

    @property
    def knows_ages(self) -> bool:
        """Whether it can show faces at other ages: an autoencoder can if the pictures that it was trained on had ages.

        `core/models/vae/trainer.py` writes `ages` into the config of such an autoencoder.
        """
        return self.kind.ages or bool(self.config.get("ages"))

    @property
    def embedder(self) -> str | None:
        """Name of the face embedding by which it tells people, or strangers, apart; None: it draws faces.

        Cards of before there were two face networks do not all name theirs.
        """
        return None if self.kind.generates else str(self.config.get("embedder") or DLIB)

    @property
    def embedder_title(self) -> str | None:
        """Its embedder in words: `dlib's ResNet and SFace`."""
        return None if self.embedder is None else EMBEDDER_TITLES.get(self.embedder, self.embedder)

    @property
    def title(self) -> str:
        """Its name for people: `recogniser v3`."""
        return f"{self.kind.value} v{self.number}"

    @property
    def label(self) -> str:
        """Its name in answers: `recogniser v3 (cnn modern)`."""
        words = dict.fromkeys(str(self.config[key]) for key in ("head", "preset") if self.config.get(key))
        return f"{self.title} ({' '.join(words) or self.architecture})"


@dataclass(frozen=True, slots=True)
class Promotion:
    """The version that serves from `created_at` on; `version_id` None: the baseline, which needs no training.

    `back`: this promotion is a rollback of the one before it.
    """

    guild_id: int
    kind: RunKind
    version_id: int | None
    forced: bool
    reason: str
    promoted_by: int
    created_at: datetime
    back: bool = False


def check_embedder(version: Version, embedder: str) -> None:
    """Check that this product can embed faces as a version wants them.

    Raises:
        OmokageError: BAD_WEIGHTS with a `reason` and the `embedder`; a newer product made it, or its file is damaged.
    """
    if embedder not in EMBEDDING_SIZES:
        details = {"reason": "unknown-embedder", "embedder": embedder or "?"}
        raise OmokageError(ErrorCode.BAD_WEIGHTS, version=version.number, **details)
