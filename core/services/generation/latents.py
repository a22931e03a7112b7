"""Latents of the faces in a request: those generated for a seed, and those that an encoder gives for a photo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import Face, FaceChoice
from core.services.generation.face_selection import SeveralFacesError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.generators.generator import FaceGenerator
    from core.services.generation.face_selection import FaceCropper
    from core.storage.blobs import Blobs

ReportProgress: TypeAlias = Callable[[str, float], None]  # stage, fraction; may raise JobCancelledError


class FaceChoiceNeededError(Exception):
    """A photo shows several faces, and the request does not say which one; `choice` is the question to the member."""

    def __init__(self, choice: FaceChoice) -> None:
        super().__init__(choice.which)
        self.choice = choice


class Objections(Protocol):
    """Who objects: core.services.ageing.objections.PhotoObjections, as far as it is used here."""

    def any_in(self, data: bytes, guild_id: int) -> bool:
        """Return whether a photo probably shows somebody who objected to being changed."""

    def close(self) -> None:
        """End the process that decodes, if there is one."""


class FaceLatents:
    """Find latents of seeds and of photos in `blobs`; only the picture of a choice is stored.

    Args:
        cropper: crops faces.
        blobs: where photos are read from.
        objections: know who does not want to be changed.
    """

    def __init__(self, cropper: FaceCropper, blobs: Blobs, objections: Objections) -> None:
        self._cropper = cropper
        self._blobs = blobs
        self._objections = objections

    def find(
        self,
        model: FaceGenerator,
        faces: Mapping[str, Face],
        report_progress: ReportProgress,
        truncation: float = 1.0,
        *,
        guild_id: int,
    ) -> NDArray[np.float32]:
        """Return latents (N, Z) in the order of the faces.

        Args:
            model: whose latent space.
            faces: by the request's field: `a`, `add/0`.
            report_progress: called before photos are read.
            truncation: of seeds' faces; photos are encoded as they are.
            guild_id: whose people may have objected.

        Raises:
            OmokageError: NO_FACE, PHOTO_GONE, or what else is wrong with a photo, and which: `photo`; NOT_ALLOWED,
                somebody in it objected.
            FaceChoiceNeededError: of the first photo that shows several faces.
        """
        seeds = [face.seed for face in faces.values() if face.seed is not None]
        photos = {which: face for which, face in faces.items() if face.photo is not None}
        if photos:
            report_progress("finding-faces", 0.1)
        of_seeds = iter(model.latents(seeds, truncation) if seeds else ())
        crops = [self._crop(model, which, face, guild_id) for which, face in photos.items()]
        of_photos = iter(model.encode(np.stack(crops)) if crops else ())
        return np.stack([next(of_seeds if face.photo is None else of_photos) for face in faces.values()])

    def close(self) -> None:
        """End the process that decodes photos; the next photo starts another."""
        self._cropper.close()
        self._objections.close()

    def _crop(self, model: FaceGenerator, which: str, face: Face, guild_id: int) -> NDArray[np.uint8]:
        photo = str(face.photo)
        try:
            data = self._blobs.get(photo)
            crop = self._cropper.crop(data, model.view, face.index)
            forbidden = self._objections.any_in(data, guild_id)
        except SeveralFacesError as error:
            picture = self._blobs.put(error.picture)
            raise FaceChoiceNeededError(FaceChoice(which, photo, error.faces, picture)) from error
        except OmokageError as error:
            raise OmokageError(error.code, **{**error.details, "photo": photo}) from error
        if forbidden:
            raise OmokageError(ErrorCode.NOT_ALLOWED, reason="objected", photo=photo)
        return crop
