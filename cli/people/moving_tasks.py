"""Reads tasks of Label Studio for `omokage people import`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.services.moving import layout
from core.services.moving.archive_reader import open_zip
from core.services.moving.label_studio import MAX_JSON_BYTES, TASKS, Task, read_tasks
from core.services.moving.label_studio_files import NamedFaces, named_faces
from core.services.moving.photo_finder import FolderPhotos, NamedPhotos, PhotoFinder, ZipPhotos
from core.services.moving.photos import PhotoCutter
from core.services.moving.service import ImportOptions, MovingService

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.moving import ImportReport
    from core.domain.people import NewFace
    from core.services.recognition.service import ClassifyService
    from core.vision.decoding.kept_photo import PhotoShrinker


def reads_as_tasks(path: Path) -> bool:
    """Whether a file is one of Label Studio's: JSON by its name, or a zip file with tasks instead of a manifest."""
    if path.suffix.lower() == ".json":
        return True
    with open_zip(path) as files:
        paths = set(files.paths())
    return PurePosixPath(TASKS) in paths and PurePosixPath(layout.MANIFEST) not in paths


def import_tasks(
    services: Services,
    path: Path,
    guild: int,
    options: ImportOptions,
    progress: Callable[[int, int], None],
    *,
    folder: Path | None = None,
) -> tuple[ImportReport, NamedFaces]:
    """Give faces the names of Label Studio's tasks; return what was added, and what could not be.

    Args:
        services: of this process.
        path: of the JSON or zip file.
        guild: whose people.
        options: as of `MovingService.import_from`; people who are known are always added to, since to name faces as
            people who are known is what the tasks are for.
        progress: called after each task with the number done and of all.
        folder: with photos that the guild has not, and the file neither.

    Raises:
        OmokageError: BAD_EXPORT, DISK_FULL.
    """
    moving = MovingService(services.database, services.blobs)
    with (
        _open_tasks(path) as (tasks, packed),
        closing(PhotoCutter()) as cutter,
        closing(_Detector(services, guild)) as detector,
    ):
        files = packed if folder is None else FolderPhotos(folder)
        store = not options.dry_run
        find = PhotoFinder(moving, guild, services.blobs, cutter, files=files, detector=detector, store=store)
        named = named_faces(tasks, find, now_utc(), progress)
    return moving.add(guild, named.moved, replace(options, merge=True)), named


@contextmanager
def _open_tasks(path: Path) -> Iterator[tuple[list[Task], NamedPhotos | None]]:
    if path.suffix.lower() == ".json":
        if path.stat().st_size > MAX_JSON_BYTES:
            raise _too_large(path.name)
        yield read_tasks(path.read_bytes(), path.name), None
        return
    with open_zip(path) as files:
        tasks = PurePosixPath(TASKS)
        if files.size(tasks) > MAX_JSON_BYTES:
            raise _too_large(TASKS)
        try:
            data = files.read(tasks, MAX_JSON_BYTES)
        except OSError as error:
            raise OmokageError(ErrorCode.BAD_EXPORT, reason="changed", file=TASKS) from error
        yield read_tasks(data), ZipPhotos(files)


def _too_large(name: str) -> OmokageError:
    return OmokageError(ErrorCode.BAD_EXPORT, reason="file-size", file=name, limit=MAX_JSON_BYTES)


class _Detector:
    """Finds faces in photos that the guild has not; loads the networks with the first one."""

    def __init__(self, services: Services, guild: int) -> None:
        self._services = services
        self._guild = guild

    def shrink(self, data: bytes) -> bytes:
        return self._shrinker.shrink(data)

    def detect(self, data: bytes) -> tuple[tuple[int, int], Sequence[NewFace], int]:
        outcome = self._classifier.classify_photo(data, self._guild)
        size, turned = (outcome.result.width, outcome.result.height), outcome.result.turned
        return (size[::-1] if turned in {90, 270} else size), outcome.faces, turned

    def close(self) -> None:
        """End the processes that decode, where they were started."""
        for name in ("_shrinker", "_classifier"):
            if name in self.__dict__:
                self.__dict__[name].close()

    @cached_property
    def _shrinker(self) -> PhotoShrinker:
        from core.vision.decoding.kept_photo import PhotoShrinker

        return PhotoShrinker()

    @cached_property
    def _classifier(self) -> ClassifyService:
        from core.bootstrap import build_classifier  # loads TensorFlow

        return build_classifier(self._services)
