"""Finds the photos of Label Studio's tasks: among those that the guild has, or in a folder or zip file."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import takewhile
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
    """Photos by the paths that tasks have for them."""

    def read(self, path: PurePosixPath) -> bytes | None:
        """Return the file; None where none or several may be meant, or it is too large for a photo."""


class FolderPhotos:
    """Photos in a folder, also in those below it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = PathIndex(
            PurePosixPath(path.relative_to(folder).as_posix()) for path in folder.rglob("*") if path.is_file()
        )

    def read(self, path: PurePosixPath) -> bytes | None:
        """Return a file of the folder; see `NamedPhotos`."""
        found = self._index.find(path)
        file = None if found is None else self._folder / found
        return None if file is None or file.stat().st_size > MAX_FILE_BYTES else file.read_bytes()


class ZipPhotos:
    """Photos in a zip file."""

    def __init__(self, files: ZipFiles) -> None:
        self._files = files
        self._index = PathIndex(files.paths())

    def read(self, path: PurePosixPath) -> bytes | None:
        """Return a file of the zip; see `NamedPhotos`."""
        found = self._index.find(path)
        if found is None or self._files.size(found) > MAX_FILE_BYTES:
            return None
        try:
            return self._files.read(found, MAX_FILE_BYTES)
        except OSError:  # it is damaged
            return None


class PathIndex:
    """Finds files by paths whose first folders are another's: those of the host where Label Studio runs."""

    def __init__(self, paths: Iterable[PurePosixPath]) -> None:
        self._by_name: dict[str, list[PurePosixPath]] = {}
        for path in paths:
            self._by_name.setdefault(_composed(path.name), []).append(path)

    def find(self, wanted: PurePosixPath) -> PurePosixPath | None:
        """Return the file of this name whose folders are the most alike, from the last on; None where two are alike."""
        found = self._by_name.get(_composed(wanted.name), [])
        alike = [_common_end(path, wanted) for path in found]
        return found[alike.index(max(alike))] if alike and alike.count(max(alike)) == 1 else None


def _common_end(path: PurePosixPath, other: PurePosixPath) -> int:
    pairs = zip(reversed(path.parts), reversed(other.parts), strict=False)
    return len(list(takewhile(lambda pair: _composed(pair[0]) == _composed(pair[1]), pairs)))


def _composed(name: str) -> str:
    """Macs write letters and their accents apart."""
    return unicodedata.normalize("NFC", name)


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
        found = (self._files.read(path) for path in task.paths) if self._files is not None else ()
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
