"""Finds the photos of Label Studio's tasks: among those that the guild has, or in a folder or zip file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from core.domain.errors import ErrorCode, OmokageError
from core.domain.moving import MovedFace
from core.services.datasets.archives import ZipFiles
from core.services.moving.label_studio import Task
from core.services.moving.label_studio_files import ReadPhoto
from core.services.moving.photo_check import PhotoFiles
from core.services.moving.service import MovingService

if TYPE_CHECKING:
    from core.domain.people import NewFace
    from core.storage.blobs import Blobs

MAX_FILE_BYTES = 64 * 1024**2  # core.vision.decoding.decode.OPERATOR_LIMITS: what an operator's photo may have


class Detector(Protocol):
    """Finds and embeds the faces of a photo that nobody has read yet; loads networks with the first one."""

    def shrink(self, data: bytes) -> bytes:
        """Return the photo, or a smaller copy that every worker reads."""

    def detect(self, data: bytes) -> tuple[tuple[int, int], Sequence[NewFace], int]:
        """Return the photo's width and height as its file has it, its faces, and how it was turned for them.

        Raises:
            OmokageError: what is wrong with the photo.
        """


class NamedPhotos(Protocol):
    """Photos by their files' names."""

    def read(self, name: str) -> bytes | None:
        """Return a file; None where there is none of this name, or it is too large for a photo."""


class FolderPhotos:
    """Photos in a folder, also in those below it."""

    def __init__(self, folder: Path) -> None:
        self._paths: Mapping[str, Path] = {path.name: path for path in sorted(folder.rglob("*")) if path.is_file()}

    def read(self, name: str) -> bytes | None:
        """Return a file by its name alone; see `NamedPhotos`."""
        path = self._paths.get(name)
        return None if path is None or path.stat().st_size > MAX_FILE_BYTES else path.read_bytes()


class ZipPhotos:
    """Photos in a zip file."""

    def __init__(self, files: ZipFiles) -> None:
        self._files = files
        self._paths: Mapping[str, PurePosixPath] = {path.name: path for path in files.paths()}

    def read(self, name: str) -> bytes | None:
        """Return a file by its name alone; see `NamedPhotos`."""
        path = self._paths.get(name)
        if path is None or self._files.size(path) > MAX_FILE_BYTES:
            return None
        try:
            return self._files.read(path, MAX_FILE_BYTES)
        except OSError:  # it is damaged
            return None


class PhotoFinder:
    """Finds photos of tasks, and stores those that the guild has not. Nothing is fetched from anywhere.

    Args:
        moving: has the guild's faces.
        guild_id: only its photos are looked at.
        blobs: have them, and get the others.
        photos: reads photos whose faces are known.
        files: where the other photos are; None: there are none.
        detector: finds faces in them.
        store: whether they are stored.
    """

    def __init__(
        self,
        moving: MovingService,
        guild_id: int,
        blobs: Blobs,
        photos: PhotoFiles,
        *,
        files: NamedPhotos | None,
        detector: Detector,
        store: bool,
    ) -> None:
        self._moving = moving
        self._guild_id = guild_id
        self._blobs = blobs
        self._photos = photos
        self._files = files
        self._detector = detector
        self._store = store

    def __call__(self, task: Task) -> ReadPhoto | None:
        """Return the photo of a task with its faces; None where it is not there, or can no longer be read."""
        try:
            return self._known(task, task.sha256) or self._new(task)
        except OmokageError as error:
            if error.code is ErrorCode.DISK_FULL:
                raise
            return None

    def _known(self, task: Task, sha256: str | None) -> ReadPhoto | None:
        faces = () if sha256 is None else self._moving.photo_faces(self._guild_id, sha256)
        if sha256 is None or not faces or not self._blobs.exists(sha256):
            return None
        width, height = self._photos.size(self._blobs.get(sha256))
        return ReadPhoto(width, height, faces, task.turned)

    def _new(self, task: Task) -> ReadPhoto | None:
        found = (self._files.read(name) for name in task.file_names) if self._files is not None else ()
        data = next((data for data in found if data is not None), None)
        if data is None:
            return None
        data = self._detector.shrink(data)
        sha256 = hashlib.sha256(data).hexdigest()
        known = self._known(task, sha256)
        if known is not None:
            return known
        (width, height), faces, turned = self._detector.detect(data)
        if self._store:
            self._blobs.put(data)
        return ReadPhoto(width, height, tuple(_moved(face, sha256) for face in faces), turned)


def _moved(face: NewFace, sha256: str) -> MovedFace:
    return MovedFace(sha256, face.box, face.score, face.landmarks, face.embedding, face.embedder, ())
