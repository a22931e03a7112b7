"""What an optimisation is to do, and where it begins: whom it is to fool, towards whom, from which picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from core.domain.errors import OmokageError
from core.domain.generation import FaceChoice
from core.domain.optimisation import OptimizeRequest
from core.domain.training.presets import bad_option
from core.services.attack.images import encode_png, shrink_photo
from core.services.attack.rechecking import select_best, select_near
from core.services.attack.targets import Target, attacked_version, match_target, version_targets
from core.services.generation.face_selection import SeveralFacesError, select_face_index
from core.services.generation.latents import FaceChoiceNeededError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.domain.registry.versions import Version
    from core.services.attack.callbacks import Optimiser
    from core.services.attack.rechecking import EvaluatedPicture, PictureEvaluator, SelectFace
    from core.services.attack.transferability import LoadHead
    from core.services.people.service import PeopleService
    from core.services.registry.service import RegistryService
    from core.storage.blobs import Blobs
    from core.vision.recognition.mean_embedding import Head

    Picture: TypeAlias = NDArray[np.uint8]  # (H, W, 3) RGB


class MakeOptimiser(Protocol):
    """What makes pictures: core.models.attack.optimiser."""

    def __call__(
        self,
        head: Head,
        target: int,
        request: OptimizeRequest,
        *,
        start: Picture | None,
        face: DetectedFace | None,
        so_far: Picture | None,
    ) -> Optimiser:
        """Towards a class of a head, from a photo and its face where there is one, or on from `so_far`."""


@dataclass(frozen=True, slots=True)
class AttackDependencies:
    """What an optimisation works with.

    `evaluator`: reads and evaluates pictures; `decode`: bytes to pixels, raises OmokageError for what is no photo;
    `upright`: turns a photo that lies on its side; `heads`: loads versions; `attack`: makes optimisers.
    """

    registry: RegistryService
    people: PeopleService
    blobs: Blobs
    evaluator: PictureEvaluator
    decode: Callable[[bytes], Picture]
    upright: Callable[[Picture], Picture]
    heads: LoadHead
    attack: MakeOptimiser


@dataclass(frozen=True, slots=True)
class AttackTask:
    """What is asked, of which recogniser, towards whom."""

    request: OptimizeRequest
    version: Version
    head: Head
    target: Target


@dataclass(frozen=True, slots=True)
class StartPicture:
    """Where a picture begins, as it is read; `select_face` finds its face again in the changed picture."""

    picture: Picture
    evaluated: EvaluatedPicture
    select_face: SelectFace


def resolve_task(parts: AttackDependencies, request: OptimizeRequest, guild_id: int) -> AttackTask:
    """Who is to be fooled, towards whom.

    Raises:
        OmokageError: NOT_TRAINED, UNKNOWN_VERSION, BAD_WEIGHTS, UNKNOWN_TARGET.
    """
    version = attacked_version(parts.registry, guild_id, request.version_id)
    known = version_targets(version, parts.people)
    # Somebody may have been renamed since he was asked for.
    same = (one for one in known if one.person_id == request.person_id)
    target = next(same, None) or match_target(known, request.target)
    return AttackTask(request, version, parts.heads(version.id)[1], target)


def prepare_attack(parts: AttackDependencies, case: AttackTask) -> tuple[StartPicture, Optimiser]:
    """Where it begins, and what goes on from there.

    Raises:
        OmokageError: PHOTO_GONE and what else may be wrong with a photo, NO_FACE, BAD_OPTION.
        FaceChoiceNeededError: the photo shows several faces, and nobody has said which is meant.
    """
    if case.request.start is None:
        attack = _attack(parts, case, None, None)
        noise = attack.picture
        beginning = StartPicture(noise, parts.evaluator.read(encode_png(noise), select_best), select_best)
        return beginning, _going_on(parts, case, beginning, attack)
    beginning = _photo(parts, str(case.request.start.photo), case.request.start.index)
    return beginning, _going_on(parts, case, beginning, None)


def _going_on(parts: AttackDependencies, case: AttackTask, start: StartPicture, fresh: Optimiser | None) -> Optimiser:
    """From the beginning, or from what an earlier request came to."""
    blob = case.request.so_far
    if blob is None:
        return fresh or _attack(parts, case, start, None)
    so_far = parts.decode(parts.blobs.get(blob))
    if so_far.shape != start.picture.shape:
        raise bad_option("so_far", _size(so_far), _size(start.picture))
    return _attack(parts, case, start if fresh is None else None, so_far)


def _attack(
    parts: AttackDependencies, case: AttackTask, photo: StartPicture | None, so_far: Picture | None
) -> Optimiser:
    place = [person_id for _, person_id in case.head.classes].index(case.target.person_id)
    picture, face = (photo.picture, photo.evaluated.face) if photo else (None, None)
    return parts.attack(case.head, place, case.request, start=picture, face=face, so_far=so_far)


def _photo(parts: AttackDependencies, blob: str, index: int | None) -> StartPicture:
    with _about(blob):
        picture = shrink_photo(parts.upright(parts.decode(parts.blobs.get(blob))))
        try:
            evaluated = parts.evaluator.read(
                encode_png(picture), lambda faces: select_face_index(picture, faces, index)
            )
        except SeveralFacesError as several:
            numbered = parts.blobs.put(several.picture)
            raise FaceChoiceNeededError(FaceChoice("start", blob, several.faces, numbered)) from several
    assert evaluated.face is not None  # noqa: S101 - `which` found one
    return StartPicture(picture, evaluated, select_near(evaluated.face.box))


@contextmanager
def _about(photo: str) -> Iterator[None]:
    """Failures say of which photo they are."""
    try:
        yield
    except OmokageError as error:
        raise OmokageError(error.code, **{**error.details, "photo": photo}) from error


def _size(picture: Picture) -> str:
    return f"{picture.shape[1]} x {picture.shape[0]}"
