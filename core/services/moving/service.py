"""Export the labelled faces of a guild, and import such an export into one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.clock import Clock, now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.moving import ExportReport, GuildFaces, ImportReport, MovedFace
from core.services.moving import layout
from core.services.moving.archive_reader import ArchiveReader, open_archive
from core.services.moving.exporting import write_export
from core.services.moving.photo_check import PhotoFiles, lies_within
from core.services.moving.reading import check_crops, photo_paths, read_export
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.people.moving_rows import FaceImport, Importer, find_known_people, read_guild_faces, read_photo_faces
from core.storage.people.people_rows import lock_people

if TYPE_CHECKING:
    from sqlalchemy import Connection

Progress = Callable[[int, int], None]
_NAMED = 10  # names in an error: enough to see which people they are


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an import treats what is there already.

    Args:
        by: the member who imports, 0 the operator.
        merge: also where people of these names are known; they get what the file says besides.
        overrule: where a label of the file contradicts the guild's, the file's counts.
        keep_members: labels stay those of the members whom the file names; else they are `by`'s.
        dry_run: nothing is changed.
    """

    by: int = 0
    merge: bool = False
    overrule: bool = False
    keep_members: bool = False
    dry_run: bool = False


class MovingService:
    """Moves people and faces between guilds and installations. Synchronous and thread-safe.

    The caller checks first who may do so: whoever has an export has all photos, names and embeddings of a guild.

    Args:
        database: of all tables.
        blobs: have the photos, and get those of an import.
        clock: aware UTC.
    """

    def __init__(self, database: Database, blobs: Blobs, clock: Clock = now_utc) -> None:
        self._database = database
        self._blobs = blobs
        self._clock = clock

    def read(self, guild_id: int) -> GuildFaces:
        """Return a guild's people and labelled faces."""
        with self._database.read() as connection:
            return read_guild_faces(connection, guild_id)

    def photo_faces(self, guild_id: int, photo: str) -> tuple[MovedFace, ...]:
        """Return all faces that a guild has of a photo (sha256), without their labels."""
        with self._database.read() as connection:
            return read_photo_faces(connection, guild_id, photo)

    def export_to(
        self,
        path: Path,
        guild_id: int,
        photos: PhotoFiles,
        *,
        with_members: bool = False,
        progress: Progress = lambda _done, _total: None,
    ) -> ExportReport:
        """Write a guild's people and labelled faces into a new zip file; see `write_export`.

        Raises:
            OmokageError: BAD_EXPORT, DISK_FULL.
            OSError: the file cannot be written.
        """
        moved, at = self.read(guild_id), self._clock()
        return write_export(path, moved, self._blobs, photos, at=at, with_members=with_members, progress=progress)

    def import_from(
        self,
        path: Path,
        guild_id: int,
        photos: PhotoFiles,
        options: ImportOptions = ImportOptions(),
        progress: Progress = lambda _done, _total: None,
    ) -> ImportReport:
        """Add the people, faces, labels and photos of an export to a guild: all of it, or nothing.

        Photos that were stored before something was found to be wrong are deleted with others that nobody needs.

        Args:
            path: of the zip file, which a stranger may have made.
            guild_id: whose people they become.
            photos: reads photos.
            options: what becomes of people and labels that are there already.
            progress: called after each photo with the number done and of all.

        Raises:
            OmokageError: BAD_EXPORT, PEOPLE_KNOWN, DISK_FULL.
        """
        with open_archive(path) as archive:
            moved = read_export(archive, self._clock())
            with self._database.read() as connection:  # before the work that takes long
                _check_people(connection, guild_id, moved, options)
            check_crops(archive)
            self._take_photos(archive, moved, photos, store=not options.dry_run, progress=progress)
        return self.add(guild_id, moved, options)

    def add(self, guild_id: int, moved: GuildFaces, options: ImportOptions) -> ImportReport:
        """Add people and faces whose photos are stored already, in one transaction.

        Raises:
            OmokageError: PEOPLE_KNOWN, DISK_FULL.
        """
        importer = Importer(
            guild_id, options.by, self._clock(), keep_members=options.keep_members, overrule=options.overrule
        )
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            _check_people(connection, guild_id, moved, options)
            report = FaceImport(connection, importer, moved).run()
            if options.dry_run:
                connection.rollback()
        return report

    def _take_photos(
        self, archive: ArchiveReader, moved: GuildFaces, photos: PhotoFiles, *, store: bool, progress: Progress
    ) -> None:
        """Check that each photo is one and shows its faces where they are said to lie, and store it."""
        paths, by_photo = photo_paths(archive), moved.photos()
        for done, (name, indices) in enumerate(by_photo.items(), 1):
            data = archive.read(paths[name], layout.MAX_PHOTO_BYTES)
            try:
                width, height = photos.size(data)
            except OmokageError as error:
                raise OmokageError(ErrorCode.BAD_EXPORT, reason="photo", file=paths[name]) from error
            if not all(lies_within(moved.faces[index], width, height) for index in indices):
                raise OmokageError(ErrorCode.BAD_EXPORT, reason="outside", file=paths[name])
            if store:
                self._blobs.put(data)
            progress(done, len(by_photo))


def _check_people(connection: Connection, guild_id: int, moved: GuildFaces, options: ImportOptions) -> None:
    known = {} if options.merge else find_known_people(connection, guild_id, moved.people)
    if known:
        shown = ", ".join(list(known.values())[:_NAMED])
        raise OmokageError(ErrorCode.PEOPLE_KNOWN, names=shown, more=max(0, len(known) - _NAMED))
