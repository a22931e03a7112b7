"""Write a guild's export for the chat, where it fits into a message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.jobs import Job, JobCancelledError
from core.domain.moving import ChatExportResult
from core.domain.storage_limits import MAX_UPLOAD_BYTES
from core.storage.scratch import scratch_folder

if TYPE_CHECKING:
    from core.services.moving.photo_check import PhotoFiles
    from core.services.moving.service import MovingService
    from core.storage.blobs import Blobs

_FILE = "people.zip"


class ChatExportService:
    """Answers export jobs.

    Args:
        moving: reads guilds, and writes them.
        blobs: have the photos, and get the file.
        photos: reads photos.
        data: the data folder, in which the file is written.
    """

    def __init__(self, moving: MovingService, blobs: Blobs, photos: PhotoFiles, data: Path) -> None:
        self._moving = moving
        self._blobs = blobs
        self._photos = photos
        self._data = data

    def answer(
        self, job: Job, progress: Callable[[str, float], None], cancelled: Callable[[], bool]
    ) -> ChatExportResult:
        """Write the guild's people, faces, labels and photos, without saying which member gave which label.

        Nothing is written where the photos alone are too large.

        Raises:
            OmokageError: BAD_EXPORT, there are more faces than a file may hold; DISK_FULL.
            JobCancelledError: `cancelled` returned True.
        """

        def go_on(done: int, total: int) -> None:
            if cancelled():
                raise JobCancelledError
            progress("drawing", done / max(1, total))

        guild_id = job.origin.guild_id
        faces = self._moving.read(guild_id)
        counts = len(faces.people), len(faces.faces), len(faces.photos())
        if sum(self._blobs.size(name) or 0 for name in faces.photos()) > MAX_UPLOAD_BYTES:
            return ChatExportResult(*counts, fits=False)
        with scratch_folder(self._data, "export") as folder:
            path = folder / _FILE
            report = self._moving.export_to(path, guild_id, self._photos, progress=go_on)
            if path.stat().st_size > MAX_UPLOAD_BYTES:
                return ChatExportResult(*counts, fits=False)
            file = self._blobs.put(path.read_bytes())
        return ChatExportResult(report.people, report.faces, report.photos, fits=True, file=file)
