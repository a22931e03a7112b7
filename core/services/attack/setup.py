"""Prepare an optimisation: resolve the recogniser and the target, read the start picture, make the optimiser."""

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
    """Makes an optimiser: see core.services.attack.factory."""

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
        """Optimise towards a class of a head, from a photo's face where there is one, or continue from `so_far`."""


@dataclass(frozen=True, slots=True)
class AttackDependencies:
    """The dependencies of an optimisation.

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
    """A request with its recogniser and its target."""

    request: OptimizeRequest
    version: Version
    head: Head
    target: Target


@dataclass(frozen=True, slots=True)
class StartPicture:
    """The picture before the first step, as it was read; `select_face` finds its face again in changed pictures."""

    picture: Picture
    evaluated: EvaluatedPicture
    select_face: SelectFace


def resolve_task(dependencies: AttackDependencies, request: OptimizeRequest, guild_id: int) -> AttackTask:
    """Resolve the recogniser and the target of a request.

    Raises:
        OmokageError: NOT_TRAINED, UNKNOWN_VERSION, BAD_WEIGHTS, UNKNOWN_TARGET.
    """
    version = attacked_version(dependencies.registry, guild_id, request.version_id)
    known = version_targets(version, dependencies.people)
    # The person may have been renamed since the request.
    same = (one for one in known if one.person_id == request.person_id)
    target = next(same, None) or match_target(known, request.target)
    return AttackTask(request, version, dependencies.heads(version.id)[1], target)


def prepare_attack(dependencies: AttackDependencies, task: AttackTask) -> tuple[StartPicture, Optimiser]:
    """Read the start picture, and make the optimiser.

    Raises:
        OmokageError: PHOTO_GONE and what else may be wrong with a photo, NO_FACE, BAD_OPTION.
        FaceChoiceNeededError: the photo shows several faces, and nobody has said which is meant.
    """
    if task.request.start is None:
        attack = _attack(dependencies, task, None, None)
        noise = attack.picture
        start = StartPicture(noise, dependencies.evaluator.read(encode_png(noise), select_best), select_best)
        return start, _resume(dependencies, task, start, attack)
    start = _photo(dependencies, str(task.request.start.photo), task.request.start.index)
    return start, _resume(dependencies, task, start, None)


def _resume(
    dependencies: AttackDependencies, task: AttackTask, start: StartPicture, fresh: Optimiser | None
) -> Optimiser:
    """Start afresh, or continue from an earlier request's picture."""
    blob = task.request.so_far
    if blob is None:
        return fresh or _attack(dependencies, task, start, None)
    so_far = dependencies.decode(dependencies.blobs.get(blob))
    if so_far.shape != start.picture.shape:
        raise bad_option("so_far", _size(so_far), _size(start.picture))
    return _attack(dependencies, task, start if fresh is None else None, so_far)


def _attack(
    dependencies: AttackDependencies, task: AttackTask, photo: StartPicture | None, so_far: Picture | None
) -> Optimiser:
    class_index = [person_id for _, person_id in task.head.classes].index(task.target.person_id)
    picture, face = (photo.picture, photo.evaluated.face) if photo else (None, None)
    return dependencies.attack(task.head, class_index, task.request, start=picture, face=face, so_far=so_far)


def _photo(dependencies: AttackDependencies, blob: str, index: int | None) -> StartPicture:
    with _with_photo(blob):
        picture = shrink_photo(dependencies.upright(dependencies.decode(dependencies.blobs.get(blob))))
        try:
            evaluated = dependencies.evaluator.read(
                encode_png(picture), lambda faces: select_face_index(picture, faces, index)
            )
        except SeveralFacesError as several:
            numbered = dependencies.blobs.put(several.picture)
            raise FaceChoiceNeededError(FaceChoice("start", blob, several.faces, numbered)) from several
    assert evaluated.face is not None  # noqa: S101 - the selection found one
    return StartPicture(picture, evaluated, select_near(evaluated.face.box))


@contextmanager
def _with_photo(photo: str) -> Iterator[None]:
    """Add the photo to the details of errors."""
    try:
        yield
    except OmokageError as error:
        raise OmokageError(error.code, **{**error.details, "photo": photo}) from error


def _size(picture: Picture) -> str:
    return f"{picture.shape[1]} x {picture.shape[0]}"
