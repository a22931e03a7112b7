"""The codes of faces that somebody means: of what is drawn for a seed, and of what a photo shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.domain.errors import OmokageError
from core.domain.generation import Face, FaceChoice
from core.services.generation.face_selection import SeveralFacesError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.generators.generator import FaceModel
    from core.services.generation.face_selection import FaceCropper
    from core.storage.blobs import Blobs

ReportProgress: TypeAlias = Callable[[str, float], None]  # may raise JobCancelledError


class FaceChoiceNeededError(Exception):
    """A photo shows several faces, and nobody has said which is meant."""

    def __init__(self, choice: FaceChoice) -> None:
        super().__init__(choice.which)
        self.choice = choice


class FaceLatents:
    """Reads photos out of `blobs`; nothing of them is kept, but the picture of a choice."""

    def __init__(self, photos: FaceCropper, blobs: Blobs) -> None:
        self._photos = photos
        self._blobs = blobs

    def find(
        self, model: FaceModel, faces: Mapping[str, Face], stage: ReportProgress, truncation: float = 1.0
    ) -> NDArray[np.float32]:
        """Codes (N, Z) in the order of the faces.

        Args:
            model: whose codes.
            faces: by the request's field in which they are: `a`, `add/0`.
            stage: is told before photos are looked at.
            truncation: of seeds' faces; photos show what they show.

        Raises:
            OmokageError: NO_FACE, PHOTO_GONE, or what else is wrong with a photo, and which: `photo`.
            FaceChoiceNeededError: of the first photo that shows several.
        """
        seeds = [face.seed for face in faces.values() if face.seed is not None]
        photos = {which: face for which, face in faces.items() if face.photo is not None}
        if photos:
            stage("finding-faces", 0.1)
        drawn = iter(model.latents(seeds, truncation) if seeds else ())
        seen = iter(model.encode(np.stack([self._seen(model, *one) for one in photos.items()])) if photos else ())
        return np.stack([next(drawn if face.photo is None else seen) for face in faces.values()])

    def close(self) -> None:
        """End the photo reader's process; the next photo starts another."""
        self._photos.close()

    def _seen(self, model: FaceModel, which: str, face: Face) -> NDArray[np.uint8]:
        photo = str(face.photo)
        try:
            return self._photos.picture(self._blobs.get(photo), model.view, face.index)
        except SeveralFacesError as several:
            picture = self._blobs.put(several.picture)
            raise FaceChoiceNeededError(FaceChoice(which, photo, several.faces, picture)) from several
        except OmokageError as error:
            raise OmokageError(error.code, **{**error.details, "photo": photo}) from error
